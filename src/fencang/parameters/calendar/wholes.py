"""Faults of a calendar that no single row shows: sessions that overlap, days without a session."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from fencang.parameters.calendar.days import is_session_day
from fencang.parameters.calendar.sessions import open_sessions_of_date
from fencang.parameters.calendar.values import (
    DAY_MINUTES,
    Anchor,
    Calendar,
    Phase,
    SessionTemplate,
    SpecialKind,
    clock_text,
)

__all__ = ["faults_of_calendar"]


def faults_of_calendar(calendar: Calendar) -> Iterator[str]:
    """Yield what is wrong with a calendar as a whole, in plain words."""
    if not any(template.phase is Phase.OPEN for template in calendar.templates):
        yield "states no open session"
        return
    for day in _days_of_change(calendar):
        for offset in range(7):
            yield from _overlaps(calendar, day + timedelta(days=offset))
    for day, special in sorted(calendar.special_days.items()):
        within = calendar.first_day <= day <= calendar.last_day
        changed = special.kind is SpecialKind.CHANGED and is_session_day(calendar, day)
        if within and changed and not open_sessions_of_date(calendar, day):
            yield f"{day} ({special.name}) is left without an open session"


def _days_of_change(calendar: Calendar) -> list[date]:
    """Return the dates from which other templates are in force than before."""
    behind = [template.to_day + timedelta(days=1) for template in calendar.templates]
    begins = [calendar.first_day, *(template.from_day for template in calendar.templates), *behind]
    return sorted({day for day in begins if calendar.first_day <= day <= calendar.last_day})


def _overlaps(calendar: Calendar, day: date) -> Iterator[str]:
    """Yield faults of one date by the wall clock, the evening before taken as the date before."""
    if day.isoweekday() in calendar.weekend_days or day > calendar.last_day:
        return
    held = _held(calendar, day)
    if not any(_is_sure(calendar, template) for template in held):
        yield f"{day} has no open session, or none that is held behind a holiday or in a pause"
    for one, other in pairwise(held):
        # sessions of two clocks are compared by tests, on every day of the span
        if not one.end_timezone and not other.start_timezone and _end(one) > _start(other):
            yield f"{day}: a session reaches beyond {_clock(_start(other))}, where the next starts"
    following = day + timedelta(days=1)
    later = [] if following.isoweekday() in calendar.weekend_days else _held(calendar, following)
    if held and later and max(map(_end, held)) > _start(later[0]) + DAY_MINUTES:
        begins = _clock(_start(later[0]))
        yield f"{day}: its sessions reach beyond {begins}, where {following} begins"


def _is_sure(calendar: Calendar, template: SessionTemplate) -> bool:
    """Return whether an open session is held on every day that no special row changes."""
    before_holidays = template.anchor is Anchor.CALENDAR_DAY_BEFORE or template.before_holidays
    by_night = template.is_of_the_night
    return template.phase is Phase.OPEN and (
        not by_night or (before_holidays and not calendar.pauses)
    )


def _held(calendar: Calendar, day: date) -> list[SessionTemplate]:
    held = [
        template
        for template in calendar.templates
        if template.from_day <= day <= template.to_day and day.isoweekday() in template.weekdays
    ]
    return sorted(held, key=_start)


def _shift(template: SessionTemplate) -> int:
    return 0 if template.anchor is Anchor.SAME_DAY else -DAY_MINUTES


def _start(template: SessionTemplate) -> int:
    return template.start_minute + _shift(template)


def _end(template: SessionTemplate) -> int:
    return template.end_minute + _shift(template)


def _clock(minute: int) -> str:
    return clock_text(minute % DAY_MINUTES)
