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
                case CapitalTransferred(to_book_id=book, amount_micros=amount):
                    is_its = isinstance(command, TransferCapital) and (book, amount) == (
                        command.to_sub_account_id,
                        command.amount_micros,
                    )
                case PositionTransferred(to_sub_account_id=book, contract_id=contract_id):
                    is_its = isinstance(command, TransferPosition) and (book, contract_id) == (
                        command.to_sub_account_id,
                        command.contract_id,
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
