"""The worst scan risk of working orders, against every subset of fills tried one by one."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement, worst_scan
from fencang.margin.span.portfolio import Lots, Portfolio
from tests.margin.span_sets import STANDARD_POINTS, SpanSet, line, tier

USD = 1_000_000


def covered_write():
    """Return a set of a future (900) and a call that loses 400 when short, and their keys."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900))
    call = made.option("ES", "202003", "C", "3", line(300, volatility=100))
    return made, made.build(), march, call


def test_orders_count_in_the_scenarios_where_they_lose():
    """Long 2 futures; working: sell 3 futures, sell 1 call.

    13: 1,800 + max(0, −2,700) + max(0, −200) = 1,800; 11: −1,800 + 2,700 + 400 = 1,300;
    12: −1,800 + 2,700 + 200.  So 1,800: no order lowers what the position alone asks.
    """
    made, parameters, march, call = covered_write()
    working = [(made.rows[march], -3), (made.rows[call], -1)]
    assert worst_scan(parameters, made.portfolio({march: 2}), working) == {"ES": 1_800 * USD}
    # flat: 11 asks 2,700 + 400
    assert worst_scan(parameters, made.portfolio({}), working) == {"ES": 3_100 * USD}


def test_buys_and_sells_of_one_contract_do_not_offset():
    """Working: buy 5 and sell 4: the worse of both, 4,500."""
    made, parameters, march, _ = covered_write()
    working = [(made.rows[march], 5), (made.rows[march], -4)]
    assert worst_scan(parameters, made.portfolio({}), working) == {"ES": 4_500 * USD}


def test_nothing_held_and_nothing_working_is_no_commodity():
    made, parameters, _, _ = covered_write()
    assert worst_scan(parameters, made.portfolio({}), []) == {}


def test_a_combination_fills_with_all_its_legs():
    """Buying 2 March − June is 2 × (900 − 600); half lots are refused as in P2."""
    made = SpanSet()
    made.commodity("CL")
    march, june = made.future("CL", "202003", line(900)), made.future("CL", "202006", line(600))
    spread = made.combination("CL", "202003", {march: 1, june: -1})
    half = made.combination("CL", "202006", {june: 0.5}, code="CLH")
    parameters = made.build()
    empty = made.portfolio({})
    assert worst_scan(parameters, empty, [(made.rows[spread], 2)]) == {"CL": 600 * USD}
    with pytest.raises(MarginRefused, match="not whole lots"):
        worst_scan(parameters, empty, [(made.rows[half], 1)])


def test_in_a_gross_account_every_order_opens_its_own_side():
    """G1: 2 long, 1 short, buy 5, sell 4: (2 + 1 + 5 + 4) × 900."""
    made, parameters, march, _ = covered_write()
    working = [(made.rows[march], 5), (made.rows[march], -4)]
    held = made.portfolio({march: (2, 1)}, is_gross=True)
    assert worst_scan(parameters, held, working) == {"ES": 12 * 900 * USD}


@st.composite
def books(draw):
    """Draw a set of two commodities, one with scan tiers, a portfolio and up to six orders."""
    made = SpanSet(points=STANDARD_POINTS[:4])
    made.commodity("AA")
    made.commodity("BB", scan_tiers=(tier(1, "202003"),), risk_unit_micros=10_000)
    values = st.lists(st.integers(-50, 50), min_size=4, max_size=4)
    for code in ("AA", "BB"):
        for month in ("202003", "202006"):
            made.future(code, month, draw(values))
    parameters = made.build()
    held = draw(st.dictionaries(st.integers(0, 3), st.integers(-3, 3), max_size=4))
    working = draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3).filter(bool)), max_size=6)
    )
    return parameters, held, working


@given(books())
@settings(max_examples=40)
def test_the_worst_is_the_greatest_scan_risk_over_all_subsets_of_fills(book):
    """Law: exact per combined commodity, for any subset."""
    parameters, held, working = book
    worst = {terms.code: 0 for terms in parameters.commodities}
    for filled in product((False, True), repeat=len(working)):
        net = dict(held)
        for is_filled, (row, lots) in zip(filled, working, strict=True):
            if is_filled:
                net[row] = net.get(row, 0) + lots
        lots = {row: Lots(max(number, 0), max(-number, 0)) for row, number in net.items()}
        for found in requirement(parameters, Portfolio(lots=lots)).commodities:
            worst[found.commodity] = max(worst[found.commodity], found.scan_risk_micros)
    lots = {row: Lots(max(number, 0), max(-number, 0)) for row, number in held.items()}
    found = worst_scan(parameters, Portfolio(lots=lots), working)
    assert {code: found.get(code, 0) for code in worst} == worst
