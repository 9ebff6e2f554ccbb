"""SPAN on arrays equals the slow reference to the micro, in every field, spreads in order."""

import random
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fencang.margin.span.kernels
from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement as reference
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement, requirement_totals
from fencang.margin.span.tables.layout import KERNELS_REVISION
from fencang.parameters.synthetic import small_parameters
from tests.margin.span_random import random_parameters, random_portfolio
from tests.margin.span_sets import SpanSet, calendar, leg, line, tier, tier_leg

PER_SET = 10


@lru_cache(maxsize=8)
def compiled_set(maker, seed):
    return compile_span(maker(seed))


def differences(compiled, portfolio):
    """Return the fields in which the two programs differ, with both values."""
    fast, slow = requirement(compiled, portfolio), reference(compiled.parameters, portfolio)
    assert requirement_totals(compiled, portfolio) == slow.totals
    return [
        (name, getattr(fast, name), getattr(slow, name))
        for name in slow.__struct_fields__
        if getattr(fast, name) != getattr(slow, name)
    ]


def compare_many(maker, seeds):
    """Compare ``PER_SET`` portfolios of each set; return how many were compared, refused."""
    compared = refused = 0
    for seed in seeds:
        compiled, chance = compile_span(maker(seed)), random.Random(seed)
        for number in range(PER_SET):
            portfolio = random_portfolio(compiled.parameters, chance)
            try:
                found = differences(compiled, portfolio)
            except MarginRefused:
                refused += 1
                continue
            assert not found, (maker.__name__, seed, number, found)
            compared += 1
    return compared, refused


def test_a_calendar_and_a_credit_by_hand():
    """C5, S7, X4.  ES +3 in March, -3 in June: three calendars at 500 = 1,500, deltas all consumed.
    ZN 4 long and ZB 2 short at ranges of 900 and 1,800: scan 3,600 each; WFPR 900 and 1,800;
    ratio 2:1, so n = 2 and each credit is 70 %: 2 × 2 × 900 × 0.7 = 2 × 1 × 1,800 × 0.7 = 2,520.
    """
    made = SpanSet()
    tiers = (tier(1, "202003"), tier(2, "202006"))
    spread = calendar(1, 500, tier_leg("A", 1, 1), tier_leg("B", 1, 2))
    made.commodity("ES", intra_tiers=tiers, tier_spreads=(spread,))
    made.commodity("ZN")
    made.commodity("ZB")
    march, june = (made.future("ES", month, line(900)) for month in ("202003", "202006"))
    ten, thirty = made.future("ZN", "202003", line(900)), made.future("ZB", "202003", line(1_800))
    made.inter(1, 70, leg("A", 2, "ZN"), leg("B", 1, "ZB"))
    compiled = compile_span(made.build())
    result = requirement(compiled, made.portfolio({march: 3, june: -3, ten: 4, thirty: -2}))
    shares = [
        (line.commodity, line.scan_risk_micros, line.intra_charge_micros, line.inter_credit_micros)
        for line in result.commodities
    ]
    assert shares == [
        ("ES", 0, 1_500_000_000, 0),
        ("ZN", 3_600_000_000, 0, 2_520_000_000),
        ("ZB", 3_600_000_000, 0, 2_520_000_000),
    ]
    assert result.totals[0].maintenance_micros == (1_500 + 2 * (3_600 - 2_520)) * 1_000_000
    assert [(spread.kind, spread.n_e4) for spread in result.spreads] == [
        ("tier", 30_000),
        ("inter", 20_000),
    ]


@given(st.integers(0, 60), st.integers(0, 2**32))
@settings(max_examples=200)
def test_any_portfolio_is_margined_alike(seed, chance):
    """Law: a kernel equals its slow twin (all rules)."""
    compiled = compiled_set(random_parameters, seed)
    portfolio = random_portfolio(compiled.parameters, random.Random(chance))
    try:
        found = differences(compiled, portfolio)
    except MarginRefused:
        return  # beyond the kernels' bounds: said in words, see test_span_fast_bounds
    assert not found


def test_many_portfolios_of_dense_sets_are_margined_alike():
    compared, refused = compare_many(random_parameters, range(1_000, 1_150))
    assert compared > 1_400
    assert refused < 100


def test_portfolios_of_generated_files_are_margined_alike():
    compared, refused = compare_many(small_parameters, range(60))
    assert compared + refused == 600
    assert compared > 550


@pytest.mark.long
def test_a_hundred_thousand_portfolios_are_margined_alike():
    compared, _ = compare_many(random_parameters, range(10_000, 19_000))
    more, _ = compare_many(small_parameters, range(1_000, 2_800))
    assert compared + more > 100_000


def test_kernels_compiled_from_other_sources_are_not_found_in_the_cache():
    """The digest stands in the signatures' types; numba itself sees a kernel's own file only."""
    place = Path(fencang.margin.span.kernels.__file__).parent
    digest = sha256()
    for path in sorted(place.glob("*.py")):
        digest.update(path.read_bytes())
    assert digest.hexdigest()[:8] == KERNELS_REVISION, "state the new digest in tables/layout.py"
