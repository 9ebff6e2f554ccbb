"""The seam of margin methods: three methods behind one interface."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.attribution.attribute import attribute
from fencang.margin.attribution.shares import AttributionRule
from fencang.margin.method import (
    Directional,
    MarginMethod,
    MarginRefused,
    Measure,
    pooled,
    without,
)
from fencang.margin.rate_method import LotRequirement, RateMethod, lot_requirement
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement
from fencang.margin.span.portfolio import Fallback, Lots
from fencang.margin.var.historical import HistoricalVar
from fencang.margin.var.scenarios import ContractScenarios, ScenarioSet
from tests.margin.span_sets import SpanSet, calendar, line, tier, tier_leg
from tests.margin.textbook import DOLLAR, SpanMethod, lots
from tests.refdata.product_sample import CL

KEY = "XYZ/ES/FUT/202003"


def methods():
    """One future of 900 a lot in three methods."""
    made = SpanSet()
    made.commodity("ES")
    made.future("ES", "202003", line(900))
    moves = ContractScenarios(
        contract=KEY, currency="USD", profit_micros=(900 * DOLLAR, -900 * DOLLAR)
    )
    scenarios = ScenarioSet(horizon_days=1, days=(1, 2), contracts=(moves,))
    asked = LotRequirement(
        currency="USD", maintenance_micros=900 * DOLLAR, initial_micros=990 * DOLLAR
    )
    return [SpanMethod(made.build()), HistoricalVar(scenarios), RateMethod({KEY: asked})]


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.method_id.split()[0])
def test_three_methods_stand_behind_one_interface(method):
    """One future and one offset: each asks 900 for a net lot and shares it the same way."""
    assert isinstance(method, MarginMethod)
    assert isinstance(method, Directional)
    assert method.requirement({}).by_currency(Measure.MAINTENANCE) in ({}, {"USD": 0})
    asked = method.requirement({KEY: Lots(3, 2)})
    assert asked.by_currency(Measure.MAINTENANCE) == {"USD": 900 * DOLLAR}
    assert asked.method_id == method.method_id
    books = {"A": {KEY: Lots(3, 0)}, "B": {KEY: Lots(0, 2)}}
    for rule in (AttributionRule.EULER, AttributionRule.SHAPLEY):
        (division,) = attribute(method, books, rule).currencies
        assert division.benefit_micros == 3_600 * DOLLAR
        shares = [share.share_micros for share in division.shares]
        assert sum(shares) == 900 * DOLLAR
        if rule is AttributionRule.EULER:
            assert shares == [2_700 * DOLLAR, -1_800 * DOLLAR]
    with pytest.raises(MarginRefused, match="XYZ/NQ/FUT/202003"):
        method.requirement({"XYZ/NQ/FUT/202003": lots(1), KEY: lots(1)})


def test_every_unknown_contract_is_named():
    for method in methods():
        with pytest.raises(MarginRefused) as refused:
            method.requirement({"XYZ/AA/FUT/202003": lots(1), "XYZ/BB/FUT/202003": lots(1)})
        assert len(refused.value.faults) == 2


def test_span_refuses_what_is_no_key():
    with pytest.raises(MarginRefused, match="is not EXCHANGE/CODE"):
        methods()[0].requirement({"ES": lots(1)})


def test_a_fallback_margins_what_the_file_lacks_and_is_flagged():
    """Rule F1: 5,000 a lot, both sides, no offset; the longer key wins."""
    made = SpanSet()
    made.commodity("ES")
    held = made.future("ES", "202003", line(900))
    method = SpanMethod(
        made.build(),
        fallbacks={
            "XYZ/NQ/FUT": Fallback("USD", 4_000 * DOLLAR),
            "XYZ/NQ/FUT/202006": Fallback("USD", 5_000 * DOLLAR),
        },
    )
    asked = method.requirement({held: lots(1), "XYZ/NQ/FUT/202006": lots(-2)})
    assert asked.by_currency(Measure.MAINTENANCE) == {"USD": 10_900 * DOLLAR}
    assert [part.name for part in asked.parts] == ["ES", "XYZ/NQ/FUT/202006"]
    assert "not in the file" in asked.flags[0]
    books = {"A": {held: lots(1)}, "B": {"XYZ/NQ/FUT/202006": lots(-2)}}
    (division,) = attribute(method, books, AttributionRule.EULER).currencies
    assert [share.share_micros for share in division.shares] == [900 * DOLLAR, 10_000 * DOLLAR]


def test_the_fast_program_plugs_in_by_argument():
    """Reference and arrays behind the same method: one requirement, one division."""
    made = SpanSet()
    made.commodity(
        "ES",
        intra_tiers=(tier(1, "202003"), tier(2, "202006")),
        tier_spreads=(calendar(1, 90, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
    )
    march, june = made.future("ES", "202003", line(900)), made.future("ES", "202006", line(900))
    parameters = made.build()
    slow = SpanMethod(parameters)
    fast = SpanMethod(parameters, requirement=partial(requirement, compile_span(parameters)))
    books = {"A": {march: lots(10)}, "B": {june: lots(-6)}}
    assert fast.requirement(pooled(books.values())) == slow.requirement(pooled(books.values()))
    for rule in AttributionRule:
        assert attribute(fast, books, rule) == attribute(slow, books, rule)


def test_a_gross_account_is_margined_and_divided_by_sides():
    """Rule G1: long and short stand apart: 3 + 2 lots of 900."""
    made = SpanSet()
    made.commodity("ES")
    held = made.future("ES", "202003", line(900))
    method = SpanMethod(made.build(), is_gross=True)
    books = {"A": {held: Lots(3, 0)}, "B": {held: Lots(0, 2)}}
    (division,) = attribute(method, books, AttributionRule.EULER).currencies
    assert [share.share_micros for share in division.shares] == [2_700 * DOLLAR, 1_800 * DOLLAR]
    assert division.benefit_micros == 0


def test_a_rate_per_lot_comes_from_the_product_at_its_mark():
    """CL at -36.98: ten percent of 36,980 are 3,698; initial is 110 % of it."""
    asked = lot_requirement(CL, -36_980_000_000, 1_100_000)
    assert asked == LotRequirement(
        currency="USD", maintenance_micros=3_698 * DOLLAR, initial_micros=4_067_800_000
    )
    gross = RateMethod({"CLM0": asked}, is_gross=True)
    positions = {"CLM0": Lots(3, 2)}
    assert gross.requirement(positions).by_currency(Measure.INITIAL) == {"USD": 5 * 4_067_800_000}


BOOKS = st.lists(
    st.dictionaries(st.sampled_from("ABC"), st.builds(Lots, st.integers(0, 9), st.integers(0, 9))),
    max_size=5,
)


@given(BOOKS)
def test_a_pool_holds_both_sides_of_all_books(books):
    pool = pooled(books)
    for contract in "ABC":
        held = [book.get(contract, Lots(0, 0)) for book in books]
        assert pool.get(contract, Lots(0, 0)) == Lots(
            sum(each.long for each in held), sum(each.short for each in held)
        )


@given(BOOKS)
def test_a_book_that_leaves_takes_its_lots_along(books):
    pool = pooled(books)
    for place, book in enumerate(books):
        others = pooled(books[:place] + books[place + 1 :])
        left = without(pool, book)
        assert all(any(held) for held in left.values())
        for contract in "ABC":
            assert left.get(contract, Lots(0, 0)) == others.get(contract, Lots(0, 0))


@given(BOOKS, st.booleans())
def test_rate_directions_sum_to_the_requirement(books, is_gross):
    """Law (Euler), exactly: nothing is rounded here."""
    asked = {
        name: LotRequirement(currency=code, maintenance_micros=7 * n, initial_micros=9 * n)
        for n, (name, code) in enumerate((("A", "USD"), ("B", "USD"), ("C", "EUR")), 1)
    }
    method = RateMethod(asked, is_gross=is_gross)
    for measure in Measure:
        directions = method.directions(books, measure)
        total = method.requirement(pooled(books)).by_currency(measure)
        for currency in ("USD", "EUR"):
            shares = [share.get(currency, 0) for share in directions.shares]
            assert sum(shares) == total.get(currency, 0)
