"""What a trading calendar is made of: phases, session templates, special days, sources.

A *trading day* is the date under which trades are settled.  Its sessions may begin on the evening
before, and it may take in the sessions of a holiday before it.  Times of a template are minutes of
the wall clock; only ``sessions`` turns them into moments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "DAY_MINUTES",
    "Anchor",
    "Calendar",
    "NightPause",
    "Phase",
    "Session",
    "SessionTemplate",
    "Source",
    "SpecialDay",
    "SpecialKind",
    "clock_text",
]

DAY_MINUTES = 24 * 60


class Phase(StrEnum):
    """What a venue does with orders: takes them, trades them, rests within a day, or is closed.

    ``halt`` fills every gap within a trading day; ``close`` lasts from its last session to the
    first one of the next trading day.  Both follow from the others and are never stated.
    """

    PRE_OPEN = "pre_open"
    OPEN = "open"
    HALT = "halt"
    CLOSE = "close"


class Anchor(StrEnum):
    """The date on which a session starts, seen from the day whose session it is.

    ``session_day_before`` is the last day with sessions, whatever weekend lies between: the
    Friday of a Monday.
    """

    SAME_DAY = "same_day"
    CALENDAR_DAY_BEFORE = "calendar_day_before"
    SESSION_DAY_BEFORE = "session_day_before"


class SpecialKind(StrEnum):
    """What is special about a day.

    ``closed``: no trading day and none of its sessions, the one of the evening before included.
    ``joined``: no trading day, but its sessions are held and belong to the next trading day.
    ``changed``: a trading day with an early close, a late open, or without its night session.
    """

    CLOSED = "closed"
    JOINED = "joined"
    CHANGED = "changed"


class Source(NamedTuple):
    """Where a fact was read."""

    source_id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTemplate:
    """One session of every day from ``from_day`` to ``to_day``, by the wall clock.

    ``start_minute`` counts from midnight of the anchor's date, and so does ``end_minute``, which
    passes 24 hours when the session ends on the date after.  An empty time zone means that of the
    calendar; some sessions start by the clock of another city.  A session that starts on the
    session day before is left out when a holiday lies between, unless ``before_holidays``.
    """

    phase: Phase
    start_minute: int
    end_minute: int
    anchor: Anchor
    from_day: date
    to_day: date
    weekdays: tuple[int, ...]
    start_timezone: str
    end_timezone: str
    before_holidays: bool
    sources: tuple[str, ...]
    confirmed: bool

    @property
    def is_of_the_night(self) -> bool:
        """Return whether it starts on an earlier date than the day it belongs to."""
        return self.anchor is not Anchor.SAME_DAY

    @property
    def clock_words(self) -> str:
        """Return start and end by the clock, for a person."""
        start = clock_text(self.start_minute)
        end = clock_text(self.end_minute % DAY_MINUTES)
        parts = [start, self.start_timezone, "to", end, self.end_timezone]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """One date on which the templates alone would be wrong; minutes are those of its own date."""

    day: date
    name: str
    kind: SpecialKind
    closes_minute: int | None
    opens_minute: int | None
    has_night: bool
    sources: tuple[str, ...]
    confirmed: bool

    @property
    def words(self) -> str:
        """Return what happens on the day, for a person."""
        if self.kind is SpecialKind.CLOSED:
            return "closed"
        parts = ["belongs to the next trading day"] if self.kind is SpecialKind.JOINED else []
        if self.opens_minute is not None:
            parts.append(f"late open {clock_text(self.opens_minute)}")
        if self.closes_minute is not None:
            parts.append(f"early close {clock_text(self.closes_minute)}")
        if not self.has_night:
            parts.append("no night session")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPause:
    """A stretch of trading days whose night sessions were suspended; both ends are included."""

    first_day: date
    last_day: date
    name: str
    sources: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days and sessions of one group of products, from ``first_day`` to ``last_day``."""

    calendar_id: str
    name: str
    venue: str
    country: str
    timezone: str
    weekend_days: tuple[int, ...]
    first_day: date
    last_day: date
    products: tuple[str, ...]
    templates: tuple[SessionTemplate, ...]
    special_days: Mapping[date, SpecialDay]
    pauses: tuple[NightPause, ...]
    sources: tuple[Source, ...]
    file: str


class Session(NamedTuple):
    """One phase of a trading day, UTC nanoseconds, the end not included."""

    phase: Phase
    start_ns: int
    end_ns: int


def clock_text(minute: int) -> str:
    """Return minutes since midnight as ``HH:MM``."""
    hours, minutes = divmod(minute, 60)
    return f"{hours:02d}:{minutes:02d}"
