"""Process and time: gateway cursors, restarts, timers."""

from fencang.engine.decide.connections import clients_lost, due_connections
from fencang.engine.decide.proposals import expired_proposals
from fencang.engine.decide.refusal import rejected
from fencang.engine.flows.calls import overdue_calls
from fencang.engine.flows.losses import follow_losses
from fencang.engine.flows.rules import due_rules
from fencang.engine.flows.self_match import slices_apart
from fencang.engine.orders import OrderState, Pending
from fencang.engine.state import DeskState
from fencang.messages.commands import AdvanceGatewayCursor, AdvanceTime, RestartDesk
from fencang.messages.events import (
    AnyEvent,
    DeskRestarted,
    GatewayCursorAdvanced,
    OrderInDoubt,
)
from fencang.messages.reasons import Reason

__all__ = ["decide_advance_cursor", "decide_advance_time", "decide_restart"]


def decide_advance_cursor(state: DeskState, command: AdvanceGatewayCursor) -> list[AnyEvent]:
    """Move a gateway's durable cursor forward."""
    at = state.cursors.get(command.gateway_id, 0)
    if not at <= command.handled_sequence < state.sequence:
        detail = f"{command.gateway_id} stands at {at}, cannot go to {command.handled_sequence}"
        return [rejected(Reason.CURSOR_BACKWARDS, detail)]
    return [
        GatewayCursorAdvanced(
            gateway_id=command.gateway_id, handled_sequence=command.handled_sequence
        )
    ]


def decide_restart(state: DeskState, command: RestartDesk) -> list[AnyEvent]:
    """Put every order that awaits the venue's word in doubt; nothing is resent blindly."""
    doubtful = [
        OrderInDoubt(order_id=order_id, terms=order.terms)
        for order_id, order in sorted(state.orders.items())
        if order.is_live
        and order_id not in state.risk.self_match.held
        and (
            order.state is OrderState.PENDING_NEW
            or order.pending is not Pending.NOTHING
            or order.is_in_doubt
        )
    ]
    return [DeskRestarted(), *doubtful, *clients_lost(state)]


def decide_advance_time(state: DeskState, command: AdvanceTime) -> list[AnyEvent]:
    """Let time pass: rules arm again, calls and clients are overdue, proposals expire.

    What is to be closed by force goes on with its next interval.
    """
    found = [*due_rules(state), *overdue_calls(state), *due_connections(state)]
    found += expired_proposals(state)
    if state.risk.losses.rows:
        found += follow_losses(state, found, found)
    return slices_apart(state, found) if state.risk.self_match.is_stated else found
