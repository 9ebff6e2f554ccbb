"""Stages of margin by rate: bounds in the type, faults of one stage in plain words."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.account import AccountType
from fencang.refdata.margin_rate import (
    BrokerRate,
    LargerSide,
    LotRate,
    MarginRate,
    RequirementPrice,
    account_type_faults,
    margin_rate_faults,
)

NINE = LotRate(ratio_ppm=90_000)
TEN = LotRate(ratio_ppm=100_000)
REBAR = MarginRate(scope_id="rb", from_day=date(2026, 1, 5), long=NINE, short=NINE)
RAW = {
    "type": "MarginRate.1",
    "scope_id": "rb",
    "from_day": "2026-01-05",
    "long": {"ratio_ppm": 90_000},
    "short": {"ratio_ppm": 90_000},
}
LOT_RATES = st.builds(
    LotRate, ratio_ppm=st.integers(0, 10_000_000), amount_micros=st.integers(0, MONEY_MICROS_MAX)
)


def changed(**more):
    return msgspec.structs.replace(REBAR, **more)


def test_what_is_not_said_is_the_exchanges_rate_on_both_sides_at_the_latest_mark():
    found = msgspec.convert(RAW, MarginRate)
    assert found == REBAR
    assert (found.broker, found.larger_side, found.price) == (
        None,
        LargerSide.NONE,
        RequirementPrice.LATEST_MARK,
    )
    assert found.account_type is None


def test_a_rate_for_all_is_stored_as_it_was_before_rates_had_account_types():
    assert msgspec.json.decode(msgspec.json.encode(REBAR)) == RAW


@pytest.mark.parametrize(
    "change",
    [
        {"type": "MarginRate.2"},
        {"scope_id": "*"},
        {"scope_id": ""},
        {"from_day": "2026-02-30"},
        {"from_day": None},
        {"long": {"ratio_ppm": -1}},
        {"long": {"ratio_ppm": 10_000_001}},
        {"long": {"amount_micros": -1}},
        {"long": {"amount_micros": MONEY_MICROS_MAX + 1}},
        {"long": {"ratio": 1}},
        {"long": 90_000},
        {"broker": {"long": {"ratio_ppm": 1.5}}},
        {"larger_side": "both"},
        {"larger_side": "group", "larger_side_group": ""},
        {"larger_side_days": -1},
        {"larger_side_days": 251},
        {"price": "open"},
        {"account_type": "arbitrageur"},
        {"account_type": ""},
    ],
)
def test_a_rate_outside_its_bounds_is_refused(change):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(RAW | change, MarginRate)


@pytest.mark.parametrize(
    "rate",
    [
        REBAR,
        changed(long=LotRate(amount_micros=1), short=TEN),
        changed(broker=BrokerRate(long=TEN, short=NINE)),
        changed(broker=BrokerRate(long=TEN, is_relative=True)),
        changed(broker=BrokerRate(long=LotRate(ratio_ppm=80_000, amount_micros=1), short=TEN)),
        changed(long=LotRate(), short=LotRate(), broker=BrokerRate(long=TEN, short=TEN)),
        changed(larger_side=LargerSide.PRODUCT, larger_side_days=5),
        changed(larger_side=LargerSide.GROUP, larger_side_group="index-futures"),
        changed(account_type=AccountType.HEDGER),
    ],
)
def test_a_sound_rate_has_no_faults(rate):
    assert margin_rate_faults(rate) == []


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (changed(long=LotRate()), ["the long side asks for nothing"]),
        (
            changed(long=LotRate(), short=LotRate()),
            ["the long side asks for nothing", "the short side asks for nothing"],
        ),
        (
            changed(short=LotRate(), broker=BrokerRate(is_relative=True)),
            ["the short side asks for nothing"],
        ),
        (changed(broker=BrokerRate(long=TEN)), ["the broker's short side asks for nothing"]),
        (
            changed(broker=BrokerRate(long=TEN, short=LotRate(ratio_ppm=20_000))),
            ["the broker's short rate is below the exchange's"],
        ),
        (
            changed(larger_side=LargerSide.GROUP),
            ["larger_side is group, but larger_side_group names none"],
        ),
        (
            changed(larger_side=LargerSide.PRODUCT, larger_side_group="index"),
            ["larger_side_group index has no meaning when larger_side is product"],
        ),
        (changed(larger_side_days=5), ["larger_side_days says when a larger side ends"]),
        (
            changed(long=LotRate(), larger_side_group="index", larger_side_days=5),
            [
                "the long side asks for nothing",
                "larger_side_group index has no meaning",
                "larger_side_days says when",
            ],
        ),
    ],
)
def test_every_fault_is_named(rate, words):
    found = margin_rate_faults(rate)
    assert len(found) == len(words)
    for fault, start in zip(found, words, strict=True):
        assert fault.startswith(start)


def stage(account_type, day=5, scope="rb"):
    return changed(account_type=account_type, from_day=date(2026, 1, day), scope_id=scope)


MEMBER, HEDGER, SPECULATOR = AccountType
HEDGED = stage(HEDGER, 9, "rb2610")


@pytest.mark.parametrize(
    ("others", "lacking"),
    [
        ((), "member and speculator"),
        ((stage(None, 9, "rb2610"),), ""),
        ((stage(None, 10, "rb2610"),), "member and speculator"),
        ((stage(None, 8, "rb"),), ""),
        ((stage(None, 8, "rb2611"), stage(None, 8, "hc")), "member and speculator"),
        ((stage(SPECULATOR, 9, "rb2610"),), "member"),
        ((stage(SPECULATOR, 9, "rb2610"), stage(MEMBER, 1, "rb")), ""),
        ((stage(SPECULATOR, 9, "rb2610"), stage(MEMBER, 10, "rb")), "member"),
        ((stage(HEDGER, 1, "rb2610"),), "member and speculator"),
    ],
)
def test_a_rate_for_one_account_type_needs_one_for_the_others_by_its_first_day(others, lacking):
    found = list(account_type_faults(HEDGED, (HEDGED, *others), ("rb2610", "rb")))
    words = (
        f"{lacking} accounts have no rate of rb2610 from 2026-01-09 on; state a rate for every "
        "account type, or one for all, from the same day or earlier"
    )
    assert found == ([words] if lacking else [])


def test_a_rate_for_all_needs_no_other():
    assert not list(account_type_faults(REBAR, (REBAR,), ("rb",)))


@given(
    LOT_RATES,
    LOT_RATES,
    st.none() | st.builds(BrokerRate, long=LOT_RATES, short=LOT_RATES),
    st.none() | st.sampled_from(AccountType),
)
def test_a_rate_survives_being_stored(long, short, broker, account_type):
    """Law: what the journal holds is what was stated."""
    rate = changed(long=long, short=short, broker=broker, account_type=account_type)
    assert msgspec.json.decode(msgspec.json.encode(rate), type=MarginRate) == rate
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(rate), type=MarginRate) == rate
