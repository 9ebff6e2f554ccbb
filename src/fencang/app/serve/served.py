"""The desk as gateways see it: tables, questions, and the one way in."""

import asyncio

from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.questions import Questions
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.messages.commands import AnyCommand
from fencang.messages.origin import Origin
from fencang.messages.record import Record
from fencang.projections.tables.board import Board

__all__ = ["Served"]


class Served:
    """What ``ports.ServedDesk`` asks for, by a live desk."""

    def __init__(self, live: LiveDesk, questions: Questions, directory: DefinedDirectory) -> None:
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
        return await self._live.enter(command, origin, lane)

    def begin(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> "asyncio.Future[Record]":
        """Enter a command and return what its durable record will be in."""
        return self._live.begin(command, origin, lane)
