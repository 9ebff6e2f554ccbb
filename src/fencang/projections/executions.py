"""Executions as they stand: lots that a venue dealt, who holds them, and what was mended later."""

from dataclasses import dataclass, field
from enum import StrEnum

from fencang.messages.events import (
    AnyEvent,
    FillAllocated,
    FillBooked,
    FillSuspended,
    SuspenseAssigned,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.messages.record import Record
from fencang.projections.projection import Projection
from fencang.projections.reference import SUSPENSE

__all__ = ["EXECUTIONS_MAX", "Execution", "ExecutionState", "Executions", "Share"]

EXECUTIONS_MAX = 100_000


class ExecutionState(StrEnum):
    """What became of an execution after it was booked."""

    BOOKED = "booked"
    CORRECTED = "corrected"
    BUSTED = "busted"


Key = tuple[str, str]
"""Carrying account, execution identifier."""


@dataclass(slots=True)
class Share:
    """One book's part in an execution: its lots now, and all fees it paid for them."""

    lots: int = 0
    fee_micros: int = 0


@dataclass(slots=True)
class Execution:
    """One execution at its present price; ``shares`` are by book, "" stands for suspense."""

    execution_id: str
    carrying_account_id: str
    order_id: int | None
    contract_id: str
    side: Side
    offset: Offset
    price_nanos: int
    sequence: int
    time_ns: int
    state: ExecutionState = ExecutionState.BOOKED
    shares: dict[str, Share] = field(default_factory=dict)

    def share(self, book_id: str) -> Share:
        """Return a book's part, an empty one when it had none yet."""
        return self.shares.setdefault(book_id, Share())


class Executions(Projection):
    """The last executions, first booked first; the oldest are forgotten, the journal keeps all."""

    __slots__ = ("_executions", "_forgotten", "executions_max")

    def __init__(self, executions_max: int = EXECUTIONS_MAX) -> None:
        self.executions_max = executions_max
        self._executions: dict[Key, Execution] = {}
        self._forgotten: list[Execution] = []

    def apply(self, record: Record) -> None:
        """Fold in fills and what became of them."""
        if len(self._forgotten) > self.executions_max:
            self._forgotten.clear()  # nobody asks
        for event in record.events:
            self.fold(event, record)

    def fold(self, event: AnyEvent, record: Record) -> None:
        """Fold in one event of a record."""
        match event:
            case FillBooked():
                self._book(event, record)
            case FillAllocated() | EnteredFillAllocated() | FillSuspended():
                self._give(event, record)
            case SuspenseAssigned() | SuspenseAssignmentUndone():
                self._assign(event)
            case FillCorrected() | FillBusted():
                self._mend(event)
            case _:
                pass

    def content(self) -> object:
        """Return the executions in the order of booking."""
        return [list(self._executions.items()), self.executions_max]

    def execution(self, key: Key) -> Execution | None:
        """Return one execution; None when it never was, or was forgotten."""
        return self._executions.get(key)

    def take_forgotten(self) -> list[Execution]:
        """Return the executions forgotten since the last call."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def keys(self) -> list[Key]:
        """Return what executions are remembered, first booked first."""
        return list(self._executions)

    def _book(self, event: FillBooked, record: Record) -> None:
        key = event.carrying_account_id, event.execution_id
        self._executions[key] = Execution(
            execution_id=event.execution_id,
            carrying_account_id=event.carrying_account_id,
            order_id=event.order_id,
            contract_id=event.contract_id,
            side=event.side,
            offset=event.offset,
            price_nanos=event.price_nanos,
            sequence=record.sequence,
            time_ns=record.time_ns,
        )
        if len(self._executions) > self.executions_max:
            oldest = next(iter(self._executions))
            self._forgotten.append(self._executions.pop(oldest))

    def _give(
        self, event: FillAllocated | EnteredFillAllocated | FillSuspended, record: Record
    ) -> None:
        key = event.carrying_account_id, event.execution_id
        found = self._executions.get(key)
        if found is None:
            self._book(
                FillBooked(
                    carrying_account_id=event.carrying_account_id,
                    execution_id=event.execution_id,
                    order_id=None,
                    contract_id=event.contract_id,
                    side=event.side,
                    offset=event.offset,
                    quantity_lots=event.quantity_lots,
                    price_nanos=event.price_nanos,
                ),
                record,
            )
            found = self._executions[key]
        share = found.share("" if isinstance(event, FillSuspended) else event.sub_account_id)
        share.lots += event.quantity_lots
        share.fee_micros += event.fee_micros

    def _assign(self, event: SuspenseAssigned | SuspenseAssignmentUndone) -> None:
        found = self._executions.get((event.carrying_account_id, event.execution_id))
        if found is None:
            return
        sign = 1 if isinstance(event, SuspenseAssigned) else -1
        for book_id, part in ((event.sub_account_id, sign), ("", -sign)):
            share = found.share(book_id)
            share.lots += part * event.quantity_lots
            share.fee_micros += part * event.fee_micros

    def _mend(self, event: FillCorrected | FillBusted) -> None:
        found = self._executions.get((event.carrying_account_id, event.execution_id))
        if found is None:
            return
        if isinstance(event, FillBusted):
            found.state = ExecutionState.BUSTED
        else:
            found.state, found.price_nanos = ExecutionState.CORRECTED, event.new_price_nanos
        for mend in event.mends:
            book_id = "" if mend.book_id.startswith(SUSPENSE) else mend.book_id
            share = found.share(book_id)
            share.lots += mend.entered_lots - mend.taken_lots
            share.fee_micros += mend.fee_micros
