"""The auditor's breaks: one life each, from the statement that showed it to its end.

Laws: a report compares a book that existed on a day that has begun; a break is opened when it is
new, seen again when it is known, and cleared when a statement that would show it does not; one that
was explained or written off stays so while its difference stays; it is resolved while it is open,
for a reason, and a booking lies between the book that was compared and the resolution.
"""

from collections import defaultdict
from datetime import date

from fencang.messages.reconciliation_commands import (
    BreakFound,
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
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Breaks"]


class _Break:
    """One break: its latest sighting, its first and last day, how it was resolved."""

    __slots__ = ("first_day", "found", "last_day", "resolution")

    def __init__(self, found: BreakFound, first_day: date, last_day: date) -> None:
        self.found, self.first_day, self.last_day = found, first_day, last_day
        self.resolution: Resolution | None = None

    def difference(self) -> tuple[bool, bool, int]:
        """Return which sides are there, and by how much they differ."""
        return _difference(self.found)


def _difference(found: BreakFound) -> tuple[bool, bool, int]:
    return (
        found.ours is None,
        found.theirs is None,
        (found.theirs or 0) - (found.ours or 0),
    )


class Breaks:
    """Breaks by carrying account and identity."""

    def __init__(self, reference: Reference, days: Days) -> None:
        self.reference, self.days = reference, days
        self.open: defaultdict[str, dict[str, _Break]] = defaultdict(dict)
        self.resolved: defaultdict[str, dict[str, _Break]] = defaultdict(dict)
        self.compared: dict[str, int] = {}
        self.handlers: Handlers = {
            ReconciliationReported: self._report,
            BreakOpened: self._open,
            BreakSeenAgain: self._see,
            BreakCleared: self._clear,
            BreakAssigned: self._assign,
            BreakResolved: self._resolve,
        }

    def count(self, carrying_account_id: str) -> int:
        """Return how many breaks are open at an account."""
        return len(self.open[carrying_account_id])

    # --------------------------------------------------------------------------------- statements

    def _report(self, page: Page, event: ReconciliationReported) -> None:
        account = event.carrying_account_id
        if not 0 < event.at_sequence < page.record.sequence:
            page.report("break", f"{account} was compared with the book of {event.at_sequence}")
        venues = self.reference.carrying[account].venues
        begun = [self.days.today[each] for each in venues if each in self.days.today]
        if event.trading_day > max(begun, default=date.min):
            page.report("break", f"a statement of {event.trading_day}, which has not begun")
        self.compared[account] = event.at_sequence
        self._check_told(page, event)

    def _check_told(self, page: Page, event: ReconciliationReported) -> None:
        """Check that every break of the statement is told of, and every one that went away."""
        command = page.record.command
        if not isinstance(command, ReportReconciliation):
            page.report("break", "a statement was compared unasked")
            return
        told = [
            other.found
            for other in page.record.events
            if isinstance(other, BreakOpened | BreakSeenAgain)
        ]
        if tuple(told) != command.breaks:
            page.report("break", f"{len(command.breaks)} were found, told are {len(told)}")
        shown = {found.break_id for found in command.breaks}
        gone = sorted(
            break_id
            for break_id, each in self.open[event.carrying_account_id].items()
            if break_id not in shown and self._would_show(event, each)
        )
        cleared = [
            other.break_id for other in page.record.events if isinstance(other, BreakCleared)
        ]
        if cleared != gone:
            page.report("break", f"gone are {gone}, cleared were {cleared}")

    def _would_show(self, event: ReconciliationReported, known: _Break) -> bool:
        section = known.found.section
        if section not in event.sections:
            return False
        if section.is_of_the_day:
            return known.first_day == event.trading_day
        return known.last_day <= event.trading_day

    def _open(self, page: Page, event: BreakOpened) -> None:
        account, break_id = event.carrying_account_id, event.found.break_id
        before = self.resolved[account].pop(break_id, None)
        if break_id in self.open[account]:
            page.report("break", f"{break_id} at {account} is opened and was open")
        if event.is_reopened != (before is not None):
            page.report("break", f"{break_id} at {account} is not new, or is")
        day = event.trading_day
        first = day if before is None else min(before.first_day, day)
        if before is not None and _is_settled(before, event.found):
            page.report("break", f"{break_id} at {account} was settled and is the same")
        self.open[account][break_id] = _Break(event.found, first, day)

    def _see(self, page: Page, event: BreakSeenAgain) -> None:
        account, break_id = event.carrying_account_id, event.found.break_id
        places = self.resolved if event.is_resolved else self.open
        known = places[account].get(break_id)
        if known is None:
            page.report("break", f"{break_id} at {account} was seen again and is not known")
            return
        if event.is_resolved and not _is_settled(known, event.found):
            page.report("break", f"{break_id} at {account} differs by more than was settled")
        known.first_day = min(known.first_day, event.trading_day)
        if event.trading_day >= known.last_day:
            known.last_day, known.found = event.trading_day, event.found

    def _clear(self, page: Page, event: BreakCleared) -> None:
        if self.open[event.carrying_account_id].pop(event.break_id, None) is None:
            page.report("break", f"{event.break_id} was cleared and was not open")

    # -------------------------------------------------------------------------------------- ends

    def _assign(self, page: Page, event: BreakAssigned) -> None:
        if event.break_id not in self.open[event.carrying_account_id]:
            page.report("break", f"{event.break_id} was given to somebody and is not open")

    def _resolve(self, page: Page, event: BreakResolved) -> None:
        account, command = event.carrying_account_id, page.record.command
        known = self.open[account].pop(event.break_id, None)
        if known is None or not isinstance(command, ResolveBreak):
            page.report("break", f"{event.break_id} at {account} cannot be resolved")
            return
        if command.break_id not in {event.break_id, known.found.cause_id}:
            page.report("break", f"{event.break_id} ends with {command.break_id}, not its cause")
        if event.approved_by in ("", event.entered_by):
            page.report("second person", f"{event.break_id} resolved by {event.approved_by!r}")
        if not event.reason.strip():
            page.report("break", f"{event.break_id} was resolved without a reason")
        is_booked = event.resolution is Resolution.BOOKED
        compared = self.compared.get(account, 0)
        if is_booked and not compared < event.booked_sequence < page.record.sequence:
            page.report("break", f"{event.break_id} was booked at {event.booked_sequence}")
        if not is_booked and event.booked_sequence:
            page.report("break", f"{event.break_id} was not booked, but at a sequence")
        known.resolution = event.resolution
        self.resolved[account][event.break_id] = known


def _is_settled(known: _Break, found: BreakFound) -> bool:
    is_kept = known.resolution in {Resolution.EXPLAINED, Resolution.WRITTEN_OFF}
    return is_kept and known.difference() == _difference(found)
