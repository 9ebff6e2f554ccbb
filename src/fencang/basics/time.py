"""Time as integer nanoseconds since 1970-01-01 UTC, leap seconds not counted (POSIX).

Nothing here asks a clock: time enters the core stamped on a sequenced command.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NewType

__all__ = ["DAY_NS", "SECOND_NS", "TimeNs", "format_time", "midnight_ns", "parse_time"]

TimeNs = NewType("TimeNs", int)

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_EPOCH = date(1970, 1, 1).toordinal()


def midnight_ns(day: date) -> TimeNs:
    """Return the first nanosecond of a UTC calendar day."""
    return TimeNs((day.toordinal() - _EPOCH) * DAY_NS)


def format_time(time_ns: int) -> str:
    """Return RFC 3339 text in UTC with nine fractional digits."""
    seconds, nanos = divmod(time_ns, SECOND_NS)
    return f"{_format_second(seconds)}.{nanos:09d}Z"


@lru_cache(maxsize=4_096)  # what happens in one second is told in many rows
def _format_second(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


def parse_time(text: str) -> TimeNs:
    """Return RFC 3339 text as nanoseconds UTC, exact to the nanosecond.

    Raises:
        ValueError: not RFC 3339, without an offset, or with more than nine fractional digits.
    """
    match = _RFC3339.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not RFC 3339 time such as 2018-02-05T21:00:00Z")
    day, clock, fraction, offset = match.groups()
    if fraction is not None and len(fraction) > 9:
        raise ValueError(f"{text!r} has more than nine fractional digits")
    if offset is None:
        raise ValueError(f"{text!r} has no offset; write Z for UTC")
    moment = datetime.fromisoformat(f"{day}T{clock}{offset.upper()}")
    # Subtracting aware times cannot leave the calendar, converting to UTC at its edge can.
    whole = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = whole.days * 86_400 + whole.seconds
    return TimeNs(seconds * SECOND_NS + int((fraction or "").ljust(9, "0")))
