"""Venues as the engine keeps them: the trading day they are on, its phases, what is settled.

``Hours`` is what orders ask: the venue itself, or on a day that states them the hours which some of
its products keep for themselves.
"""

from collections.abc import Iterator

from fencang.refdata.session import Phase, Session
from fencang.refdata.venue import Venue

__all__ = ["Hours", "ProductHours", "VenueState"]


class Hours:
    """A phase, and the sessions of the day that it follows."""

    __slots__ = ("phase", "phase_since_ns", "sessions")

    def __init__(self, phase: Phase = Phase.CLOSE, sessions: tuple[Session, ...] = ()) -> None:
        self.phase = phase
        self.phase_since_ns = 0
        """Sessions that began or ended by then have had their say (a cache)."""
        self.sessions = sessions


class ProductHours(Hours):
    """The hours of products that have other sessions than their venue, for one trading day."""

    __slots__ = ("product_ids",)

    def __init__(
        self, product_ids: tuple[str, ...], phase: Phase, sessions: tuple[Session, ...]
    ) -> None:
        super().__init__(phase, sessions)
        self.product_ids = product_ids


class VenueState(Hours):
    """A venue with its phase and trading day (``today`` as proleptic ordinal, 0 before any).

    ``opened_day`` and ``closed_day`` are the last ones opened and closed as trading days.
    """

    __slots__ = (
        "closed_day",
        "marked_ns",
        "opened_day",
        "product_hours",
        "settled_day",
        "settlement_source",
        "today",
        "venue",
    )

    def __init__(self, venue: Venue) -> None:
        super().__init__()
        self.venue = venue
        self.today = 0
        self.opened_day = 0
        self.settled_day = 0
        self.closed_day = 0
        self.marked_ns = 0
        """When any of its contracts was last marked (a cache)."""
        self.settlement_source = ""
        """Where the last slice of settlement prices came from."""
        self.product_hours: tuple[ProductHours, ...] = ()
        """Groups of products with hours of their own on this day, in the order stated."""

    @property
    def all_hours(self) -> Iterator[Hours]:
        """Return the venue's own hours, then those of its products."""
        yield self
        yield from self.product_hours

    def hours_of(self, product_id: str) -> Hours:
        """Return the hours that a product of the venue keeps today."""
        for hours in self.product_hours:
            if product_id in hours.product_ids:
                return hours
        return self

    @property
    def is_open(self) -> bool:
        """Return whether the venue or one of its products is in any phase other than closed."""
        return any(hours.phase is not Phase.CLOSE for hours in self.all_hours)

    @property
    def is_day_closed(self) -> bool:
        """Return whether the day it is on has been closed: nothing is booked on it any more."""
        return self.today != 0 and self.closed_day == self.today
