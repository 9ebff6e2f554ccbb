"""Ports of the edges: what the desk asks of venues and feeds, what a gateway asks of the desk.

Each is as narrow as its use.  The paper venue, FIX and CTP are adapters behind ``VenueLink``.
"""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from fencang.gateways.market_data import DayOfData
from fencang.gateways.questions import DeskQuestions
from fencang.messages.commands import AnyCommand
from fencang.messages.origin import Origin
from fencang.messages.record import Record
from fencang.projections.tables.board import Board

__all__ = [
    "DeskBusy",
    "DeskFault",
    "DeskQueries",
    "DeskStopped",
    "KeyClosed",
    "MarketDataFeed",
    "RequestReused",
    "ServedDesk",
    "VenueLink",
]


class DeskFault(Exception):
    """The desk did not take a command.

    DeskFault
    ├── DeskBusy        too much waits; it was not taken and may be sent again
    ├── DeskStopped     the desk does not run; ask again after its restart
    ├── KeyClosed       the key opens nothing any more; it was not taken
    └── RequestReused   the request's identifier stood for another request
    """


class DeskBusy(DeskFault):
    """Too much waits to be decided."""


class DeskStopped(DeskFault):
    """The desk does not run."""


class KeyClosed(DeskFault):
    """The key that came in before opens nothing any more."""


class RequestReused(DeskFault):
    """An identifier that stood for one request was given to another."""

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"{request_id!r} was given to another request before: a repetition has the same "
            "method, path and body; nothing was done"
        )


class ServedDesk(Protocol):
    """What a gateway needs of a desk that runs."""

    @property
    def board(self) -> Board:
        """Return the tables as of the last durable record."""
        ...

    @property
    def is_single_operator(self) -> bool:
        """Return whether one person alone may do what otherwise takes two."""
        ...

    @property
    def questions(self) -> DeskQuestions:
        """Return who answers what the tables do not hold."""
        ...

    async def enter(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> Record:
        """Return the durable record of a command, or of the request that it repeats.

        Raises:
            DeskFault: it was not taken.
        """
        ...

    def begin(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> "asyncio.Future[Record]":
        """Enter a command and return what its durable record will be in."""
        ...


class VenueLink(Protocol):
    """One way to a venue: durable effects go in, the venue's reports come out as commands."""

    def handle(self, record: Record) -> None:
        """Carry out the effects of one durable record; other events in it are not looked at."""
        ...

    def take_reports(self) -> list[AnyCommand]:
        """Return what the venue has reported since the last call, in the order of arrival."""
        ...


class DeskQueries(Protocol):
    """What a gateway may ask the desk; the answers stand at a durable sequence."""

    def handled_sequence(self, gateway_id: str) -> int:
        """Return the last sequence whose effects the gateway has handed over, 0 for none."""
        ...


class MarketDataFeed(Protocol):
    """Market data day by day, dates ascending."""

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[DayOfData]:
        """Yield the days from ``first`` to ``last``, both included, that the feed knows."""
        ...
