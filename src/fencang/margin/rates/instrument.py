"""Instruments as a margin by rates sees them: size, product, which sides share, option terms.

Worked number: soybeans a2601 at 4,203, 10 tonnes a lot: ``point_value_micros`` is 10_000_000 and a
lot is worth 42,030 yuan; at 20 % (``ratio_ppm`` 200_000) its margin is 8,406 yuan.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from fencang.margin.span.frozen import Frozen

__all__ = [
    "CommodityOption",
    "HedgeFlag",
    "IndexOption",
    "Instrument",
    "OptionRight",
    "PositionKey",
    "PositionSide",
    "SideScope",
    "larger_side_ends",
]


class PositionSide(StrEnum):
    """Side of a position; an opening order has the side of the position it opens."""

    LONG = "long"
    SHORT = "short"

    @property
    def opposite(self) -> "PositionSide":
        """Return the other side."""
        return PositionSide.SHORT if self is PositionSide.LONG else PositionSide.LONG


class HedgeFlag(StrEnum):
    """Purpose a position is held for; the values are CTP's HedgeFlag codes."""

    SPECULATION = "1"
    ARBITRAGE = "2"
    HEDGE = "3"
    MARKET_MAKER = "5"


class PositionKey(NamedTuple):
    """What margin keeps apart: a position line."""

    instrument_id: str
    side: PositionSide
    hedge_flag: HedgeFlag


class SideScope(StrEnum):
    """Over which positions only the larger side pays.

    CTP's MaxMarginSideAlgorithm says yes or no per instrument; how far the side reaches is the
    exchange's rule: products at SHFE and INE, the equity index futures together and the government
    bond futures together at CFFEX.  DCE, CZCE and GFEX charge both sides and combine instead.
    """

    BOTH_SIDES = "both_sides"
    CONTRACT = "contract"
    PRODUCT = "product"
    PRODUCT_GROUP = "product_group"


class OptionRight(StrEnum):
    """Call or put."""

    CALL = "call"
    PUT = "put"


class CommodityOption(Frozen, tag=True):
    """An option on a future of a commodity exchange.

    A short lot pays the greater of (premium + margin of the underlying − ``out_of_money_share_ppm``
    of the amount out of the money) and (premium + ``minimum_share_ppm`` of the margin of the
    underlying).  *Unconfirmed, hence data:* both halves, and that the underlying's margin is that
    of the side the exercise gives (short call: short; short put: long) under the same hedge flag.
    """

    right: OptionRight
    strike_nanos: int
    underlying_id: str
    underlying_lots: int = 1
    """Lots of the underlying in one lot of the option (CTP UnderlyingMultiple)."""
    out_of_money_share_ppm: int = 500_000
    minimum_share_ppm: int = 500_000


class IndexOption(Frozen, tag=True):
    """An index option of CFFEX.

    A short lot pays premium + max(value of the underlying × r − amount out of the money, k × r ×
    value), r being the option's own ratio, k ``minimum_share_ppm``; the last value is the
    underlying's for a call and the strike's for a put.  *Unconfirmed, hence data:* k.
    """

    right: OptionRight
    strike_nanos: int
    underlying_id: str
    """The index or the future whose price stands for it."""
    minimum_share_ppm: int = 500_000


class Instrument(Frozen):
    """One contract.

    ``point_value_micros``: money per whole point and lot, as in ``refdata.contract.Product``.
    ``floor_micros``: least margin of one lot; it is what holds when a price is at or below zero.
    """

    instrument_id: str
    product_id: str
    point_value_micros: int
    product_group_id: str = ""
    """Products that share a side; empty: the product alone."""
    exchange_id: str = ""
    side_scope: SideScope = SideScope.BOTH_SIDES
    larger_side_end: date | None = None
    """First day whose settlement charges both sides again (``larger_side_ends``)."""
    floor_micros: int = 0
    option: CommodityOption | IndexOption | None = None

    @property
    def group_id(self) -> str:
        """Return the product group, which is the product where none is stated."""
        return self.product_group_id or self.product_id


def larger_side_ends(
    trading_days: Sequence[date], last_trading_day: date, days_before: int
) -> date | None:
    """Return the trading day whose close ends the larger side; None when it is not in the list.

    SHFE and INE: the fifth trading day before the last one (``days_before`` 5, *unconfirmed, hence
    data*): with a last trading day on Monday the 17th the side ends at the close of Monday the
    10th.  ``trading_days`` ascend.
    """
    try:
        last = trading_days.index(last_trading_day)
    except ValueError:
        return None
    return trading_days[last - days_before] if 0 <= days_before <= last else None
