"""Laws of margin by rates over any portfolio: prices of any sign, any scope, any order."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.rates.combination import Combination, CombinationKind, CombinationTable, Leg
from fencang.margin.rates.instrument import (
    CommodityOption,
    OptionRight,
    SideScope,
)
from fencang.margin.rates.parameters import FrozenPrice, MarginPrice, RoyaltyPrice
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import order_addition, rate_margin
from tests.margin import rates_book as rb

PRICES = st.integers(-2_000, 5_000)
NAMES = ("x1", "x2", "y1", "z1", "z2", "z1o")
SIDES = st.sampled_from([rb.LONG, rb.SHORT])
FLAGS = st.sampled_from([rb.SPECULATION, rb.HEDGE])


@st.composite
def parameter_sets(draw):
    """Draw x and y in one group of larger sides, z with combinations and an option on z1."""
    scope = draw(st.sampled_from(SideScope))
    terms = CommodityOption(
        right=draw(st.sampled_from(OptionRight)),
        strike_nanos=rb.nanos(draw(PRICES)),
        underlying_id="z1",
    )
    shared = {"scope": scope, "product_group_id": "xy", "floor_micros": draw(st.integers(0, 5))}
    instruments = [
        rb.future("x1", 10, **shared),
        rb.future("x2", 10, **shared),
        rb.future("y1", 7, **shared),
        rb.future("z1", 10),
        rb.future("z2", 10),
        rb.future("z1o", 10, product="zo", option=terms),
    ]
    rates = {
        (found.instrument_id, flag): rb.RateStage(
            from_day=rb.BEGIN,
            exchange=draw(side_rates()),
            broker=draw(st.none() | side_rates()),
            is_relative=draw(st.booleans()),
        )
        for found in instruments
        for flag in (rb.SPECULATION, rb.HEDGE)
    }
    legs = st.builds(
        Leg,
        instrument_id=st.sampled_from(NAMES[3:]),
        side=SIDES,
        hedge_flag=FLAGS,
        lots=st.integers(1, 2),
    )
    rows = st.builds(
        Combination,
        kind=st.just(CombinationKind.CROSS),
        priority=st.integers(1, 3),
        first=legs,
        second=legs,
        coefficient_ppm=st.integers(0, 1_100_000),
    ).filter(lambda row: row.first.key != row.second.key)
    return rb.parameters(
        instruments,
        rates,
        CombinationTable(draw(st.lists(rows, max_size=5))),
        yesterday_price=draw(st.sampled_from(MarginPrice)),
        today_price=draw(st.sampled_from(MarginPrice)),
        royalty_price=draw(st.sampled_from(RoyaltyPrice)),
        frozen_price=draw(st.sampled_from(FrozenPrice)),
        sides_apart_by_hedge_flag=draw(st.booleans()),
        combines_today=draw(st.booleans()),
        rounding_micros=draw(st.sampled_from([1, 10_000])),
    )


@st.composite
def side_rates(draw):
    rate = st.builds(
        rb.Rate, ratio_ppm=st.integers(0, 400_000), amount_micros=st.integers(0, 20_000)
    )
    return rb.SideRates(long=draw(rate), short=draw(rate))


@st.composite
def portfolios(draw):
    quotes = {name: rb.quote(*(draw(PRICES) for _ in range(4))) for name in NAMES}
    positions = draw(
        st.lists(
            st.builds(
                lambda name, side, flag, lots, today: rb.held(name, side, lots, *today, flag=flag),
                st.sampled_from(NAMES),
                SIDES,
                FLAGS,
                st.integers(0, 6),
                st.lists(st.tuples(st.integers(0, 4), PRICES), max_size=2),
            ),
            max_size=8,
        )
    )
    orders = draw(st.lists(ORDERS, max_size=4))
    return rb.book(quotes, positions, orders, run=draw(st.sampled_from(Run)))


ORDERS = st.builds(
    WorkingOrder,
    instrument_id=st.sampled_from(NAMES),
    side=SIDES,
    lots=st.integers(0, 5),
    hedge_flag=FLAGS,
    limit_price_nanos=st.none() | PRICES.map(rb.nanos),
    is_opening=st.booleans(),
)


@given(parameter_sets(), portfolios())
def test_nothing_is_negative_and_charged_amounts_sum_to_the_whole(parameters, portfolio):
    """Laws: never negative, at any price; used ≤ sum of singles; totals are the whole."""
    result = rate_margin(parameters, portfolio)
    for payer in (0, 1):
        used, frozen = result.used[payer], result.frozen[payer]
        assert used >= 0
        assert frozen >= 0
        assert used <= sum(line.single[payer] for line in result.positions)
        assert frozen <= sum(line.single[payer] for line in result.orders)
        assert sum(line.charged[payer] for line in result.positions) == used
        assert sum(line.charged[payer] for line in result.orders) == frozen
        lines = (*result.positions, *result.orders)
        assert all(line.charged[payer] >= 0 for line in lines)
        for totals in (result.by_instrument, result.by_product, result.by_product_group):
            assert sum(total.used[payer] for total in totals) == used
            assert sum(total.frozen[payer] for total in totals) == frozen


@given(parameter_sets(), portfolios(), st.randoms(use_true_random=False))
def test_the_order_of_positions_and_orders_does_not_matter(parameters, portfolio, chance):
    positions, orders = list(portfolio.positions), list(portfolio.orders)
    chance.shuffle(positions)
    chance.shuffle(orders)
    mixed = rb.book(portfolio.quotes, positions, orders, run=portfolio.run)
    assert rate_margin(parameters, mixed) == rate_margin(parameters, portfolio)


@given(parameter_sets(), portfolios(), ORDERS)
def test_one_more_order_adds_between_nothing_and_its_own_margin(parameters, portfolio, order):
    """Law: the pre-trade addition is that of the formula, never negative, never above alone."""
    alone = rate_margin(
        parameters, rb.book(portfolio.quotes, orders=[order], run=portfolio.run)
    ).frozen
    for added, single in zip(order_addition(parameters, portfolio, order), alone, strict=True):
        assert 0 <= added <= single
