"""The value of lots at any admitted price is a whole number of micros."""

from fractions import Fraction
from math import gcd

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import NANOS, PRICE_NANOS_MAX
from fencang.refdata.contract import Product
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.faults import faults_of
from tests.refdata.product_sample import CL, HALF, RB

QUARTER = NANOS // 4


@pytest.mark.parametrize(
    ("product", "price_nanos", "lots", "value_micros"),
    [
        (CL, -36_980_000_000, 2, -73_960_000_000),
        (CL, -36_980_000_000, -2, 73_960_000_000),
        (CL, 0, 1_000, 0),
        (CL, 10_000_000, 1, 10_000_000),
        (HALF, QUARTER, 1, 125_000),
        (HALF, -3 * QUARTER, 7, -2_625_000),
        (RB, 3_715 * NANOS, 1, 37_150_000_000),
        (CL, PRICE_NANOS_MAX, LOTS_MAX, 10**7 * 10**9 * 10**7),
    ],
)
def test_worked_values(product, price_nanos, lots, value_micros):
    assert product.value_micros(price_nanos, lots) == value_micros


@given(
    st.integers(1, 10**15),
    st.integers(1, 1_000),
    st.integers(-(10**6), 10**6),
    st.integers(-LOTS_MAX, LOTS_MAX),
)
def test_a_faultless_product_values_every_tick_exactly(point_value, multiple, ticks, lots):
    """Law: settlement tick × point value is a multiple of 1e9, so value never rounds."""
    tick = NANOS // gcd(NANOS, point_value) * multiple
    product = msgspec.structs.replace(CL, point_value_micros=point_value, tick_nanos=tick)
    assert faults_of(product) == []
    price = ticks * tick
    assert product.value_micros(price, lots) == Fraction(price * point_value, NANOS) * lots
    assert product.value_micros(-price, lots) == product.value_micros(price, -lots)


@given(
    st.sampled_from([CL, HALF, RB]),
    st.integers(-(10**6), 10**6),
    st.integers(-LOTS_MAX, LOTS_MAX),
    st.integers(-LOTS_MAX, LOTS_MAX),
)
def test_lots_add_up_at_one_price(product, ticks, lots, more):
    """Law: what is split over accounts is worth what the whole is worth."""
    price = ticks * product.tick_nanos
    parts = product.value_micros(price, lots) + product.value_micros(price, more)
    assert parts == product.value_micros(price, lots + more)


def test_a_price_finer_than_the_tick_stops_rather_than_rounds():
    with pytest.raises(AssertionError):
        HALF.value_micros(1, 1)


def test_marks_are_checked_against_the_settlement_tick_where_there_is_one():
    fine = msgspec.structs.replace(CL, settlement_tick_nanos=1_000_000)
    assert (CL.mark_tick_nanos, fine.mark_tick_nanos) == (10_000_000, 1_000_000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("point_value_micros", 0),
        ("point_value_micros", 10**15 + 1),
        ("tick_nanos", 0),
        ("tick_nanos", PRICE_NANOS_MAX + 1),
        ("settlement_tick_nanos", -1),
        ("margin_ppm", -1),
        ("margin_floor_micros", -1),
        ("price_band_ticks", 0),
        ("order_quantity_max", 0),
        ("currency", "usd"),
        ("currency", "USDT"),
        ("product_id", ""),
        ("product_id", "@CL"),
        ("product_id", "C L"),
        ("product_id", "C" * 65),
        ("kind", "swap"),
        ("cost_method", "lifo"),
        ("fees", {"per_lot_micros": -1}),
        ("fees", {"per_lots": 1}),
        ("colour", "blue"),
    ],
)
def test_a_product_outside_its_bounds_is_refused_when_decoded(field, value):
    raw = msgspec.to_builtins(CL) | {field: value}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, Product)
