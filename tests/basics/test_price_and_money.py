"""Prices in nanos, money in micros: exact in and out, on either side of zero."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.decimals import DecimalFault
from fencang.basics.money import (
    MONEY_MICROS_MAX,
    PPM,
    RATE_NANOS,
    convert,
    format_money,
    parse_money,
    saturated,
)
from fencang.basics.price import NANOS, PRICE_NANOS_MAX, format_price, is_on_tick, parse_price

CENT = NANOS // 100


def test_wti_settled_below_zero():
    """WTI, 20 April 2020: -37.63 is an ordinary price."""
    assert parse_price("-37.63") == -37_630_000_000
    assert format_price(-37_630_000_000) == "-37.63"


@pytest.mark.parametrize("text", ["", "NaN", "1e3", "0.0000000001", "37,63"])
def test_a_price_that_is_not_exact_is_refused(text):
    with pytest.raises(DecimalFault):
        parse_price(text)


def test_money_has_six_places_and_shows_at_least_two():
    assert parse_money("1000000000") == 1_000_000_000_000_000
    assert parse_money("-0.000001") == -1
    assert format_money(5_000_000) == "5.00"
    assert format_money(-7_350_000, 0) == "-7.35"
    with pytest.raises(DecimalFault):
        parse_money("0.0000001")


@given(st.integers(-PRICE_NANOS_MAX, PRICE_NANOS_MAX))
def test_prices_round_trip(price_nanos):
    assert parse_price(format_price(price_nanos)) == price_nanos


@given(st.integers(-MONEY_MICROS_MAX, MONEY_MICROS_MAX))
def test_money_round_trips(amount_micros):
    assert parse_money(format_money(amount_micros)) == amount_micros


@pytest.mark.parametrize(
    ("price_nanos", "is_on"),
    [(-37_630_000_000, True), (0, True), (CENT, True), (-CENT - 1, False), (CENT // 2, False)],
)
def test_the_tick_counts_from_zero_in_both_directions(price_nanos, is_on):
    assert is_on_tick(price_nanos, CENT) is is_on


def test_a_euro_at_one_point_one_dollars():
    assert convert(1_000_000, 1_100_000_000) == 1_100_000
    assert convert(-1_000_000, 1_100_000_000) == -1_100_000
    assert convert(0, 1_100_000_000) == 0


def test_conversion_rounds_half_a_micro_away_from_zero():
    assert convert(1, RATE_NANOS // 2) == 1
    assert convert(-1, RATE_NANOS // 2) == -1
    assert convert(1, RATE_NANOS // 2 - 1) == 0


@given(
    st.integers(-MONEY_MICROS_MAX, MONEY_MICROS_MAX),
    st.one_of(st.just(RATE_NANOS), st.integers(1, 1 << 60)),
)
def test_conversion_is_never_more_than_half_a_micro_off(amount_micros, rate_nanos):
    exact = Fraction(amount_micros * rate_nanos, RATE_NANOS)
    assert abs(convert(amount_micros, rate_nanos) - exact) <= Fraction(1, 2)


@given(st.integers())
def test_a_reported_amount_is_held_inside_what_a_record_can_store(amount_micros):
    held = saturated(amount_micros)
    assert -MONEY_MICROS_MAX <= held <= MONEY_MICROS_MAX
    if abs(amount_micros) <= MONEY_MICROS_MAX:
        assert held == amount_micros
    else:
        assert abs(held) == MONEY_MICROS_MAX
        assert (held > 0) is (amount_micros > 0)


def test_scales_are_what_their_names_say():
    assert (NANOS, RATE_NANOS, PPM) == (10**9, 10**9, 10**6)
    assert MONEY_MICROS_MAX < 2**63
    assert PRICE_NANOS_MAX < 2**63
