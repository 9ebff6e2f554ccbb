"""Statements compared and breaks resolved: what was found outside enters as it is, once checked.

A report decides for every break whether it is new, the same as before or no longer there; that is a
matter of identities only, so a day replays to the same breaks with the same age.
"""

from datetime import date

from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.reconciliation import OPEN_BREAKS_MAX, BreakState, Reconciliation
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_commands import (
    AssignBreak,
    ReportReconciliation,
    Resolution,
    ResolveBreak,
)
from fencang.messages.reconciliation_events import (
    BreakAssigned,
    BreakCleared,
    BreakOpened,
    BreakResolved,
    BreakSeenAgain,
    ReconciliationReported,
)

__all__ = ["decide_assign_break", "decide_reconciliation", "decide_resolve_break"]


def decide_reconciliation(state: DeskState, command: ReportReconciliation) -> list[AnyEvent]:
    """Open new breaks, let known ones age, clear those that the statement no longer shows."""
    known = state.reconciliations.get(command.carrying_account_id) or Reconciliation()
    refusal = _day_refusal(state, command) or _breaks_refusal(command)
    if refusal is not None:
        return [refusal]
    account, day = command.carrying_account_id, command.trading_day
    events: list[AnyEvent] = [
        ReconciliationReported(
            carrying_account_id=account,
            trading_day=day,
            sha256=command.sha256,
            at_sequence=command.at_sequence,
            sections=command.sections,
            tolerances=command.tolerances,
            lines_compared=command.lines_compared,
            breaks_count=len(command.breaks),
            entered_by=command.entered_by,
        )
    ]
    gone = known.no_longer_there(
        command.sections, (found.break_id for found in command.breaks), day.toordinal()
    )
    events += [
        BreakCleared(carrying_account_id=account, trading_day=day, break_id=each) for each in gone
    ]
    sightings = _sightings(known, command)
    opened = sum(isinstance(each, BreakOpened) for each in sightings)
    would_be_open = len(known.unresolved) - len(gone) + opened
    if would_be_open > OPEN_BREAKS_MAX:
        detail = f"{would_be_open} breaks would be open at {account}, at most {OPEN_BREAKS_MAX}"
        return [rejected(Reason.BREAKS_TOO_MANY, detail)]
    return events + sightings


def _sightings(known: Reconciliation, command: ReportReconciliation) -> list[AnyEvent]:
    account, day = command.carrying_account_id, command.trading_day
    events: list[AnyEvent] = []
    for found in command.breaks:
        before = known.resolved.get(found.break_id)
        settled = before is not None and before.is_settled_by(found)
        if found.break_id in known.unresolved or settled:
            seen = BreakSeenAgain(
                carrying_account_id=account, trading_day=day, found=found, is_resolved=settled
            )
            events.append(seen)
        else:
            opened = BreakOpened(
                carrying_account_id=account,
                trading_day=day,
                found=found,
                is_reopened=before is not None,
            )
            events.append(opened)
    return events


def _day_refusal(state: DeskState, command: ReportReconciliation) -> CommandRejected | None:
    carrying = state.carrying.get(command.carrying_account_id)
    if carrying is None:
        detail = f"no account {command.carrying_account_id}"
        return rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail)
    today = max(state.venues[venue_id].today for venue_id in carrying.account.venues)
    if command.trading_day.toordinal() > today:
        words = f"the last day opened is {date.fromordinal(today)}" if today else "no day was"
        detail = f"{command.trading_day} has not begun at {command.carrying_account_id}; {words}"
        return rejected(Reason.STATEMENT_OF_THE_FUTURE, detail)
    if not 0 < command.at_sequence < state.sequence:
        detail = (
            f"the book compared is that of sequence {command.at_sequence}; "
            f"decided are 1 to {state.sequence - 1}"
        )
        return rejected(Reason.RECONCILIATION_SEQUENCE, detail)
    return None


def _breaks_refusal(command: ReportReconciliation) -> CommandRejected | None:
    told: set[str] = set()
    for place, found in enumerate(command.breaks):
        if found.break_id in told:
            return rejected(Reason.BREAK_TWICE, f"breaks[{place}]: {found.subject} stands twice")
        told.add(found.break_id)
        if found.section not in command.sections:
            detail = (
                f"breaks[{place}]: {found.subject} is of {found.section.name.lower()}, "
                "which the statement is not said to have"
            )
            return rejected(Reason.BREAK_OUTSIDE_SECTIONS, detail)
    return None


def _open_break(
    state: DeskState, carrying_account_id: str, break_id: str
) -> BreakState | CommandRejected:
    if carrying_account_id not in state.carrying:
        return rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, f"no account {carrying_account_id}")
    known = state.reconciliations.get(carrying_account_id)
    found = known.unresolved.get(break_id) if known is not None else None
    if found is None:
        resolved = known is not None and break_id in known.resolved
        words = "is resolved already" if resolved else "is not open"
        detail = f"break {break_id} at {carrying_account_id} {words}"
        return rejected(Reason.BREAK_UNKNOWN, detail)
    return found


def decide_assign_break(state: DeskState, command: AssignBreak) -> list[AnyEvent]:
    """Give an open break an owner; one person may do so, and do so again."""
    found = _open_break(state, command.carrying_account_id, command.break_id)
    if isinstance(found, CommandRejected):
        return [found]
    return [
        BreakAssigned(
            carrying_account_id=command.carrying_account_id,
            break_id=command.break_id,
            owner=command.owner,
            reason=command.reason,
            entered_by=command.entered_by,
        )
    ]


def decide_resolve_break(state: DeskState, command: ResolveBreak) -> list[AnyEvent]:
    """End a break, and with it what only follows from it, by two persons' word."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    found = _open_break(state, command.carrying_account_id, command.break_id)
    if isinstance(found, CommandRejected):
        return [found]
    known = state.reconciliations[command.carrying_account_id]
    refusal = _resolution_refusal(state, command, known.at_sequence)
    if refusal is not None:
        return [refusal]
    following = [
        break_id
        for break_id in sorted(known.unresolved)
        if known.unresolved[break_id].found.cause_id == command.break_id
        and break_id != command.break_id
    ]
    return [
        BreakResolved(
            carrying_account_id=command.carrying_account_id,
            break_id=break_id,
            resolution=command.resolution,
            booked_sequence=command.booked_sequence,
            reason=command.reason,
            entered_by=command.entered_by,
            approved_by=command.approved_by,
        )
        for break_id in (command.break_id, *following)
    ]


def _resolution_refusal(
    state: DeskState, command: ResolveBreak, compared_sequence: int
) -> CommandRejected | None:
    """Refuse a resolution without a reason, or with a booking older than the book it mends."""
    if not command.reason.strip():
        detail = "a break is not resolved without a reason"
        return rejected(Reason.BREAK_REASON_MISSING, detail)
    if command.resolution is Resolution.BOOKED:
        if not compared_sequence < command.booked_sequence < state.sequence:
            detail = (
                f"a booking stands after sequence {compared_sequence}, whose book was compared, "
                f"and before {state.sequence}; {command.booked_sequence} does not"
            )
            return rejected(Reason.BREAK_BOOKING, detail)
    elif command.booked_sequence:
        detail = f"{command.resolution.name.lower()} breaks name no booking, 0 stands for none"
        return rejected(Reason.BREAK_BOOKING, detail)
    return None
