"""From wall clocks to moments: the sessions of a trading day in UTC nanoseconds.

Laws: the sessions of a calendar follow one another without gap or overlap, so every moment between
its first and its last session has exactly one trading day and phase; ``trading_day_at`` inverts
``sessions_of``.

Daylight saving: a local time that the clocks skip means the moment of the change; one that they
show twice means the first.  Both rules keep the order of local times, so no session turns around.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fencang.basics.time import DAY_NS, SECOND_NS, midnight_ns
from fencang.parameters.calendar.days import (
    BeyondCalendar,
    is_trading_day,
    next_trading_day,
    previous_trading_day,
    session_day_before,
)
from fencang.parameters.calendar.values import (
    DAY_MINUTES,
    Anchor,
    Calendar,
    Phase,
    Session,
    SessionTemplate,
    SpecialDay,
    SpecialKind,
)

__all__ = ["local_ns", "open_sessions_of_date", "sessions_of", "trading_day_at"]

_MINUTE_NS = 60 * SECOND_NS
_EPOCH = date(1970, 1, 1).toordinal()


def sessions_of(calendar: Calendar, trading_day: date) -> tuple[Session, ...]:
    """Return the sessions of a trading day in order, from its first one to that of the next day.

    The last one is always ``close``.  At the end of the span it ends with the last date, because
    nobody knows the next trading day.

    Raises:
        BeyondCalendar: the date lies outside the span.
        ValueError: it is no trading day.
    """
    if not is_trading_day(calendar, trading_day):
        raise ValueError(f"{trading_day} is no trading day of {calendar.calendar_id}")
    stated = _stated(calendar, trading_day)
    sessions: list[Session] = []
    for session in stated:
        if sessions and sessions[-1].end_ns < session.start_ns:
            sessions.append(Session(Phase.HALT, sessions[-1].end_ns, session.start_ns))
        sessions.append(session)
    end_ns = sessions[-1].end_ns
    close_ns = max(end_ns, _next_start_ns(calendar, trading_day))
    if close_ns > end_ns:
        sessions.append(Session(Phase.CLOSE, end_ns, close_ns))
    return tuple(sessions)


def trading_day_at(calendar: Calendar, time_ns: int) -> tuple[date, Phase]:
    """Return the trading day and the phase of a moment.

    Raises:
        BeyondCalendar: the moment lies before the first or behind the last session of the span.
    """
    # No zone is a whole date away from UTC, so the trading day behind this one has not begun.
    late = date.fromordinal(_EPOCH + time_ns // DAY_NS + 2)
    day = max(calendar.first_day, min(late, calendar.last_day))
    if not is_trading_day(calendar, day):
        try:
            day = next_trading_day(calendar, day)
        except BeyondCalendar:
            day = previous_trading_day(calendar, day)
    while _stated(calendar, day)[0].start_ns > time_ns:
        day = previous_trading_day(calendar, day)
    for session in sessions_of(calendar, day):
        if session.start_ns <= time_ns < session.end_ns:
            return day, session.phase
    raise BeyondCalendar(f"{time_ns} lies behind the last session of {calendar.calendar_id}")


def _next_start_ns(calendar: Calendar, trading_day: date) -> int:
    try:
        following = next_trading_day(calendar, trading_day)
    except BeyondCalendar:
        end = calendar.last_day + timedelta(days=1)
        return local_ns(calendar.timezone, end, 0)
    return _stated(calendar, following)[0].start_ns


def _stated(calendar: Calendar, trading_day: date) -> list[Session]:
    """Return the stated sessions of a trading day and of the days joined to it, in order."""
    members = [trading_day]
    while True:
        before, _ = session_day_before(calendar, members[-1])
        special = calendar.special_days.get(before)
        if special is None or special.kind is not SpecialKind.JOINED:
            break
        members.append(before)
    found = [session for day in members for session in _of_one_day(calendar, day)]
    return sorted(found, key=lambda session: session.start_ns)


def _of_one_day(calendar: Calendar, day: date) -> Iterator[Session]:
    special = calendar.special_days.get(day)
    has_night = special is None or special.has_night
    has_night = has_night and not any(
        pause.first_day <= day <= pause.last_day for pause in calendar.pauses
    )
    held = [
        (template.phase, *span)
        for template in _templates_of(calendar, day)
        if (has_night or not template.is_of_the_night)
        and (span := _span_ns(calendar, template, day)) is not None
    ]
    return _cut(calendar, special, held)


def open_sessions_of_date(calendar: Calendar, day: date) -> list[Session]:
    """Return the open sessions that one date contributes, whatever trading day they belong to."""
    return [session for session in _of_one_day(calendar, day) if session.phase is Phase.OPEN]


def _templates_of(calendar: Calendar, day: date) -> Iterable[SessionTemplate]:
    for template in calendar.templates:
        in_force = template.from_day <= day <= template.to_day
        if in_force and day.isoweekday() in template.weekdays:
            yield template


def _span_ns(calendar: Calendar, template: SessionTemplate, day: date) -> tuple[int, int] | None:
    """Return start and end of a template's session of a day; None when it is not held."""
    start_day = day
    if template.anchor is Anchor.CALENDAR_DAY_BEFORE:
        start_day = day - timedelta(days=1)
    elif template.anchor is Anchor.SESSION_DAY_BEFORE:
        start_day, has_holiday = session_day_before(calendar, day)
        if has_holiday and not template.before_holidays:
            return None
    start_zone = template.start_timezone or calendar.timezone
    end_zone = template.end_timezone or calendar.timezone
    start_ns = local_ns(start_zone, start_day, template.start_minute)
    return start_ns, local_ns(end_zone, start_day, template.end_minute)


def _cut(
    calendar: Calendar, special: SpecialDay | None, held: Iterable[tuple[Phase, int, int]]
) -> Iterator[Session]:
    """Yield what a late open and an early close leave; a pre-open that leads to the open stays."""
    opens_ns = closes_ns = None
    if special is not None and special.opens_minute is not None:
        opens_ns = local_ns(calendar.timezone, special.day, special.opens_minute)
    if special is not None and special.closes_minute is not None:
        closes_ns = local_ns(calendar.timezone, special.day, special.closes_minute)
    for phase, stated_start_ns, stated_end_ns in held:
        start_ns, end_ns = stated_start_ns, stated_end_ns
        leads_to_open = phase is Phase.PRE_OPEN and end_ns == opens_ns
        if opens_ns is not None and not leads_to_open:
            start_ns = max(start_ns, opens_ns)
        if closes_ns is not None:
            end_ns = min(end_ns, closes_ns)
        if start_ns < end_ns:
            yield Session(phase, start_ns, end_ns)


def local_ns(timezone: str, day: date, minute: int) -> int:
    """Return the moment of a wall-clock time, minutes counted from midnight of a date."""
    days, minute = divmod(minute, DAY_MINUTES)
    return _local_ns(timezone, day.toordinal() + days, minute)


@lru_cache(maxsize=65_536)
def _local_ns(timezone: str, ordinal: int, minute: int) -> int:
    zone = ZoneInfo(timezone)
    hour, rest = divmod(minute, 60)
    day = date.fromordinal(ordinal)
    local = datetime(day.year, day.month, day.day, hour, rest, tzinfo=zone)
    first_ns = _offset_applied_ns(local, ordinal, minute)
    second_ns = _offset_applied_ns(local.replace(fold=1), ordinal, minute)
    if first_ns <= second_ns:  # an ordinary time, or one that is shown twice
        return first_ns
    return _change_ns(zone, second_ns, first_ns)


def _offset_applied_ns(local: datetime, ordinal: int, minute: int) -> int:
    offset = local.utcoffset()
    assert offset is not None, "a zone of the time zone database states its offset"
    wall_ns = midnight_ns(date.fromordinal(ordinal)) + minute * _MINUTE_NS
    return wall_ns - (offset.days * 86_400 + offset.seconds) * SECOND_NS


def _change_ns(zone: ZoneInfo, before_ns: int, behind_ns: int) -> int:
    """Return the moment at which the clocks change, to the second."""
    before, behind = before_ns // SECOND_NS, behind_ns // SECOND_NS
    old = datetime.fromtimestamp(before, UTC).astimezone(zone).utcoffset()
    while behind - before > 1:
        middle = (before + behind) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == old:
            before = middle
        else:
            behind = middle
    return behind * SECOND_NS
