"""Which statement day a movement belongs to, and when a day has ended.

Venues are on different trading days at one moment: Shanghai's night session trades tomorrow while
New York still settles today.  So a day is no slice of the journal:

- What happens in a contract belongs to the trading day that its own venue is on, from the venue's
  opening of that day until it opens a later one.  This is the day on the broker's statement.
- Cash that has no venue belongs to the earliest day that some venue has opened and not settled;
  when all are settled, to the last day that was opened.
- A day has ended when every venue that opened it has opened a later day, or has settled it while
  some venue has already settled a later one (a holiday at one venue holds nobody up).
- An ended day never changes.  What comes for it too late counts to the first day still open, and
  what comes before the first opening counts to the first day.

Days are proleptic ordinals; 0 stands for the time before the first opening.
"""

__all__ = ["TradingDays"]


class TradingDays:
    """The open days of all venues together."""

    __slots__ = ("_opened_by", "_settled", "open_days", "venue_days")

    def __init__(self) -> None:
        self.venue_days: dict[str, int] = {}
        self.open_days: list[int] = [0]
        """Days that have not ended, ascending; never empty."""
        self._settled: dict[str, int] = {}
        self._opened_by: dict[int, list[str]] = {}

    def of_venue(self, venue_id: str) -> int:
        """Return the day that movements in contracts of this venue belong to."""
        return max(self.venue_days.get(venue_id, 0), self.open_days[0])

    def of_cash(self) -> int:
        """Return the day that cash without a venue belongs to."""
        for day in self.open_days:
            if self.waits_for(day):
                return day
        return self.open_days[-1]

    def left_by(self, venue_id: str, day: int) -> list[int]:
        """Return the open days that the venue leaves behind when it opens ``day``."""
        before = self.venue_days.get(venue_id, 0)
        return [each for each in self.open_days if before <= each < day]

    def open(self, venue_id: str, day: int) -> None:
        """Note that a venue opened a day; an ended day stays as it was."""
        self.venue_days[venue_id] = max(day, self.venue_days.get(venue_id, 0))
        if self.open_days == [0]:
            self.open_days = [day]
        if day < self.open_days[0]:
            return
        if day not in self.open_days:
            self.open_days = sorted([*self.open_days, day])
        opened = self._opened_by.setdefault(day, [])
        if venue_id not in opened:
            opened.append(venue_id)

    def settle(self, venue_id: str, day: int) -> None:
        """Note that a venue settled a day."""
        self._settled[venue_id] = max(day, self._settled.get(venue_id, 0))

    def waits_for(self, day: int) -> list[str]:
        """Return the venues that opened the day and have neither settled nor left it, sorted."""
        return sorted(
            venue_id
            for venue_id in self._opened_by.get(day, ())
            if self.venue_days[venue_id] <= day and self._settled.get(venue_id, 0) < day
        )

    def end_first(self) -> int | None:
        """End the first open day if it has ended, and return it."""
        day = self.open_days[0]
        opened = self._opened_by.get(day)
        if not opened or len(self.open_days) == 1:
            return None
        if self.waits_for(day):
            return None
        is_later_settled = max(self._settled.values(), default=0) > day
        if not is_later_settled and any(self.venue_days[venue] <= day for venue in opened):
            return None
        del self._opened_by[day]
        del self.open_days[0]
        return day
