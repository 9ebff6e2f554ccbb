"""The desk as gateways see it: tables, questions, and the one way in."""

import asyncio
import time

from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.questions import Questions
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.opened import DeskDoors
from fencang.gateways.doors.sizes import size_micros_of
from fencang.gateways.latency import note_record
from fencang.gateways.metrics import Metrics
from fencang.gateways.ports import KeyClosed
from fencang.messages.commands import AnyCommand
from fencang.messages.draft_commands import ProposeDraft
from fencang.messages.origin import Origin
from fencang.messages.record import Record
from fencang.projections.tables.board import Board

__all__ = ["Served"]


class Served:
    """What ``ports.ServedDesk`` asks for, by a live desk."""

    def __init__(
        self,
        live: LiveDesk,
        questions: Questions,
        directory: DefinedDirectory,
        doors: DeskDoors,
        metrics: Metrics,
    ) -> None:
        self._doors, self._metrics = doors, metrics
        self._live = live
        self._questions = questions
        self._directory = directory

    @property
    def board(self) -> Board:
        """Return the tables as of the last durable record."""
        return self._live.board

    @property
    def questions(self) -> Questions:
        """Return who answers what the tables do not hold."""
        return self._questions

    @property
    def is_single_operator(self) -> bool:
        """Return whether one person alone may do what otherwise takes two."""
        return self._directory.authority().single_operator

    async def enter(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> Record:
        """Return the durable record of a command, or of the request that it repeats."""
        record = await asyncio.shield(self.begin(command, origin, lane))
        note_record(record, self._metrics.last_durable_ns)
        return record

    def begin(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> "asyncio.Future[Record]":
        """Enter a command and return what its durable record will be in.

        Raises:
            KeyClosed: the key froze, at this command or after it came in.
        """
        if origin is not None and origin.key_id:
            self._watch(command, origin)
        return self._live.begin(command, origin, lane)

    def _watch(self, command: AnyCommand, origin: Origin) -> None:
        """Compare a command with its key's past; a key that is frozen enters nothing."""
        doors, key_id = self._doors, origin.key_id
        size_micros = size_micros_of(self.board.reference, command)
        is_draft = type(command) is ProposeDraft
        if key_id in doors.frozen or not doors.alarms.acted(
            key_id, origin.address, time.time_ns(), size_micros, is_draft=is_draft
        ):
            raise KeyClosed(f"the key {key_id} is frozen; nothing was done")
