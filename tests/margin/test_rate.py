"""The rate-based requirement of one lot: a share of the absolute value, at least a floor."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import PPM
from fencang.basics.price import NANOS
from fencang.margin.rate import notional_per_lot, requirement_per_lot
from tests.refdata.product_sample import CL, HALF

TICKS = st.integers(-100_000, 100_000)
RATES = st.integers(0, 2_000_000)
FLOORS = st.integers(0, 10**13)


def product_of(rate_ppm, floor_micros):
    return msgspec.structs.replace(CL, margin_ppm=rate_ppm, margin_floor_micros=floor_micros)


def test_a_negative_price_asks_like_its_mirror():
    """CL at -36.98: one lot is worth USD 36,980, ten percent of it are 3,698."""
    assert notional_per_lot(CL, -36_980_000_000) == 36_980_000_000
    assert requirement_per_lot(CL, -36_980_000_000) == 3_698_000_000
    assert requirement_per_lot(CL, 36_980_000_000) == 3_698_000_000


def test_near_zero_the_floor_holds():
    product = product_of(100_000, 2_500_000_000)
    assert requirement_per_lot(product, 0) == 2_500_000_000
    assert requirement_per_lot(product, -10_000_000) == 2_500_000_000
    assert requirement_per_lot(product, 25 * NANOS) == 2_500_000_000
    assert requirement_per_lot(product, 26 * NANOS) == 2_600_000_000


def test_without_a_floor_a_price_of_zero_asks_for_nothing():
    assert requirement_per_lot(CL, 0) == 0


@pytest.mark.parametrize(("rate_ppm", "requirement"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_a_fraction_of_a_micro_is_asked_for_in_full(rate_ppm, requirement):
    """A quarter point at 0.5 is 125,000 micros: 8 ppm of it are exactly one micro."""
    product = msgspec.structs.replace(HALF, margin_ppm=rate_ppm)
    assert requirement_per_lot(product, NANOS // 4) == requirement


@given(TICKS, RATES, FLOORS)
def test_the_requirement_is_the_larger_of_share_and_floor(ticks, rate_ppm, floor_micros):
    """Law: never negative, never a fraction less than the share, never below the floor."""
    mark = ticks * CL.tick_nanos
    requirement = requirement_per_lot(product_of(rate_ppm, floor_micros), mark)
    share = Fraction(abs(ticks) * 10_000_000 * rate_ppm, PPM)
    assert requirement >= floor_micros >= 0
    assert requirement >= share
    assert requirement == floor_micros or requirement - share < 1


@given(TICKS, TICKS, RATES, RATES, FLOORS, FLOORS)
def test_a_wider_price_rate_or_floor_never_asks_for_less(a, b, rate_a, rate_b, floor_a, floor_b):
    (near, far), (low, high) = sorted((abs(a), abs(b))), sorted((rate_a, rate_b))
    bottom, top = sorted((floor_a, floor_b))
    least = requirement_per_lot(product_of(low, bottom), near * CL.tick_nanos)
    most = requirement_per_lot(product_of(high, top), -far * CL.tick_nanos)
    assert least <= most
