"""Named divisions: each says which way it rounds, on both sides of zero and for any size."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.basics.rounding import (
    divide_ceiling,
    divide_exact,
    divide_floor,
    divide_half_away,
)

NUMERATORS = st.integers(-(10**40), 10**40)
DENOMINATORS = st.integers(1, 10**20)
ALL = [divide_ceiling, divide_floor, divide_half_away]


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (7, 2, 4),
        (-7, 2, -4),
        (6, 4, 2),
        (-6, 4, -2),
        (5, 4, 1),
        (-5, 4, -1),
        (1, 2, 1),
        (-1, 2, -1),
        (1, 3, 0),
        (-1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (0, 9, 0),
        (-8, 4, -2),
        (10**36 + 1, 2, (10**36 + 2) // 2),
    ],
)
def test_halves_go_away_from_zero(numerator, denominator, quotient):
    assert divide_half_away(numerator, denominator) == quotient


@pytest.mark.parametrize(
    ("numerator", "floor", "ceiling"),
    [(7, 3, 4), (-7, -4, -3), (6, 3, 3), (-6, -3, -3), (0, 0, 0), (1, 0, 1), (-1, -1, 0)],
)
def test_floor_never_grants_more_and_ceiling_never_asks_less(numerator, floor, ceiling):
    assert divide_floor(numerator, 2) == floor
    assert divide_ceiling(numerator, 2) == ceiling


@given(NUMERATORS, DENOMINATORS)
@example(2**63, 2)
@example(-(2**127) - 1, 2)
def test_every_quotient_is_within_its_promise_of_the_exact_one(numerator, denominator):
    exact = Fraction(numerator, denominator)
    assert 0 <= exact - divide_floor(numerator, denominator) < 1
    assert 0 <= divide_ceiling(numerator, denominator) - exact < 1
    nearest = divide_half_away(numerator, denominator)
    assert abs(nearest - exact) <= Fraction(1, 2)
    if abs(nearest - exact) == Fraction(1, 2):
        assert abs(nearest) > abs(exact)


@given(NUMERATORS, DENOMINATORS)
def test_signs_mirror(numerator, denominator):
    """Law: a debit rounds as its credit does, so that two sides of one booking agree."""
    assert divide_half_away(-numerator, denominator) == -divide_half_away(numerator, denominator)
    assert divide_ceiling(-numerator, denominator) == -divide_floor(numerator, denominator)


@given(NUMERATORS, DENOMINATORS)
def test_a_division_without_rest_is_the_same_by_every_name(quotient, denominator):
    numerator = quotient * denominator
    assert divide_exact(numerator, denominator) == quotient
    assert [divide(numerator, denominator) for divide in ALL] == [quotient] * 3


@pytest.mark.parametrize(("numerator", "denominator"), [(7, 2), (-7, 2), (1, 1_000_000_000)])
def test_an_exact_division_with_a_rest_stops_the_process(numerator, denominator):
    with pytest.raises(AssertionError):
        divide_exact(numerator, denominator)


@pytest.mark.parametrize("divide", ALL)
@pytest.mark.parametrize("denominator", [0, -1])
def test_a_denominator_of_zero_or_below_stops_the_process(divide, denominator):
    with pytest.raises(AssertionError):
        divide(1, denominator)
