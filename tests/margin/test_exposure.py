"""Worst cases against brute force: every subset of fills of the working orders is tried."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.exposure import Exposure

LOTS = st.integers(0, 9)
ORDERS = st.lists(st.integers(1, 5), max_size=4)
"""Working orders of one side, in lots: fifteen subsets at most."""


def exposure_of(long_lots, short_lots, buys, sells, *, is_gross=False):
    exposure = Exposure(is_gross=is_gross)
    exposure.long_lots, exposure.short_lots = long_lots, short_lots
    exposure.buy_lots, exposure.sell_lots = sum(buys), sum(sells)
    return exposure


def filled(orders):
    """Return the lots that each subset of the orders would fill."""
    return [sum(some) for size in range(len(orders) + 1) for some in combinations(orders, size)]


@given(LOTS, LOTS, ORDERS, ORDERS)
def test_the_worst_case_of_a_net_account_is_the_worst_of_all_subsets(long, short, buys, sells):
    """Law: exact for any subset of fills, long and short apart."""
    exposure = exposure_of(long, short, buys, sells)
    nets = [long - short + bought - sold for bought in filled(buys) for sold in filled(sells)]
    assert exposure.worst_long_lots() == max(0, *nets)
    assert exposure.worst_short_lots() == max(0, *(-net for net in nets))
    assert exposure.margined_lots() == max(abs(net) for net in nets)
    assert exposure.net_lots == long - short


@given(LOTS, LOTS, ORDERS, ORDERS)
def test_the_worst_case_of_a_gross_account_is_the_worst_of_all_subsets(long, short, buys, sells):
    exposure = exposure_of(long, short, buys, sells, is_gross=True)
    longs = [long + bought for bought in filled(buys)]
    shorts = [short + sold for sold in filled(sells)]
    assert exposure.worst_long_lots() == max(longs)
    assert exposure.worst_short_lots() == max(shorts)
    assert exposure.margined_lots() == max(a + b for a in longs for b in shorts)


@given(st.booleans(), LOTS, LOTS, ORDERS, ORDERS, LOTS, LOTS)
def test_a_what_if_is_the_exposure_with_the_orders_in_it(
    gross, long, short, buys, sells, buy, sell
):
    before = exposure_of(long, short, buys, sells, is_gross=gross)
    after = exposure_of(long, short, [*buys, buy], [*sells, sell], is_gross=gross)
    assert before.margined_lots_with(buy, sell) == after.margined_lots()
    assert before.margined_lots_with(0, 0) == before.margined_lots()


@given(st.booleans(), LOTS, LOTS, ORDERS, ORDERS, LOTS, LOTS)
def test_working_orders_earn_no_credit(gross, long, short, buys, sells, buy, sell):
    """Law: more working lots never lower what margin is asked for, nor a worst case."""
    before = exposure_of(long, short, buys, sells, is_gross=gross)
    after = exposure_of(long, short, [*buys, buy], [*sells, sell], is_gross=gross)
    assert after.margined_lots() >= before.margined_lots() >= 0
    assert after.worst_long_lots() >= before.worst_long_lots() >= 0
    assert after.worst_short_lots() >= before.worst_short_lots() >= 0


@pytest.mark.parametrize(
    ("long", "short", "buys", "sells", "worst"),
    [
        (5, 0, [3], [10], (8, 5, 8)),
        (5, 0, [], [4], (5, 0, 5)),
        (0, 5, [4], [], (0, 5, 5)),
        (2, 7, [2], [1], (0, 6, 6)),
        (0, 0, [], [], (0, 0, 0)),
        (3, 3, [], [], (0, 0, 0)),
    ],
)
def test_worked_worst_cases_of_a_net_account(long, short, buys, sells, worst):
    exposure = exposure_of(long, short, buys, sells)
    figures = (exposure.worst_long_lots(), exposure.worst_short_lots(), exposure.margined_lots())
    assert figures == worst


def test_a_gross_account_is_asked_for_both_sides():
    exposure = exposure_of(5, 3, [2], [1], is_gross=True)
    assert exposure.margined_lots() == 11
    assert exposure.margined_lots_with(1, 4) == 16
    assert exposure.net_lots == 2


@pytest.mark.parametrize("name", ["long_lots", "short_lots", "buy_lots", "sell_lots"])
def test_an_exposure_with_anything_in_it_is_not_empty(name):
    exposure = Exposure(is_gross=False)
    assert exposure.is_empty
    setattr(exposure, name, 1)
    assert not exposure.is_empty
    exposure.long_lots = exposure.short_lots = 1
    assert not exposure.is_empty


def test_in_a_net_account_what_stands_on_both_sides_is_nothing_held():
    """Bought by one book and sold by another: flat; in an account with both sides it is not."""
    for is_gross, is_flat in ((False, True), (True, False)):
        exposure = Exposure(is_gross=is_gross)
        exposure.change(2, 2, 0, 0)
        assert exposure.is_flat is is_flat
        exposure.change(0, 0, 1, 0)
        assert exposure.is_flat is is_flat
        assert not exposure.is_empty


@given(
    st.booleans(),
    st.tuples(*(st.integers(0, 9),) * 4),
    st.tuples(*(st.integers(0, 9),) * 4),
)
def test_what_margin_is_asked_for_more_is_the_difference_of_what_it_is_asked_for(
    is_gross, before, more
):
    """Twin: the path of every order counts both without asking for either."""
    exposure = Exposure(is_gross=is_gross)
    assert exposure.change(*before) == exposure.margined_lots()
    buys, sells = more[2:]
    asked = exposure.margined_lots()
    wanted = exposure.margined_lots_with(buys, sells) - asked
    assert exposure.more_margined_lots(buys, sells) == wanted
    assert exposure.change(*more) == exposure.margined_lots() - asked
    held = exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots
    assert held == tuple(first + second for first, second in zip(before, more, strict=True))
