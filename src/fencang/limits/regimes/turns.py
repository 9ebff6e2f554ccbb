"""Days by which books are looked at: the ends of months, and others that are stated.

What leaves shortly before such a turn and is back shortly after it was not there to be seen.  Days
are calendar days, so that a weekend at the end of a month is no gap.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date

__all__ = ["is_near_turn", "turn_before"]


def turn_before(day: date, days: int, stated: Collection[date] = ()) -> date | None:
    """Return the latest turn that lies 1 to ``days`` days before a day, or None."""
    found = [turn for turn in stated if 1 <= (day - turn).days <= days]
    if day.day <= days and day.toordinal() > day.day:
        found.append(date.fromordinal(day.toordinal() - day.day))
    return max(found, default=None)


def is_near_turn(day: date, days: int, stated: Collection[date] = ()) -> bool:
    """Return whether a day is among the last ``days`` up to a turn or the first ``days`` after."""
    month_end = day.replace(day=monthrange(day.year, day.month)[1])
    is_before = any(0 <= (turn - day).days < days for turn in (month_end, *stated))
    return is_before or turn_before(day, days, stated) is not None
