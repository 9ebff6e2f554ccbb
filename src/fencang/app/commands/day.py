"""``fencang day``: the checklist of every venue, and the commands that open and close its day."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from fencang.app.data_directory import committing, recovered
from fencang.app.exit_status import ExitStatus, InputFault, UsageFault
from fencang.engine.checklist import checklist, unmet
from fencang.engine.machine import Machine
from fencang.engine.state import DeskState
from fencang.journal.sequencer import Sequencer
from fencang.messages.commands import AnyCommand
from fencang.messages.day_commands import Check, CloseTradingDay, OpenTradingDay
from fencang.messages.events import CommandRejected
from fencang.refdata.session import Phase, Session

__all__ = ["Persons", "parse_session", "run_close", "run_open", "run_status"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Found = dict[str, Any]


class Persons(NamedTuple):
    """Who asks, who approves, and why."""

    entered_by: str
    approved_by: str
    reason: str


def run_status(data: Path, day: date | None, venue_id: str, *, as_json: bool) -> ExitStatus:
    """Show the checklists; 1 when a day that is not closed lacks something."""
    state = recovered(data).state
    venues = [_status(state, name, day) for name in _chosen(state, venue_id)]
    _tell({"sequence": state.sequence, "venues": venues}, as_json=as_json)
    lacking = any(not row["is_met"] for venue in venues for row in venue["rows"])
    return ExitStatus.DIFFERENCES_FOUND if lacking else ExitStatus.DONE


def _chosen(state: DeskState, venue_id: str) -> list[str]:
    if venue_id and venue_id not in state.venues:
        known = ", ".join(sorted(state.venues)) or "none"
        raise InputFault(f"this desk has no venue {venue_id}; it has {known}")
    return [venue_id] if venue_id else sorted(state.venues)


def _status(state: DeskState, venue_id: str, day: date | None = None) -> Found:
    venue = state.venues[venue_id]
    today = date.fromordinal(venue.today) if venue.today else None
    is_shown = today is not None and not venue.is_day_closed and day in (None, today)
    rows = checklist(state, venue_id) if is_shown else ()
    return {
        "venue": venue_id,
        "trading_day": today.isoformat() if today is not None else None,
        "phase": venue.phase.value,
        "is_settled": venue.today != 0 and venue.settled_day == venue.today,
        "is_closed": venue.is_day_closed,
        "rows": [
            {"check": row.check.value, "is_met": row.is_met, "missing": row.missing} for row in rows
        ],
    }


# --------------------------------------------------------------------------- opening and closing


def run_open(
    data: Path,
    day: date,
    venue_id: str,
    sessions: Sequence[str],
    persons: Persons,
    *,
    calendar_id: str = "",
    as_json: bool,
) -> ExitStatus:
    """Open the day at a venue, or at every venue that trades on it."""
    if calendar_id:
        parsed = _of_calendar(calendar_id, day, venue_id, sessions)
    else:
        parsed = tuple(sorted((parse_session(text) for text in sessions), key=_start))
    with committing(data) as sequencer:
        state = sequencer.machine.state
        names = [
            name
            for name in _chosen(state, venue_id)
            if venue_id or state.venues[name].venue.is_trading_day(day)
        ]
        commands = {
            name: OpenTradingDay(
                venue_id=name, trading_day=day, sessions=parsed, **persons._asdict()
            )
            for name in names
        }
        return _commit(sequencer, commands, as_json=as_json)


def _of_calendar(
    calendar_id: str, day: date, venue_id: str, sessions: Sequence[str]
) -> tuple[Session, ...]:
    """Return the sessions that a trading calendar has for a day."""
    from fencang.parameters.calendar.days import BeyondCalendar, is_trading_day
    from fencang.parameters.calendar.sessions import sessions_of
    from fencang.parameters.calendar.shipped import calendar_ids, load_calendar

    if not venue_id:
        raise UsageFault("--calendar gives one venue's sessions; name it with --venue")
    if sessions:
        raise UsageFault("--calendar and --session both state the day's sessions; give one of them")
    calendar = load_calendar(calendar_id)
    if calendar is None:
        raise UsageFault(f"there is no calendar {calendar_id!r}", calendar_ids())
    try:
        if not is_trading_day(calendar, day):
            raise UsageFault(f"{day} is no trading day of the calendar {calendar_id}")
    except BeyondCalendar as fault:
        raise UsageFault(str(fault)) from fault
    return tuple(
        Session(Phase(each.phase.value), each.start_ns, each.end_ns)
        for each in sessions_of(calendar, day)
    )


def run_close(
    data: Path,
    day: date,
    venue_id: str,
    accepted: Sequence[str],
    persons: Persons,
    *,
    as_json: bool,
) -> ExitStatus:
    """Close the day at a venue, or at every venue that is on it."""
    named = [_check(text) for text in accepted]
    with committing(data) as sequencer:
        state = sequencer.machine.state
        commands: dict[str, AnyCommand] = {}
        for name in _chosen(state, venue_id):
            if not venue_id and state.venues[name].today != day.toordinal():
                continue
            lacking = [row.check for row in unmet(checklist(state, name))]
            commands[name] = CloseTradingDay(
                venue_id=name,
                trading_day=day,
                accepted=tuple(check for check in named if venue_id or check in lacking),
                **persons._asdict(),
            )
        return _commit(sequencer, commands, as_json=as_json)


def _commit(
    sequencer: Sequencer[Machine], commands: "dict[str, Any]", *, as_json: bool
) -> ExitStatus:
    """Commit one command per venue and tell what came of each; 1 when one was refused."""
    if not commands:
        raise InputFault("no venue of this desk is on that day; nothing was changed")
    outcomes = []
    for venue_id, command in commands.items():
        try:
            msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=type(command))
        except msgspec.ValidationError as fault:
            raise UsageFault(f"{venue_id}: {fault}; nothing was changed there") from fault
        (record,) = sequencer.commit([command])
        refused = [event for event in record.events if isinstance(event, CommandRejected)]
        found = _status(sequencer.machine.state, venue_id)
        found["refused"] = refused[0].detail if refused else ""
        found["reason"] = refused[0].reason.words if refused else ""
        outcomes.append(found)
    _tell({"sequence": sequencer.machine.sequence, "venues": outcomes}, as_json=as_json)
    if any(found["refused"] for found in outcomes):
        return ExitStatus.DIFFERENCES_FOUND
    return ExitStatus.DONE


def _check(text: str) -> Check:
    try:
        return Check(text)
    except ValueError:
        known = ", ".join(check.value for check in Check)
        raise UsageFault(
            f"--accept {text}: the checklist has no such row; it has {known}"
        ) from None


def _start(session: Session) -> int:
    return session.start_ns


def parse_session(text: str) -> Session:
    """Return the session that ``open=2024-07-01T13:30Z/2024-07-01T20:00Z`` stands for.

    Raises:
        UsageFault: another form, an unknown phase, or a time without its offset from UTC.
    """
    phase, equals, span = text.partition("=")
    begin, slash, end = span.partition("/")
    if not equals or not slash or phase not in [each.value for each in Phase]:
        raise UsageFault(
            f"--session {text}: want PHASE=FROM/TO, PHASE one of pre_open, open, halt, close, "
            "such as open=2024-07-01T13:30Z/2024-07-01T20:00Z"
        )
    return Session(Phase(phase), _time_ns(text, begin), _time_ns(text, end))


def _time_ns(text: str, value: str) -> int:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise UsageFault(
            f"--session {text}: {value!r} is no time such as 2024-07-01T13:30Z"
        ) from None
    if found.tzinfo is None:
        raise UsageFault(f"--session {text}: {value} has no offset; end it with Z for UTC")
    return (found - EPOCH) // timedelta(microseconds=1) * 1_000


def _tell(found: Found, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    from fencang.app.commands.day_words import tell

    tell(found)
