"""Arrays through zero: negative oil, strikes below zero, no volatility, no time, far strikes."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.parameters.arrays import compute_arrays
from fencang.parameters.pricing import PricingFormula, SeriesModel, model_of
from tests.parameters.scan_points import (
    CALL,
    PUT,
    chain_of,
    option_family,
    scan_points,
    series_of,
)

OIL = option_family(is_american=True)
STRIKES = ("-40", "-5", "-0.5", "0", "0.5", "2", "5", "20", "60")
CHAIN = chain_of(*((right, strike, None, 0.8) for right in (CALL, PUT) for strike in STRIKES))


def arrays_at(price_nanos, model=None, chain=CHAIN, **fields):
    series = series_of(OIL, reference_price_nanos=price_nanos, interest_rate_e6=10_000, **fields)
    return compute_arrays(
        series, scan_points(), family=OIL, model=model or model_of(series, OIL), chain=chain
    )


@pytest.mark.parametrize("code", ["M", "W"])
def test_arrays_have_no_jump_on_the_way_through_zero(code):
    """Underlying 2.00, 0.50, 0.05, −5 and every cent between, range 1.00, 80 %.

    A step of a cent is 10 dollars a lot; no value of any strike may move more than twice that
    (value = price now − price then, both with slopes of at most one) and the rounding.
    """
    wanted = {2_000, 500, 50, -5_000}
    steps = range(2_000, -5_001, -10)
    assert wanted <= set(steps)
    before = None
    for milli in steps:
        values = arrays_at(milli * 10**6, pricing_model=code).columns["values"]
        if before is not None:
            assert np.abs(values - before).max() <= 2 * 10 + 2, milli
        before = values


def test_deltas_pass_through_zero_without_a_step():
    steps = [
        arrays_at(milli * 10**6, pricing_model="M").columns["delta_e4"]
        for milli in range(2_000, -5_001, -20)
    ]
    assert np.abs(np.diff(steps, axis=0)).max() < 350
    calls, puts = np.split(np.array(steps), 2, axis=1)
    assert (calls >= 0).all()
    assert (puts <= 0).all()


def test_oil_at_minus_37_63_has_arrays_of_options_and_future():
    """WTI of 20 April 2020: range 7,500, strikes from −40: every value there, deltas in bounds."""
    found = arrays_at(-37_630_000_000, price_scan_range=7_500)
    values, deltas = found.columns["values"], found.columns["delta_e4"]
    assert np.abs(values).max() <= 7_500
    far_call, far_put = STRIKES.index("60"), len(STRIKES) + STRIKES.index("60")
    assert values[far_call].tolist() == [0] * 16
    linear = [0, 0, 2_500, 2_500, -2_500, -2_500, 5_000, 5_000, -5_000, -5_000]
    assert values[far_put, :10].tolist() == linear
    assert deltas[far_put] == -10_000
    assert 0 < deltas[STRIKES.index("-40")] < 10_000


def test_stated_normal_volatilities_price_every_strike_alike():
    """The clearing house's way of 22 April 2020: Bachelier for all, volatility in dollars."""
    model = SeriesModel(formula=PricingFormula.BACHELIER)
    chain = chain_of(*((CALL, strike, None, 25.0) for strike in ("-45", "-37.63", "-30")))
    found = arrays_at(-37_630_000_000, model, chain, price_scan_range=7_500)
    shifted = chain_of(*((CALL, strike, None, 25.0) for strike in ("12.63", "20", "27.63")))
    same = arrays_at(20_000_000_000, model, shifted, price_scan_range=7_500)
    assert np.array_equal(found.columns["values"], same.columns["values"])


def test_the_switch_is_data():
    """The same option with the switch at half, one and two ranges: other arrays below, none above.

    At 50 with range 1 no scenario comes near any of the switches.
    """
    high = [arrays_at(50 * 10**9, switched(share)) for share in (500, 1_000, 2_000)]
    far = CHAIN.strike_nanos >= 5 * 10**9
    for other in high[1:]:
        same = other.columns["values"][far] == high[0].columns["values"][far]
        assert same.all()
    low = [arrays_at(10**9, switched(share)).columns["values"] for share in (500, 2_000)]
    assert not np.array_equal(*low)


def switched(share_e3):
    return SeriesModel(formula=PricingFormula.BLACK_76, switch_scan_ranges_e3=share_e3)


def test_an_expired_option_keeps_its_intrinsic_moves():
    """No time: the 60 call on 62 loses 333 and 667 and 1,000, and no more than 2,000 × 0.33."""
    chain = chain_of((CALL, "60", "2", 0), (CALL, "63", "0", 0))
    found = arrays_at(62 * 10**9, chain=chain, expiry_years_e6=0)
    inside, outside = found.columns["values"].tolist()
    assert inside[:14:2] == [0, -333, 333, -667, 667, -1_000, 1_000]
    assert inside[14:] == [-990, 660]
    assert outside[:14:2] == [0, 0, 0, 0, 0, 0, 0]
    assert outside[14:] == [-660, 0]
    assert found.columns["delta_e4"].tolist()[0] == 10_000


def test_the_last_day_has_no_time_left_after_the_look_ahead():
    chain = chain_of((CALL, "62", None, 0.5))
    found = arrays_at(62 * 10**9, chain=chain, expiry_years_e6=round(0.5 / 365 * 1e6))
    [values] = found.columns["values"].tolist()
    premium = round(found.columns["price_nanos"][0] / 1e6)
    assert values[0] == values[1] == premium
    assert values[10] == premium - 1_000


def test_no_volatility_gives_intrinsic_arrays():
    chain = chain_of((CALL, "60", "2", 0), (PUT, "60", None, 0))
    found = arrays_at(62 * 10**9, chain=chain, volatility_e6=0)
    assert found.columns["values"][0, :2].tolist() == [0, 0]
    assert found.columns["values"][1].tolist() == [0] * 15 + [round(-1_000 * 0.33)]


@given(
    st.integers(-100 * 10**9, 100 * 10**9),
    st.lists(st.integers(-100 * 10**9, 100 * 10**9), min_size=1, max_size=5),
    st.integers(0, 20_000),
    st.sampled_from(tuple(PricingFormula)),
    st.integers(0, 5_000_000),
    st.integers(-1_000_000, 3_000_000),
    st.sampled_from((-20_000, 0, 50_000)),
)
@settings(max_examples=200)
def test_no_market_makes_a_series_fail(
    future, strikes, scan_range, formula, volatility, time, rate
):
    """Whatever price, strike, volatility, time: integers come out, and a long loses its premium."""
    series = series_of(
        OIL,
        reference_price_nanos=future,
        price_scan_range=scan_range,
        volatility_e6=volatility,
        expiry_years_e6=time,
        interest_rate_e6=rate,
    )
    chain = chain_of(*((right, "0", None, 0) for right in (CALL, PUT) for _ in strikes))
    chain = chain._replace(strike_nanos=np.array(strikes * 2))
    found = compute_arrays(
        series, scan_points(), family=OIL, model=SeriesModel(formula=formula), chain=chain
    )
    values, deltas = found.columns["values"], found.columns["delta_e4"]
    premiums = found.columns["price_nanos"] / 1e6
    assert (values.max(axis=1) <= premiums + 0.51).all()
    assert (np.abs(deltas) <= 10_000).all()


def test_a_deep_option_moves_like_its_future():
    """Deep in the money the array is the future's, far out it is nothing."""
    chain = chain_of((CALL, "1", None, 0.3), (PUT, "900", None, 0.3), (CALL, "900", None, 0.3))
    found = arrays_at(70 * 10**9, chain=chain)
    call, put, nothing = found.columns["values"]
    linear = np.array([0, 0, -333, -333, 333, 333, -667, -667, 667, 667, -1_000, -1_000])
    assert np.abs(call[:12] - linear).max() <= 6, "a day of interest on 69 dollars at 1 %"
    assert np.abs(put[:12] + linear).max() <= 6
    assert nothing.tolist() == [0] * 16
    assert np.abs(found.columns["delta_e4"] - (10_000, -10_000, 0)).max() <= 10


def test_replacing_the_time_to_expiry_gives_the_intraday_array():
    """Six hours later: the same series with less time, the price of now as underlying."""
    series = series_of(OIL, reference_price_nanos=70 * 10**9)
    later = msgspec.structs.replace(series, expiry_years_e6=series.expiry_years_e6 - 685)
    arguments = {
        "family": OIL,
        "model": model_of(series, OIL),
        "chain": chain_of((CALL, "70", None, 0.3)),
    }
    first = compute_arrays(series, scan_points(), **arguments)
    second = compute_arrays(later, scan_points(), underlying_price_nanos=71 * 10**9, **arguments)
    assert second.columns["current_delta_e4"][0] > first.columns["current_delta_e4"][0]
    assert second.columns["price_nanos"][0] > first.columns["price_nanos"][0]
