"""Option formulas keep their laws: limits, parity, order, continuity; no input makes them fail."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fencang.parameters.pricing import PricingFormula, greeks, implied_volatilities, prices
from fencang.parameters.pricing.formulas import rounded
from fencang.parameters.pricing.kernels import bachelier, bjerksund_stensland, normal
from tests.parameters.scan_points import CALL, PUT

BLACK, AMERICAN = PricingFormula.BLACK_76, PricingFormula.BJERKSUND_STENSLAND
NORMAL, NORMAL_AMERICAN = PricingFormula.BACHELIER, PricingFormula.BACHELIER_AMERICAN
FORMULAS = tuple(PricingFormula)
LOGNORMAL = (BLACK, AMERICAN)


def price(formula, right, forward, strike, volatility, years, rate=0.0, switch=1e-9):
    return float(prices(formula, right, forward, strike, volatility, years, rate, switch))


def test_bivariate_normal_at_the_origin_is_known_in_closed_form():
    """P(X ≤ 0, Y ≤ 0) = 1/4 + asin(ρ)/2π (Sheppard 1899)."""
    for rho in (-1.0, -0.99, -0.93, -0.5, 0.0, 0.3, 0.786, 0.92, 0.93, 0.999_999, 1.0):
        known = 0.25 + math.asin(rho) / (2 * math.pi)
        assert normal.bivariate_cumulative(0.0, 0.0, rho) == pytest.approx(known, abs=2e-16)


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(-1, 1))
def test_bivariate_normal_adds_up_to_its_margins(x, y, rho):
    """P(X ≤ x, Y ≤ y) + P(X ≤ x, Y > y) = P(X ≤ x), the second with -y and -ρ; and symmetry."""
    below = normal.bivariate_cumulative(x, y, rho)
    above = normal.bivariate_cumulative(x, -y, -rho)
    assert below + above == pytest.approx(normal.cumulative(x), abs=3e-15)
    assert below == pytest.approx(normal.bivariate_cumulative(y, x, rho), abs=3e-15)


def test_black_76_and_bachelier_by_hand():
    """At the money: F·(2Φ(σ√T/2) − 1) = 100 × 0.0796557, and σ√(T/2π) = 20 × 0.1994711."""
    assert price(BLACK, CALL, 100.0, 100.0, 0.2, 1.0) == pytest.approx(7.965_567_455_4)
    assert price(NORMAL, PUT, -5.0, -5.0, 20.0, 0.25) == pytest.approx(
        20 * 0.5 / math.sqrt(2 * math.pi)
    )


@given(st.floats(-50, 150), st.floats(-50, 150), st.floats(0, 5), st.floats(0, 2))
def test_european_call_less_put_is_the_discounted_forward(forward, strike, volatility, years):
    """Parity holds on the whole line, above and below the switch price."""
    for formula, scale in ((BLACK, 1.0), (NORMAL, 50.0)):
        call = price(formula, CALL, forward, strike, volatility * scale, years, 0.03, 5.0)
        put = price(formula, PUT, forward, strike, volatility * scale, years, 0.03, 5.0)
        due = math.exp(-0.03 * years) * (forward - strike)
        assert call - put == pytest.approx(due, abs=1e-9)


@given(st.floats(1, 300), st.floats(1, 300), st.floats(0.01, 2), st.floats(0.001, 3))
def test_american_lies_between_its_bounds_and_mirrors_its_put(forward, strike, volatility, years):
    """max(intrinsic, European) ≤ price ≤ undiscounted European; put(F, K) = call(K, F)."""
    for rate in (0.0, 0.0001, 0.05, 0.15):
        american = price(AMERICAN, CALL, forward, strike, volatility, years, rate)
        european = price(BLACK, CALL, forward, strike, volatility, years, rate)
        most = price(BLACK, CALL, forward, strike, volatility, years)
        assert american >= max(european, forward - strike) * (1 - 1e-12)
        assert american <= most * (1 + 1e-12)
        mirrored = price(AMERICAN, PUT, strike, forward, volatility, years, rate)
        assert american == pytest.approx(mirrored, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("rate", [0.0, -0.01, -0.2])
def test_without_a_positive_rate_an_american_option_is_european(rate):
    """Waiting costs nothing: exercise gives F − K, keeping it at least its grown expectation."""
    strikes = np.linspace(20.0, 300.0, 57)
    for right in (CALL, PUT):
        american = prices(AMERICAN, right, 100.0, strikes, 0.4, 0.7, rate)
        european = prices(BLACK, right, 100.0, strikes, 0.4, 0.7, rate)
        assert np.array_equal(american, european)


def test_american_price_is_continuous_where_rate_volatility_and_time_vanish():
    strikes = np.linspace(50.0, 200.0, 31)
    european = prices(BLACK, PUT, 100.0, strikes, 0.3, 0.5)
    small = prices(AMERICAN, PUT, 100.0, strikes, 0.3, 0.5, 1e-9)
    assert np.abs(small - european).max() < 1e-6
    intrinsic = np.maximum(0.0, strikes - 100.0)
    for volatility, years in ((1e-6, 0.5), (0.3, 1e-12), (0.0, 0.5), (0.3, 0.0)):
        found = prices(AMERICAN, PUT, 100.0, strikes, volatility, years, 0.05)
        assert np.abs(found - intrinsic).max() < 1e-4


def test_american_price_meets_the_payoff_at_its_boundary():
    """At the higher boundary the option is exercised: F − K on either side (paper, section 3)."""
    forwards = np.linspace(100.0, 400.0, 30_001)
    found = prices(AMERICAN, CALL, forwards, 100.0, 0.3, 0.5, 0.05)
    slopes = np.diff(found) / np.diff(forwards)
    assert np.abs(found[-1] - 300.0) < 1e-9
    assert slopes.max() < 1.001
    assert slopes.min() > 0.4


def test_american_price_is_that_of_its_exercise_strategy():
    """The formula is the value of exercising at two flat boundaries, here by quadrature.

    From 0.618 of the time on at the lower one, before at the higher: densities of a price that is
    absorbed at a level, first passage times, no bivariate function and no power of the price.
    """
    for forward, volatility, years, rate in (
        (100.0, 0.3, 1.0, 0.08),
        (95.0, 0.5, 0.5, 0.1),
        (120.0, 0.2, 2.0, 0.03),
        (60.0, 0.8, 1.0, 0.05),
    ):
        formula = bjerksund_stensland._call(forward, 100.0, volatility, years, rate)
        assert formula == pytest.approx(
            strategy_by_quadrature(forward, 100.0, volatility, years, rate), abs=2e-4
        )


def strategy_by_quadrature(forward, strike, volatility, years, rate):
    share = 0.5 * (math.sqrt(5) - 1)
    beta = 0.5 + math.sqrt(0.25 + 2 * rate / volatility**2)
    limit = beta / (beta - 1) * strike
    speed = 2 * volatility * strike / (limit - strike)
    high, low = (
        strike + (limit - strike) * (1 - math.exp(-speed * math.sqrt(time)))
        for time in (years, share * years)
    )
    nodes, weights = np.polynomial.legendre.leggauss(300)

    def held(price, level, time, later, kinks):
        """Value until ``time``: ``level`` less strike when touched, else ``later`` of the price."""
        reach = math.log(level / price)
        spread, drift = volatility * math.sqrt(time), -0.5 * volatility**2 * time
        edges = [min(reach, drift - 12 * spread), *(math.log(k / price) for k in kinks), reach]
        value = 0.0
        for first, last in pairwise(edges):
            if last <= first:
                continue
            y = first + 0.5 * (last - first) * (1 + nodes)
            free = np.exp(-0.5 * ((y - drift) / spread) ** 2)
            mirrored = np.exp(-reach - 0.5 * ((y - 2 * reach - drift) / spread) ** 2)
            density = (free - mirrored) / (spread * math.sqrt(2 * math.pi))
            value += 0.5 * (last - first) * (weights * density * later(price * np.exp(y))).sum()
        roots = 0.5 * math.sqrt(time) * (1 + nodes)
        times = roots**2
        passage = reach / (volatility * math.sqrt(2 * math.pi) * times**1.5)
        exponent = (reach + 0.5 * volatility**2 * times) ** 2 / (2 * volatility**2 * times)
        touched = (
            weights * math.sqrt(time) * roots * passage * np.exp(-exponent - rate * times)
        ).sum()
        return math.exp(-rate * time) * value + (level - strike) * touched

    def payoff(prices_at_expiry):
        return np.maximum(0.0, prices_at_expiry - strike)

    def second_period(prices_then):
        rest = (1 - share) * years
        return np.array(
            [x - strike if x >= low else held(x, low, rest, payoff, [strike]) for x in prices_then]
        )

    return held(forward, high, share * years, second_period, [strike, low])


def test_normal_american_is_close_to_a_lattice():
    """The greater of intrinsic and European; a normal lattice of 2,000 steps gives the error.

    Volatility 20 at 5 %: at most 0.28 below over half a year, 1.9 % of the deviation of 14.1.
    """
    worst = 0.0
    for strike in (-20.0, -5.0, 10.0, 25.0):
        found = price(NORMAL_AMERICAN, PUT, 5.0, strike, 20.0, 0.5, 0.05)
        exact = normal_lattice(5.0, strike, 20.0, 0.5, 0.05, 2_000)
        assert found <= exact + 0.005
        worst = max(worst, exact - found)
    assert worst < 0.28


def normal_lattice(forward, strike, volatility, years, rate, steps):
    move = volatility * math.sqrt(years / steps)
    discount = math.exp(-rate * years / steps)
    value = np.maximum(0.0, strike - forward - move * (2.0 * np.arange(steps + 1) - steps))
    for turn in range(steps - 1, -1, -1):
        levels = forward + move * (2.0 * np.arange(turn + 1) - turn)
        value = np.maximum(strike - levels, discount * 0.5 * (value[1:] + value[:-1]))
    return float(value[0])


@given(
    st.sampled_from(FORMULAS),
    st.sampled_from((CALL, PUT)),
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e3),
    st.floats(-1, 30),
    st.floats(-0.5, 0.5),
    st.floats(0, 1e4),
)
@example(PricingFormula.BACHELIER, CALL, 0.0, 0.0, 5e-324, 1.0, 0.0, 0.0)
@example(PricingFormula.BACHELIER, CALL, 0.0, 0.0, 5e-324, 0.001, 0.0, 0.0)
@example(PricingFormula.BJERKSUND_STENSLAND, CALL, 0.0, 0.0, 33.0, 1.0, 1e-13, 0.0)
@settings(max_examples=500)
def test_no_input_gives_nan_or_an_exception(
    formula, right, forward, strike, volatility, years, rate, switch
):
    """Negative oil, strikes below zero, no volatility, no time, deep in or out of the money."""
    arguments = (formula, right, forward, strike, volatility, years, rate, switch)
    value = price(*arguments)
    assert np.isfinite(value)
    assert value >= 0.0
    assert all(np.isfinite(greek) for greek in greeks(*arguments))
    implied = implied_volatilities(formula, right, value, forward, strike, years, rate, switch)
    assert np.isfinite(implied)


@given(
    st.sampled_from(FORMULAS),
    st.sampled_from((CALL, PUT)),
    st.floats(-20, 100),
    st.floats(-20, 100),
    st.floats(0.05, 2),
    st.floats(0.01, 2),
    st.sampled_from((0.0, 0.04, -0.02)),
)
@settings(max_examples=300)
def test_the_implied_volatility_gives_the_price_again(
    formula, right, forward, strike, volatility, years, rate
):
    scale = 1.0 if formula in LOGNORMAL else 50.0
    value = price(formula, right, forward, strike, volatility * scale, years, rate, 2.0)
    found = float(implied_volatilities(formula, right, value, forward, strike, years, rate, 2.0))
    if found < 0.0:
        least = price(formula, right, forward, strike, 0.0, years, rate, 2.0)
        assert value - least <= 1e-9, "no volatility only where no time value shows"
        return
    again = price(formula, right, forward, strike, found, years, rate, 2.0)
    assert again == pytest.approx(value, abs=1e-8)


def test_prices_on_or_below_intrinsic_and_above_the_future_imply_none():
    implied = implied_volatilities(BLACK, CALL, [10.0, 9.0, 100.5, 10.5], 100.0, 90.0, 0.5)
    assert (implied > 0).tolist() == [False, False, False, True]
    assert float(implied_volatilities(BLACK, CALL, 5.0, 100.0, 100.0, 0.0)) == -1.0


@pytest.mark.parametrize("formula", LOGNORMAL)
@pytest.mark.parametrize("right", [CALL, PUT])
@pytest.mark.parametrize("strike", [-5.0, 0.0, 0.4, 1.0, 2.0, 20.0])
def test_the_price_has_no_jump_where_the_normal_formula_takes_over(formula, right, strike):
    """One price function from F = −20 to 40: slopes stay those of an option, nowhere a step."""
    forwards = np.linspace(-20.0, 40.0, 6_001)
    for volatility in (0.3, 1.0, 3.0):
        for switch in (1.0, 5.0):
            found = prices(formula, right, forwards, strike, volatility, 0.1, 0.02, switch)
            slopes = np.diff(found) / np.diff(forwards) * (1 if right == CALL else -1)
            assert slopes.max() < 1.005
            assert slopes.min() > -0.005


@pytest.mark.parametrize("forward", [-10.0, 0.3, 3.0, 60.0])
def test_the_price_has_no_jump_between_strikes_above_and_below_zero(forward):
    strikes = np.linspace(-10.0, 20.0, 6_001)
    for formula in LOGNORMAL:
        found = prices(formula, PUT, forward, strikes, 1.5, 0.2, 0.01, 2.0)
        assert np.abs(np.diff(found)).max() < 1.05 * (strikes[1] - strikes[0])


def test_the_matched_deviation_gives_the_time_value_again():
    for distance in (0.0, 1e-9, 0.01, 1.0, 40.0):
        for time_value in (1e-12, 1e-3, 0.5, 30.0, 1e6):
            deviation = bachelier.matched_deviation(time_value, distance)
            again = bachelier.forward_price(CALL, 0.0, distance, deviation)
            assert again == pytest.approx(time_value, rel=1e-9)
    assert bachelier.matched_deviation(0.0, 3.0) == 0.0
    assert bachelier.matched_deviation(1e-300, 3.0) == 0.0


def test_greeks_are_the_slopes_of_the_price():
    """Central differences of the price, in every formula, above and below the switch."""
    for formula in FORMULAS:
        scale = 1.0 if formula in LOGNORMAL else 40.0
        for forward, strike, switch in ((100.0, 95.0, 1.0), (3.0, 8.0, 5.0), (-4.0, -1.0, 5.0)):
            at = (strike, 0.4 * scale, 0.4, 0.03, switch)
            found = greeks(formula, PUT, forward, *at)
            h = 1e-3
            up, down = (price(formula, PUT, forward + x, *at) for x in (h, -h))
            assert float(found.delta) == pytest.approx((up - down) / (2 * h), abs=2e-3)
            wider = price(formula, PUT, forward, strike, (0.4 + h) * scale, *at[2:])
            closer = price(formula, PUT, forward, strike, (0.4 - h) * scale, *at[2:])
            slope = (wider - closer) / (2 * h * scale)
            assert float(found.vega) == pytest.approx(slope, rel=1e-3, abs=2e-4)
            later = price(formula, PUT, forward, strike, 0.4 * scale, 0.4 - h, *at[3:])
            sooner = price(formula, PUT, forward, strike, 0.4 * scale, 0.4 + h, *at[3:])
            assert float(found.theta) == pytest.approx((later - sooner) / (2 * h), abs=2e-2)


def test_rounding_is_half_away_from_zero():
    assert rounded(np.array([0.5, -0.5, 1.5, -2.5, 2.49])).tolist() == [1, -1, 2, -3, 2]
    assert rounded(np.array([1e30, -1e30])).tolist() == [4 * 10**18, -4 * 10**18]
