"""Days by which books are looked at: the ends of months, and others that are stated.

What leaves shortly before such a turn and is back shortly after it was not there to be seen.  Days
are calendar days, so that a weekend at the end of a month is no gap.
"""

from collections.abc import Collection
from datetime import date, timedelta

__all__ = ["is_near_turn", "turn_before"]

DAY = timedelta(days=1)


def turn_before(day: date, days: int, stated: Collection[date] = ()) -> date | None:
    """Return the latest turn that lies 1 to ``days`` days before a day, or None."""
    month_end = day.replace(day=1) - DAY
    found = [turn for turn in (month_end, *stated) if 1 <= (day - turn).days <= days]
    return max(found, default=None)


def is_near_turn(day: date, days: int, stated: Collection[date] = ()) -> bool:
    """Return whether a day is among the last ``days`` up to a turn or the first ``days`` after."""
    next_month = (day.replace(day=28) + 4 * DAY).replace(day=1)
    coming = (next_month - DAY, *stated)
    is_before = any(0 <= (turn - day).days < days for turn in coming)
    return is_before or turn_before(day, days, stated) is not None
