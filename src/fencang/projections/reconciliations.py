"""The history of breaks per carrying account: since when, who looks after them, how they ended."""

from datetime import date
from typing import NamedTuple

from fencang.messages.reconciliation_commands import BreakFound
from fencang.messages.reconciliation_events import (
    BreakAssigned,
    BreakCleared,
    BreakOpened,
    BreakResolved,
    BreakSeenAgain,
    ReconciliationReported,
)
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["ENDED_MAX", "BreakHistory", "Reconciliations"]

ENDED_MAX = 10_000
"""Ended breaks of one account that stay here; the journal has all of them."""


class BreakHistory(NamedTuple):
    """One break from its first day to its end; ``end`` is empty while it is open."""

    found: BreakFound
    first_seen: date
    last_seen: date
    owner: str = ""
    reason: str = ""
    end: str = ""
    """``cleared``, ``booked``, ``explained`` or ``written off``."""
    ended_at: int = 0
    """Sequence of the command that ended it."""
    booked_sequence: int = 0
    entered_by: str = ""
    approved_by: str = ""


class Reconciliations(Projection):
    """Open and ended breaks, and the last report of every carrying account."""

    __slots__ = ("_ended", "_open", "reports")

    def __init__(self) -> None:
        self._open: dict[str, dict[str, BreakHistory]] = {}
        self._ended: dict[str, dict[str, BreakHistory]] = {}
        self.reports: dict[str, ReconciliationReported] = {}

    def apply(self, record: Record) -> None:
        """Fold in the life of breaks."""
        for event in record.events:
            match event:
                case ReconciliationReported():
                    self.reports[event.carrying_account_id] = event
                case BreakOpened():
                    self._opened(event)
                case BreakSeenAgain():
                    self._seen(event)
                case BreakCleared():
                    ended = self._take(event.carrying_account_id, event.break_id)
                    ended = ended._replace(end="cleared", ended_at=record.sequence)
                    self._end(event.carrying_account_id, ended)
                case BreakAssigned():
                    held = self._open[event.carrying_account_id]
                    known = held[event.break_id]
                    held[event.break_id] = known._replace(owner=event.owner, reason=event.reason)
                case BreakResolved():
                    self._resolved(event, record.sequence)
                case _:
                    pass

    def content(self) -> object:
        """Return all breaks and reports."""
        return [
            {account: list(held.values()) for account, held in parts.items()}
            for parts in (self._open, self._ended)
        ] + [self.reports]

    def unresolved(self, carrying_account_id: str) -> list[BreakHistory]:
        """Return open breaks, the oldest first."""
        held = self._open.get(carrying_account_id, {}).values()
        return sorted(held, key=lambda each: (each.first_seen, each.found.break_id))

    def ended(self, carrying_account_id: str) -> list[BreakHistory]:
        """Return ended breaks in the order they ended."""
        return list(self._ended.get(carrying_account_id, {}).values())

    def known(self, carrying_account_id: str, break_id: str) -> BreakHistory | None:
        """Return an open break, or an ended one that is remembered."""
        found = self._open.get(carrying_account_id, {}).get(break_id)
        return found or self._ended.get(carrying_account_id, {}).get(break_id)

    def _opened(self, event: BreakOpened) -> None:
        account = event.carrying_account_id
        before = self._ended.get(account, {}).pop(event.found.break_id, None)
        day = event.trading_day
        history = BreakHistory(event.found, day, day)
        if before is not None and event.is_reopened:
            first = min(before.first_seen, day)
            history = history._replace(first_seen=first, owner=before.owner)
        self._open.setdefault(account, {})[event.found.break_id] = history

    def _seen(self, event: BreakSeenAgain) -> None:
        parts = self._ended if event.is_resolved else self._open
        held = parts.get(event.carrying_account_id, {})
        known = held.get(event.found.break_id)
        if known is None:  # an ended one that is no longer remembered
            return
        day = event.trading_day
        seen = known._replace(first_seen=min(known.first_seen, day))
        if day >= known.last_seen:
            seen = seen._replace(last_seen=day, found=event.found)
        held[event.found.break_id] = seen

    def _resolved(self, event: BreakResolved, sequence: int) -> None:
        known = self._take(event.carrying_account_id, event.break_id)
        ended = known._replace(
            end=event.resolution.name.lower().replace("_", " "),
            ended_at=sequence,
            reason=event.reason,
            booked_sequence=event.booked_sequence,
            entered_by=event.entered_by,
            approved_by=event.approved_by,
        )
        self._end(event.carrying_account_id, ended)

    def _take(self, account: str, break_id: str) -> BreakHistory:
        return self._open[account].pop(break_id)

    def _end(self, account: str, history: BreakHistory) -> None:
        held = self._ended.setdefault(account, {})
        held[history.found.break_id] = history
        while len(held) > ENDED_MAX:
            del held[next(iter(held))]
