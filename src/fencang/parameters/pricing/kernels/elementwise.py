"""The formulas over arrays: numpy universal functions, every argument broadcast with the others."""

from numba import vectorize

from fencang.parameters.pricing.kernels import implied, switched

__all__ = ["delta", "gamma", "implied_volatility", "price", "theta", "vega"]

_SIGNATURE = "float64(int64, int64, float64, float64, float64, float64, float64, float64)"
_universal = vectorize([_SIGNATURE], nopython=True, cache=True)  # type: ignore[no-untyped-call]
_price, _delta, _gamma = switched.price, switched.delta, switched.gamma
_vega, _theta, _implied = switched.vega, switched.theta, implied.implied_volatility


@_universal
def price(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    vol: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``switched.price``."""
    return _price(formula, right, forward, strike, vol, t, r, s)


@_universal
def delta(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    vol: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``switched.delta``."""
    return _delta(formula, right, forward, strike, vol, t, r, s)


@_universal
def gamma(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    vol: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``switched.gamma``."""
    return _gamma(formula, right, forward, strike, vol, t, r, s)


@_universal
def vega(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    vol: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``switched.vega``."""
    return _vega(formula, right, forward, strike, vol, t, r, s)


@_universal
def theta(
    formula: int,
    right: int,
    forward: float,
    strike: float,
    vol: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``switched.theta``."""
    return _theta(formula, right, forward, strike, vol, t, r, s)


@_universal
def implied_volatility(
    formula: int,
    right: int,
    target: float,
    forward: float,
    strike: float,
    t: float,
    r: float,
    s: float,
) -> float:
    """Return ``implied.implied_volatility``."""
    return _implied(formula, right, target, forward, strike, t, r, s)
