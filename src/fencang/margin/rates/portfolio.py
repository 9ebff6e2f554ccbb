"""Positions, working orders and prices of one investor at one broker, on one day."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from fencang.margin.rates.instrument import HedgeFlag, PositionKey, PositionSide
from fencang.margin.span.frozen import Frozen

__all__ = ["OpenLots", "Position", "Quote", "RatePortfolio", "Run", "WorkingOrder"]


class Run(StrEnum):
    """When margin is computed: while trading, or in the evening at today's settlement prices."""

    TRADING = "trading"
    SETTLEMENT = "settlement"


class Quote(Frozen):
    """Prices of one instrument in nanos; None where there is none (CTP writes the largest float).

    ``average_nanos`` is per quoted unit; some venues report it multiplied by the contract size.
    """

    previous_settlement_nanos: int
    settlement_nanos: int | None = None
    latest_nanos: int | None = None
    average_nanos: int | None = None


class OpenLots(NamedTuple):
    """Lots opened today at one price."""

    lots: int
    price_nanos: int


class Position(Frozen):
    """Lots of one side and hedge flag: carried over from yesterday, and opened today.

    SHFE and INE report both apart; several positions of one key are added.
    """

    instrument_id: str
    side: PositionSide
    hedge_flag: HedgeFlag = HedgeFlag.SPECULATION
    yesterday_lots: int = 0
    today: tuple[OpenLots, ...] = ()

    @property
    def key(self) -> PositionKey:
        """Return the position line it belongs to."""
        return PositionKey(self.instrument_id, self.side, self.hedge_flag)


class WorkingOrder(Frozen):
    """The lots of an order that are still to be filled; ``side`` is that of the position.

    A sell order that closes long lots has side ``long`` and ``is_opening`` false: it freezes lots,
    not margin.
    """

    instrument_id: str
    side: PositionSide
    lots: int
    hedge_flag: HedgeFlag = HedgeFlag.SPECULATION
    limit_price_nanos: int | None = None
    is_opening: bool = True

    @property
    def key(self) -> PositionKey:
        """Return the position line that a fill would change."""
        return PositionKey(self.instrument_id, self.side, self.hedge_flag)


class RatePortfolio(Frozen):
    """What is margined; ``quotes`` by instrument, underlyings of options included."""

    day: date
    quotes: Mapping[str, Quote]
    positions: tuple[Position, ...] = ()
    orders: tuple[WorkingOrder, ...] = ()
    run: Run = Run.TRADING
