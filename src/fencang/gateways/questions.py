"""Questions that a desk works out when it is asked, and their answers in the API's form.

Amounts are exact text in the base currency of the desk unless a currency stands beside them.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from fencang.gateways.computed_plans import PlanQuestions
from fencang.gateways.margin_studies import MarginQuestions
from fencang.messages.commands import AnyCommand, SubmitOrder
from fencang.messages.record import Record
from fencang.projections.tables.texts import DecimalText, TimeText

__all__ = [
    "READ_COUNTS",
    "SCAN_RECORDS_MAX",
    "ControlAnswer",
    "DeskQuestions",
    "EnvelopeAnswer",
    "LimitAnswer",
    "MarginAnswer",
    "NotKnown",
    "OrderExplained",
    "PastQuestions",
    "Scan",
    "Scanned",
]

SCAN_RECORDS_MAX = 50_000
"""Records that one request goes through at most; one that is read counts for ``READ_COUNTS``."""
READ_COUNTS = 5

FoundT = TypeVar("FoundT")


class NotKnown(LookupError):
    """What was asked about is not there."""


class MarginAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a book, or an owner's whole pool, stands.

    ``available`` is what is left for new requirements: equity and collateral, and what the pool
    grants, less the requirement.  ``attributed`` is the book's share of the pool's requirement: it
    is told, and binds nobody.
    """

    level: str
    book_id: str
    owner_id: str
    equity: DecimalText
    requirement: DecimalText
    granted: DecimalText
    available: DecimalText
    attributed: DecimalText


class LimitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A position limit at a node in a scope, with the worst case of each side, in lots."""

    node_id: str
    scope_id: str
    set_by: str
    long_lots_max: int
    short_lots_max: int
    long_worst_lots: int
    short_worst_lots: int


class EnvelopeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Risk reserved ahead: what was granted, what works, was filled, and is left."""

    envelope_id: int
    sub_account_id: str
    scope_id: str
    contract_ids: tuple[str, ...]
    side: str
    quantity_lots: int
    working_lots: int
    filled_lots: int
    unused_lots: int
    clip_lots: int
    margin: DecimalText
    expires_time: TimeText
    entered_by: str


class ControlAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one control found at one node: limit, value and head room in ``unit`` (may be empty)."""

    control: str
    node_id: str
    scope_id: str
    unit: str
    limit: int | None
    value: int | None
    head_room: int | None
    passes: bool
    is_reached: bool
    reason: int | None
    detail: str


class OrderExplained(msgspec.Struct, frozen=True, kw_only=True):
    """Every control that an order met, or would meet, and what bound it."""

    is_accepted: bool
    sequence: int
    controls: tuple[ControlAnswer, ...]
    reason: int | None
    detail: str


class Scan(NamedTuple, Generic[FoundT]):
    """What to look for in the journal, from ``first`` to ``last`` (None: its end).

    It ends with ``wanted`` finds, or after ``SCAN_RECORDS_MAX`` records.  ``pick`` says what of a
    record is wanted, in a thread; its second argument gives an earlier record.  Records whose bytes
    hold none of ``needles`` are passed over; no needles: all are read.
    """

    first: int
    last: int | None
    wanted: int
    pick: Callable[[Record, Callable[[int], Record]], Sequence[FoundT]]
    needles: tuple[bytes, ...] = ()


class Scanned(NamedTuple, Generic[FoundT]):
    """What was found, and the record to go on with; None: there is nothing more."""

    found: list[FoundT]
    next_sequence: int | None


class PastQuestions(Protocol):
    """Questions that the journal answers, in any process that may read it."""

    async def explain(self, order: str) -> OrderExplained:
        """Return why an order was accepted or refused.

        Raises:
            NotKnown: no such order.
        """
        ...

    async def records(self, first_sequence: int, count: int) -> Sequence[Record]:
        """Return durable records from a sequence on."""
        ...

    async def scan(self, asked: Scan[FoundT]) -> Scanned[FoundT]:
        """Return what is found in the journal, and where to go on."""
        ...

    async def command_before(self, sequence: int, command: AnyCommand, by: str) -> AnyCommand:
        """Return the command by which ``by`` states what was in force before one of a record.

        Raises:
            NotKnown: there was nothing, or it was an act and no value.
        """
        ...


class DeskQuestions(PastQuestions, PlanQuestions, MarginQuestions, Protocol):
    """Questions to a running desk; each answer stands at a durable sequence."""

    async def margin(self) -> tuple[int, list[MarginAnswer]]:
        """Return the sequence, and where every book and pool stands."""
        ...

    async def limits(self) -> tuple[int, list[LimitAnswer]]:
        """Return the sequence, and every position limit with its worst cases."""
        ...

    async def envelopes(self) -> tuple[int, list[EnvelopeAnswer]]:
        """Return the sequence, and the open envelopes."""
        ...

    async def what_if(self, order: SubmitOrder) -> OrderExplained:
        """Return what the ladder would say of an order now; nothing is entered."""
        ...
