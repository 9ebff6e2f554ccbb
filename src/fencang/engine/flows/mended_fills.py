"""Entered fills, corrections, busts and transfers: they change positions without an order."""

from fencang.messages.events import FillSuspended, SuspenseAssigned
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)

__all__ = ["LotsChanged", "books_of"]

LotsChanged = (
    EnteredFillAllocated
    | FillBusted
    | FillCorrected
    | PositionTransferred
    | SuspenseAssignmentUndone
)


def books_of(event: LotsChanged | FillSuspended | SuspenseAssigned) -> list[str]:
    """Return the books whose lots an event changed; suspended lots are nobody's."""
    match event:
        case FillSuspended():
            return []
        case EnteredFillAllocated() | SuspenseAssignmentUndone() | SuspenseAssigned():
            return [event.sub_account_id]
        case PositionTransferred():
            return [event.from_sub_account_id, event.to_sub_account_id]
        case FillCorrected() | FillBusted():
            return [mend.book_id for mend in event.mends]
