"""The common form of commands and events, and the words of an order."""

from datetime import date
from enum import IntEnum
from typing import Annotated, dataclass_transform

import msgspec

from fencang.refdata.definition import Identifier, Lots, Nanos
from fencang.refdata.order_words import Interface, OrderType, TimeInForce

__all__ = [
    "Command",
    "Event",
    "Interface",
    "Offset",
    "OrderTerms",
    "OrderType",
    "SecondPerson",
    "Side",
    "TimeInForce",
    "TradingState",
]


SecondPerson = Annotated[str, msgspec.Meta(max_length=64)]
"""Who approves what one person entered; empty when nobody did."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Command(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """What somebody wants: no time, no number; both are stamped by the sequencer."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Event(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """What was decided; with the state before it, it fixes the state after it."""


class Side(IntEnum):
    """Side of an order or fill; numbers as in FIX tag 54."""

    BUY = 1
    SELL = 2

    @property
    def sign(self) -> int:
        """Return +1 for a buy and -1 for a sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> "Side":
        """Return the other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class Offset(IntEnum):
    """What an order does to a gross position (CTP CombOffsetFlag); net accounts use ``NET``."""

    NET = 0
    OPEN = 1
    CLOSE = 2
    CLOSE_TODAY = 3
    CLOSE_YESTERDAY = 4

    @property
    def is_close(self) -> bool:
        """Return whether the flag closes lots of a gross account."""
        return self >= Offset.CLOSE


class TradingState(IntEnum):
    """What a node may do: everything, only reduce, nothing but cancel."""

    ACTIVE = 0
    REDUCE_ONLY = 1
    HALTED = 2


class OrderTerms(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """What a venue is told of an order.

    ``limit_price_nanos`` is set for LIMIT and STOP_LIMIT, ``stop_price_nanos`` for STOP and
    STOP_LIMIT, ``expire_day`` (last day inclusive) for GTD.
    """

    venue_id: Identifier
    carrying_account_id: Identifier
    contract_id: Identifier
    side: Side
    offset: Offset
    quantity_lots: Lots
    order_type: OrderType
    limit_price_nanos: Nanos | None = None
    stop_price_nanos: Nanos | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_day: date | None = None
