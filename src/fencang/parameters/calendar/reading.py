"""A calendar file becomes calendars, or the list of everything that is wrong with it.

One file holds the calendars of a group of venues that keep the same holidays.  ``holidays_from``
takes the sources, special days and night pauses of another file beside it.
"""

import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from fencang.parameters.calendar.faults import CalendarFault, CalendarFileFault
from fencang.parameters.calendar.rules import Observed, Rule, observed_day, parse_rule
from fencang.parameters.calendar.table import NO_ZONE_HINT, Clock, Table, is_zone
from fencang.parameters.calendar.values import (
    DAY_MINUTES,
    Anchor,
    Calendar,
    NightPause,
    Phase,
    SessionTemplate,
    Source,
    SpecialDay,
    SpecialKind,
)
from fencang.parameters.calendar.wholes import faults_of_calendar

__all__ = ["parse_calendars"]

_ALL_DAYS = (1, 2, 3, 4, 5, 6, 7)
_DEPTH_MAX = 2
"""A file may take holidays from another one, and that one from none."""


class _Frame(NamedTuple):
    """What rows are read against: the span of the file and its weekends."""

    first: date
    last: date
    weekend_days: tuple[int, ...]


class _Holidays(NamedTuple):
    sources: tuple[Source, ...]
    special_days: dict[date, SpecialDay]
    pauses: tuple[NightPause, ...]


def parse_calendars(text: str, file: str, beside: Callable[[str], str]) -> tuple[Calendar, ...]:
    """Return the calendars of a file; ``beside`` gives the text of another file of its folder.

    Raises:
        CalendarFileFault: with every fault; no calendar is returned when there is one.
    """
    faults: list[CalendarFault] = []
    root = Table(_parsed(text, file), file, "", faults)
    frame = _Frame(
        root.day("first_day"), root.day("last_day"), root.weekdays("weekend_days", (6, 7))
    )
    if frame.first > frame.last:
        root.fault("last_day", f"lies before first_day {frame.first}")
    taken = _holidays_of(root, frame, beside, faults, depth=1)
    found = _calendars(root, file, frame, taken)
    root.finish()
    if not faults:
        faults += [
            CalendarFault(file, calendar.calendar_id, words)
            for calendar in found
            for words in faults_of_calendar(calendar)
        ]
    if faults:
        raise CalendarFileFault(file, faults)
    return found


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        words = f"is not TOML: {fault}"
        raise CalendarFileFault(file, [CalendarFault(file, "the file", words)]) from fault


def _holidays_of(
    root: Table,
    frame: _Frame,
    beside: Callable[[str], str],
    faults: list[CalendarFault],
    depth: int,
) -> _Holidays:
    """Read sources, special days and pauses of a file and of those it takes holidays from."""
    sources: list[Source] = []
    special_days: dict[date, SpecialDay] = {}
    pauses: list[NightPause] = []
    for name in root.texts("holidays_from"):
        if depth == _DEPTH_MAX:
            root.fault("holidays_from", "stands in a file that another one takes holidays from")
            break
        try:
            other = Table(_parsed(beside(name), name), name, "", faults)
        except FileNotFoundError:
            root.fault("holidays_from", f"there is no file {name!r} beside this one")
            continue
        taken = _holidays_of(other, frame, beside, faults, depth + 1)
        other.finish()
        sources += taken.sources
        special_days |= taken.special_days
        pauses += taken.pauses
    sources += [_source(each) for each in root.each("source")]
    known = [source.source_id for source in sources]
    for each in root.each("special"):
        for special in _special_days(each, frame, known):
            if special.day in special_days:
                each.fault(
                    "", f"{special.day} is special already: {special_days[special.day].name}"
                )
            special_days[special.day] = special
    pauses += [_pause(each, known) for each in root.each("night_pause")]
    return _Holidays(tuple(sources), special_days, tuple(pauses))


def _source(table: Table) -> Source:
    source = Source(table.text("id"), table.text("title"), table.text("url"))
    table.finish()
    return source


def _cited(table: Table, known: Sequence[str]) -> tuple[str, ...]:
    """Return the sources of a row: nothing is stated without one."""
    cited = table.texts("source", required=True)
    for name in cited:
        if name not in known:
            table.fault("source", f"{name!r} is no [[source]] of this file")
    return cited


def _special_days(table: Table, frame: _Frame, known: Sequence[str]) -> list[SpecialDay]:
    """Return the special days that one row makes, by date or by rule."""
    kind = table.choice("kind", SpecialKind)
    closes = table.clock("closes_at").minute if table.has("closes_at") else None
    opens = table.clock("opens_at").minute if table.has("opens_at") else None
    has_night = table.flag("night", default=True)
    changes = closes is not None or opens is not None or not has_night
    if kind is SpecialKind.CLOSED and changes:
        table.fault("kind", "a closed day has no times")
    if kind is SpecialKind.CHANGED and not changes:
        table.fault("kind", "says changed, but neither closes_at, opens_at nor night = false")
    name, sources = table.text("name"), _cited(table, known)
    confirmed = table.flag("confirmed", default=True)
    days = _dates_of(table, frame)
    table.finish()
    return [
        SpecialDay(
            day=day,
            name=name,
            kind=kind,
            closes_minute=closes,
            opens_minute=opens,
            has_night=has_night,
            sources=sources,
            confirmed=confirmed,
        )
        for day in days
    ]


def _dates_of(table: Table, frame: _Frame) -> list[date]:
    days = list(table.days("date"))
    stated = table.text("rule", "")
    weekdays = table.weekdays("weekdays", _ALL_DAYS)
    observed = table.choice("observed", Observed, Observed.NEVER_MOVED)
    years = (
        table.year("from_year", frame.first.year - 1),
        table.year("to_year", frame.last.year + 1),
    )
    left_out = table.years("except_years")
    if bool(days) == bool(stated) and "date" not in table.values:
        table.fault("", "states neither a date nor a rule")
    elif days and stated:
        table.fault("", "states both a date and a rule")
    for day in days:
        if day.isoweekday() in frame.weekend_days:
            table.fault("date", f"{day} is a weekend day, on which nothing is traded anyway")
    if not stated:
        return days
    rule = parse_rule(stated)
    if rule is None:
        table.fault("rule", f'{stated!r} is no rule such as "third monday of january"')
        return []
    return _by_rule(rule, years, left_out, weekdays, observed)


def _by_rule(
    rule: Rule,
    years: tuple[int, int],
    left_out: Sequence[int],
    weekdays: Sequence[int],
    observed: Observed,
) -> list[date]:
    """Return the dates of a rule; ``weekdays`` looks at the date itself, not where it moves."""
    dates = (rule(year) for year in range(years[0], years[1] + 1) if year not in left_out)
    return [observed_day(day, observed) for day in dates if day.isoweekday() in weekdays]


def _pause(table: Table, known: Sequence[str]) -> NightPause:
    pause = NightPause(
        first_day=table.day("first_day"),
        last_day=table.day("last_day"),
        name=table.text("name"),
        sources=_cited(table, known),
        confirmed=table.flag("confirmed", default=True),
    )
    if pause.first_day > pause.last_day:
        table.fault("last_day", f"lies before first_day {pause.first_day}")
    table.finish()
    return pause


def _calendars(root: Table, file: str, frame: _Frame, taken: _Holidays) -> tuple[Calendar, ...]:
    venue, country = root.text("venue"), root.text("country")
    timezone = root.text("timezone")
    if timezone and not is_zone(timezone):
        root.fault("timezone", f"{timezone!r} is no time zone{NO_ZONE_HINT}")
    known = [source.source_id for source in taken.sources]
    found: list[Calendar] = []
    for each in root.each("calendar"):
        calendar = Calendar(
            calendar_id=each.text("id"),
            name=each.text("name"),
            venue=venue,
            country=country,
            timezone=timezone,
            weekend_days=frame.weekend_days,
            first_day=frame.first,
            last_day=frame.last,
            products=each.texts("products"),
            templates=tuple(_template(row, frame, known) for row in each.each("session")),
            special_days=taken.special_days,
            pauses=taken.pauses,
            sources=taken.sources,
            file=file,
        )
        each.finish()
        if any(calendar.calendar_id == other.calendar_id for other in found):
            each.fault("id", f"{calendar.calendar_id!r} stands twice")
        found.append(calendar)
    return tuple(found)


def _template(table: Table, frame: _Frame, known: Sequence[str]) -> SessionTemplate:
    phase = table.choice("phase", Phase)
    if phase in {Phase.HALT, Phase.CLOSE}:
        table.fault("phase", f"{phase} is never stated: it follows from the others")
    start, end = table.clock("start"), table.clock("end")
    template = SessionTemplate(
        phase=phase,
        start_minute=start.minute,
        end_minute=_end_minute(start, end),
        anchor=table.choice("starts_on", Anchor, Anchor.SAME_DAY),
        from_day=table.day("from_day", frame.first),
        to_day=table.day("to_day", frame.last),
        weekdays=table.weekdays("weekdays", _ALL_DAYS),
        start_timezone=start.timezone,
        end_timezone=end.timezone,
        before_holidays=table.flag("before_holidays", default=False),
        sources=_cited(table, known),
        confirmed=table.flag("confirmed", default=True),
    )
    if template.from_day > template.to_day:
        table.fault("to_day", f"lies before from_day {template.from_day}")
    table.finish()
    return template


def _end_minute(start: Clock, end: Clock) -> int:
    """Return the end, counted like the start; it lies behind it by a day at most."""
    if start.timezone != end.timezone:
        return end.minute
    return end.minute if end.minute > start.minute else end.minute + DAY_MINUTES
