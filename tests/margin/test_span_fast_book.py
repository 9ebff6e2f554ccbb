"""The live book equals the full calculation after every change, and what-ifs change nothing."""

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement as reference
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement, requirement_totals
from fencang.margin.span.incremental import SpanBook
from fencang.margin.span.parameters import ContractTable, SpanParameters
from fencang.margin.span.portfolio import Lots
from tests.margin.span_random import random_parameters, random_portfolio
from tests.margin.span_sets import SpanSet, line


def totals_or_none(compiled, portfolio, lots):
    try:
        return requirement_totals(compiled, msgspec.structs.replace(portfolio, lots=lots))
    except MarginRefused:
        return None


def what_if_or_none(book, changes):
    try:
        return book.what_if(changes)
    except MarginRefused:
        return None


def random_changes(chance, rows, lots):
    """Return changes of one to four contracts, some of them closing what is held."""
    changes = []
    for row in chance.sample(range(rows), k=min(rows, chance.choice((1, 1, 2, 4)))):
        held = lots.get(row, Lots(0, 0))
        if chance.random() < 0.3:
            changes.append((row, -held.long, -held.short))
        else:
            changes.append((row, chance.randint(0, 20) * 2, chance.randint(0, 20) * 2))
    return changes


def changed(lots, changes):
    after = dict(lots)
    for row, long, short in changes:
        held = after.get(row, Lots(0, 0))
        after[row] = Lots(held.long + long, held.short + short)
    return after


def follow(seed, orders):
    """Follow random orders; return how many were compared."""
    parameters, chance = random_parameters(seed), random.Random(seed)
    compiled = compile_span(parameters)
    portfolio = random_portfolio(parameters, chance)
    try:
        book = SpanBook(compiled, portfolio)
    except MarginRefused:
        return 0
    lots = dict(portfolio.lots)
    for number in range(orders):
        changes = random_changes(chance, len(parameters.contracts), lots)
        after = changed(lots, changes)
        before = book.totals()
        wanted = totals_or_none(compiled, portfolio, after)
        assert what_if_or_none(book, changes) == wanted, (seed, number, changes)
        assert book.totals() == before
        if wanted is not None and chance.random() < 0.6:
            rows = {row for row, _, _ in changes}
            if len(rows) == 1:
                [row] = rows
                book.set_lots(row, *after[row])
            else:
                book.set_many({row: after[row] for row in rows})
            lots = after
            assert book.totals() == wanted, (seed, number)
            initial = {total.currency: total.initial_total_micros for total in wanted}
            assert book.initial_micros() == initial, (seed, number)
        if chance.random() < 0.1:
            full = requirement(compiled, msgspec.structs.replace(portfolio, lots=lots))
            assert book.result() == full, (seed, number)
    return orders


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_a_book_follows_any_orders(seed):
    """Laws: what-if = full calculation of the lots as they would be; incremental = full."""
    follow(seed, 12)


def test_a_target_without_position_keeps_its_unit_between_changes():
    """X8: the common unit counts the target's own; once lost, a merged vector was rounded finer."""
    assert follow(847, 3) == 3


@pytest.mark.long
def test_a_million_orders_are_foreseen_exactly():
    """Law: what-if result = full recalculation after the fill."""
    followed = seed = 0
    while followed < 1_000_000:
        followed += follow(seed, 500)
        seed += 1


@given(st.integers(0, 2**32))
@settings(max_examples=40)
def test_new_arrays_mean_what_a_file_with_them_means(seed):
    """Law: a book with new arrays, deltas and prices equals the reference on a set of them."""
    parameters, chance = random_parameters(seed), random.Random(seed)
    table = parameters.contracts
    free = [row for row in range(len(table)) if row not in parameters.combinations]
    if any(family.kind == "OOC" for family in parameters.families):
        return  # the delta of options on combinations is spread over legs and stays
    rows = chance.sample(free, k=min(len(free), 3))
    values = np.array([[chance.randint(-50, 50) for _ in parameters.scan_points] for _ in rows])
    deltas = [chance.randint(-10_000, 10_000) for _ in rows]
    prices = [chance.choice((0, 5_000_000_000, ContractTable.NO_PRICE)) for _ in rows]
    columns = {name: getattr(table, name).copy() for name in ContractTable.COLUMNS}
    columns["values"][rows], columns["delta_e4"][rows] = values, deltas
    columns["price_nanos"][rows] = prices
    other = SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=parameters.commodities,
        families=parameters.families,
        series=parameters.series,
        contracts=ContractTable(table.periods, columns),
        inter_spreads=parameters.inter_spreads,
        combinations={},
    )
    portfolio = random_portfolio(parameters, chance)
    if parameters.combinations:
        return  # legs of combinations keep the file's deltas
    try:
        book = SpanBook(compile_span(parameters), portfolio)
    except MarginRefused:
        return
    book.set_values(rows, values, deltas_e4=deltas, prices_nanos=prices)
    assert book.result() == reference(other, portfolio)
    assert book.totals() == book.result().totals


def small_book():
    made = SpanSet()
    made.commodity("ES")
    key = made.future("ES", "202003", line(900))
    made.build()
    compiled = compile_span(made.build())
    return SpanBook(compiled, made.portfolio({key: 2})), made.rows[key]


def test_a_price_tick_changes_the_requirement():
    """S2: two lots at 900 are 1,800; at 1,200 they are 2,400."""
    book, row = small_book()
    assert book.totals()[0].maintenance_micros == 1_800_000_000
    book.set_values([row], np.array([line(1_200)]))
    assert book.totals()[0].maintenance_micros == 2_400_000_000
    assert book.what_if([(row, 1, 0)])[0].maintenance_micros == 3_600_000_000


def test_refused_lots_change_nothing():
    book, row = small_book()
    with pytest.raises(MarginRefused, match="XYZ/ES/FUT/202003"):
        book.set_lots(row, 1 << 60, 0)
    with pytest.raises(MarginRefused, match="XYZ/ES/FUT/202003"):
        book.what_if([(row, -3, 0)])
    assert book.totals()[0].maintenance_micros == 1_800_000_000
    assert book.lots == {row: Lots(2, 0)}


def test_arrays_beyond_what_can_be_counted_change_nothing():
    book, row = small_book()
    with pytest.raises(MarginRefused, match="XYZ/ES/FUT/202003"):
        book.set_values([row], np.full((1, 16), 1 << 55))
    assert book.totals()[0].maintenance_micros == 1_800_000_000


def test_the_lots_of_an_account_that_closed_everything_are_empty():
    book, row = small_book()
    book.set_lots(row, 0, 0)
    assert book.lots == {}
    assert book.totals() == ()
