"""Any option at any price of the underlying: the lognormal formula, and the normal one below it.

A lognormal price has no zero.  Below a *switch price*, of the underlying or the strike, the option
is priced with the normal formula under the deviation that gives its lognormal price at the switch:
``deviation = matched(price(max(F, switch), max(K, switch)))``.  So the price is one continuous
function of underlying, strike, volatility and time over the whole line; nothing jumps when a market
or a scenario passes through zero.  A European option is matched and discounted; an American one is
matched without discounting to its American price, and so stays at or above its intrinsic value.
"""

from math import exp, sqrt

from numba import njit

from fencang.parameters.pricing.kernels import bachelier, bjerksund_stensland, black76
from fencang.parameters.pricing.kernels.normal import CALL, MOMENT

__all__ = [
    "BACHELIER",
    "BACHELIER_AMERICAN",
    "BJERKSUND_STENSLAND",
    "BLACK_76",
    "delta",
    "gamma",
    "price",
    "theta",
    "vega",
]

BLACK_76 = 0
BJERKSUND_STENSLAND = 1
BACHELIER = 2
BACHELIER_AMERICAN = 3

_DAY = 1.0 / 365.0
_NO_VOLATILITY = 1e-12
_SIGNATURE = "float64(int64, int64, float64, float64, float64, float64, float64, float64)"
"""Formula, right, forward, strike, volatility, years, rate, switch price."""

_black_price, _black_delta, _black_gamma = black76.price, black76.delta, black76.gamma
_black_vega, _black_theta, _black_forward = black76.vega, black76.theta, black76.forward_price
_normal_price, _normal_delta, _normal_gamma = bachelier.price, bachelier.delta, bachelier.gamma
_normal_vega, _normal_theta = bachelier.vega, bachelier.theta
_normal_forward, _matched = bachelier.forward_price, bachelier.matched_deviation
_american_price = bjerksund_stensland.price


@njit("float64(int64, float64, float64)", cache=True, error_model="numpy")
def _intrinsic(right: int, forward: float, strike: float) -> float:
    return max(0.0, forward - strike) if right == CALL else max(0.0, strike - forward)


@njit(_SIGNATURE, cache=True, error_model="numpy")
def price(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    volatility: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return the price of one option; ``switch`` is above zero, ``years`` may be past (below 0)."""
    years, volatility = max(0.0, years), max(0.0, volatility)
    if formula == BACHELIER:
        return _normal_price(right, forward, strike, volatility, years, rate)
    if formula == BACHELIER_AMERICAN:
        european = _normal_price(right, forward, strike, volatility, years, rate)
        return max(european, _intrinsic(right, forward, strike))
    high_forward, high_strike = max(forward, switch), max(strike, switch)
    if formula == BJERKSUND_STENSLAND and rate > 0.0:
        discount = 1.0
        matched = _american_price(right, high_forward, high_strike, volatility, years, rate)
    else:
        discount = exp(-rate * years)
        deviation = volatility * sqrt(years)
        matched = _black_forward(right, high_forward, high_strike, deviation)
    if forward >= switch and strike >= switch:
        return discount * matched
    time_value = matched - _intrinsic(right, high_forward, high_strike)
    deviation = _matched(time_value, abs(high_forward - high_strike))
    return discount * _normal_forward(right, forward, strike, deviation)


@njit("float64(int64, float64, float64, float64, float64)", cache=True, error_model="numpy")
def _price_step(
    formula: int, scale: float, volatility: float, years: float, switch: float
) -> float:
    # Step of the underlying for differences: a hundredth of its deviation, at least 1e-5 of scale.
    scale = max(scale, switch)
    deviation = volatility * sqrt(max(0.0, years))
    if formula >= BACHELIER:
        return max(0.01 * deviation, 1e-5 * scale)
    return scale * max(1e-5, min(0.01, 0.01 * deviation))


@njit(_SIGNATURE, cache=True, error_model="numpy")
def delta(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    volatility: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return delta: by formula for European options, by central difference for the rest."""
    if formula == BACHELIER:
        return _normal_delta(right, forward, strike, volatility, years, rate)
    if formula == BLACK_76 and forward >= switch and strike >= switch:
        return _black_delta(right, forward, strike, volatility, years, rate)
    h = _price_step(formula, max(abs(forward), abs(strike)), volatility, years, switch)
    up = price(formula, right, forward + h, strike, volatility, years, rate, switch)
    down = price(formula, right, forward - h, strike, volatility, years, rate, switch)
    return (up - down) / (2.0 * h)


@njit(_SIGNATURE, cache=True, error_model="numpy")
def gamma(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    volatility: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return gamma: by formula for European options, by second difference for the rest."""
    if formula == BACHELIER:
        return _normal_gamma(forward, strike, volatility, years, rate)
    if formula == BLACK_76 and forward >= switch and strike >= switch:
        return _black_gamma(forward, strike, volatility, years, rate)
    h = _price_step(formula, max(abs(forward), abs(strike)), volatility, years, switch)
    up = price(formula, right, forward + h, strike, volatility, years, rate, switch)
    middle = price(formula, right, forward, strike, volatility, years, rate, switch)
    down = price(formula, right, forward - h, strike, volatility, years, rate, switch)
    return (up - 2.0 * middle + down) / (h * h)


@njit(_SIGNATURE, cache=True, error_model="numpy")
def vega(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    volatility: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return vega per unit of volatility: by formula, or by difference of 1e-4 of it either way."""
    if formula == BACHELIER:
        return _normal_vega(forward, strike, volatility, years, rate)
    if formula == BLACK_76 and forward >= switch and strike >= switch:
        return _black_vega(forward, strike, volatility, years, rate)
    if volatility <= _NO_VOLATILITY:
        return 0.0
    h = 1e-4 * volatility
    up = price(formula, right, forward, strike, volatility + h, years, rate, switch)
    down = price(formula, right, forward, strike, volatility - h, years, rate, switch)
    return (up - down) / (2.0 * h)


@njit(_SIGNATURE, cache=True, error_model="numpy")
def theta(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    volatility: float,
    years: float,
    rate: float,
    switch: float,
) -> float:
    """Return theta per year: by formula, or by difference over a hundredth of the time left."""
    if years <= MOMENT:
        return 0.0
    if formula == BACHELIER:
        return _normal_theta(right, forward, strike, volatility, years, rate)
    if formula == BLACK_76 and forward >= switch and strike >= switch:
        return _black_theta(right, forward, strike, volatility, years, rate)
    h = min(_DAY, 0.01 * years)
    later = price(formula, right, forward, strike, volatility, years - h, rate, switch)
    sooner = price(formula, right, forward, strike, volatility, years + h, rate, switch)
    return (later - sooner) / (2.0 * h)
