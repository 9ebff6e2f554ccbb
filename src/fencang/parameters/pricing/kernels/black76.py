"""European options on a future whose price is lognormal (Black 1976, J. Financial Economics 3).

Needs a positive forward and a positive strike: the caller sees to it (``kernels.switched``).  At no
volatility or no time left every function is its limit.
"""

from math import exp, log, sqrt

from numba import njit

from fencang.parameters.pricing.kernels.normal import CALL, MOMENT, cumulative, density

__all__ = ["delta", "forward_price", "gamma", "price", "theta", "vega"]

_STEP = 1e-12
"""Total volatility (times root of time) that counts as none."""


@njit("float64(int64, float64, float64, float64)", cache=True, error_model="numpy")
def forward_price(right: int, forward: float, strike: float, deviation: float) -> float:
    """Return the price without discounting; ``deviation`` is volatility × √years."""
    intrinsic = max(0.0, forward - strike) if right == CALL else max(0.0, strike - forward)
    if deviation <= _STEP:
        return intrinsic
    # The out-of-the-money side, to which nothing is lost by cancellation; the other by parity.
    d1 = log(forward / strike) / deviation + 0.5 * deviation
    d2 = d1 - deviation
    if forward >= strike:
        outside = strike * cumulative(-d2) - forward * cumulative(-d1)
    else:
        outside = forward * cumulative(d1) - strike * cumulative(d2)
    return intrinsic + max(0.0, outside)


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
    if deviation <= _STEP:
        chance = 1.0 if forward > strike else 0.5 if forward == strike else 0.0
    else:
        chance = cumulative(log(forward / strike) / deviation + 0.5 * deviation)
    return exp(-rate * max(0.0, years)) * (chance if right == CALL else chance - 1.0)


@njit("float64(float64, float64, float64, float64, float64)", cache=True, error_model="numpy")
def gamma(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Return the change of delta per change of the forward, of call and put alike."""
    deviation = volatility * sqrt(max(0.0, years))
    if deviation <= _STEP:
        return 0.0
    d1 = log(forward / strike) / deviation + 0.5 * deviation
    return exp(-rate * years) * density(d1) / (forward * deviation)


@njit("float64(float64, float64, float64, float64, float64)", cache=True, error_model="numpy")
def vega(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Return the change of the price per unit of volatility (1.00), of call and put alike."""
    deviation = volatility * sqrt(max(0.0, years))
    if deviation <= _STEP:
        return 0.0
    d1 = log(forward / strike) / deviation + 0.5 * deviation
    return exp(-rate * years) * forward * density(d1) * sqrt(years)


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
