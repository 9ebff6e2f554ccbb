"""Working orders: the worst of any subset of fills, in constant time per order."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.reference.working import worst_scan
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.working import WorkingScan, WorstScan, losses_of
from tests.margin.span_random import random_parameters

VALUES = st.lists(st.integers(-50, 50), min_size=4, max_size=4)
ORDERS = st.lists(st.tuples(VALUES, st.integers(-9, 9).filter(bool)), max_size=6)


@given(VALUES, ORDERS)
def test_it_is_the_worst_over_all_subsets_of_fills(position, orders):
    """Design: max over s of (P_s + Σ max(0, q_i · a_i,s)) is exact for any subset."""
    scan = WorstScan(4)
    scan.move(losses_of(position), 1)
    for values, lots in orders:
        scan.add(losses_of(values), lots)
    worst = 0
    for filled in product((0, 1), repeat=len(orders)):
        for place in range(4):
            loss = position[place] + sum(
                taken * lots * values[place]
                for taken, (values, lots) in zip(filled, orders, strict=True)
            )
            worst = max(worst, loss)
    assert scan.worst() == worst


@given(VALUES, ORDERS)
def test_asking_changes_nothing_and_orders_leave_no_trace(position, orders):
    scan = WorstScan(4)
    scan.move(losses_of(position), 3)
    alone = scan.worst()
    for values, lots in orders:
        lot = losses_of(values)
        asked = scan.worst_with(lot, lots)
        scan.add(lot, lots)
        assert scan.worst() == asked
    for values, lots in orders:
        scan.remove(losses_of(values), lots)
    assert scan.worst() == alone


@given(st.integers(0, 2**32))
@settings(max_examples=80)
def test_it_equals_the_reference_by_commodity(seed):
    """Law: equal to ``reference.working``, combinations filled leg by leg together."""
    parameters, chance = random_parameters(seed), random.Random(seed)
    compiled = compile_span(parameters)
    rows = range(len(parameters.contracts))
    count = min(2, len(rows))
    held = {row: Lots(chance.randint(0, 9) * 2, 0) for row in chance.sample(rows, k=count)}
    orders = [(chance.choice(rows), chance.choice((-6, -2, 4, 8))) for _ in range(5)]
    scan = WorkingScan(compiled)
    for row, lots in held.items():
        scan.move(row, lots.net)
    for row, lots in orders:
        foreseen = scan.worst_micros_with(row, lots)
        scan.add_order(row, lots)
        assert foreseen == {place: scan.worst_micros(place) for place in foreseen}
    wanted = worst_scan(parameters, Portfolio(lots=held), orders)
    found = {
        terms.code: scan.worst_micros(place) for place, terms in enumerate(parameters.commodities)
    }
    assert {code: found[code] for code in wanted} == wanted
    assert not any(found[code] for code in found.keys() - wanted.keys())


def test_an_order_that_offsets_the_position_earns_no_credit():
    """A long lot loses 10 in the second scenario; selling one more lot takes none of it away."""
    scan, lot = WorstScan(2), losses_of([-10, 10])
    scan.move(lot, 1)
    scan.add(lot, -1)
    assert scan.worst() == 10


@pytest.mark.parametrize("lots", [5, -5])
def test_a_part_of_an_order_is_taken_back(lots):
    scan, lot = WorstScan(2), losses_of([-10, 10])
    scan.add(lot, lots)
    scan.remove(lot, lots // 5 * 2)
    assert scan.worst() == 30
