"""A new order: up the ladder, then accepted and on its way, made smaller, or refused."""

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import accepted, entry_line, order_rejected
from fencang.engine.decide.ladder import ladder_refusal
from fencang.engine.decide.substitution import refused_or_reduced
from fencang.engine.state import DeskState
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent

__all__ = ["decide_submit"]


def decide_submit(state: DeskState, command: SubmitOrder) -> list[AnyEvent]:
    """Accept and route an order, or refuse it; the part that fits may have a substitute beside."""
    line = entry_line(state, command)
    if isinstance(line, tuple):
        return [order_rejected(command, line)]
    ask = ask_of_submit(state, command, line)
    refusal = ladder_refusal(ask)
    if refusal is not None:
        return [*refused_or_reduced(state, command, line, refusal), *ask.refused_with]
    return [*ask.cancels, *accepted(ask), *ask.notices]
