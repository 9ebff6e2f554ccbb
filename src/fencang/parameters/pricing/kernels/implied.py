"""The volatility a price implies, in any of the formulas.

Searched on the logarithms of volatility and of time value, where even a far option is nearly a
straight line: bracket first, then regula falsi (Illinois) with a bisection every fourth turn.
"""

from math import exp, log, sqrt

from numba import njit

from fencang.parameters.pricing.kernels.normal import MOMENT
from fencang.parameters.pricing.kernels.switched import BACHELIER, price

__all__ = ["implied_volatility"]

_ROUNDS_MAX = 100
_CLOSE = 1e-13
_NO_VALUE = 1e-300
_DEVIATIONS_MAX = 16.0
"""Total lognormal deviation above which a call is worth its future to the last digit."""


@njit(
    "float64(int64, int64, float64, float64, float64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def _excess(
    formula: int,
    right: int,
    log_volatility: float,
    forward: float,
    strike: float,
    years: float,
    rate: float,
    switch: float,
    least: float,
    wanted: float,
) -> float:
    # Logarithm of the time value at a volatility, less the wanted one.
    value = price(formula, right, forward, strike, exp(log_volatility), years, rate, switch)
    return log(max(_NO_VALUE, value - least)) - wanted


@njit(
    "float64(int64, int64, float64, float64, float64, float64, float64, float64, float64,"
    " float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def _search(
    formula: int,
    right: int,
    low: float,
    high: float,
    forward: float,
    strike: float,
    years: float,
    rate: float,
    switch: float,
    least: float,
    wanted: float,
    at_low: float,
) -> float:
    at_high = _excess(formula, right, high, forward, strike, years, rate, switch, least, wanted)
    side = 0
    for turn in range(_ROUNDS_MAX):
        middle = 0.5 * (low + high)
        if turn % 4 != 3:
            middle = high - at_high * (high - low) / (at_high - at_low)
        found = _excess(formula, right, middle, forward, strike, years, rate, switch, least, wanted)
        if abs(found) < _CLOSE or high - low < _CLOSE:
            return exp(middle)
        if found > 0.0:
            high, at_high = middle, found
            at_low = 0.5 * at_low if side > 0 else at_low
            side = 1
        else:
            low, at_low = middle, found
            at_high = 0.5 * at_high if side < 0 else at_high
            side = -1
    return exp(0.5 * (low + high))


@njit(
    "float64(int64, int64, float64, float64, float64, float64, float64, float64)",
    cache=True,
    error_model="numpy",
)
def implied_volatility(
    formula: int,
    right: int,
    target: float,
    forward: float,
    strike: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return the volatility at which the option has the target price; -1 when none has.

    None has it where no time is left, where the target is not above the price at no volatility (by
    1e-12 of the scale), or above what any volatility gives.
    """
    scale = max(abs(forward), abs(strike), switch)
    least = price(formula, right, forward, strike, 0.0, years, rate, switch)
    if years <= MOMENT or target - least <= 1e-12 * scale:
        return -1.0
    wanted = log(target - least)
    unit, most = 1.0, _DEVIATIONS_MAX
    if formula >= BACHELIER:
        unit, most = max(scale, target), 1e3
    low, high = log(1e-3 * unit / sqrt(years)), log(0.1 * unit / sqrt(years))
    ceiling = log(most * unit / sqrt(years))
    at_low = _excess(formula, right, low, forward, strike, years, rate, switch, least, wanted)
    while at_low > 0.0 and low > -60.0:
        high, low = low, low - 3.0
        at_low = _excess(formula, right, low, forward, strike, years, rate, switch, least, wanted)
    at_high = _excess(formula, right, high, forward, strike, years, rate, switch, least, wanted)
    while at_high < 0.0:
        if high >= ceiling:
            return -1.0
        low, at_low, high = high, at_high, min(ceiling, high + 1.0)
        at_high = _excess(formula, right, high, forward, strike, years, rate, switch, least, wanted)
    return _search(
        formula, right, low, high, forward, strike, years, rate, switch, least, wanted, at_low
    )
