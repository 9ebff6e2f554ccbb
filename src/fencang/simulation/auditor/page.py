"""One record on the auditor's desk, and what is found wrong with it.

A fault names the sequence, the law (a short stable name that tests and stories refer to) and the
detail in words.  The auditor never stops at a fault: what follows is judged by its own books.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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

    __slots__ = ("faults", "record")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.faults: list[AuditFault] = []

    def report(self, law: str, detail: str) -> None:
        """Note that the record breaks a law."""
        self.faults.append(AuditFault(self.record.sequence, law, detail))

    def has(self, *kinds: type[Event]) -> bool:
        """Return whether the record holds an event of one of the kinds."""
        return any(isinstance(event, kinds) for event in self.record.events)


Handlers = Mapping[type[Event], Callable[[Page, Any], object]]
"""What one chapter of the auditor does with each kind of event it cares about."""
