"""Events of fills entered by people, of corrections and busts, and of moved positions.

A correction names the day it mends, and what it does to each book of the fill as two trades of
today: lots taken back at the price they had, lots entered at the price they should have had.
"""

from datetime import date

from fencang.messages.fill_commands import FillKind
from fencang.messages.message import Event, Offset, Side

__all__ = [
    "EnteredFillAllocated",
    "FillBusted",
    "FillCorrected",
    "FillEntered",
    "FillEvent",
    "FillMend",
    "MovedLots",
    "PositionTransferred",
    "SuspenseAssignmentUndone",
]


class FillEntered(Event, tag="FillEntered.1"):
    """What people said of a fill that they entered; ``FillBooked`` before it books the lots."""

    carrying_account_id: str
    execution_id: str
    kind: FillKind
    trade_day: date
    clearing_day: date
    counterparty: str
    reason: str
    entered_by: str
    approved_by: str


class EnteredFillAllocated(Event, tag="EnteredFillAllocated.1"):
    """Lots of an entered fill joined a sub-account, with their fee; no order stands behind them."""

    execution_id: str
    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int


class FillMend(Event):
    """What a correction does to one book of the fill, in the fill's own side and offset.

    ``taken_lots`` are taken back at ``taken_price_nanos``, ``entered_lots`` enter at
    ``entered_price_nanos``; ``fee_micros`` is paid more, below zero it comes back.
    """

    book_id: str
    taken_lots: int
    taken_price_nanos: int
    entered_lots: int
    entered_price_nanos: int
    fee_micros: int


class FillCorrected(Event, tag="FillCorrected.1"):
    """A fill had another price or quantity; compensated today in exactly the books that had it.

    ``mended_day`` is the trading day that the fill counted for (None: before the venue's first).
    """

    carrying_account_id: str
    execution_id: str
    correction_id: str
    mended_day: date | None
    contract_id: str
    side: Side
    offset: Offset
    old_quantity_lots: int
    old_price_nanos: int
    new_quantity_lots: int
    new_price_nanos: int
    mends: tuple[FillMend, ...]
    source: str
    reason: str


class FillBusted(Event, tag="FillBusted.1"):
    """A fill never was; taken back today from exactly the books that had it."""

    carrying_account_id: str
    execution_id: str
    correction_id: str
    mended_day: date | None
    contract_id: str
    side: Side
    offset: Offset
    old_quantity_lots: int
    old_price_nanos: int
    mends: tuple[FillMend, ...]
    source: str
    reason: str


class MovedLots(Event):
    """Lots of one opening day that move, and what the receiver holds them to have cost."""

    opened_day: date | None
    quantity_lots: int
    cost_micros: int


class PositionTransferred(Event, tag="PositionTransferred.1"):
    """Lots of one side moved to another sub-account of the owner; the carrying account stands.

    The giver gives them, and the receiver takes them, for the sum of the pieces' cost: their value
    at the mark, or what they cost the giver.
    """

    from_sub_account_id: str
    to_sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    quantity_lots: int
    mark_nanos: int
    at_cost: bool
    pieces: tuple[MovedLots, ...]
    reason: str


class SuspenseAssignmentUndone(Event, tag="SuspenseAssignmentUndone.1"):
    """Lots went back from a sub-account to suspense at the price they had come for, with their fee.

    The opposite of the assignment: what the lots opened is gone, what they closed is open again.
    """

    execution_id: str
    carrying_account_id: str
    contract_id: str
    sub_account_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int
    reason: str


FillEvent = (
    FillEntered
    | EnteredFillAllocated
    | FillCorrected
    | FillBusted
    | PositionTransferred
    | SuspenseAssignmentUndone
)
