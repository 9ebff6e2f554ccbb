"""A new order: up the ladder, then accepted and on its way, made smaller, dated, or refused."""

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import accepted, entry_line, order_rejected
from fencang.engine.decide.ladder import ladder_refusal
from fencang.engine.decide.queueing import queued
from fencang.engine.decide.substitution import refused_or_reduced
from fencang.engine.state import DeskState
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent
from fencang.messages.reasons import Reason

__all__ = ["decide_submit"]


def decide_submit(
    state: DeskState, command: SubmitOrder, *, is_due: bool = False
) -> list[AnyEvent]:
    """Accept and route an order, or refuse it; the part that fits may have a substitute beside.

    Under a tier of the next trading day what opens waits, unless it ``is_due``.
    """
    line = entry_line(state, command)
    if isinstance(line, tuple):
        return [order_rejected(command, line)]
    ask = ask_of_submit(state, command, line)
    ask.is_due = is_due
    refusal = ladder_refusal(ask)
    if refusal is None:
        return [*ask.cancels, *accepted(ask), *ask.notices]
    if refusal[0] is Reason.TIER_NEXT_TRADING_DAY:
        found = queued(state, command, line.sub, line.contract)
        return [order_rejected(command, found) if isinstance(found, tuple) else found]
    answer = refused_or_reduced(state, command, line, refusal, is_due=is_due)
    return [*answer, *ask.refused_with]
