"""What margin by rates finds, explained line by line; the exchange's and the broker's side by side.

Every amount is in micros, never negative, and the charged amounts of the lines sum to the whole.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from fencang.margin.rates.combination import Combination
from fencang.margin.rates.instrument import HedgeFlag, PositionKey, PositionSide, SideScope
from fencang.margin.rates.portfolio import WorkingOrder
from fencang.margin.span.frozen import Frozen

__all__ = [
    "GroupLine",
    "LineFlag",
    "Margins",
    "OrderLine",
    "PairLine",
    "PositionLine",
    "RateResult",
    "Total",
    "sum_of",
]


class Margins(NamedTuple):
    """An amount as the exchange and as the broker sees it."""

    exchange_micros: int = 0
    broker_micros: int = 0


def sum_of(amounts: Iterable[Margins]) -> Margins:
    """Return the sum of amounts, each side for itself."""
    exchange = broker = 0
    for amount in amounts:
        exchange += amount.exchange_micros
        broker += amount.broker_micros
    return Margins(exchange, broker)


class LineFlag(StrEnum):
    """What a reader of a line should know."""

    PRICE_NOT_POSITIVE = "price_not_positive"
    """A price at or below zero: its absolute value was used, at least the floor."""
    NO_FLOOR = "no_floor"
    """A price at or below zero, and no floor stated that would hold."""


class PositionLine(Frozen):
    """One instrument, side and hedge flag.

    ``single`` is its margin alone (CTP UseMargin, ExchangeMargin), ``charged`` what of the whole
    falls on it: nothing on the smaller side of a group, the rest and its share of pairs where it
    was combined.
    """

    key: PositionKey
    lots: int
    paired_lots: int
    single: Margins
    charged: Margins
    flags: tuple[LineFlag, ...] = ()


class OrderLine(Frozen):
    """A working order: margin alone, and what it freezes beyond used margin and orders before it.

    Orders of a group are taken by instrument, hedge flag, side, price and lots.
    """

    order: WorkingOrder
    single: Margins
    charged: Margins
    flags: tuple[LineFlag, ...] = ()


class PairLine(Frozen):
    """A combination that was formed, with what its legs would ask for alone."""

    combination: Combination
    pairs: int
    margin: Margins
    legs_alone: Margins


class GroupLine(Frozen):
    """Positions whose sides are compared, or a product that pays on both sides.

    ``long`` and ``short`` are the used margin of each side (after combination), ``frozen_long``
    and ``frozen_short`` that of working orders alone; ``used`` and ``frozen`` is what counts.
    """

    scope: SideScope
    group_id: str
    hedge_flag: HedgeFlag | None
    """None where hedge flags share a side."""
    long: Margins
    short: Margins
    frozen_long: Margins
    frozen_short: Margins
    used: Margins
    frozen: Margins
    larger_exchange: PositionSide | None
    """The side that pays; None where both do."""
    larger_broker: PositionSide | None


class Total(Frozen):
    """Charged amounts of everything under one name."""

    name: str
    used: Margins
    frozen: Margins


class RateResult(Frozen):
    """The whole: lines sorted by key, groups by scope and name, pairs in order of forming."""

    used: Margins
    frozen: Margins
    positions: tuple[PositionLine, ...]
    orders: tuple[OrderLine, ...]
    pairs: tuple[PairLine, ...]
    groups: tuple[GroupLine, ...]
    by_instrument: tuple[Total, ...]
    by_product: tuple[Total, ...]
    by_product_group: tuple[Total, ...]
