"""Holidays that follow a rule: "third monday of january", "easter -2", "december 25".

A rule names one date of a year, with days added or taken away; ``observed`` moves it off a weekend.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

__all__ = ["Observed", "Rule", "easter_sunday", "observed_day", "parse_rule"]

Rule = Callable[[int], date]
"""From a year to a date."""

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_COUNTS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 0}
_RULE = re.compile(
    rf"(?:(?P<easter>easter)"
    rf"|(?P<count>{'|'.join(_COUNTS)}) (?P<weekday>{'|'.join(_WEEKDAYS)})"
    rf" of (?P<month>{'|'.join(_MONTHS)})"
    rf"|(?P<fixed>{'|'.join(_MONTHS)}) (?P<day>\d\d?))"
    rf"(?: (?P<shift>[+-]\d\d?))?"
)


class Observed(StrEnum):
    """Where a holiday goes that falls on a weekend: nowhere, or as said."""

    NEVER_MOVED = "never_moved"
    SUNDAY_TO_MONDAY = "sunday_to_monday"
    NEAREST_WEEKDAY = "nearest_weekday"
    NEXT_WEEKDAY = "next_weekday"


def parse_rule(text: str) -> Rule | None:
    """Return the rule that a text states, or None."""
    found = _RULE.fullmatch(text)
    if found is None:
        return None
    shift = timedelta(days=int(found["shift"] or 0))
    if found["easter"]:
        return lambda year: easter_sunday(year) + shift
    if found["fixed"]:
        month, day = _MONTHS.index(found["fixed"]) + 1, int(found["day"])
        try:
            date(2001, month, day)  # no rule may name a day that some years lack
        except ValueError:
            return None
        return lambda year: date(year, month, day) + shift
    month = _MONTHS.index(found["month"]) + 1
    weekday = _WEEKDAYS.index(found["weekday"]) + 1
    count = _COUNTS[found["count"]]
    return lambda year: _nth(year, month, weekday, count) + shift


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    if count == 0:
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        last = first_of_next - timedelta(days=1)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (count - 1))


def easter_sunday(year: int) -> date:
    """Return Easter of the Gregorian calendar (the computus of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    skipped_leaps, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped_leaps - moon_shift + 15) % 30
    leaps, leap_rest = divmod(in_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def observed_day(day: date, observed: Observed) -> date:
    """Return the date on which a holiday is kept; weekends are Saturday and Sunday."""
    moves = {
        Observed.NEVER_MOVED: (0, 0),
        Observed.SUNDAY_TO_MONDAY: (0, 1),
        Observed.NEAREST_WEEKDAY: (-1, 1),
        Observed.NEXT_WEEKDAY: (2, 1),
    }
    saturday, sunday = moves[observed]
    match day.isoweekday():
        case 6:
            return day + timedelta(days=saturday)
        case 7:
            return day + timedelta(days=sunday)
        case _:
            return day
