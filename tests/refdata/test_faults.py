"""Faults of one reference value on its own: each is named, and nothing sound is faulted."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import NANOS
from fencang.refdata.account import CarryingAccount, Mandate, MasterAccount, Route, SubAccount
from fencang.refdata.contract import Contract
from fencang.refdata.desk import DeskSettings
from fencang.refdata.faults import faults_of, is_lei
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule, ReferenceKind
from fencang.refdata.venue import Venue
from tests.refdata.product_sample import CL, CL_AVERAGE, HALF, RB

REPOSITORY = Path(__file__).parents[2]
VECTORS = REPOSITORY.parent / "shared" / "data" / "regtech" / "tables" / "identifier-vectors.json"
LEI = "529900T8BM49AURSDO55"
PERSON = LegalPerson(person_id="FUND", name="Fund", jurisdiction="LU", lei=LEI)
ESH8 = Contract(contract_id="ESH8", product_id="ES", last_trading_day=date(2018, 3, 16))
ALPHA = SubAccount(
    sub_account_id="ALPHA",
    owner_id="FUND",
    name="Alpha",
    mandate=Mandate(leverage_max_ppm=10_000_000, products=("CL",)),
    routes=(Route(venue_id="CME", carrying_account_id="C1"),),
)
CARRYING = CarryingAccount(carrying_account_id="C1", holder_id="FUND", broker="B", venues=("CME",))
RULE = IndicatorRule(
    rule_id="vix", indicator="VIX", tag="short-vol", rise_ppm=50_000, keep_ppm=500_000, hold_ns=1
)
SOUND = [
    PERSON,
    msgspec.structs.replace(PERSON, lei=""),
    CL,
    CL_AVERAGE,
    HALF,
    RB,
    msgspec.structs.replace(CL, settlement_tick_nanos=1_000_000),
    ESH8,
    Contract(contract_id="PERP", product_id="BTC"),
    Contract(contract_id="A", product_id="B", first_trading_day=date(2018, 1, 1)),
    msgspec.structs.replace(ESH8, first_trading_day=ESH8.last_trading_day),
    ALPHA,
    CARRYING,
    RULE,
    msgspec.structs.replace(RULE, reference=ReferenceKind.WINDOW_LOW, window_ns=1),
    DeskSettings(),
    Venue(venue_id="CME", name="CME", country="US"),
    MasterAccount(master_account_id="M", person_id="FUND", name="", base_currency="USD"),
    PositionLimit(node_id="M", scope_id="*", long_lots_max=1, short_lots_max=0),
]
FAULTY = [
    (PERSON, {"lei": LEI[:-1] + "6"}, "not a valid LEI"),
    (PERSON, {"jurisdiction": "lu"}, "ISO 3166"),
    (PERSON, {"jurisdiction": "LUX"}, "ISO 3166"),
    (PERSON, {"jurisdiction": ""}, "ISO 3166"),
    (PERSON, {"jurisdiction": "ÉÉ"}, "ISO 3166"),
    (PERSON, {"jurisdiction": "A1"}, "ISO 3166"),
    (CL, {"settlement_tick_nanos": 3_000_000}, "multiple of settlement_tick_nanos"),
    (CL, {"settlement_tick_nanos": 20_000_000}, "multiple of settlement_tick_nanos"),
    (HALF, {"tick_nanos": 1_000}, "fraction of a micro"),
    (HALF, {"settlement_tick_nanos": 125}, "fraction of a micro"),
    (CL, {"point_value_micros": 50}, "fraction of a micro"),
    (ESH8, {"first_trading_day": date(2018, 3, 17)}, "2018-03-16 lies before"),
    (CARRYING, {"venues": ("CME", "ICE", "CME")}, "venues names a venue twice"),
    (ALPHA, {"routes": ALPHA.routes * 2}, "routes names a venue twice"),
    (RULE, {"reference": ReferenceKind.WINDOW_LOW}, "window_ns must be above 0"),
]


@pytest.mark.parametrize("item", SOUND, ids=repr)
def test_a_sound_value_has_no_faults(item):
    assert faults_of(item) == []


@pytest.mark.parametrize(("item", "change", "words"), FAULTY)
def test_a_faulty_value_is_told_what_is_wrong(item, change, words):
    (fault,) = faults_of(msgspec.structs.replace(item, **change))
    assert words in fault


def test_all_faults_of_a_value_are_told_at_once():
    """Law: bad input has every fault collected."""
    person = msgspec.structs.replace(PERSON, lei="?", jurisdiction="?")
    assert len(faults_of(person)) == 2
    product = msgspec.structs.replace(HALF, settlement_tick_nanos=7)
    assert len(faults_of(product)) == 2


def test_two_routes_to_two_venues_are_sound():
    routes = (*ALPHA.routes, Route(venue_id="ICE", carrying_account_id="C1"))
    assert faults_of(msgspec.structs.replace(ALPHA, routes=routes)) == []


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no shared data beside the repository: {VECTORS}")
@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_lei_check_digits_of_the_shared_vectors(kind):
    """ISO 17442: 20 characters, ISO 7064 MOD 97-10."""
    for text in json.loads(VECTORS.read_text(encoding="utf-8"))["lei"][kind]:
        assert is_lei(text) is (kind == "valid"), text


@pytest.mark.parametrize(
    "text",
    ["", LEI.lower(), LEI[:-1], LEI + "0", " " + LEI[1:], LEI[:-2] + "５５", "É" + LEI[1:]],
)
def test_what_is_no_lei_is_refused(text):
    assert is_lei(LEI)
    assert not is_lei(text)


@pytest.mark.parametrize("text", ["529900T8BM49AURSDO9T", "529900T8BM49AURSDOCU"])
def test_the_check_digits_of_a_lei_are_digits(text):
    """ISO 20022, LEIIdentifier: [A-Z0-9]{18}[0-9]{2}; here the letters satisfy modulo 97."""
    assert not is_lei(text)


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_the_computed_check_digits_are_right_and_one_changed_character_is_noticed(body):
    check = 98 - int("".join(str(int(character, 36)) for character in body) + "00") % 97
    text = f"{body}{check:02d}"
    assert is_lei(text)
    for place, character in enumerate(text):
        first, second = "89" if character.isdigit() else "YZ"
        other = second if character == first else first
        assert not is_lei(text[:place] + other + text[place + 1 :])


@given(st.text(max_size=24))
def test_any_text_is_a_lei_or_not(text):
    assert not is_lei(text) or (len(text) == 20 and text.isascii())


def test_a_venue_is_shut_on_weekends_and_holidays():
    venue = Venue(venue_id="CME", name="CME", country="US", holidays=(date(2018, 2, 19),))
    days = {date(2018, 2, day): venue.is_trading_day(date(2018, 2, day)) for day in range(16, 21)}
    assert list(days.values()) == [True, False, False, False, True]
    friday_shut = msgspec.structs.replace(venue, weekend_days=(5, 6))
    assert not friday_shut.is_trading_day(date(2018, 2, 16))
    assert friday_shut.is_trading_day(date(2018, 2, 18))


def test_a_tick_worth_exactly_one_micro_is_the_finest_there_is():
    finest = msgspec.structs.replace(CL, point_value_micros=1, tick_nanos=NANOS)
    assert faults_of(finest) == []
    assert finest.value_micros(NANOS, 1) == 1
