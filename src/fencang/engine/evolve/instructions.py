"""Dated instructions: they wait, and go once, never before their day."""

from collections.abc import Callable
from typing import Any

from fencang.engine.state import DeskState
from fencang.messages.commands import ReplaceOrder, TransferCapital
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionCancelled,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)

__all__ = ["INSTRUCTION_CHANGES"]


def on_queued(state: DeskState, event: InstructionQueued) -> None:
    """Let it wait; an order's message counts under the tier now."""
    state.risk.tiers.add(event)
    if not isinstance(event.command, TransferCapital | TransferPosition):
        state.flow.spend_tier(event.sub_account_id, state.time_ns)


def on_applied(state: DeskState, event: InstructionApplied) -> None:
    """Take it out; what its orders took from the tier's bucket was taken before."""
    taken = state.risk.tiers.take(event.instruction_id)
    assert state.venues[taken.venue_id].today >= taken.trading_day.toordinal(), event
    messages = len(event.order_ids) + isinstance(taken.command, ReplaceOrder)
    if messages:
        state.flow.give_back_tier(event.sub_account_id, messages)


def on_refused(state: DeskState, event: InstructionRefused) -> None:
    """Take it out: it was decided on its day."""
    taken = state.risk.tiers.take(event.instruction_id)
    assert state.venues[taken.venue_id].today >= taken.trading_day.toordinal(), event


def on_ended(state: DeskState, event: InstructionCancelled | InstructionExpired) -> None:
    """Take it out without a decision."""
    state.risk.tiers.take(event.instruction_id)


INSTRUCTION_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    InstructionQueued: on_queued,
    InstructionApplied: on_applied,
    InstructionRefused: on_refused,
    InstructionCancelled: on_ended,
    InstructionExpired: on_ended,
}
