"""Small calendar files to read, and calendars to ask, in the words of a test."""

from datetime import date

from fencang.parameters.calendar.reading import parse_calendars
from fencang.parameters.calendar.sessions import local_ns, sessions_of
from fencang.parameters.calendar.values import Phase

HEAD = """
venue = "Test"
country = "US"
timezone = "America/Chicago"
first_day = 2018-01-01
last_day = 2019-12-31
[[source]]
id = "rule-book"
title = "The rule book"
url = "https://example.org/rules"
"""
DAY_SESSION = """
[[calendar]]
id = "test"
name = "Test"
[[calendar.session]]
phase = "open"
start = "08:30"
end = "15:00"
source = "rule-book"
"""


def special(**keys):
    keys = {"name": '"A day"', "source": '"rule-book"', **keys}
    return "[[special]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def session(start, end, phase="open", **keys):
    """Return one more ``[[calendar.session]]`` for the calendar that a text ends with."""
    keys = {"phase": phase, "start": start, "end": end, "source": "rule-book", **keys}
    return "[[calendar.session]]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items())


def read(text, files=None):
    def beside(name):
        if name not in (files or {}):
            raise FileNotFoundError(name)
        return files[name]

    return parse_calendars(text, "test.toml", beside)


def read_one(text):
    (calendar,) = read(text)
    return calendar


def clocks(calendar, day, *phases):
    """Return sessions as (phase, start, end) in local days and hours: ``-1 17:00``."""
    wanted = phases or (Phase.PRE_OPEN, Phase.OPEN, Phase.HALT)
    return [
        (
            session.phase.value,
            told(calendar, day, session.start_ns),
            told(calendar, day, session.end_ns),
        )
        for session in sessions_of(calendar, day)
        if session.phase in wanted
    ]


def told(calendar, day, time_ns):
    """Return a moment as days from ``day`` and the wall clock; found by trying, on purpose."""
    for shift in range(-12, 12):
        start = date.fromordinal(day.toordinal() + shift)
        for minute in range(0, 24 * 60, 5):
            if local_ns(calendar.timezone, start, minute) == time_ns:
                clock = f"{minute // 60:02d}:{minute % 60:02d}"
                return f"{shift:+d} {clock}" if shift else clock
    raise AssertionError(time_ns)
