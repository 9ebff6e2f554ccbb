"""Drafts opened and closed, and the founding of a desk's authority."""

from collections.abc import Callable
from typing import Any

from fencang.engine.phases import refresh_phase_due
from fencang.engine.state import DeskState
from fencang.messages import draft_events as ev

__all__ = ["DRAFT_CHANGES"]


def on_founded(state: DeskState, event: ev.AuthorityFounded) -> None:
    """Keep what signatures name the desk by."""
    state.authority.desk_id = event.desk_id


def on_proposed(state: DeskState, event: ev.DraftProposed) -> None:
    """Open a draft."""
    state.authority.drafts.add(event)
    refresh_phase_due(state)


def on_closed(
    state: DeskState,
    event: ev.DraftApproved | ev.DraftRejected | ev.DraftWithdrawn | ev.DraftExpired,
) -> None:
    """Close a draft; what it brought about are events of their own."""
    state.authority.drafts.close(event.draft_id)
    refresh_phase_due(state)


def on_told(state: DeskState, event: ev.SingleOperatorActed | ev.DraftRefused) -> None:
    """Nothing to keep: it is told, and stands in the journal."""


DRAFT_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    ev.AuthorityFounded: on_founded,
    ev.DraftProposed: on_proposed,
    ev.DraftApproved: on_closed,
    ev.DraftRefused: on_told,
    ev.DraftRejected: on_closed,
    ev.DraftWithdrawn: on_closed,
    ev.DraftExpired: on_closed,
    ev.SingleOperatorActed: on_told,
}
