"""``fencang calendar``: what the calendars know, or the days and sessions of one of them."""

import difflib
import json
import sys
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fencang.app.exit_status import InputFault, UsageFault
from fencang.basics.time import format_time
from fencang.parameters.calendar.days import BeyondCalendar, is_trading_day, trading_days
from fencang.parameters.calendar.faults import CalendarFileFault
from fencang.parameters.calendar.sessions import sessions_of
from fencang.parameters.calendar.shipped import calendar_ids, load_calendar, load_calendars
from fencang.parameters.calendar.values import (
    Calendar,
    NightPause,
    Session,
    SessionTemplate,
    SpecialDay,
)

__all__ = ["CalendarQuestion", "run_calendar"]

DAYS_SHOWN = 7
"""Trading days that are shown when no end was asked for."""


class CalendarQuestion(NamedTuple):
    """Which calendar, and which days of it; an empty name asks for the list."""

    calendar_id: str
    first: date | None
    last: date | None


def run_calendar(question: CalendarQuestion, *, as_json: bool) -> None:
    """List the calendars, or show one.

    Raises:
        UsageFault: no such calendar, or days outside of its span.
        InputFault: a calendar's file is faulty, or this machine knows no time zones.
    """
    from fencang.app.commands.calendar_words import tell_calendar, tell_list

    tell = tell_calendar if question.calendar_id else tell_list
    try:
        found = _answer(question) if question.calendar_id else _list(question)
    except CalendarFileFault as fault:
        words = f"{fault.file}: {len(fault.faults)} faults"
        raise InputFault(words, [str(each) for each in fault.faults]) from fault
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        tell(found)


def _list(question: CalendarQuestion) -> dict[str, Any]:
    if question.first is not None or question.last is not None:
        raise UsageFault("--from and --to need the name of a calendar")
    return {"calendars": [_summary(calendar) for calendar in load_calendars()]}


def _answer(question: CalendarQuestion) -> dict[str, Any]:
    calendar = load_calendar(question.calendar_id)
    if calendar is None:
        known = calendar_ids()
        near = difflib.get_close_matches(question.calendar_id, known, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise UsageFault(f"there is no calendar {question.calendar_id!r}{hint}", known)
    try:
        first, last = _span(calendar, question)
        days = trading_days(calendar, first, last)
    except BeyondCalendar as fault:
        raise UsageFault(str(fault)) from fault
    special_days = [
        special
        for day, special in sorted(calendar.special_days.items())
        if first <= day <= last and day.isoweekday() not in calendar.weekend_days
    ]
    templates = [
        each for each in calendar.templates if _meet(first, last, each.from_day, each.to_day)
    ]
    pauses = [each for each in calendar.pauses if _meet(first, last, each.first_day, each.last_day)]
    cited = {name for special in special_days for name in special.sources}
    cited |= {name for each in templates for name in each.sources}
    cited |= {name for pause in pauses for name in pause.sources}
    return {
        **_summary(calendar),
        "from": first,
        "to": last,
        "trading_days": [_day(calendar, day) for day in days],
        "special_days": [_special(special) for special in special_days],
        "night_pauses": [_pause(pause) for pause in pauses],
        "unconfirmed_sessions": [_template(each) for each in templates if not each.confirmed],
        "sources": [each._asdict() for each in calendar.sources if each.source_id in cited],
    }


def _meet(first: date, last: date, from_day: date, to_day: date) -> bool:
    return from_day <= last and first <= to_day


def _span(calendar: Calendar, question: CalendarQuestion) -> tuple[date, date]:
    """Return the days asked for: from today on where no start is, a week where no end is."""
    today = datetime.now(UTC).date()
    first = question.first or question.last
    if first is None:
        first = today if calendar.first_day <= today <= calendar.last_day else calendar.first_day
    if question.last is not None:
        if question.last < first:
            raise UsageFault(f"--to {question.last} lies before --from {first}")
        return first, question.last
    last, shown = first, 0
    while last < calendar.last_day:
        shown += is_trading_day(calendar, last)
        if shown == DAYS_SHOWN:
            break
        last = date.fromordinal(last.toordinal() + 1)
    return first, last


def _summary(calendar: Calendar) -> dict[str, Any]:
    unconfirmed = [
        special.day
        for special in calendar.special_days.values()
        if not special.confirmed and calendar.first_day <= special.day <= calendar.last_day
    ]
    return {
        "calendar": calendar.calendar_id,
        "name": calendar.name,
        "venue": calendar.venue,
        "country": calendar.country,
        "timezone": calendar.timezone,
        "first_day": calendar.first_day,
        "last_day": calendar.last_day,
        "products": list(calendar.products),
        "source_titles": [source.title for source in calendar.sources],
        "unconfirmed_days": len(unconfirmed),
        "unconfirmed_templates": sum(not each.confirmed for each in calendar.templates),
        "unconfirmed_pauses": sum(not each.confirmed for each in calendar.pauses),
    }


def _day(calendar: Calendar, day: date) -> dict[str, Any]:
    special = calendar.special_days.get(day)
    sessions = sessions_of(calendar, day)
    return {
        "day": day,
        "note": special.words if special else "",
        "name": special.name if special else "",
        "confirmed": special.confirmed if special else True,
        "sessions": [_session(calendar, session) for session in sessions],
    }


def _session(calendar: Calendar, session: Session) -> dict[str, Any]:
    return {
        "phase": session.phase.value,
        "local_start": _local(calendar, session.start_ns),
        "local_end": _local(calendar, session.end_ns),
        "start_ns": session.start_ns,
        "end_ns": session.end_ns,
        "utc_start": format_time(session.start_ns),
        "utc_end": format_time(session.end_ns),
    }


def _local(calendar: Calendar, time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns // 10**9, ZoneInfo(calendar.timezone))
    return moment.isoformat(timespec="minutes")


def _special(special: SpecialDay) -> dict[str, Any]:
    return {
        "day": special.day,
        "name": special.name,
        "kind": special.kind.value,
        "note": special.words,
        "sources": list(special.sources),
        "confirmed": special.confirmed,
    }


def _pause(pause: NightPause) -> dict[str, Any]:
    return {
        "name": pause.name,
        "first_day": pause.first_day,
        "last_day": pause.last_day,
        "sources": list(pause.sources),
        "confirmed": pause.confirmed,
    }


def _template(template: SessionTemplate) -> dict[str, Any]:
    return {
        "phase": template.phase.value,
        "clock": template.clock_words,
        "from_day": template.from_day,
        "to_day": template.to_day,
        "sources": list(template.sources),
    }
