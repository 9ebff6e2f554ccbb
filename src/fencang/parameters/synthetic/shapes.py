"""Prices and risk arrays of made-up contracts: consistent, smooth, and the same everywhere.

An option's price is the hyperbola ``(m + sqrt(m² + w²)) / 2`` with moneyness m and a width w that
grows with volatility and the root of time: convex in the strike, between intrinsic value and m + w,
with put-call parity to the digit, for prices of any sign.  It is no market's model.  Only + - × ÷
and square roots are used, which IEEE 754 rounds alike on every machine.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import ScanPoint

__all__ = ["Market", "Quotes", "future_values", "option_quotes", "rounded"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COMPOSITE = ((0.0, 0.270), (1 / 3, 0.217), (2 / 3, 0.111), (1.0, 0.037))
"""Moves in scan ranges and weights of the composite delta, either side (SPAN)."""
WIDTH_OF_SIGMA = 0.8
"""Width per standard deviation: the hyperbola at the money is half the width, Bachelier's 0.4."""


class Market(NamedTuple):
    """What the options of one row share with it; arrays of one length, prices in quoted units."""

    underlying: Floats
    strike: Floats
    is_call: NDArray[np.bool_]
    sigma: Floats
    """Standard deviation of the underlying's price in a year, quoted units."""
    years: Floats
    scan_move: Floats
    """Price scan range in quoted units."""
    units_per_point: float
    """Risk units per lot when the price moves by one."""
    volatility_scan: float
    """Relative move of the volatility."""
    extreme_multiplier: float
    look_ahead_years: float


class Quotes(NamedTuple):
    """Prices (quoted units), deltas and risk arrays (risk units) of options."""

    price: Floats
    delta_e4: Ints
    current_delta_e4: Ints
    values: Ints


def rounded(numbers: NDArray[np.floating[Any]]) -> Ints:
    """Return the nearest integers, halves away from zero."""
    nearest: Ints = (np.sign(numbers) * np.floor(np.abs(numbers) + 0.5)).astype(np.int64)
    return nearest


def _move(point: ScanPoint, extreme_multiplier: float) -> float:
    move = point.price_numerator / point.price_denominator
    if point.paired_number == point.number:
        return extreme_multiplier if move > 0 else -extreme_multiplier
    return move


def _weight(point: ScanPoint, cover: float) -> float:
    return cover if point.paired_number == point.number else 1.0


def future_values(
    points: tuple[ScanPoint, ...], scan_range: Ints, extreme_multiplier: float, cover: float
) -> Ints:
    """Return risk arrays of futures, shape (N, scenarios): linear, cover inside the extremes."""
    moves = np.array([_move(point, extreme_multiplier) for point in points])
    weights = np.array([_weight(point, cover) for point in points])
    return rounded(-scan_range[:, None] * moves * weights)


def _price(market: Market, underlying: Floats, width: Floats) -> Floats:
    moneyness = np.where(market.is_call, underlying - market.strike, market.strike - underlying)
    return (moneyness + np.sqrt(moneyness * moneyness + width * width)) / 2


def _delta(market: Market, underlying: Floats, width: Floats) -> Floats:
    moneyness = underlying - market.strike
    call = (1 + moneyness / np.sqrt(moneyness * moneyness + width * width)) / 2
    return np.where(market.is_call, call, call - 1)


def option_quotes(points: tuple[ScanPoint, ...], market: Market, cover: float) -> Quotes:
    """Return price, deltas and risk array of each option."""
    width = WIDTH_OF_SIGMA * market.sigma * np.sqrt(market.years)
    left = np.maximum(market.years - market.look_ahead_years, 0.0)
    later = WIDTH_OF_SIGMA * market.sigma * np.sqrt(left) + 1e-9
    now = _price(market, market.underlying, width)
    values = np.empty((len(now), len(points)), dtype=np.int64)
    for column, point in enumerate(points):
        moved = market.underlying + market.scan_move * _move(point, market.extreme_multiplier)
        turn = point.volatility_numerator / point.volatility_denominator
        then = _price(market, moved, later * (1 + turn * market.volatility_scan))
        loss = (now - then) * market.units_per_point * _weight(point, cover)
        values[:, column] = rounded(loss)
    composite = np.zeros(len(now))
    for move, weight in COMPOSITE:
        for side in (1, -1) if move else (1,):
            moved = market.underlying + side * move * market.scan_move
            composite += weight * _delta(market, moved, later)
    return Quotes(
        price=now,
        delta_e4=rounded(composite * 10_000),
        current_delta_e4=rounded(_delta(market, market.underlying, width) * 10_000),
        values=values,
    )
