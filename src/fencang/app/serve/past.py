"""What is answered from the journal alone: explanations and the audit trail, in any process."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from fencang.app.commands.explain import explanation_found
from fencang.app.data_directory import recovered
from fencang.app.exit_status import InputFault
from fencang.app.serve.journal_scan import scan_journal
from fencang.engine.draft_changes import NothingBefore, command_before
from fencang.gateways.questions import ControlAnswer, NotKnown, OrderExplained, Scan, Scanned
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.commands import AnyCommand
from fencang.messages.record import Record

__all__ = ["SCANS_MAX", "Past"]

SCANS_MAX = 2
"""So many go through the journal at a time."""

FoundT = TypeVar("FoundT")


class Past:
    """Reads a journal that another process, or another thread, writes."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._scanning = asyncio.Semaphore(SCANS_MAX)

    async def explain(self, order: str) -> OrderExplained:
        """Return why an order was accepted or refused, from the state before it.

        Raises:
            NotKnown: the journal has no such order, or it is the desk's own.
        """
        try:
            found = await asyncio.to_thread(explanation_found, self._journal, order)
        except InputFault as fault:
            raise NotKnown(str(fault)) from fault
        controls = tuple(
            ControlAnswer(
                control=row["control"],
                node_id=row["node"],
                scope_id=row["scope"],
                unit=row["unit"],
                limit=row["limit"],
                value=row["value"],
                head_room=row["head_room"],
                passes=row["passes"],
                is_reached=row["reached"],
                reason=row["reason"],
                detail=row["detail"],
            )
            for part in found["parts"]
            for row in part["controls"]
        )
        return OrderExplained(
            is_accepted=found["accepted"],
            sequence=found["sequence"],
            controls=controls,
            reason=found["reason"],
            detail=found["recorded"],
        )

    async def records(self, first_sequence: int, count: int) -> Sequence[Record]:
        """Return durable records from a sequence on, read from the journal."""
        return await asyncio.to_thread(_read, self._journal, first_sequence, count)

    async def scan(self, asked: Scan[FoundT]) -> Scanned[FoundT]:
        """Return what is found in the journal; so many look at a time, others wait."""
        async with self._scanning:
            return await asyncio.to_thread(scan_journal, self._journal, asked)

    async def command_before(self, sequence: int, command: AnyCommand, by: str) -> AnyCommand:
        """Return the command by which ``by`` states what was in force before one of a record.

        The desk as it was is recovered from the nearest snapshot, in a thread.

        Raises:
            NotKnown: there was nothing, or it was an act and no value.
        """
        async with self._scanning:
            machine = await asyncio.to_thread(recovered, self._journal, sequence - 1)
        try:
            return command_before(machine.state, command, by)
        except NothingBefore as fault:
            raise NotKnown(str(fault)) from fault


def _read(path: Path, first: int, count: int) -> list[Record]:
    journal = SqliteJournal.reader(path)
    try:
        if first > journal.last_sequence:
            return []
        found = []
        for stored in journal.read(first):
            found.append(stored.record())
            if len(found) >= count:
                break
        return found
    finally:
        journal.close()
