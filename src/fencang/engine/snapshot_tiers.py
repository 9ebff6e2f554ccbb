"""Dated instructions to their stored form and back: the very events that queued them."""

from fencang.engine.risk.tiers import TierBook
from fencang.messages.instruction_events import InstructionQueued

__all__ = ["restore_waiting", "waiting_form"]


def waiting_form(book: TierBook) -> list[InstructionQueued]:
    """Return what waits, by number."""
    return [book.waiting[key] for key in sorted(book.waiting)]


def restore_waiting(book: TierBook, form: list[InstructionQueued]) -> None:
    """Let it wait again; numbers rise, so the order is that of entering."""
    for each in form:
        book.add(each)
