"""Cancels and replaces of working orders.  Cancels always pass; a replacement is checked anew."""

from fencang.engine.decide.ask import Ask, ask_of_replace
from fencang.engine.decide.ladder import ladder_refusal
from fencang.engine.decide.queueing import queued
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.self_match import cancel_event, held_refusal
from fencang.engine.orders import Order, Pending
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import CancelOrder, ReplaceOrder
from fencang.messages.events import AnyEvent, CommandRejected, ReplaceRequested
from fencang.messages.reasons import Reason

__all__ = ["decide_cancel", "decide_replace", "replace_ask"]


def decide_cancel(state: DeskState, command: CancelOrder) -> list[AnyEvent]:
    """Ask the venue to cancel; a cancel over a pending replace takes its place."""
    order = state.orders.get(command.order_id)
    refusal = _order_refusal(order, command.order_id, command.sub_account_id)
    if refusal is not None:
        return [refusal]
    assert order is not None
    if order.pending is Pending.CANCEL:
        return [rejected(Reason.CANCEL_PENDING, f"order {order.order_id} awaits its cancel")]
    return [cancel_event(state, order)]


def decide_replace(
    state: DeskState, command: ReplaceOrder, *, is_due: bool = False
) -> list[AnyEvent]:
    """Ask the venue to replace, after the checks of a new order on what is added.

    Under a tier of the next trading day what opens more waits, unless it ``is_due``.
    """
    ask = replace_ask(state, command)
    if isinstance(ask, CommandRejected):
        return [ask]
    ask.is_due = is_due
    found, order = ladder_refusal(ask), ask.order
    assert order is not None
    if found is not None and found[0] is Reason.TIER_NEXT_TRADING_DAY:
        waits = queued(state, command, ask.line.sub, ask.line.contract)
        return [_rejected_at(waits) if isinstance(waits, tuple) else waits]
    if found is not None:
        return [_rejected_at(found)]
    price = command.limit_price_nanos
    return [
        *ask.cancels,
        ReplaceRequested(
            order_id=order.order_id,
            terms=order.terms,
            quantity_lots=ask.quantity_lots,
            limit_price_nanos=order.limit_price_nanos if price is None else price,
        ),
        *ask.notices,
    ]


def replace_ask(state: DeskState, command: ReplaceOrder) -> Ask | CommandRejected:
    """Return what a replacement asks for, or why the order cannot be replaced now."""
    order = state.orders.get(command.order_id)
    refusal = _order_refusal(order, command.order_id, command.sub_account_id)
    if refusal is not None:
        return refusal
    assert order is not None
    refusal = _pending_refusal(order, command) or held_refusal(state, order)
    return refusal or ask_of_replace(state, command, order)


def _order_refusal(order: Order | None, order_id: int, sub_id: str) -> CommandRejected | None:
    if order is None:
        return rejected(Reason.UNKNOWN_ORDER, f"no order {order_id}")
    if order.line is None:
        detail = f"order {order_id} is a slice of the desk's own block order"
        return rejected(Reason.BLOCK_ORDER_IS_THE_DESKS, detail)
    if order.line.sub.sub_account_id != sub_id:
        detail = f"order {order_id} is not an order of {sub_id}"
        return rejected(Reason.ORDER_OF_ANOTHER_ACCOUNT, detail)
    if not order.is_live:
        detail = f"order {order_id} is {order.state.name.lower()}"
        return rejected(Reason.ORDER_NOT_WORKING, detail)
    return None


def _pending_refusal(order: Order, command: ReplaceOrder) -> CommandRejected | None:
    if order.pending is Pending.CANCEL:
        return rejected(Reason.CANCEL_PENDING, f"order {order.order_id} awaits its cancel")
    if order.pending is Pending.REPLACE or order.is_in_doubt:
        detail = f"order {order.order_id} awaits an answer of the venue"
        return rejected(Reason.REPLACE_PENDING, detail)
    if order.roll is not None and command.quantity_lots != order.quantity_lots:
        detail = f"order {order.order_id} is a leg of a roll: its price may change, its lots not"
        return rejected(Reason.ROLL_LEG_QUANTITY, detail)
    if command.quantity_lots <= order.filled_lots:
        detail = f"{order.filled_lots} lots are filled, {command.quantity_lots} would leave none"
        return rejected(Reason.REPLACE_BELOW_FILLED, detail)
    return None


def _rejected_at(refusal: NodeRefusal) -> CommandRejected:
    """Return a refusal of the ladder as that of a command, which names its node in the words."""
    reason, node_id, _, _, detail = refusal
    return rejected(reason, f"{node_id}: {detail}")
