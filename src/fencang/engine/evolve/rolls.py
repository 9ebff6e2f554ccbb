"""Rolls: kept while one of their orders is remembered."""

from fencang.engine.rolls import Roll
from fencang.engine.state import DeskState
from fencang.messages.life_events import RollDone, RollStarted

__all__: list[str] = []


def on_started(state: DeskState, event: RollStarted) -> None:
    """Keep the roll; its orders join it as they are accepted."""
    state.rolls[event.roll_id] = Roll(event)


def on_done(state: DeskState, event: RollDone) -> None:
    """End the roll; late fills still count."""
    state.rolls[event.roll_id].is_done = True
