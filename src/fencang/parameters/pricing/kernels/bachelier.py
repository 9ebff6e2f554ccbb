"""European options on a future whose price is normal (Bachelier 1900): any sign of any price.

Volatility is absolute, in price units per root of a year.  ``matched_deviation`` is the way over
from a price: the normal deviation under which an option has that time value.
"""

from math import exp, log, pi, sqrt

from numba import njit

from fencang.parameters.pricing.kernels.normal import CALL, MOMENT, cumulative, density

__all__ = ["delta", "forward_price", "gamma", "matched_deviation", "price", "theta", "vega"]

_FAR = 38.0
"""Deviations from the money beyond which a density is no number above zero."""
_NO_DEVIATION = 1e-300
"""Deviation that counts as none: the density divided by less is no number."""
_LEAST = 1e-290
"""Time value, relative to the distance from the money, that counts as none (37 deviations)."""


@njit("float64(int64, float64, float64, float64)", cache=True, error_model="numpy")
def forward_price(right: int, forward: float, strike: float, deviation: float) -> float:
    """Return the price without discounting; ``deviation`` is volatility × √years."""
    intrinsic = max(0.0, forward - strike) if right == CALL else max(0.0, strike - forward)
    if abs(forward - strike) >= _FAR * deviation:
        return intrinsic
    distance = abs(forward - strike) / deviation
    return intrinsic + deviation * max(0.0, density(distance) - distance * cumulative(-distance))


@njit("float64(float64, float64)", cache=True, error_model="numpy")
def matched_deviation(time_value: float, distance: float) -> float:
    """Return the deviation whose undiscounted time value is the given one.

    Args:
        time_value: price without discounting less intrinsic value.
        distance: |forward − strike|.
    """
    if time_value <= 0.0:
        return 0.0
    if distance <= 0.0:
        return time_value * sqrt(2.0 * pi)
    ratio = time_value / distance
    if ratio < _LEAST:
        return 0.0
    # ratio = density(x)/x - cumulative(-x) with x = distance/deviation.  Its logarithm is concave
    # in log x, so Newton from the right-hand side converges without a bracket.
    x = sqrt(-2.0 * log(ratio)) if ratio < 0.3 else 0.4 / ratio
    for _ in range(60):
        value = density(x) / x - cumulative(-x)
        if value <= 0.0:
            x *= 0.5
            continue
        step = (log(value) - log(ratio)) * x * value / density(x)
        x *= exp(step)
        if abs(step) < 1e-15:
            break
    return distance / x


@njit(
    "float64(int64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def price(
    right: int, forward: float, strike: float, volatility: float, years: float, rate: float
) -> float:
    """Return the price of one option."""
    deviation = volatility * sqrt(max(0.0, years))
    return exp(-rate * max(0.0, years)) * forward_price(right, forward, strike, deviation)


@njit(
    "float64(int64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def delta(
    right: int, forward: float, strike: float, volatility: float, years: float, rate: float
) -> float:
    """Return the change of the price per change of the forward; a half at the money's step."""
    deviation = volatility * sqrt(max(0.0, years))
    if abs(forward - strike) >= _FAR * deviation:
        chance = 1.0 if forward > strike else 0.5 if forward == strike else 0.0
    else:
        chance = cumulative((forward - strike) / deviation)
    return exp(-rate * max(0.0, years)) * (chance if right == CALL else chance - 1.0)


@njit("float64(float64, float64, float64, float64, float64)", cache=True, error_model="numpy")
def gamma(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Return the change of delta per change of the forward, of call and put alike."""
    deviation = volatility * sqrt(max(0.0, years))
    if deviation <= _NO_DEVIATION or abs(forward - strike) >= _FAR * deviation:
        return 0.0
    return exp(-rate * years) * density((forward - strike) / deviation) / deviation


@njit("float64(float64, float64, float64, float64, float64)", cache=True, error_model="numpy")
def vega(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Return the change of the price per price unit of volatility, of call and put alike."""
    root = sqrt(max(0.0, years))
    deviation = volatility * root
    if deviation <= _NO_DEVIATION or abs(forward - strike) >= _FAR * deviation:
        return 0.0
    return exp(-rate * years) * root * density((forward - strike) / deviation)


@njit(
    "float64(int64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def theta(
    right: int, forward: float, strike: float, volatility: float, years: float, rate: float
) -> float:
    """Return the change of the price per year that passes."""
    carried = rate * price(right, forward, strike, volatility, years, rate)
    if years <= MOMENT:
        return carried
    return carried - 0.5 * volatility / years * vega(forward, strike, volatility, years, rate)
