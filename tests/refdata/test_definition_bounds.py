"""Bounds of the field types: decoding a reference value is validating it."""

import msgspec
import pytest

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import PRICE_NANOS_MAX
from fencang.refdata import definition
from fencang.refdata.account import CarryingAccount, PositionMode
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue

BOUNDS = [
    ("Lots", 1, LOTS_MAX),
    ("NonNegativeLots", 0, LOTS_MAX),
    ("Micros", -MONEY_MICROS_MAX, MONEY_MICROS_MAX),
    ("NonNegativeMicros", 0, MONEY_MICROS_MAX),
    ("Nanos", -PRICE_NANOS_MAX, PRICE_NANOS_MAX),
    ("PositiveNanos", 1, PRICE_NANOS_MAX),
    ("PartsPerMillion", 0, 1_000_000_000),
]
RULE = {
    "type": "IndicatorRule.1",
    "rule_id": "vix",
    "indicator": "VIX",
    "tag": "short-vol",
    "rise_ppm": 50_000,
    "keep_ppm": 500_000,
    "hold_ns": 0,
}


@pytest.mark.parametrize(("name", "least", "most"), BOUNDS)
def test_a_number_is_taken_up_to_its_bounds_and_refused_beyond(name, least, most):
    kind = getattr(definition, name)
    assert [msgspec.convert(value, kind) for value in (least, most)] == [least, most]
    for value in (least - 1, most + 1, 1.5, "1", True, None):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, kind)


@pytest.mark.parametrize("text", ["A", "ES", "ESH8", "rb1810", "A-1_b.c:d/e", "0", "x" * 64])
def test_identifiers_are_plain_ascii_words(text):
    assert msgspec.convert(text, definition.Identifier) == text


@pytest.mark.parametrize(
    "text", ["", "@reserve:X", "-A", ".A", "A B", "A\tB", "é", "分仓", "A*", "A@B", "x" * 65, 5]
)
def test_what_is_no_identifier_is_refused(text):
    """Law: "@" begins the desk's own books; nobody else's name can."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, definition.Identifier)


@pytest.mark.parametrize(
    ("text", "kind"), [("ES\n", definition.Identifier), ("USD\n", definition.CurrencyCode)]
)
def test_a_newline_at_the_end_makes_no_second_name(text, kind):
    """Law: two names that print alike are one name."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, kind)


@pytest.mark.parametrize("text", ["", "US", "usd", "USDT", "U$D", " USD", "ÄÖÜ"])
def test_what_is_no_currency_code_is_refused(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, definition.CurrencyCode)


def test_text_has_an_end():
    assert msgspec.convert("x" * 400, definition.Text)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("x" * 401, definition.Text)


def test_a_desk_item_is_known_by_its_tag():
    rule = msgspec.convert(RULE, DeskItem)
    assert isinstance(rule, IndicatorRule)
    assert (rule.attempts_max, rule.window_ns) == (20, 0)
    assert msgspec.convert({"type": "DeskSettings.1"}, DeskItem) == DeskSettings()


@pytest.mark.parametrize(
    "change",
    [
        {"type": "IndicatorRule.2"},
        {"type": "Rule"},
        {"rise_ppm": 0},
        {"keep_ppm": 1_000_001},
        {"keep_ppm": -1},
        {"hold_ns": -1},
        {"attempts_max": 0},
        {"attempts_max": 1_001},
        {"reference": "lowest"},
        {"window": 1},
        {"rule_id": None},
    ],
)
def test_a_rule_outside_its_bounds_is_refused(change):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(RULE | change, DeskItem)


def test_a_carrying_account_has_a_venue_and_is_net_unless_it_says_else():
    raw = {"type": "CarryingAccount.1", "carrying_account_id": "C", "holder_id": "F", "broker": "B"}
    account = msgspec.convert(raw | {"venues": ["CME"]}, CarryingAccount)
    assert (account.position_mode, account.omnibus) == (PositionMode.NET, False)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw | {"venues": []}, CarryingAccount)


LIMIT = {"node_id": "M", "scope_id": "*", "long_lots_max": 0, "short_lots_max": 0}
VENUE = {"venue_id": "CME", "name": "CME", "country": "US"}
PERSON = {"person_id": "FUND", "name": "Fund", "jurisdiction": "LU"}


@pytest.mark.parametrize(
    ("kind", "raw", "change"),
    [
        (PositionLimit, LIMIT, {"short_lots_max": -1}),
        (PositionLimit, LIMIT, {"long_lots_max": LOTS_MAX + 1}),
        (PositionLimit, LIMIT, {"scope_id": ""}),
        (PositionLimit, LIMIT, {"scope_id": "x" * 65}),
        (Venue, VENUE, {"country": ""}),
        (Venue, VENUE, {"weekend_days": [0]}),
        (Venue, VENUE, {"weekend_days": [8]}),
        (LegalPerson, PERSON, {"jurisdiction": "LUX"}),
        (LegalPerson, PERSON, {"lei": "x" * 21}),
    ],
)
def test_limits_venues_and_persons_outside_their_bounds_are_refused(kind, raw, change):
    raw = {"type": kind.__struct_config__.tag} | raw
    assert isinstance(msgspec.convert(raw, kind), kind)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw | change, kind)


def test_reference_values_never_change_in_place():
    with pytest.raises(AttributeError):
        DeskSettings().route_age_ns_max = 0
