"""What follows where entered fills, corrections, busts and transfers changed a position."""

from fencang.engine.accounts import Line
from fencang.engine.flows.cuts import recut
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, FillSuspended, SuspenseAssigned
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)

__all__ = ["LotsChanged", "books_of", "follow_lots_changed"]

LotsChanged = (
    EnteredFillAllocated
    | FillBusted
    | FillCorrected
    | PositionTransferred
    | SuspenseAssignmentUndone
)


def follow_lots_changed(state: DeskState, event: LotsChanged) -> list[AnyEvent]:
    """Cut what a rule in force does not let stay, in every line that the event touched."""
    lines: list[Line] = []
    for name in sorted(frozenset(books_of(event))):
        sub = state.subs.get(name)
        if sub is not None and sub.blocked_by:
            line = sub.lines.get((event.carrying_account_id, event.contract_id))
            if line is not None:
                lines.append(line)
    return recut(state, lines)


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
