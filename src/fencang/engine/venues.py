"""Venues as the engine keeps them: the trading day they are on, its phases, what is settled."""

from fencang.refdata.session import Phase, Session
from fencang.refdata.venue import Venue

__all__ = ["VenueState"]


class VenueState:
    """A venue with its phase and trading day (``today`` as proleptic ordinal, 0 before any).

    ``opened_day`` and ``closed_day`` are the last ones opened and closed as trading days.
    """

    __slots__ = (
        "closed_day",
        "opened_day",
        "phase",
        "phase_since_ns",
        "sessions",
        "settled_day",
        "settlement_source",
        "today",
        "venue",
    )

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.phase = Phase.CLOSE
        self.phase_since_ns = 0
        """Sessions that began or ended by then have had their say (a cache)."""
        self.sessions: tuple[Session, ...] = ()
        self.today = 0
        self.opened_day = 0
        self.settled_day = 0
        self.closed_day = 0
        self.settlement_source = ""
        """Where the last slice of settlement prices came from."""

    @property
    def is_open(self) -> bool:
        """Return whether the venue is in any phase other than closed."""
        return self.phase is not Phase.CLOSE

    @property
    def is_day_closed(self) -> bool:
        """Return whether the day it is on has been closed: nothing is booked on it any more."""
        return self.today != 0 and self.closed_day == self.today
