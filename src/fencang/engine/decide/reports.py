"""What venues report of orders, other than fills."""

from fencang.engine.decide.ask import is_reducing
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.standing_checks import state_refusal
from fencang.engine.orders import Order, Pending
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import (
    ReportCancelRejected,
    ReportOrderCancelled,
    ReportOrderExpired,
    ReportOrderRejected,
    ReportOrderReplaced,
    ReportOrderStatus,
    ReportOrderWorking,
    ReportReplaceRejected,
)
from fencang.messages.events import (
    AnyEvent,
    CancelRejected,
    CancelRequested,
    CommandRejected,
    OperatorCalled,
    OrderCancelled,
    OrderExpired,
    OrderInDoubt,
    OrderRejectedByVenue,
    OrderReplaced,
    OrderRouted,
    OrderStatusConfirmed,
    OrderWorking,
    ReplaceRejected,
    ReplaceRequested,
)
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = [
    "decide_cancel_rejected",
    "decide_cancelled",
    "decide_expired",
    "decide_rejected",
    "decide_replace_rejected",
    "decide_replaced",
    "decide_status",
    "decide_working",
]


def _live(state: DeskState, order_id: int) -> Order | CommandRejected:
    order = state.orders.get(order_id)
    if order is None:
        return rejected(Reason.UNKNOWN_ORDER, f"no order {order_id}")
    if not order.is_live:
        detail = f"order {order_id} is {order.state.name.lower()} already"
        return rejected(Reason.ORDER_NOT_WORKING, detail)
    if order_id in state.risk.self_match.held:
        detail = f"order {order_id} has not left: it waits for own orders to end"
        return rejected(Reason.ORDER_NOT_WORKING, detail)
    return order


def decide_working(state: DeskState, command: ReportOrderWorking) -> list[AnyEvent]:
    """The venue has the order."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    return [OrderWorking(order_id=order.order_id, venue_order_id=command.venue_order_id)]


def decide_rejected(state: DeskState, command: ReportOrderRejected) -> list[AnyEvent]:
    """The venue refused the order; one with fills cannot be refused and calls a person."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    events: list[AnyEvent] = [OrderRejectedByVenue(order_id=order.order_id, text=command.text)]
    if order.filled_lots:
        detail = f"rejected after {order.filled_lots} lots were filled: {command.text}"
        events.append(OperatorCalled(subject=f"order {order.order_id}", detail=detail))
    return events


def decide_cancelled(state: DeskState, command: ReportOrderCancelled) -> list[AnyEvent]:
    """The venue cancelled, asked or unasked."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    return [
        OrderCancelled(
            order_id=order.order_id,
            was_requested=order.pending is Pending.CANCEL,
            text=command.text,
        )
    ]


def decide_expired(state: DeskState, command: ReportOrderExpired) -> list[AnyEvent]:
    """The order's time ended."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    return [OrderExpired(order_id=order.order_id)]


def decide_cancel_rejected(state: DeskState, command: ReportCancelRejected) -> list[AnyEvent]:
    """The venue would not cancel an order that we hold for working: ask how it stands there.

    It may be filled or unknown there while late or reordered reports make it live here; without
    the question it would hold its margin until the next restart.
    """
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    order_id = order.order_id
    if order.pending is not Pending.CANCEL:
        return [rejected(Reason.ORDER_NOT_WORKING, f"order {order_id} awaits no cancel")]
    events: list[AnyEvent] = [CancelRejected(order_id=order_id, text=command.text)]
    if order.pending_quantity_lots or order.filled_lots < order.quantity_lots:
        events.append(OrderInDoubt(order_id=order_id, terms=order.terms))
    return events


def decide_replaced(state: DeskState, command: ReportOrderReplaced) -> list[AnyEvent]:
    """The venue works the order with new terms (its word counts, also unasked)."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    price = command.limit_price_nanos
    return [
        OrderReplaced(
            order_id=order.order_id,
            quantity_lots=command.quantity_lots,
            limit_price_nanos=order.limit_price_nanos if price is None else price,
        )
    ]


def decide_replace_rejected(state: DeskState, command: ReportReplaceRejected) -> list[AnyEvent]:
    """The venue would not replace."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    if order.pending is Pending.NOTHING:
        return [rejected(Reason.ORDER_NOT_WORKING, f"order {order.order_id} awaits no replace")]
    return [ReplaceRejected(order_id=order.order_id, text=command.text)]


def decide_status(state: DeskState, command: ReportOrderStatus) -> list[AnyEvent]:
    """Resolve an order in doubt by the venue's word, or call a person."""
    order = _live(state, command.order_id)
    if not isinstance(order, Order):
        return [order]
    if not order.is_in_doubt:
        return [rejected(Reason.ORDER_NOT_WORKING, f"order {order.order_id} is not in doubt")]
    return _known_status(state, order, command) if command.known else _denied_status(state, order)


def _known_status(state: DeskState, order: Order, command: ReportOrderStatus) -> list[AnyEvent]:
    order_id = order.order_id
    if command.filled_lots > order.filled_lots:
        detail = (
            f"the venue counts {command.filled_lots} filled lots, {order.filled_lots} were "
            "reported; stays in doubt until the fills arrive"
        )
        return [OperatorCalled(subject=f"order {order_id}", detail=detail)]
    confirmed = OrderStatusConfirmed(
        order_id=order_id, filled_lots=command.filled_lots, working_lots=command.working_lots
    )
    if command.working_lots == 0:
        was_requested = order.pending is Pending.CANCEL
        text = "done at the venue when asked"
        cancelled = OrderCancelled(order_id=order_id, was_requested=was_requested, text=text)
        return [confirmed, cancelled]
    if order.pending is Pending.CANCEL:
        return [confirmed, CancelRequested(order_id=order_id, terms=order.terms)]
    if order.pending is not Pending.REPLACE:
        return [confirmed]
    refusal = _growth_refusal(state, order)
    if refusal is not None:
        return _ungrown(order, command, confirmed, refusal)
    again = ReplaceRequested(
        order_id=order_id,
        terms=order.terms,
        quantity_lots=order.pending_quantity_lots,
        limit_price_nanos=order.pending_price_nanos,
    )
    return [confirmed, again]


def _growth_refusal(state: DeskState, order: Order) -> NodeRefusal | None:
    """Return why a replace that is under way would not grow the order if it were asked for now.

    What the growth measures at every limit is reserved already; what it stands under is not.
    """
    line, terms = order.line, order.terms
    if line is None or order.pending_quantity_lots <= order.quantity_lots:
        return None
    reduces = line.is_gross and terms.offset.is_close
    pays = line.contract.product.pays_premium and terms.side is Side.BUY and not order.is_reducing
    if not reduces and not pays:
        # The lots that are added stand among the working ones.
        reduces = is_reducing(line, terms.side, terms.offset, 0)
    return state_refusal(state, line, reduces=reduces)


def _ungrown(
    order: Order, command: ReportOrderStatus, confirmed: AnyEvent, refusal: NodeRefusal
) -> list[AnyEvent]:
    """Leave the order as it is at the venue, and ask for no growth.

    The venue's lots tell whether it took the replace before it was asked.
    """
    lots_there = command.filled_lots + command.working_lots
    reason, _, _, _, why = refusal
    if lots_there == order.pending_quantity_lots:
        replaced = OrderReplaced(
            order_id=order.order_id,
            quantity_lots=order.pending_quantity_lots,
            limit_price_nanos=order.pending_price_nanos,
        )
        return [confirmed, replaced]
    if order.filled_lots < order.quantity_lots and lots_there <= order.quantity_lots:
        text = f"not asked for again: {why}"
        return [confirmed, ReplaceRejected(order_id=order.order_id, text=text, reason=reason)]
    detail = (
        f"the venue works it with {lots_there} lots, where {order.quantity_lots} stood and "
        f"{order.pending_quantity_lots} were asked for, and {why}; it stays in doubt with the more "
        "reserved"
    )
    return [OperatorCalled(subject=f"order {order.order_id}", detail=detail)]


def _denied_status(state: DeskState, order: Order) -> list[AnyEvent]:
    age = state.time_ns - order.routed_at_ns
    fresh = age < state.settings.route_age_ns_max and order.pending is Pending.NOTHING
    stopped = _stopped_words(state, order)
    if fresh and not order.filled_lots and not stopped:
        return [OrderRouted(order_id=order.order_id, terms=order.terms, is_resend=True)]
    detail = (
        f"the venue denies knowing the order, routed {age} ns ago with {order.filled_lots} lots "
        f"filled{stopped}; it stays in doubt with its margin reserved"
    )
    return [OperatorCalled(subject=f"order {order.order_id}", detail=detail)]


def _stopped_words(state: DeskState, order: Order) -> str:
    """Return why an order would not be let out now, empty when it would be.

    Of a block one account that may trade is enough, as when its slice first left.
    """
    lines = [order.line] if order.line is not None else []
    if order.block is not None:
        lines = [*order.block.lines]
    refusals = [state_refusal(state, line, reduces=order.is_reducing) for line in lines]
    first = refusals[0]
    return "" if first is None or None in refusals else f", and {first[4]}"
