"""Warnings that were told, overrides that begin and end."""

from collections.abc import Callable
from typing import Any

from fencang.engine.evolve.overrides import begin_override, end_override
from fencang.engine.phases import refresh_phase_due
from fencang.engine.state import DeskState
from fencang.messages.limit_events import (
    LimitWarned,
    LimitWarningEnded,
    OverrideBegun,
    OverrideEnded,
)

__all__ = ["LIMIT_CHANGES"]


def on_level(state: DeskState, event: LimitWarned | LimitWarningEnded) -> None:
    """Remember the level that was told, or what is left of it."""
    key = int(event.reason), event.node_id, event.scope_id, event.side
    state.risk.warnings.remember(key, event.level_ppm)
    state.limits.touch()


def on_begun(state: DeskState, event: OverrideBegun) -> None:
    """Let the values of an override hold."""
    begin_override(state, event.override_id)
    refresh_phase_due(state)


def on_ended(state: DeskState, event: OverrideEnded) -> None:
    """Let the row hold again as it is stated."""
    end_override(state, event.override_id)
    refresh_phase_due(state)


LIMIT_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    LimitWarned: on_level,
    LimitWarningEnded: on_level,
    OverrideBegun: on_begun,
    OverrideEnded: on_ended,
}
