"""Ports of the edges: what the desk asks of venues and feeds, what a gateway asks of the desk.

Each is as narrow as its use.  The paper venue, FIX and CTP are adapters behind ``VenueLink``.
"""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from fencang.gateways.market_data import DayOfData
from fencang.messages.commands import AnyCommand
from fencang.messages.record import Record

__all__ = ["DeskQueries", "MarketDataFeed", "VenueLink"]


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
