"""How markets move."""

from fencang.engine.state import DeskState
from fencang.messages.substitution_events import MovesReported

__all__ = ["on_moves_reported"]


def on_moves_reported(state: DeskState, event: MovesReported) -> None:
    """Keep what is no older than what is known."""
    moves = state.risk.substitutes.moves
    moves.take(event.as_of_ns, event.deviations, event.correlations)
