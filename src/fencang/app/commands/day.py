"""``fencang day``: the checklist of every venue, and the commands that open and close its day."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from fencang.app.commands.day_sessions import asked_sessions, require_meaning
from fencang.app.data_directory import committing, recovered
from fencang.app.exit_status import ExitStatus, InputFault, UsageFault
from fencang.basics.time import SECOND_NS
from fencang.engine.checklist import checklist, unmet
from fencang.engine.machine import Machine
from fencang.engine.phases import next_change_ns
from fencang.engine.state import DeskState
from fencang.engine.venues import ProductHours
from fencang.journal.sequencer import Sequencer
from fencang.messages.commands import AnyCommand
from fencang.messages.day_commands import Check, CloseTradingDay, OpenTradingDay
from fencang.messages.events import CommandRejected

__all__ = ["Persons", "run_close", "run_open", "run_status"]

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
        "product_hours": [_hours(state, hours) for hours in venue.product_hours],
        "is_settled": venue.today != 0 and venue.settled_day == venue.today,
        "is_closed": venue.is_day_closed,
        "rows": [
            {"check": row.check.value, "is_met": row.is_met, "missing": row.missing} for row in rows
        ],
    }


def _hours(state: DeskState, hours: ProductHours) -> Found:
    """Return the phase of products with hours of their own, and when the next one is due (UTC)."""
    due_ns = next_change_ns(hours, state.time_ns)
    until = None
    if due_ns is not None:
        until = f"{datetime.fromtimestamp(due_ns // SECOND_NS, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"products": list(hours.product_ids), "phase": hours.phase.value, "until": until}


# --------------------------------------------------------------------------- opening and closing


def run_open(
    data: Path,
    day: date,
    venue_id: str,
    sessions: Sequence[str],
    persons: Persons,
    *,
    calendars: Sequence[str] = (),
    as_json: bool,
) -> ExitStatus:
    """Open the day at a venue, or at every venue that trades on it."""
    require_meaning(venue_id, sessions, calendars)
    with committing(data) as sequencer:
        state = sequencer.machine.state
        names = [
            name
            for name in _chosen(state, venue_id)
            if venue_id or state.venues[name].venue.is_trading_day(day)
        ]
        commands = {
            name: OpenTradingDay(
                venue_id=name,
                trading_day=day,
                **asked_sessions(state, name, day, sessions, calendars)._asdict(),
                **persons._asdict(),
            )
            for name in names
        }
        return _commit(sequencer, commands, as_json=as_json)


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


def _tell(found: Found, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    from fencang.app.commands.day_words import tell

    tell(found)
