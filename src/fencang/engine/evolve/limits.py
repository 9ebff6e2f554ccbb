"""Warnings that were told, overrides that begin and end."""

from collections.abc import Callable
from typing import Any

from fencang.engine.evolve.overrides import begin_override, end_override
from fencang.engine.phases import refresh_phase_due
from fencang.engine.risk.loss_links import refresh_memory
from fencang.engine.state import DeskState
from fencang.messages.limit_events import (
    LimitWarned,
    LimitWarningEnded,
    OverrideBegun,
    OverrideEnded,
)
from fencang.messages.reasons import Reason

__all__ = ["LIMIT_CHANGES"]

_OF_EXPOSURE = frozenset({Reason.GROSS_EXPOSURE, Reason.NET_EXPOSURE, Reason.BETA_EXPOSURE})


def on_level(state: DeskState, event: LimitWarned | LimitWarningEnded) -> None:
    """Remember the level that was told, or what is left of it."""
    key = int(event.reason), event.node_id, event.scope_id, event.side
    state.risk.warnings.remember(key, event.level_ppm)
    if event.reason is Reason.POSITION_LIMIT:
        state.limits.touch()
    elif event.reason in _OF_EXPOSURE:
        path = state.path_above(event.node_id)
        state.risk.exposures.refresh(state.risk.warnings, path, event.scope_id)
    elif event.node_id in state.risk.losses.memories:
        refresh_memory(state, state.risk.losses.memories[event.node_id])


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
