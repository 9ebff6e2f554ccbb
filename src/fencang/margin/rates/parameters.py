"""Rates, stages and conventions: everything a broker or an exchange states about margin by rates.

CTP names in brackets.  An investor's rate (CThostFtdcInstrumentMarginRate) may be relative to the
exchange's (CThostFtdcExchangeMarginRate): it is then added to it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from fencang.margin.rates.combination import NO_COMBINATIONS, CombinationTable
from fencang.margin.rates.instrument import HedgeFlag, Instrument, PositionSide
from fencang.margin.span.frozen import Frozen

__all__ = [
    "Conventions",
    "FrozenPrice",
    "MarginPrice",
    "Rate",
    "RateParameters",
    "RateStage",
    "RoyaltyPrice",
    "SideRates",
]


class MarginPrice(StrEnum):
    """Price that margin is computed with; the values are CTP's MarginPriceType codes."""

    PREVIOUS_SETTLEMENT = "1"
    LATEST = "2"
    AVERAGE_TRADE = "3"
    OPEN = "4"
    """The price a lot was opened at.  Lots of yesterday have none: previous settlement."""


class RoyaltyPrice(StrEnum):
    """Premium that a short option's margin counts; CTP's OptionRoyaltyPriceType codes."""

    PREVIOUS_SETTLEMENT = "1"
    OPEN = "4"
    """The price a lot was opened at; for lots of yesterday the previous settlement."""
    LATEST_OR_PREVIOUS = "5"
    """The greater of latest price and previous settlement; without a trade the latter."""


class FrozenPrice(StrEnum):
    """Price that the margin of a working order is frozen at."""

    PREVIOUS_SETTLEMENT = "previous_settlement"
    LIMIT = "limit"
    """The order's limit; an order without one freezes at the previous settlement."""


class Rate(Frozen):
    """Margin of one lot: a share of its value and an amount (…RatioByMoney, …RatioByVolume)."""

    ratio_ppm: int = 0
    amount_micros: int = 0

    def plus(self, other: "Rate") -> "Rate":
        """Return the sum of both, as a relative rate asks."""
        return Rate(
            ratio_ppm=self.ratio_ppm + other.ratio_ppm,
            amount_micros=self.amount_micros + other.amount_micros,
        )


class SideRates(Frozen):
    """Rates of the long and of the short side."""

    long: Rate
    short: Rate

    def of(self, side: PositionSide) -> Rate:
        """Return the rate of a side."""
        return self.long if side is PositionSide.LONG else self.short


class RateStage(Frozen):
    """Rates from a day on, until the next stage: months before delivery, holidays, locked limits.

    ``broker`` None: the broker asks for what the exchange asks for.
    """

    from_day: date
    exchange: SideRates
    broker: SideRates | None = None
    is_relative: bool = False
    """Whether the broker's rates are added to the exchange's (CTP IsRelative)."""

    def broker_rate(self, side: PositionSide) -> Rate:
        """Return what the broker asks for on a side."""
        exchange = self.exchange.of(side)
        if self.broker is None:
            return exchange
        own = self.broker.of(side)
        return exchange.plus(own) if self.is_relative else own


class Conventions(Frozen):
    """How a broker's system is set, one field per choice.

    Confirmed by CTP's own codes: the four margin prices and three royalty prices.  *Usual but not
    confirmed, hence data:* which of them holds for lots of yesterday and of today, the price of
    the underlying in an option's margin, the price of frozen margin, that larger sides are kept
    apart by hedge flag, that combinations made overnight hold through the day while lots of today
    wait for the settlement, and the rounding: half away from zero to ``rounding_micros`` (0.01
    yuan) once per position line, per order and per row of pairs.  *Our reading:* the exchange's
    result is computed at the same prices; where it is not, compute it with conventions of its own.
    """

    yesterday_price: MarginPrice = MarginPrice.PREVIOUS_SETTLEMENT
    today_price: MarginPrice = MarginPrice.OPEN
    underlying_price: MarginPrice = MarginPrice.PREVIOUS_SETTLEMENT
    """``OPEN`` counts as previous settlement."""
    royalty_price: RoyaltyPrice = RoyaltyPrice.PREVIOUS_SETTLEMENT
    frozen_price: FrozenPrice = FrozenPrice.PREVIOUS_SETTLEMENT
    sides_apart_by_hedge_flag: bool = True
    combines_today: bool = False
    """Whether lots of today are combined while trading; the settlement run always does."""
    rounding_micros: int = 10_000


class RateParameters(Frozen):
    """Everything stated; ``rates`` by instrument and hedge flag, stages in any order."""

    instruments: Mapping[str, Instrument]
    rates: Mapping[tuple[str, HedgeFlag], tuple[RateStage, ...]]
    combinations: CombinationTable = NO_COMBINATIONS
    conventions: Conventions = Conventions()

    def stage(self, instrument_id: str, hedge_flag: HedgeFlag, day: date) -> RateStage | None:
        """Return the stage in force on a day: the latest that has begun."""
        begun = [
            stage
            for stage in self.rates.get((instrument_id, hedge_flag), ())
            if stage.from_day <= day
        ]
        return max(begun, key=lambda stage: stage.from_day, default=None)
