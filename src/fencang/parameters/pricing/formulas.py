"""Prices, Greeks and implied volatilities of many options at once, in any formula.

Arguments broadcast as numpy arrays do: prices in quoted units, years and rates as fractions,
``right`` as ``ContractRight`` has it.  Every function is total: expired options, no volatility,
prices of any sign give limits, never NaN.  Compiled kernels are imported when first used.
"""

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from fencang.parameters.pricing.model import PricingFormula

__all__ = ["Floats", "Greeks", "deltas", "greeks", "implied_volatilities", "prices", "rounded"]

Floats = npt.NDArray[np.float64]
_SWITCH_LEAST = 1e-9
"""One nano: a switch price is never zero."""
_INTEGER_MAX = 4e18


class Greeks(NamedTuple):
    """Sensitivities of one long option: per price unit, per unit of volatility, per year."""

    delta: Floats
    gamma: Floats
    vega: Floats
    theta: Floats


def prices(
    formula: PricingFormula,
    right: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    volatility: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike = 0.0,
    switch_price: npt.ArrayLike = _SWITCH_LEAST,
) -> Floats:
    """Return the price of each option.

    Args:
        formula: one formula for all.
        right: ``ContractRight.CALL``, else a put.
        forward: price of the future, or forward price for the option's expiry.
        strike: exercise price.
        volatility: a year's, lognormal or normal as the formula has it.
        years: time to expiry; the past counts as expired.
        rate: continuous interest rate of discounting.
        switch_price: where the lognormal formula hands over to the normal one.
    """
    from fencang.parameters.pricing.kernels import elementwise

    switch = np.maximum(switch_price, _SWITCH_LEAST)
    found = elementwise.price(
        formula.value, right, forward, strike, volatility, years, rate, switch
    )
    return cast("Floats", found)


def deltas(
    formula: PricingFormula,
    right: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    volatility: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike = 0.0,
    switch_price: npt.ArrayLike = _SWITCH_LEAST,
) -> Floats:
    """Return the delta of each option, as ``greeks`` does; arguments as in ``prices``."""
    from fencang.parameters.pricing.kernels import elementwise

    switch = np.maximum(switch_price, _SWITCH_LEAST)
    found = elementwise.delta(
        formula.value, right, forward, strike, volatility, years, rate, switch
    )
    return cast("Floats", found)


def greeks(
    formula: PricingFormula,
    right: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    volatility: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike = 0.0,
    switch_price: npt.ArrayLike = _SWITCH_LEAST,
) -> Greeks:
    """Return delta, gamma, vega and theta of each option; arguments as in ``prices``.

    European options above the switch price by formula.  The others by central differences: the
    underlying moves a hundredth of its deviation (lognormal ones at most 1 %), the volatility one
    part in 10,000 of itself, time one day or a hundredth of what is left.
    """
    from fencang.parameters.pricing.kernels import elementwise

    switch = np.maximum(switch_price, _SWITCH_LEAST)
    arguments = (formula.value, right, forward, strike, volatility, years, rate, switch)
    return Greeks(
        elementwise.delta(*arguments),
        elementwise.gamma(*arguments),
        elementwise.vega(*arguments),
        elementwise.theta(*arguments),
    )


def implied_volatilities(
    formula: PricingFormula,
    right: npt.ArrayLike,
    price: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike = 0.0,
    switch_price: npt.ArrayLike = _SWITCH_LEAST,
) -> Floats:
    """Return the volatility each price implies, -1 where none does; arguments as in ``prices``."""
    from fencang.parameters.pricing.kernels import elementwise

    switch = np.maximum(switch_price, _SWITCH_LEAST)
    found = elementwise.implied_volatility(
        formula.value, right, price, forward, strike, years, rate, switch
    )
    return cast("Floats", found)


def rounded(amounts: Floats) -> npt.NDArray[np.int64]:
    """Return whole numbers, halves away from zero; what lies beyond ±4e18 is that."""
    whole = np.copysign(np.floor(np.abs(amounts) + 0.5), amounts)
    return np.clip(whole, -_INTEGER_MAX, _INTEGER_MAX).astype(np.int64)
