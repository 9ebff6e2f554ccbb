"""American options on a future: Bjerksund and Stensland 2002 ("Closed form valuation of American
options", NHH discussion paper 2002/09), the strategy with two flat exercise boundaries.

The option is exercised when the future touches the higher boundary before 0.618 of the time, or
the lower one after it, so the price is that of a strategy anyone could follow: never above the true
one.  Cost of carry is zero (options on futures), hence a put on F at K is a call on K at F.
The result lies between max(intrinsic, European) and the undiscounted European price, which both
bound the true price; at rates of zero or below no early exercise pays and the price is European.
"""

from math import exp, expm1, log, sqrt

from numba import njit

from fencang.parameters.pricing.kernels import black76
from fencang.parameters.pricing.kernels.normal import CALL, bivariate_cumulative, cumulative

__all__ = ["price"]

_TIME_SHARE = 0.5 * (sqrt(5.0) - 1.0)
_CORRELATION = sqrt(_TIME_SHARE)
_NEGLIGIBLE = 1e-13
"""Width of the bounds, relative to the greater price, within which nothing is left to find."""

_european = black76.forward_price


@njit("float64(float64, float64)", cache=True, error_model="numpy")
def _scaled(logarithm: float, probability: float) -> float:
    # exp(logarithm) × probability, where the factor alone may overflow.
    if probability <= 0.0:
        return 0.0
    return exp(min(700.0, logarithm + log(probability)))


@njit(
    "float64(float64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def _barred(
    gamma: float, log_high: float, log_low: float, variance: float, drift: float, scale: float
) -> float:
    # E[F^gamma; F below a level at the end, the barrier untouched] over F^gamma, by reflection.
    # log_high: ln(F / level); log_low: ln(barrier / F); drift: logarithm of the factor e^(λt).
    root = sqrt(variance)
    d = -(log_high + (gamma - 0.5) * variance) / root
    kappa = 2.0 * gamma - 1.0
    plain = _scaled(scale + drift, cumulative(d))
    mirrored = _scaled(scale + drift + kappa * log_low, cumulative(d - 2.0 * log_low / root))
    return plain - mirrored


@njit(
    "float64(float64, float64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def _twice_barred(
    gamma: float,
    level: float,
    high: float,
    low: float,
    variance: float,
    drift: float,
    scale: float,
) -> float:
    # The same over two periods: barrier `high` in the first, `low` in the second; all three are
    # ln(level / F), so that reflections are sums.
    first = _TIME_SHARE * variance
    root, root_first = sqrt(variance), sqrt(first)
    shift, shift_first = (gamma - 0.5) * variance, (gamma - 0.5) * first
    kappa = 2.0 * gamma - 1.0
    e1, e2 = (low - shift_first) / root_first, (low - 2.0 * high - shift_first) / root_first
    e3, e4 = (low + shift_first) / root_first, (low - 2.0 * high + shift_first) / root_first
    f1, f2 = (level - shift) / root, (level - 2.0 * high - shift) / root
    f3 = (level - 2.0 * low - shift) / root
    f4 = (level + 2.0 * high - 2.0 * low - shift) / root
    base = scale + drift
    return (
        _scaled(base, bivariate_cumulative(e1, f1, _CORRELATION))
        - _scaled(base + kappa * high, bivariate_cumulative(e2, f2, _CORRELATION))
        - _scaled(base + kappa * low, bivariate_cumulative(e3, f3, -_CORRELATION))
        + _scaled(base + kappa * (low - high), bivariate_cumulative(e4, f4, -_CORRELATION))
    )


@njit(
    "float64(float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def _call(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    # Proposition 1 of the paper with carry 0; every power of F is kept as a logarithm relative to
    # its boundary, so nothing overflows.  Infinity stands for "exercise now".
    variance = volatility * volatility * years
    ratio = 2.0 * rate / (volatility * volatility)
    # beta - 1 without cancellation: at low rates beta itself is 1 in a double.
    excess = ratio / (0.5 + sqrt(0.25 + ratio))
    beta = 1.0 + excess
    speed = 2.0 * volatility * excess
    first_years = _TIME_SHARE * years
    high = strike - strike / excess * expm1(-speed * sqrt(years))
    low = strike - strike / excess * expm1(-speed * sqrt(first_years))
    if forward >= high:
        return forward - strike
    first = _TIME_SHARE * variance
    h, lo, k = log(high / forward), log(low / forward), log(strike / forward)
    gain_high, gain_low = log(high - strike) - beta * h, log(low - strike) - beta * lo
    drift_first, drift = -rate * first_years, -rate * years
    f, x = log(forward), log(strike)
    return (
        exp(gain_high)
        - _barred(beta, -h, h, first, 0.0, gain_high)
        + _barred(1.0, -h, h, first, drift_first, f)
        - _barred(1.0, -lo, h, first, drift_first, f)
        - _barred(0.0, -h, h, first, drift_first, x)
        + _barred(0.0, -lo, h, first, drift_first, x)
        + _barred(beta, -lo, h, first, 0.0, gain_low)
        - _twice_barred(beta, lo, h, lo, variance, 0.0, gain_low)
        + _twice_barred(1.0, lo, h, lo, variance, drift, f)
        - _twice_barred(1.0, k, h, lo, variance, drift, f)
        - _twice_barred(0.0, lo, h, lo, variance, drift, x)
        + _twice_barred(0.0, k, h, lo, variance, drift, x)
    )


@njit(
    "float64(int64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def price(
    right: int, forward: float, strike: float, volatility: float, years: float, rate: float
) -> float:
    """Return the price of one option; forward and strike are positive."""
    years = max(0.0, years)
    intrinsic = max(0.0, forward - strike) if right == CALL else max(0.0, strike - forward)
    undiscounted = _european(right, forward, strike, volatility * sqrt(years))
    european = exp(-rate * years) * undiscounted
    if rate <= 0.0:
        return european
    least = max(intrinsic, european)
    if undiscounted - least <= _NEGLIGIBLE * max(forward, strike):
        return least
    if right == CALL:
        value = _call(forward, strike, volatility, years, rate)
    else:
        value = _call(strike, forward, volatility, years, rate)
    return min(undiscounted, max(least, value))
