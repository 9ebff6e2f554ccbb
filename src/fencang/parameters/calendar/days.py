"""Which dates are trading days: functions over a calendar, within the span it speaks for."""

from collections.abc import Iterator
from datetime import date, timedelta

from fencang.parameters.calendar.values import Calendar, SpecialKind

__all__ = [
    "BeyondCalendar",
    "holidays",
    "is_session_day",
    "is_trading_day",
    "next_trading_day",
    "previous_trading_day",
    "require_span",
    "session_day_before",
    "trading_days",
]

_ONE = timedelta(days=1)


class BeyondCalendar(ValueError):
    """A date lies outside the span that the calendar speaks for: nothing is guessed there."""


def require_span(calendar: Calendar, day: date) -> None:
    """Refuse a date of which the calendar does not speak.

    Raises:
        BeyondCalendar: with the span.
    """
    if not calendar.first_day <= day <= calendar.last_day:
        raise BeyondCalendar(
            f"{day} lies outside of {calendar.calendar_id}, which speaks for "
            f"{calendar.first_day} to {calendar.last_day}"
        )


def is_session_day(calendar: Calendar, day: date) -> bool:
    """Return whether a date has sessions of its own, be it a trading day or joined to the next."""
    special = calendar.special_days.get(day)
    is_closed = special is not None and special.kind is SpecialKind.CLOSED
    return day.isoweekday() not in calendar.weekend_days and not is_closed


def _trades(calendar: Calendar, day: date) -> bool:
    special = calendar.special_days.get(day)
    is_joined = special is not None and special.kind is SpecialKind.JOINED
    return is_session_day(calendar, day) and not is_joined


def is_trading_day(calendar: Calendar, day: date) -> bool:
    """Return whether trades are settled under this date.

    Raises:
        BeyondCalendar: the date lies outside the span.
    """
    require_span(calendar, day)
    return _trades(calendar, day)


def trading_days(calendar: Calendar, first: date, last: date) -> tuple[date, ...]:
    """Return the trading days from ``first`` to ``last``, both included.

    Raises:
        BeyondCalendar: an end lies outside the span.
    """
    require_span(calendar, first)
    require_span(calendar, last)
    return tuple(day for day in _dates(first, last) if _trades(calendar, day))


def next_trading_day(calendar: Calendar, day: date) -> date:
    """Return the first trading day behind a date.

    Raises:
        BeyondCalendar: there is none within the span.
    """
    return _sought(calendar, day, _ONE)


def previous_trading_day(calendar: Calendar, day: date) -> date:
    """Return the last trading day before a date.

    Raises:
        BeyondCalendar: there is none within the span.
    """
    return _sought(calendar, day, -_ONE)


def _sought(calendar: Calendar, day: date, step: timedelta) -> date:
    while True:
        day += step
        require_span(calendar, day)
        if _trades(calendar, day):
            return day


def session_day_before(calendar: Calendar, day: date) -> tuple[date, bool]:
    """Return the last session day before a date, and whether a holiday lies between the two.

    Weekends are no holidays.  The search may leave the span by a few days: what lies there is
    taken by weekday and by the special days that are known.
    """
    has_holiday = False
    before = day - _ONE
    while not is_session_day(calendar, before):
        has_holiday = has_holiday or before.isoweekday() not in calendar.weekend_days
        before -= _ONE
    return before, has_holiday


def holidays(calendar: Calendar) -> tuple[date, ...]:
    """Return the dates of the span that are neither weekend nor trading day."""
    return tuple(
        day
        for day in _dates(calendar.first_day, calendar.last_day)
        if day.isoweekday() not in calendar.weekend_days and not _trades(calendar, day)
    )


def _dates(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
