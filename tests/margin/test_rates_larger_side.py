"""The larger side pays: facts of section 5.2 of the exchanges' rules, one test each."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.rates.instrument import SideScope, larger_side_ends
from fencang.margin.rates.larger_side import SideSums, addition
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import order_addition, rate_margin
from tests.margin import rates_book as rb

AMOUNTS = st.integers(0, 10**12)
SIDES = st.sampled_from([rb.LONG, rb.SHORT])


def copper(scope=SideScope.PRODUCT, **more):
    """Return rates of two months of copper at 5,000 yuan a lot and aluminium at 2,000."""
    shared = {"scope": scope, "product_group_id": "metals", **more}
    return rb.parameters(
        [
            rb.future("cu2603", **shared),
            rb.future("cu2604", **shared),
            rb.future("al2603", **shared),
        ],
        {
            "cu2603": rb.stage(0, 5000),
            "cu2604": rb.stage(0, 5000),
            "al2603": rb.stage(0, 2000),
        },
    )


def metals(*positions, orders=(), **more):
    quotes = dict.fromkeys(("cu2603", "cu2604", "al2603"), rb.quote(70_000, 70_000))
    return rb.book(quotes, positions, orders, **more)


SPREAD = (
    rb.held("cu2603", rb.LONG, 3),
    rb.held("cu2604", rb.SHORT, 2),
    rb.held("al2603", rb.SHORT, 4),
)


@pytest.mark.parametrize(
    ("scope", "yuan"),
    [
        (SideScope.BOTH_SIDES, 15_000 + 10_000 + 8_000),
        (SideScope.CONTRACT, 15_000 + 10_000 + 8_000),
        (SideScope.PRODUCT, 15_000 + 8_000),
        (SideScope.PRODUCT_GROUP, 18_000),
    ],
)
def test_the_side_reaches_over_contract_product_or_group(scope, yuan):
    """Long 3 cu2603, short 2 cu2604 and 4 al2603: 15,000 against 10,000 and 8,000."""
    assert rb.used(copper(scope), metals(*SPREAD)) == rb.micros(yuan)


def test_a_contract_held_on_both_sides_pays_its_larger_side():
    positions = (rb.held("cu2603", rb.LONG, 3), rb.held("cu2603", rb.SHORT, 2))
    assert rb.used(copper(SideScope.CONTRACT), metals(*positions)) == rb.micros(15_000)


def test_the_result_says_which_side_was_larger_and_charges_its_lines_only():
    result = rate_margin(copper(SideScope.PRODUCT_GROUP), metals(*SPREAD))
    [group] = result.groups
    assert (group.group_id, group.larger_exchange) == ("metals", rb.SHORT)
    assert (group.long[0], group.short[0]) == (rb.micros(15_000), rb.micros(18_000))
    charged = {line.key.instrument_id: line.charged[0] for line in result.positions}
    assert charged == {"al2603": rb.micros(8_000), "cu2603": 0, "cu2604": rb.micros(10_000)}
    assert [(total.name, total.used[0]) for total in result.by_product] == [
        ("al", rb.micros(8_000)),
        ("cu", rb.micros(10_000)),
    ]
    assert [total.name for total in result.by_product_group] == ["metals"]


def test_of_equal_sides_the_long_one_is_said_to_pay():
    positions = (rb.held("cu2603", rb.LONG, 2), rb.held("cu2604", rb.SHORT, 2))
    result = rate_margin(copper(), metals(*positions))
    assert result.used[0] == rb.micros(10_000)
    assert result.groups[0].larger_exchange is rb.LONG
    assert [line.charged[0] for line in result.positions] == [rb.micros(10_000), 0]


def test_exchange_and_broker_may_have_different_larger_sides():
    """Exchange 5,000 long against 5,001 short; the broker asks 6,000 long and 5,001 short."""
    instruments = [rb.future("cu2603", scope=SideScope.PRODUCT)]
    both = rb.SideRates(
        long=rb.Rate(amount_micros=rb.micros(6000)), short=rb.Rate(amount_micros=rb.micros(5001))
    )
    stage = rb.RateStage(
        from_day=rb.BEGIN,
        exchange=rb.SideRates(
            long=rb.Rate(amount_micros=rb.micros(5000)),
            short=rb.Rate(amount_micros=rb.micros(5001)),
        ),
        broker=both,
    )
    found = rb.parameters(instruments, {"cu2603": stage})
    result = rate_margin(
        found, metals(rb.held("cu2603", rb.LONG, 1), rb.held("cu2603", rb.SHORT, 1))
    )
    assert result.used == (rb.micros(5001), rb.micros(6000))
    assert (result.groups[0].larger_exchange, result.groups[0].larger_broker) == (rb.SHORT, rb.LONG)


def test_an_order_on_the_smaller_side_often_needs_nothing():
    """Used 15,000 long, 10,000 short: a short lot of 5,000 fits into the gap, a second does not."""
    portfolio = metals(rb.held("cu2603", rb.LONG, 3), rb.held("cu2604", rb.SHORT, 2))
    one = WorkingOrder(instrument_id="cu2604", side=rb.SHORT, lots=1)
    two = WorkingOrder(instrument_id="cu2604", side=rb.SHORT, lots=2)
    assert order_addition(copper(), portfolio, one) == (0, 0)
    assert order_addition(copper(), portfolio, two) == (rb.micros(5000), rb.micros(5000))
    bought = WorkingOrder(instrument_id="cu2603", side=rb.LONG, lots=1)
    assert order_addition(copper(), portfolio, bought) == (rb.micros(5000), rb.micros(5000))


def test_working_orders_already_there_use_up_the_gap():
    """The gap of 5,000 holds one short order; the next one freezes 5,000."""
    one = WorkingOrder(instrument_id="cu2604", side=rb.SHORT, lots=1)
    portfolio = metals(
        rb.held("cu2603", rb.LONG, 3), rb.held("cu2604", rb.SHORT, 2), orders=[one, one]
    )
    result = rate_margin(copper(), portfolio)
    assert result.frozen == (rb.micros(5000), rb.micros(5000))
    assert [line.charged[0] for line in result.orders] == [0, rb.micros(5000)]
    assert [line.single[0] for line in result.orders] == [rb.micros(5000)] * 2


def test_closing_the_smaller_side_frees_nothing():
    before = metals(rb.held("cu2603", rb.LONG, 3), rb.held("cu2604", rb.SHORT, 2))
    after = metals(rb.held("cu2603", rb.LONG, 3))
    assert rb.used(copper(), before) == rb.used(copper(), after) == rb.micros(15_000)


def test_closing_the_larger_side_frees_at_most_the_difference():
    """15,000 against 10,000: closing two of the three long lots (10,000) frees 5,000."""
    before = metals(rb.held("cu2603", rb.LONG, 3), rb.held("cu2604", rb.SHORT, 2))
    after = metals(rb.held("cu2603", rb.LONG, 1), rb.held("cu2604", rb.SHORT, 2))
    assert rb.used(copper(), before) - rb.used(copper(), after) == rb.micros(5000)


def test_closing_orders_freeze_no_margin():
    close = WorkingOrder(instrument_id="cu2603", side=rb.LONG, lots=2, is_opening=False)
    result = rate_margin(copper(), metals(rb.held("cu2603", rb.LONG, 3), orders=[close]))
    assert (result.frozen, result.orders) == ((0, 0), ())


def test_hedge_flags_have_sides_of_their_own_unless_the_convention_joins_them():
    instruments = [rb.future("cu2603", scope=SideScope.PRODUCT)]
    rates = {"cu2603": rb.stage(0, 5000), ("cu2603", rb.HEDGE): rb.stage(0, 4000)}
    positions = (rb.held("cu2603", rb.LONG, 1), rb.held("cu2603", rb.SHORT, 1, flag=rb.HEDGE))
    apart = rb.parameters(instruments, rates)
    joined = rb.parameters(instruments, rates, sides_apart_by_hedge_flag=False)
    assert rb.used(apart, metals(*positions)) == rb.micros(9000)
    assert rb.used(joined, metals(*positions)) == rb.micros(5000)


def test_near_expiry_both_sides_pay_from_the_settlement_of_the_stated_day_on():
    """SHFE: from the close of the fifth trading day before the last one."""
    end = date(2026, 3, 9)
    rates = copper(SideScope.PRODUCT, larger_side_end=end)
    positions = (rb.held("cu2603", rb.LONG, 3), rb.held("cu2604", rb.SHORT, 2))

    def used(day, run):
        return rb.used(rates, metals(*positions, day=day, run=run))

    assert used(end, Run.TRADING) == rb.micros(15_000)
    assert used(end, Run.SETTLEMENT) == rb.micros(25_000)
    assert used(end + timedelta(days=1), Run.TRADING) == rb.micros(25_000)


def test_the_day_the_side_ends_is_counted_in_trading_days():
    """Last trading day Monday 2026-03-16: five trading days before is Monday 2026-03-09."""
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(15)]
    trading = [day for day in days if day.isoweekday() < 6]
    assert larger_side_ends(trading, date(2026, 3, 16), 5) == date(2026, 3, 9)
    assert larger_side_ends(trading, date(2026, 3, 15), 5) is None
    assert larger_side_ends(trading, date(2026, 3, 3), 5) is None


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, SIDES, AMOUNTS)
def test_the_addition_is_the_formula_and_between_nothing_and_the_new_margin(
    used_long, used_short, frozen_long, frozen_short, side, new
):
    """Law: max(U_x+Z_x+new, U_y+Z_y) − max(U_x+Z_x, U_y+Z_y), for either side x."""
    used, frozen = SideSums(used_long, used_short), SideSums(frozen_long, frozen_short)
    found = addition(used, frozen, side, new, larger_only=True)
    same, other = used_long + frozen_long, used_short + frozen_short
    if side is rb.SHORT:
        same, other = other, same
    assert found == max(same + new, other) - max(same, other)
    assert 0 <= found <= new
    assert addition(used, frozen, side, new, larger_only=False) == new


@given(st.lists(st.tuples(st.integers(0, 2), SIDES, st.integers(0, 20)), max_size=8), st.data())
def test_an_offsetting_lot_never_raises_the_margin_of_a_product(rows, data):
    """Law: a lot that fits under the larger side is free; the larger side is at most both."""
    names = ("cu2603", "cu2604", "al2603")
    positions = [rb.held(names[place], side, lots) for place, side, lots in rows]
    rates = copper()
    result = rate_margin(rates, metals(*positions))
    both = sum(line.single[0] for line in result.positions)
    assert 0 <= result.used[0] <= both
    for group in result.groups:
        gap = abs(group.long[0] - group.short[0])
        smaller = group.larger_exchange.opposite
        name, lot = ("cu2604", 5000) if group.group_id == "cu" else ("al2603", 2000)
        if gap >= rb.micros(lot):
            more = [*positions, rb.held(name, smaller, 1)]
            assert rb.used(rates, metals(*more)) == result.used[0]
