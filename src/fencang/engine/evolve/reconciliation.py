"""Breaks open, age, get an owner, and end; no book changes by any of it."""

from fencang.engine.reconciliation import Reconciliation
from fencang.engine.state import DeskState
from fencang.messages import reconciliation_events as ev

__all__: list[str] = []


def on_reported(state: DeskState, event: ev.ReconciliationReported) -> None:
    """Keep which statement was compared last, and with which book."""
    known = state.reconciliations.setdefault(event.carrying_account_id, Reconciliation())
    known.last_day = max(known.last_day, event.trading_day.toordinal())
    known.sha256 = event.sha256
    known.at_sequence = event.at_sequence


def on_opened(state: DeskState, event: ev.BreakOpened) -> None:
    """Keep a break from its first day on."""
    known = state.reconciliations[event.carrying_account_id]
    known.open(event.found, event.trading_day.toordinal())


def on_seen_again(state: DeskState, event: ev.BreakSeenAgain) -> None:
    """Let a break age."""
    known = state.reconciliations[event.carrying_account_id]
    held = known.resolved if event.is_resolved else known.unresolved
    held[event.found.break_id].see(event.found, event.trading_day.toordinal())


def on_cleared(state: DeskState, event: ev.BreakCleared) -> None:
    """Forget a break that both books no longer show; the journal remembers it."""
    del state.reconciliations[event.carrying_account_id].unresolved[event.break_id]


def on_assigned(state: DeskState, event: ev.BreakAssigned) -> None:
    """Note who looks after a break."""
    found = state.reconciliations[event.carrying_account_id].unresolved[event.break_id]
    found.owner, found.reason = event.owner, event.reason


def on_resolved(state: DeskState, event: ev.BreakResolved) -> None:
    """Move a break to those that were resolved."""
    known = state.reconciliations[event.carrying_account_id]
    known.resolve(event.break_id, event.resolution, event.reason)
