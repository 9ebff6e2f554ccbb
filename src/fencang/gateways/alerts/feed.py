"""How alerts hear of records: from the sequencer, and from the journal where they did not hear.

``hear`` runs on the commit thread and must be brief: it looks at the types of events and keeps the
few that are told.  What was not heard (before the start, or because too much came at once) is read
from the journal, from the stored cursor on.
"""

import threading
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from fencang.gateways.alerts.kinds import KINDS
from fencang.messages.record import Record

__all__ = ["HELD_RECORDS_MAX", "AlertFeed", "Heard", "RecordSource"]

HELD_RECORDS_MAX = 10_000
"""More than these are not held: they are read from the journal."""


class RecordSource(Protocol):
    """Durable records, read again."""

    def records(self, from_sequence: int) -> Iterator[Record]:
        """Yield durable records from there on, in order, up to the end of now."""
        ...


class Heard(NamedTuple):
    """Records with something to tell, all of those from ``first_sequence`` to ``last_sequence``."""

    first_sequence: int
    last_sequence: int
    records: list[Record]


class AlertFeed:
    """Holds what was heard until it is taken; ``hear`` and ``take`` may be on different threads."""

    def __init__(self, types: frozenset[type] | None = None) -> None:
        self._types = types if types is not None else _told_types()
        self._gate = threading.Lock()
        self._held = Heard(1, 0, [])

    def hear(self, records: tuple[Record, ...]) -> None:
        """Hear the records of one durable batch, in order: a subscriber of the sequencer."""
        types, told = self._types, []
        for record in records:
            for event in record.events:
                if type(event) in types:
                    told.append(record)
                    break
        last = records[-1].sequence
        with self._gate:
            held = self._held
            follows = held.last_sequence + 1 == records[0].sequence
            if follows and len(held.records) + len(told) <= HELD_RECORDS_MAX:
                held.records.extend(told)
                self._held = held._replace(last_sequence=last)
            else:
                self._held = Heard(records[0].sequence, last, told[:HELD_RECORDS_MAX])
                if len(told) > HELD_RECORDS_MAX:  # a batch that is told wholly: read it again
                    self._held = Heard(last + 1, last, [])

    def take(self) -> Heard:
        """Return what was heard since the last call."""
        with self._gate:
            held = self._held
            self._held = Heard(held.last_sequence + 1, held.last_sequence, [])
        return held


def _told_types() -> frozenset[type]:
    """Return the types of ``KINDS``; unions are flat, so their members are the types."""
    from typing import get_args

    from fencang.messages.events import AnyEvent

    return frozenset(each for each in get_args(AnyEvent) if each.__name__ in KINDS)
