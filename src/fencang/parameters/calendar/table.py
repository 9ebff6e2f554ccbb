"""Reading one table of a calendar file so that every fault of it is found, each with its place.

What is faulty is noted and read as a stand-in, so that one fault does not breed others; whoever
reads the file drops everything when a single fault was noted.
"""

import difflib
import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fencang.parameters.calendar.faults import CalendarFault
from fencang.parameters.calendar.values import DAY_MINUTES

__all__ = ["NO_ZONE_HINT", "Clock", "Table", "is_zone"]

NO_ZONE_HINT = " (a system without zones needs the package tzdata)"

Word = TypeVar("Word", bound=StrEnum)
_CLOCK = re.compile(r"(\d\d):(\d\d)(?: (\S+))?")
_TEXT_LENGTH_MAX = 400


class Clock(NamedTuple):
    """A wall-clock time: minutes since midnight, and a time zone where it is not the calendar's."""

    minute: int
    timezone: str = ""


def is_zone(name: str) -> bool:
    """Return whether the time zone database of this machine knows a name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class Table:
    """One table of the file, its place, and the list that faults go to."""

    def __init__(
        self, values: dict[str, Any], file: str, place: str, faults: list[CalendarFault]
    ) -> None:
        self.values = values
        self._file = file
        self._place = place
        self._faults = faults
        self._asked: list[str] = []

    def fault(self, key: str, words: str) -> None:
        """Note a fault at a key, or at the table itself when the key is empty."""
        place = f"{self._place} {key}".strip()
        self._faults.append(CalendarFault(self._file, place, words))

    def finish(self) -> None:
        """Refuse every key that nobody asked for, and name the nearest known one."""
        for key in self.values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                hint = f'; did you mean "{near[0]}"?' if near else ""
                self.fault(key, f"is not a key of this table{hint}")

    def has(self, key: str) -> bool:
        """Return whether the table states a key."""
        self._asked.append(key)
        return key in self.values

    def _take(self, key: str, *, required: bool) -> object:
        if not self.has(key) and required:
            self.fault(key, "is missing")
        return self.values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not 0 < len(value) <= _TEXT_LENGTH_MAX:
            self.fault(key, f"{value!r} is not a text of at most {_TEXT_LENGTH_MAX} characters")
            return default or ""
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts; one text stands for a list of one."""
        value = self._take(key, required=required)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            self.fault(key, f"{value!r} is neither a text nor a list of texts")
            return ()
        return tuple(items)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, required=False)
        if value is not None and not isinstance(value, bool):
            self.fault(key, f"{value!r} is neither true nor false")
        return value if isinstance(value, bool) else default

    def year(self, key: str, default: int) -> int:
        """Return a year."""
        value = self._take(key, required=False)
        if value is None:
            return default
        if type(value) is not int or not 1900 <= value <= 2200:
            self.fault(key, f"{value!r} is not a year such as 2018")
            return default
        return value

    def years(self, key: str) -> tuple[int, ...]:
        """Return a list of years."""
        return self._numbers(key, (), 1900, 2200, "years such as [2018]")

    def weekdays(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return ISO weekday numbers."""
        return self._numbers(key, default, 1, 7, "weekdays from 1 (Monday) to 7")

    def _numbers(
        self, key: str, default: tuple[int, ...], low: int, high: int, what: str
    ) -> tuple[int, ...]:
        value = self._take(key, required=False)
        if value is None:
            return default
        items = value if isinstance(value, list) else [None]
        if not all(type(each) is int and low <= each <= high for each in items):
            self.fault(key, f"{value!r} is not a list of {what}")
            return default
        return tuple(items)

    def day(self, key: str, default: date | None = None) -> date:
        """Return a calendar date."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or date(1900, 1, 1)
        parsed = self._as_day(key, value)
        return parsed or default or date(1900, 1, 1)

    def days(self, key: str) -> tuple[date, ...]:
        """Return a list of dates; one date stands for a list of one."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        parsed = [self._as_day(key, each) for each in items]
        return tuple(day for day in parsed if day is not None)

    def _as_day(self, key: str, value: object) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.fault(key, f"{str(value)!r} is not a day such as 2018-02-05")
        return None

    def clock(self, key: str) -> Clock:
        """Return a time such as ``"21:00"`` or ``"08:15 Asia/Singapore"``."""
        value = self._take(key, required=True)
        if value is None:
            return Clock(0)
        match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        minute = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES
        if match is None or minute >= DAY_MINUTES or int(match[2]) > 59:
            self.fault(key, f"{value!r} is not a time from 00:00 to 23:59")
            return Clock(0)
        zone = match[3] or ""
        if zone and not is_zone(zone):
            self.fault(key, f"{zone!r} is no time zone{NO_ZONE_HINT}")
        return Clock(minute, zone)

    def choice(self, key: str, kind: type[Word], default: Word | None = None) -> Word:
        """Return one word of a closed list."""
        value = self._take(key, required=default is None)
        words = {member.value: member for member in kind}
        fallback = default if default is not None else next(iter(kind))
        if value is None:
            return fallback
        if not isinstance(value, str) or value not in words:
            self.fault(key, f"{value!r} is not one of {', '.join(words)}")
            return fallback
        return words[value]

    def each(self, key: str) -> Iterator["Table"]:
        """Yield every table of a list of tables, counted from 1 as a reader counts."""
        value = self._take(key, required=False)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, f"is not a list of tables; write [[{key}]]")
            return
        for number, values in enumerate(value, 1):
            place = f"{self._place} [[{key}]] #{number}".strip()
            yield Table(values, self._file, place, self._faults)
