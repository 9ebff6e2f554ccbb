"""The stated strategies: trend, mean reversion, breakout; signals from closes, lots from risk.

Textbook rules, chosen to load a desk and not to earn money.  They see closes only, up to the day
before the order; everything is counted in integers, so every machine takes the same decisions.

A product's history is the sum of price changes of whatever contract was held (additive back
adjustment): a roll changes the contract, not the signal.
"""

from collections import deque
from math import isqrt
from typing import NamedTuple

from fencang.app.desk.accounts import StrategyKind, StrategySpec
from fencang.basics.money import PPM, RATE_NANOS
from fencang.basics.price import NANOS
from fencang.refdata.contract import Product

__all__ = [
    "LotCosts",
    "ProductHistory",
    "Signal",
    "Sizing",
    "lot_costs",
    "target_lots",
    "worth_trading",
]

TRADING_DAYS_ROOT = 16
"""Square root of 256 trading days: yearly volatility over this is daily volatility."""
LEVERAGE_USED_PPM = 850_000
"""Part of the mandate's leverage that a target may use; the rest is room for prices to move."""
MARGIN_USED_PPM = 700_000
"""Part of the capital that a target may bind as margin."""


class ProductHistory:
    """Adjusted closes of one product and the variance of their daily changes."""

    __slots__ = ("_last", "_variance", "days", "level_nanos", "volatility_days")

    def __init__(self, volatility_days: int) -> None:
        self.volatility_days = volatility_days
        self.level_nanos = 0
        self.days = 0
        self._variance = 0
        self._last: dict[str, int] = {}

    def observe(self, held_contract: str, closes: dict[str, int]) -> None:
        """Take in the closes of one day: the held contract's change moves the level."""
        close = closes[held_contract]
        before = self._last.get(held_contract)
        change = 0 if before is None else close - before
        if self.days == 0:
            self.level_nanos = close
        else:
            self.level_nanos += change
            span = min(self.days, self.volatility_days)
            self._variance += (change * change - self._variance) // span
        self.days += 1
        self._last.update(closes)

    @property
    def deviation_nanos(self) -> int:
        """Return the standard deviation of daily changes; 0 before it is known."""
        return isqrt(self._variance) if self.days > 5 else 0


class Signal:
    """One strategy's view of one product: -1, 0 or +1, from the adjusted closes so far."""

    __slots__ = ("_fast_sum", "_levels", "_squares", "_sum", "spec", "view")

    def __init__(self, spec: StrategySpec) -> None:
        self.spec = spec
        self._levels: deque[int] = deque(maxlen=spec.slow_days)
        self._sum = 0
        self._fast_sum = 0
        self._squares = 0
        self.view = 0

    def observe(self, level_nanos: int) -> int:
        """Take in one adjusted close and return the view that follows from it."""
        spec, levels = self.spec, self._levels
        if spec.kind is StrategyKind.HOLD:
            return 0
        full = len(levels) == spec.slow_days
        if spec.kind is StrategyKind.BREAKOUT:
            if full:
                self.view = self._breakout(level_nanos)
            levels.append(level_nanos)
            return self.view
        oldest = levels[0] if full else 0
        self._sum += level_nanos - oldest
        self._squares += level_nanos * level_nanos - oldest * oldest
        fast = spec.fast_days
        self._fast_sum += level_nanos - (levels[-fast] if len(levels) >= fast else 0)
        levels.append(level_nanos)
        if len(levels) == spec.slow_days:
            is_trend = spec.kind is StrategyKind.TREND
            self.view = self._trend() if is_trend else self._reversion(level_nanos)
        return self.view

    def _trend(self) -> int:
        # fast average against slow average, multiplied out so that nothing is divided
        difference = self._fast_sum * self.spec.slow_days - self._sum * self.spec.fast_days
        return (difference > 0) - (difference < 0)

    def _reversion(self, level_nanos: int) -> int:
        # z = (level - mean) / deviation, squared and multiplied out: no root, no division
        days = self.spec.slow_days
        distance = days * level_nanos - self._sum
        variance = days * self._squares - self._sum * self._sum
        square = distance * distance * PPM
        if square >= self.spec.entry_milli**2 * variance and variance > 0:
            return -1 if distance > 0 else 1
        if square <= self.spec.exit_milli**2 * variance:
            return 0
        return self.view

    def _breakout(self, level_nanos: int) -> int:
        highest, lowest = max(self._levels), min(self._levels)
        if level_nanos > highest:
            return 1
        if level_nanos < lowest:
            return -1
        above_middle = 2 * level_nanos - highest - lowest
        if (self.view > 0 > above_middle) or (self.view < 0 < above_middle):
            return 0
        return self.view


class Sizing(NamedTuple):
    """What turns a view into lots: capital, its share, and what the account may do."""

    capital_micros: int
    products_count: int
    leverage_max_ppm: int
    volatility_target_ppm: int


class LotCosts(NamedTuple):
    """What one lot of a contract moves a day, is worth and binds, in base micros."""

    risk_micros: int
    notional_micros: int
    margin_micros: int


def lot_costs(
    product: Product, *, price_nanos: int, deviation_nanos: int, rate_nanos: int
) -> LotCosts:
    """Return the costs of one lot at a price, a daily deviation and a rate to the base currency."""
    point_base = product.point_value_micros * rate_nanos
    notional = abs(price_nanos) * point_base // (NANOS * RATE_NANOS)
    floor = product.margin_floor_micros * rate_nanos // RATE_NANOS
    return LotCosts(
        risk_micros=deviation_nanos * point_base // (NANOS * RATE_NANOS),
        notional_micros=notional,
        margin_micros=max(notional * product.margin_ppm // PPM, floor),
    )


def target_lots(sizing: Sizing, costs: LotCosts, view: int) -> int:
    """Return the signed position a view asks for: equal risk per product, capped by mandate.

    Risk per product is capital × volatility target / 16 / √products a day.  CL at a deviation of
    1.20 and a budget of USD 30,000 a day: one lot moves USD 1,200 a day, hence 25 lots.
    """
    capital = sizing.capital_micros
    if view == 0 or costs.risk_micros <= 0 or capital <= 0:
        return 0
    root_milli = isqrt(sizing.products_count * 1_000_000)
    budget = capital * sizing.volatility_target_ppm // (PPM * TRADING_DAYS_ROOT)
    lots = budget * 1_000 // root_milli // costs.risk_micros
    share = capital // sizing.products_count
    if costs.notional_micros > 0:
        exposure = share * sizing.leverage_max_ppm // PPM * LEVERAGE_USED_PPM // PPM
        lots = min(lots, exposure // costs.notional_micros)
    if costs.margin_micros > 0:
        lots = min(lots, share * MARGIN_USED_PPM // PPM // costs.margin_micros)
    return view * lots


def worth_trading(position_lots: int, wanted_lots: int, buffer_ppm: int) -> bool:
    """Return whether a change is large enough: small ones cost more than they are worth."""
    if position_lots == wanted_lots:
        return False
    if wanted_lots == 0 or (position_lots > 0) != (wanted_lots > 0) or position_lots == 0:
        return True
    return abs(wanted_lots - position_lots) * PPM > buffer_ppm * abs(wanted_lots)
