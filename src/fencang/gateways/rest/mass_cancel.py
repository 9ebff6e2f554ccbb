"""What a mass cancel came to, told from its record alone: how many were asked, and why not all."""

from itertools import islice

import msgspec

from fencang.basics.time import format_time
from fencang.messages.cancel_events import MassCancelAccepted
from fencang.messages.events import CancelRequested, OrderCancelled
from fencang.messages.record import Record
from fencang.projections.tables.texts import TimeText

__all__ = ["MassCancelCounts", "MassCancelOutcome", "counts_of", "mass_cancel_outcome"]


class MassCancelCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders were asked to cancel with this answer, and what became of the others.

    ``pending_orders`` wait for a cancel that was asked before, ``left_orders`` are asked next,
    without another word; ``instructions`` waited for a later trading day and are taken back.
    """

    mass_cancel_id: int
    asked_orders: int
    pending_orders: int
    left_orders: int
    instructions: int


class MassCancelOutcome(MassCancelCounts, frozen=True, kw_only=True):
    """What a mass cancel did; ``order_ids`` are the orders that were asked with this answer.

    A cancel is a wish until the venue answers: the orders themselves tell what becomes of them.
    """

    sequence: int
    time: TimeText
    order_ids: tuple[int, ...]


def counts_of(record: Record) -> tuple[MassCancelCounts, tuple[int, ...]]:
    """Return the counts of a record that begins a mass cancel, and the orders that it asked."""
    events = iter(record.events)
    told = next(each for each in events if isinstance(each, MassCancelAccepted))
    asked = (each.order_id for each in events if isinstance(each, CancelRequested | OrderCancelled))
    counts = MassCancelCounts(
        mass_cancel_id=told.mass_cancel_id,
        asked_orders=told.asked_orders,
        pending_orders=told.pending_orders,
        left_orders=told.left_orders,
        instructions=told.instructions,
    )
    return counts, tuple(islice(asked, told.asked_orders))


def mass_cancel_outcome(record: Record) -> MassCancelOutcome:
    """Return the answer to a mass cancel that was not refused."""
    counts, order_ids = counts_of(record)
    return MassCancelOutcome(
        sequence=record.sequence,
        time=format_time(record.time_ns),
        order_ids=order_ids,
        **msgspec.structs.asdict(counts),
    )
