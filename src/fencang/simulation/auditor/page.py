"""One record on the auditor's desk, and what is found wrong with it.

A fault names the sequence, the law (a short stable name that tests and stories refer to) and the
detail in words.  The auditor never stops at a fault: what follows is judged by its own books.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fencang.messages.commands import AnyCommand, ReplaceOrder, TransferCapital
from fencang.messages.events import CapitalTransferred, OrderAccepted, ReplaceRequested
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.fill_events import PositionTransferred
from fencang.messages.instruction_events import InstructionApplied, InstructionQueued
from fencang.messages.message import Event
from fencang.messages.record import Record

__all__ = ["AuditFault", "Handlers", "Page"]


_OF_LOTS = (
    "from_sub_account_id",
    "to_sub_account_id",
    "carrying_account_id",
    "contract_id",
    "side",
    "quantity_lots",
    "at_cost",
)


def _moves(command: TransferCapital, event: CapitalTransferred) -> bool:
    """Return whether capital went as it was asked for; no source is a reserve."""
    source = command.from_sub_account_id
    is_from = event.from_book_id == source or (source is None and "@" in event.from_book_id)
    is_to = event.to_book_id == command.to_sub_account_id
    return is_from and is_to and event.amount_micros == command.amount_micros


class AuditFault(NamedTuple):
    """A law that a durable record breaks."""

    sequence: int
    law: str
    detail: str


class Page:
    """One record and the faults found in it."""

    __slots__ = ("_applied", "faults", "record")

    def __init__(self, record: Record, waiting: Mapping[int, InstructionQueued]) -> None:
        self.record = record
        self.faults: list[AuditFault] = []
        self._applied = [
            (event, waiting[event.instruction_id].command)
            for event in record.events
            if isinstance(event, InstructionApplied) and event.instruction_id in waiting
        ]

    def asked(self, event: Event) -> AnyCommand:
        """Return the command that an event was decided from: the record's, or one that waited."""
        for applied, command in self._applied:
            match event:
                case OrderAccepted(order_id=number):
                    is_its = number in applied.order_ids
                case ReplaceRequested(order_id=number):
                    is_its = isinstance(command, ReplaceOrder) and command.order_id == number
                case CapitalTransferred():
                    is_its = isinstance(command, TransferCapital) and _moves(command, event)
                case PositionTransferred():
                    is_its = isinstance(command, TransferPosition) and all(
                        getattr(command, name) == getattr(event, name) for name in _OF_LOTS
                    )
                case _:
                    is_its = False
            if is_its:
                return command
        return self.record.command

    def report(self, law: str, detail: str) -> None:
        """Note that the record breaks a law."""
        self.faults.append(AuditFault(self.record.sequence, law, detail))

    def has(self, *kinds: type[Event]) -> bool:
        """Return whether the record holds an event of one of the kinds."""
        return any(isinstance(event, kinds) for event in self.record.events)


Handlers = Mapping[type[Event], Callable[[Page, Any], object]]
"""What one chapter of the auditor does with each kind of event it cares about."""
