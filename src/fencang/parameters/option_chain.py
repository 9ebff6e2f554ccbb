"""The options of one series as columns, and which volatility each of them has.

An option's volatility is the one its own price implies.  A price on or below intrinsic value
implies none: then the other right's at the same strike serves, then the nearest strike's, then the
series' own; where each is from is kept, so that nobody mistakes a stand-in for a market.  In the
money of an American approximation the other right comes first: there the price is nearly all
intrinsic value, and the approximation's error would be read as volatility.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import NANOS
from fencang.margin.span.parameters import ContractRight, ContractTable
from fencang.parameters.pricing.formulas import implied_volatilities, rounded
from fencang.parameters.pricing.model import PricingFormula

__all__ = ["OptionChain", "VolatilitySource"]


class VolatilitySource(IntEnum):
    """Where an option's volatility is from."""

    STATED = 0
    OWN_PRICE = 1
    OPPOSITE_RIGHT = 2
    """The other right's at the same strike."""
    NEAREST_STRIKE = 3
    SERIES = 4
    NONE = 5
    """Futures."""


class OptionChain(NamedTuple):
    """Options of one series to compute, as columns of one length.

    ``price_nanos``: settlement or quote, ``ContractTable.NO_PRICE`` where there is none.
    ``volatility_e6``: given instead of being implied, 0 where it is not.
    """

    right: NDArray[np.int8]
    strike_nanos: NDArray[np.int64]
    price_nanos: NDArray[np.int64]
    volatility_e6: NDArray[np.int64]

    def volatilities(
        self,
        formula: PricingFormula,
        *,
        forward: float,
        years: float,
        rate: float,
        switch_price: float,
        otherwise_e6: int,
        prefers_outside: bool,
    ) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """Return volatilities in 1e-6 and their ``VolatilitySource``.

        Arrays are computed from these integers, so a row's volatility gives its array again.
        """
        own = self._implied_e6(formula, forward, years, rate, switch_price)
        strikes, place = np.unique(self.strike_nanos, return_inverse=True)
        by_strike = np.zeros((len(strikes), 2), dtype=np.int64)
        by_strike[place, self.right - 1] = own
        opposite = by_strike[place, 2 - self.right]
        is_inside = (self.right == ContractRight.CALL) == (self.strike_nanos < forward * NANOS)
        stages = (
            (VolatilitySource.STATED, self.volatility_e6),
            (VolatilitySource.OPPOSITE_RIGHT, np.where(prefers_outside & is_inside, opposite, 0)),
            (VolatilitySource.OWN_PRICE, own),
            (VolatilitySource.OPPOSITE_RIGHT, opposite),
            (VolatilitySource.NEAREST_STRIKE, _nearest(strikes, by_strike.max(axis=1))[place]),
        )
        found = [column > 0 for _, column in stages]
        volatility = np.select(found, [column for _, column in stages], otherwise_e6)
        source = np.select(found, [stage for stage, _ in stages], VolatilitySource.SERIES)
        return volatility.astype(np.int64), source.astype(np.int8)

    def _implied_e6(
        self,
        formula: PricingFormula,
        forward: float,
        years: float,
        rate: float,
        switch_price: float,
    ) -> NDArray[np.int64]:
        # 0 where the price implies none; prices that are missing imply none.
        is_quoted = self.price_nanos != ContractTable.NO_PRICE
        implied = implied_volatilities(
            formula,
            self.right,
            np.where(is_quoted, self.price_nanos / NANOS, -np.inf),
            forward,
            self.strike_nanos / NANOS,
            years,
            rate,
            switch_price,
        )
        return np.where(implied > 0.0, rounded(implied * 1e6), 0)


def _nearest(strikes: NDArray[np.int64], found: NDArray[np.int64]) -> NDArray[np.int64]:
    # Of each strike the volatility of the nearest strike that has one (the lower of two as near).
    known = np.flatnonzero(found > 0)
    if not len(known):
        return np.zeros(len(strikes), dtype=np.int64)
    right = np.clip(np.searchsorted(strikes[known], strikes), 0, len(known) - 1)
    left = np.maximum(right - 1, 0)
    is_left = np.abs(strikes - strikes[known[left]]) <= np.abs(strikes[known[right]] - strikes)
    return np.asarray(found[known[np.where(is_left, left, right)]], dtype=np.int64)
