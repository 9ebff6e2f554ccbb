"""Fees by the product's schedule: per lot, clearing, parts per million, close-today."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import MICROS
from fencang.basics.price import NANOS
from fencang.ledger.fees import fee_micros
from fencang.refdata.contract import FeeSchedule
from tests.refdata.product_sample import CL, HALF, RB

SCHEDULES = st.builds(
    FeeSchedule,
    per_lot_micros=st.integers(0, 10 * MICROS),
    notional_ppm=st.integers(0, 1_000),
    clearing_per_lot_micros=st.integers(0, MICROS),
    close_today_per_lot_micros=st.none() | st.integers(0, 20 * MICROS),
)


def test_three_lots_at_two_oh_five_and_forty_cents_of_clearing():
    assert fee_micros(CL, 50 * NANOS, 3, 0) == 7_350_000


def test_without_a_close_today_rate_closing_today_costs_the_same():
    assert fee_micros(CL, 50 * NANOS, 3, 3) == 7_350_000


def test_lots_closed_the_same_day_pay_their_own_rate():
    """3,715 × 10 t × 4 lots = 148,600; 100 ppm of it is 14.86; one yuan for each of 1 lot."""
    assert fee_micros(RB, 3_715 * NANOS, 4, 3) == 14_860_000 + 1_000_000
    assert fee_micros(RB, 3_715 * NANOS, 4, 4) == 14_860_000
    assert fee_micros(RB, 3_715 * NANOS, 4, 0) == 14_860_000 + 4_000_000


def test_the_close_today_rate_may_be_the_dearer_one():
    fees = FeeSchedule(per_lot_micros=1, clearing_per_lot_micros=10, close_today_per_lot_micros=100)
    product = msgspec.structs.replace(CL, fees=fees)
    assert fee_micros(product, 0, 5, 2) == 3 * 11 + 2 * 110


@pytest.mark.parametrize("price_nanos", [-37_630_000_000, 37_630_000_000])
def test_parts_per_million_are_of_the_absolute_value(price_nanos):
    product = msgspec.structs.replace(CL, fees=FeeSchedule(notional_ppm=10))
    assert fee_micros(product, price_nanos, 1, 0) == 376_300
    assert fee_micros(product, 0, 1, 0) == 0


@pytest.mark.parametrize(("ppm", "fee"), [(3, 0), (4, 1), (11, 1), (12, 2)])
def test_parts_per_million_round_half_away_from_zero(ppm, fee):
    """A quarter point at 0.5 is 125,000 micros: 4 ppm of it are exactly half a micro."""
    product = msgspec.structs.replace(HALF, fees=FeeSchedule(notional_ppm=ppm))
    assert fee_micros(product, NANOS // 4, 1, 0) == fee


@given(SCHEDULES, st.integers(-10_000, 10_000), st.integers(1, 1_000), st.data())
def test_a_fee_is_never_negative_and_the_same_for_a_negative_price(fees, ticks, lots, data):
    today = data.draw(st.integers(0, lots))
    product = msgspec.structs.replace(RB, fees=fees)
    fee = fee_micros(product, ticks * NANOS, lots, today)
    assert fee >= 0
    assert fee == fee_micros(product, -ticks * NANOS, lots, today)


@given(SCHEDULES, st.integers(-10_000, 10_000), st.integers(1, 99), st.integers(1, 99))
def test_a_fill_in_two_parts_costs_the_same_but_for_one_rounding(fees, ticks, lots, more):
    product = msgspec.structs.replace(RB, fees=fees)
    parts = sum(fee_micros(product, ticks * NANOS, part, 0) for part in (lots, more))
    assert abs(parts - fee_micros(product, ticks * NANOS, lots + more, 0)) <= 1
