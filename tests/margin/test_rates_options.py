"""Short options of commodity exchanges and of CFFEX (section 5.4), worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import CommodityOption, IndexOption, OptionRight
from fencang.margin.rates.parameters import FrozenPrice, MarginPrice, RoyaltyPrice
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import rate_margin
from fencang.margin.rates.result import LineFlag
from tests.margin import rates_book as rb

CALL, PUT = OptionRight.CALL, OptionRight.PUT


def copper_option(right, strike, *, floor=0, **conventions):
    """Return rates of cu2603 (5 tonnes, 10 % long, 12 % short) and one option on it."""
    terms = CommodityOption(right=right, strike_nanos=rb.nanos(strike), underlying_id="cu2603")
    sides = rb.SideRates(long=rb.Rate(ratio_ppm=100_000), short=rb.Rate(ratio_ppm=120_000))
    return rb.parameters(
        [
            rb.future("cu2603", 5),
            rb.future("cu2603o", 5, product="cu_o", option=terms, floor_micros=rb.micros(floor)),
        ],
        {"cu2603": rb.RateStage(from_day=rb.BEGIN, exchange=sides)},
        **conventions,
    )


def index_option(right, strike):
    terms = IndexOption(right=right, strike_nanos=rb.nanos(strike), underlying_id="000300")
    return rb.parameters(
        [rb.future("IO2603", 100, option=terms)],
        {"IO2603": rb.stage("0.12", broker=rb.same_rates("0.15"))},
    )


def short_lot(found, name, premium, underlying_name, underlying, **more):
    quotes = {name: premium, underlying_name: underlying}
    return rate_margin(found, rb.book(quotes, [rb.held(name, rb.SHORT, 1)], **more)).used


@pytest.mark.parametrize(
    ("right", "strike", "yuan"),
    [
        # In the money: premium 1,000 × 5 + 70,000 × 5 × 0.12 (short, for a call) = 47,000.
        (CALL, 68_000, 5_000 + 42_000),
        # 4,000 out of the money: 47,000 − half of 20,000.
        (CALL, 74_000, 5_000 + 42_000 - 10_000),
        # 20,000 out of the money: 42,000 − 50,000 is less than half the margin, 21,000.
        (CALL, 90_000, 5_000 + 21_000),
        # A put takes the long rate: 35,000; 2,000 out of the money: − 5,000.
        (PUT, 68_000, 5_000 + 35_000 - 5_000),
        (PUT, 71_000, 5_000 + 35_000),
        (PUT, 50_000, 5_000 + 17_500),
    ],
)
def test_short_options_of_a_commodity_exchange(right, strike, yuan):
    """max(premium + margin − half out of the money, premium + half the margin)."""
    found = copper_option(right, strike)
    used = short_lot(found, "cu2603o", 1000, "cu2603", 70_000)
    assert used == (rb.micros(yuan), rb.micros(yuan))


@pytest.mark.parametrize(
    ("right", "strike", "exchange", "broker"),
    [
        # In the money: 50 × 100 + 4,000 × 100 × 0.12 = 53,000; with the broker's 0.15 65,000.
        (CALL, 3_900, 53_000, 65_000),
        # 100 out of the money: − 10,000.
        (CALL, 4_100, 43_000, 55_000),
        # 400 out of the money: 48,000 − 40,000 < 0.5 × 48,000; broker 60,000 − 40,000 < 30,000.
        (CALL, 4_400, 29_000, 35_000),
        # A put's minimum takes the strike: 0.5 × 0.12 × 3,600 × 100 = 21,600; 27,000 at 0.15.
        (PUT, 3_600, 26_600, 32_000),
    ],
)
def test_short_index_options_of_cffex(right, strike, exchange, broker):
    """Premium + max(underlying × r − out of the money, k × r × (underlying or strike))."""
    used = short_lot(index_option(right, strike), "IO2603", 50, "000300", 4_000)
    assert used == (rb.micros(exchange), rb.micros(broker))


def test_long_options_carry_no_margin_and_need_no_rates_nor_underlying():
    found = copper_option(CALL, 68_000)
    order = WorkingOrder(instrument_id="cu2603o", side=rb.LONG, lots=3)
    result = rate_margin(
        found, rb.book({"cu2603o": 1000}, [rb.held("cu2603o", rb.LONG, 2)], [order])
    )
    assert (result.used, result.frozen) == ((0, 0), (0, 0))


@pytest.mark.parametrize(
    ("choice", "latest", "yesterday", "today"),
    [
        (RoyaltyPrice.PREVIOUS_SETTLEMENT, 1300, 1000, 1000),
        (RoyaltyPrice.OPEN, 1300, 1000, 1200),
        (RoyaltyPrice.LATEST_OR_PREVIOUS, 1300, 1300, 1300),
        (RoyaltyPrice.LATEST_OR_PREVIOUS, 900, 1000, 1000),
        (RoyaltyPrice.LATEST_OR_PREVIOUS, None, 1000, 1000),
    ],
)
def test_the_premium_has_a_price_choice(choice, latest, yesterday, today):
    """Codes 1, 4 and 5 of CTP's OptionRoyaltyPriceType; the rest of a lot is 42,000."""
    found = copper_option(CALL, 68_000, royalty_price=choice)
    quotes = {"cu2603o": rb.quote(1000, latest=latest), "cu2603": 70_000}
    used = rb.used(found, rb.book(quotes, [rb.held("cu2603o", rb.SHORT, 1, (1, 1200))]))
    assert used == rb.micros(5 * (yesterday + today) + 2 * 42_000)


def test_the_underlying_has_a_price_choice_and_the_evening_takes_settlements():
    quotes = {"cu2603o": rb.quote(1000, 800), "cu2603": rb.quote(70_000, 60_000, 80_000)}
    position = [rb.held("cu2603o", rb.SHORT, 1)]
    latest = copper_option(CALL, 50_000, underlying_price=MarginPrice.LATEST)
    assert rb.used(latest, rb.book(quotes, position)) == rb.micros(5_000 + 48_000)
    evening = rb.book(quotes, position, run=Run.SETTLEMENT)
    assert rb.used(latest, evening) == rb.micros(4_000 + 36_000)


def test_a_short_option_order_freezes_its_margin_at_previous_settlement_or_limit():
    order = WorkingOrder(
        instrument_id="cu2603o", side=rb.SHORT, lots=1, limit_price_nanos=rb.nanos(1500)
    )
    book = rb.book({"cu2603o": 1000, "cu2603": 70_000}, orders=[order])
    assert rate_margin(copper_option(CALL, 68_000), book).frozen[0] == rb.micros(47_000)
    at_limit = copper_option(CALL, 68_000, frozen_price=FrozenPrice.LIMIT)
    assert rate_margin(at_limit, book).frozen[0] == rb.micros(49_500)


def test_an_underlying_below_zero_is_flagged_and_the_floor_holds():
    found = copper_option(PUT, -20, floor=100)
    book = rb.book({"cu2603o": 0, "cu2603": "-10"}, [rb.held("cu2603o", rb.SHORT, 1)])
    [line] = rate_margin(found, book).positions
    # 10 × 5 × 0.10 = 5 yuan, less half of 50 out of the money: the floor of 100 holds.
    assert (line.single[0], line.flags) == (rb.micros(100), (LineFlag.PRICE_NOT_POSITIVE,))


def test_what_a_short_option_needs_is_told():
    terms = CommodityOption(right=CALL, strike_nanos=1, underlying_id="cu2603")
    found = rb.parameters([rb.future("cu2603o", 5, option=terms)], {})
    with pytest.raises(RateFault) as refusal:
        rate_margin(found, rb.book({"cu2603o": 1}, [rb.held("cu2603o", rb.SHORT, 1)]))
    assert [fault.partition(": ")[2] for fault in refusal.value.faults] == [
        "the underlying cu2603 has no quote",
        "the underlying cu2603 is unknown",
        "no rate of cu2603 for hedge flag 1 is in force on 2026-01-06",
    ]
    latest = copper_option(CALL, 1, underlying_price=MarginPrice.LATEST)
    with pytest.raises(RateFault, match="lacks the price that is chosen"):
        short_lot(latest, "cu2603o", 1, "cu2603", 1)


PRICES = st.integers(-100_000, 100_000)


@given(st.sampled_from(OptionRight), PRICES, PRICES, PRICES)
def test_a_short_option_is_never_negative_and_asks_for_its_premium_at_least(
    right, strike, premium, underlying
):
    """Law: at any price, also below zero."""
    commodity = copper_option(right, strike)
    used = short_lot(commodity, "cu2603o", premium, "cu2603", underlying)
    assert min(used) >= rb.micros(abs(premium) * 5)
    used = short_lot(index_option(right, strike), "IO2603", premium, "000300", underlying)
    assert min(used) >= rb.micros(abs(premium) * 100)
