"""Cancels and replaces of working orders.  Cancels always pass; a replacement is checked anew."""

from fencang.basics.price import format_price, is_on_tick
from fencang.engine.decide.controls import control_refusal
from fencang.engine.decide.entry import closable_lots, exposure_refusal, is_reducing
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.regimes import NO_ANSWER, RegimeAnswer, regime_answer
from fencang.engine.orders import Order, Pending
from fencang.engine.phases import phase_refusal
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import CancelOrder, ReplaceOrder
from fencang.messages.events import AnyEvent, CancelRequested, CommandRejected, ReplaceRequested
from fencang.messages.message import Side, TradingState
from fencang.messages.reasons import Reason

__all__ = ["decide_cancel", "decide_replace"]


def decide_cancel(state: DeskState, command: CancelOrder) -> list[AnyEvent]:
    """Ask the venue to cancel; a cancel over a pending replace takes its place."""
    order = state.orders.get(command.order_id)
    refusal = _order_refusal(order, command.order_id, command.sub_account_id)
    if refusal is not None:
        return [refusal]
    assert order is not None
    if order.pending is Pending.CANCEL:
        return [rejected(Reason.CANCEL_PENDING, f"order {order.order_id} awaits its cancel")]
    return [CancelRequested(order_id=order.order_id, terms=order.terms)]


def decide_replace(state: DeskState, command: ReplaceOrder) -> list[AnyEvent]:
    """Ask the venue to replace, after the checks of a new order on what is added."""
    order = state.orders.get(command.order_id)
    refusal = _order_refusal(order, command.order_id, command.sub_account_id)
    if refusal is not None:
        return [refusal]
    assert order is not None
    refusal = _pending_refusal(order, command) or _terms_refusal(order, command)
    if refusal is None:
        refusal = _exposure_refusal(state, order, command)
    if refusal is not None:
        return [refusal]
    controlled = _flow_refusal(state, order, command) or _control_refusal(state, order, command)
    if controlled is not None:
        return [controlled]
    answer = _regime_answer(state, order, command)
    if answer.refusal is not None:
        return [_rejected_at(answer.refusal)]
    price = command.limit_price_nanos
    return [
        ReplaceRequested(
            order_id=order.order_id,
            terms=order.terms,
            quantity_lots=command.quantity_lots,
            limit_price_nanos=order.limit_price_nanos if price is None else price,
        ),
        *answer.notices,
    ]


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


def _terms_refusal(order: Order, command: ReplaceOrder) -> CommandRejected | None:
    assert order.line is not None
    contract = order.line.contract
    product = contract.product
    phase = phase_refusal(contract)
    if phase is not None:
        return rejected(*phase)
    if command.quantity_lots > product.order_quantity_max:
        clip = product.order_quantity_max
        detail = f"{command.quantity_lots} lots exceed the largest order of {clip} lots"
        return rejected(Reason.ORDER_QUANTITY_MAX, detail)
    price = command.limit_price_nanos
    if price is None:
        return None
    if order.limit_price_nanos is None:
        return rejected(Reason.ORDER_PRICE_UNWANTED, "the order has no limit price to change")
    if not is_on_tick(price, product.tick_nanos):
        detail = f"limit price {format_price(price)} is off the tick"
        return rejected(Reason.ORDER_PRICE_OFF_TICK, detail)
    if price <= 0 and product.positive_prices_only:
        detail = f"{product.product_id} takes positive prices only"
        return rejected(Reason.ORDER_PRICE_NOT_POSITIVE, detail)
    return None


def _exposure_refusal(
    state: DeskState, order: Order, command: ReplaceOrder
) -> CommandRejected | None:
    line, terms = order.line, order.terms
    assert line is not None
    if state.trading_state(line.sub.path)[0] is TradingState.HALTED:
        return rejected(Reason.TRADING_HALTED, "the account is halted; cancels still pass")
    added = command.quantity_lots - order.quantity_lots
    premium = _added_premium(order, command)
    if added <= 0 and not premium:
        return None
    if line.is_gross and terms.offset.is_close:
        closable = closable_lots(line, terms.side, terms.offset)
        if added <= closable:
            return None
        detail = f"{closable} lots more can be closed with {terms.offset.name}, not {added}"
        return rejected(Reason.CLOSE_LOTS_TOO_FEW, detail)
    if not premium and is_reducing(line, terms.side, terms.offset, added):
        return None
    if state.trading_state(line.sub.path)[0] is TradingState.REDUCE_ONLY:
        return rejected(Reason.REDUCE_ONLY, "the account may only reduce")
    if line.sub.blocked_by:
        detail = f"rule {line.sub.blocked_by} blocks opening until it re-arms"
        return rejected(Reason.OPENING_BLOCKED_BY_RULE, detail)
    if line.sub.pool.is_over_granted:
        return rejected(Reason.OVER_GRANTED, "deficits of the owner exceed its reserve")
    found = exposure_refusal(state, line, terms.side, max(0, added), premium)
    return None if found is None else _rejected_at(found)


def _rejected_at(refusal: NodeRefusal) -> CommandRejected:
    """Return a refusal of the ladder as that of a command, which names its node in the words."""
    reason, node_id, _, _, detail = refusal
    return rejected(reason, f"{node_id}: {detail}")


def _flow_refusal(state: DeskState, order: Order, command: ReplaceOrder) -> CommandRejected | None:
    """Refuse one message too many; what makes an order smaller always passes."""
    assert order.line is not None
    is_smaller = command.quantity_lots < order.quantity_lots
    if not state.flow.rows or order.is_reducing or is_smaller:
        return None
    found = state.flow.message_refusal(order.line.sub.path, state.time_ns)
    return None if found is None else _rejected_at(found)


def _control_refusal(
    state: DeskState, order: Order, command: ReplaceOrder
) -> CommandRejected | None:
    """Refuse what a new order of the new size and price could not be."""
    line, terms = order.line, order.terms
    assert line is not None
    if line.contract.mark_nanos is None:
        return None
    price = command.limit_price_nanos
    for known in (order.limit_price_nanos, terms.stop_price_nanos):
        price = known if price is None else price
    grows = command.quantity_lots > order.quantity_lots
    if not grows and price == order.limit_price_nanos:
        return None
    quantity, reduces = command.quantity_lots if grows else 0, order.is_reducing or not grows
    found = control_refusal(state, line, terms.side, quantity, price, reduces=reduces)
    return None if found is None else _rejected_at(found)


def _regime_answer(state: DeskState, order: Order, command: ReplaceOrder) -> RegimeAnswer:
    """Return what position limits of jurisdictions answer to the lots that are added."""
    line, terms = order.line, order.terms
    assert line is not None
    added = command.quantity_lots - order.quantity_lots
    if added <= 0 or not line.pool_entry.tallies:
        return NO_ANSWER
    closes = line.is_gross and terms.offset.is_close
    reduces = closes or is_reducing(line, terms.side, terms.offset, added)
    return regime_answer(state, line, terms.side, added, reduces=reduces)


def _added_premium(order: Order, command: ReplaceOrder) -> int:
    """Return what more the replacement may cost in premiums than the order does, in micros."""
    assert order.line is not None
    product = order.line.contract.product
    if not product.pays_premium or order.terms.side is not Side.BUY or order.is_reducing:
        return 0
    price = command.limit_price_nanos
    price = order.limit_price_nanos if price is None else price
    lots = command.quantity_lots - order.filled_lots
    return max(0, product.value_micros(price or 0, lots) - order.reserved_premium_micros)
