"""A new order: up the ladder, then accepted and on its way, made smaller, or refused."""

from fencang.engine.decide.entry import accepted, checked
from fencang.engine.decide.substitution import refused_or_reduced
from fencang.engine.state import DeskState
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent

__all__ = ["decide_submit"]


def decide_submit(state: DeskState, command: SubmitOrder) -> list[AnyEvent]:
    """Accept and route an order, or refuse it; the part that fits may have a substitute beside."""
    found = checked(state, command)
    if isinstance(found, tuple):
        return refused_or_reduced(state, command, found)
    return [*found.cancels, *accepted(found), *found.notices]
