"""Which trading day each entry of the ledger belongs to, as statements count it.

The days themselves are told by ``TradingDays``; kept is only where its answers changed, a few
numbers for each venue and day, so that any place of the journal can be asked about later.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import SessionOpened, TradingDaySettled
from fencang.messages.record import Record
from fencang.projections.projection import Projection
from fencang.projections.trading_days import TradingDays

__all__ = ["OF_DAYS", "LedgerDays", "Place"]

Place = tuple[int, int]
"""Sequence of a record, and the number of an event in it."""

OF_DAYS: frozenset[type] = frozenset({SessionOpened, TradingDayOpened, TradingDaySettled})
"""Events that days are told by."""


class _Marks:
    """One answer over time: the places where it changed, and what it was from there on."""

    __slots__ = ("days", "places")

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.days: list[int] = []

    def note(self, place: Place, day: int) -> None:
        if not self.days or self.days[-1] != day:
            self.places.append(place)
            self.days.append(day)

    def at(self, place: Place) -> int:
        """Return the answer at a place; before the first, 0."""
        found = bisect_right(self.places, place)
        return self.days[found - 1] if found else 0

    def spans(self, day: int) -> Iterator[tuple[int, int | None]]:
        """Yield the first and last sequence, None for the present, of each time it was a day."""
        for index, found in enumerate(self.days):
            if found == day:
                is_last = index + 1 == len(self.days)
                yield self.places[index][0], None if is_last else self.places[index + 1][0]


class LedgerDays(Projection):
    """The trading day of any place of the journal: of a venue, or of cash that has none."""

    __slots__ = ("_cash", "_clock", "_earliest", "_venues")

    def __init__(self) -> None:
        self._clock = TradingDays()
        self._cash = _Marks()
        self._earliest = _Marks()
        """The earliest day that has not ended."""
        self._venues: dict[str, _Marks] = {}

    def apply(self, record: Record) -> None:
        """Fold in openings and settlements of days."""
        is_changed = False
        for index, event in enumerate(record.events):
            if type(event) not in OF_DAYS:
                continue
            day = event.trading_day.toordinal()  # type: ignore[union-attr]
            venue_id = event.venue_id  # type: ignore[union-attr]
            if isinstance(event, TradingDaySettled):
                self._clock.settle(venue_id, day)
            else:
                self._clock.open(venue_id, day)
            self._note((record.sequence, index))
            is_changed = True
        while is_changed and self._clock.end_first() is not None:
            self._note((record.sequence + 1, 0))

    def content(self) -> object:
        """Return every answer over time."""
        marks = [self._cash, self._earliest, *(mark for _, mark in sorted(self._venues.items()))]
        return [(mark.places, mark.days) for mark in marks]

    def day_of(self, venue_id: str | None, place: Place) -> date | None:
        """Return the day of an entry at a venue, or of cash without one.

        What comes before the first opening counts to the first day; None: no day was opened yet.
        """
        if venue_id is None:
            day = self._cash.at(place)
        else:
            marks = self._venues.get(venue_id)
            day = max(marks.at(place) if marks is not None else 0, self._earliest.at(place))
        day = day or (self._earliest.days[0] if self._earliest.days else 0)
        return date.fromordinal(day) if day else None

    def span_of(self, day: date) -> tuple[int, int | None] | None:
        """Return between which sequences entries of a day stand, None for the present as the last.

        None alone: no such day was opened.
        """
        number = day.toordinal()
        marks = (self._cash, self._earliest, *self._venues.values())
        spans = [span for mark in marks for span in mark.spans(number)]
        if not spans:
            return None
        is_first = self._earliest.days[0] == number
        first = 1 if is_first else min(first for first, _ in spans)
        ends = [last for _, last in spans if last is not None]
        return first, max(ends) if len(ends) == len(spans) else None

    def _note(self, place: Place) -> None:
        clock = self._clock
        self._cash.note(place, clock.of_cash())
        self._earliest.note(place, clock.open_days[0])
        for venue_id in clock.venue_days:
            marks = self._venues.get(venue_id)
            if marks is None:
                marks = self._venues[venue_id] = _Marks()
            marks.note(place, clock.of_venue(venue_id))
