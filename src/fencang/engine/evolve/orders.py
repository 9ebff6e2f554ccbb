"""Orders and blocks: states, reservations, and what is forgotten when it no longer matters."""

from fencang.engine.accounts import Line
from fencang.engine.evolve.trade_flow import count_cancel, count_order, count_replace
from fencang.engine.orders import Block, Order, OrderState, Pending
from fencang.engine.risk.envelopes import Envelope, exchange, settle
from fencang.engine.state import CLOSED_ORDERS_MAX, DeskState
from fencang.engine.working_lots import change_working
from fencang.messages import events as ev

__all__ = ["fill_order", "resize"]


def resize(order: Order) -> None:
    """Reserve exactly what the order needs at every level its line touches."""
    line = order.line
    if line is None:
        return
    needed = order.needed_lots
    if needed != order.reserved_lots:
        change = needed - order.reserved_lots
        if order.envelope is not None:
            exchange(order.envelope, order, change)
        else:
            line.change_working(order.terms.side, order.terms.offset, change)
        order.reserved_lots = needed
    if line.contract.pays_premium:
        _reserve_premium(order, line)


def _reserve_premium(order: Order, line: Line) -> None:
    """Reserve what the order may have to pay in premiums."""
    premium = order.needed_premium_micros(line.contract.product)
    if premium != order.reserved_premium_micros:
        line.reserve_premium(premium - order.reserved_premium_micros)
        order.reserved_premium_micros = premium


def close(state: DeskState, order: Order, end: OrderState) -> None:
    """End an order: free its reservation and keep it only for late reports."""
    order.state = end
    order.pending = Pending.NOTHING
    order.is_in_doubt = False
    resize(order)
    state.contracts[order.terms.contract_id].live_orders.pop(order.order_id, None)
    state.risk.self_match.note(order)
    if order.line is not None:
        sub = order.line.sub
        if sub.working.pop(order.order_id, None) is not None and state.flow.rows:
            state.flow.count(order.line.path, -1)
    closed = state.closed_orders
    closed.append(order.order_id)
    if len(closed) > CLOSED_ORDERS_MAX:
        _forget(state, closed.popleft())


def _forget(state: DeskState, order_id: int) -> None:
    order = state.orders.pop(order_id)
    if order.line is not None:
        order.line.sub.client_order_ids.pop(order.client_order_id, None)
    elif order.block is not None:
        order.block.slices.pop(order_id, None)
    if order.roll is not None and not any(leg in state.orders for leg in order.roll.order_ids):
        del state.rolls[order.roll.roll_id]


def fill_order(state: DeskState, order: Order, quantity_lots: int) -> None:
    """Count filled lots of an order; it may be done, or beyond done."""
    order.filled_lots += quantity_lots
    if order.envelope is not None:
        _use_up(state, order, order.envelope, quantity_lots)
    elif order.is_live:
        _count_fill(state, order)


def _use_up(state: DeskState, order: Order, envelope: Envelope, quantity_lots: int) -> None:
    """Count filled lots on the envelope too: lots beyond the order's own are taken from it."""
    envelope.filled_lots += quantity_lots
    if order.is_live:
        _count_fill(state, order)
    settle(envelope)


def _count_fill(state: DeskState, order: Order) -> None:
    if order.filled_lots >= order.most_lots:
        close(state, order, OrderState.FILLED)
    else:
        order.state = OrderState.PARTLY_FILLED
        resize(order)
        state.risk.self_match.note(order)


def on_accepted(state: DeskState, event: ev.OrderAccepted) -> None:
    """Keep a new order and reserve its lots; a slice's lots are reserved by its block."""
    order = Order(event.order_id, event.terms, event.client_order_id)
    order.is_reducing = event.is_reducing
    order.attempt = event.attempt
    order.routed_at_ns = state.time_ns
    if event.roll_id:
        order.roll = state.rolls[event.roll_id]
    state.orders[event.order_id] = order
    state.contracts[event.terms.contract_id].live_orders[event.order_id] = order
    if event.block_id:
        block = state.blocks[event.block_id]
        order.block = block
        block.slices[event.order_id] = order
        block.attempts_used = max(block.attempts_used, event.attempt)
        state.risk.self_match.note(order)
        return
    terms = event.terms
    sub = state.subs[event.sub_account_id]
    line = state.line(sub, terms.carrying_account_id, state.contracts[terms.contract_id])
    order.line = line
    order.reserved_lots = terms.quantity_lots
    if event.envelope_id:
        order.envelope = state.risk.envelopes.open[event.envelope_id]
        exchange(order.envelope, order, terms.quantity_lots)
    else:
        line.change_working(terms.side, terms.offset, terms.quantity_lots)
    if line.contract.pays_premium:
        _reserve_premium(order, line)
    sub.working[event.order_id] = order
    if state.flow.is_stated:
        state.flow.count(line.path, 1)
        state.flow.spend(line.path, state.time_ns)
    count_order(state, order, line)
    sub.client_order_ids[event.client_order_id] = event.order_id
    state.risk.self_match.note(order)


def on_routed(state: DeskState, event: ev.OrderRouted) -> None:
    """Note a resend: the order waits for the venue's word again, but grows no younger by it."""
    if event.is_resend:
        state.orders[event.order_id].is_in_doubt = False
    elif state.risk.self_match.held.pop(event.order_id, None) is not None:
        state.orders[event.order_id].routed_at_ns = state.time_ns


def on_working(state: DeskState, event: ev.OrderWorking) -> None:
    """Note the venue's word."""
    order = state.orders[event.order_id]
    order.is_in_doubt = False
    if order.state is OrderState.PENDING_NEW:
        order.state = OrderState.WORKING


def on_rejected_by_venue(state: DeskState, event: ev.OrderRejectedByVenue) -> None:
    """End the order."""
    close(state, state.orders[event.order_id], OrderState.REJECTED)


def on_cancel_requested(state: DeskState, event: ev.CancelRequested) -> None:
    """Wait for the venue; a replace it may still take keeps its reservation."""
    order = state.orders[event.order_id]
    if order.pending is Pending.NOTHING:
        order.pending_quantity_lots = 0
    order.pending = Pending.CANCEL
    resize(order)
    count_cancel(state, order)


def on_cancel_rejected(state: DeskState, event: ev.CancelRejected) -> None:
    """Stand as before: a replace that the cancel lay over still awaits its answer."""
    order = state.orders[event.order_id]
    if order.pending_quantity_lots:
        order.pending = Pending.REPLACE
    else:
        _settle_pending(state, order)


def on_cancelled(state: DeskState, event: ev.OrderCancelled) -> None:
    """End the order."""
    close(state, state.orders[event.order_id], OrderState.CANCELLED)


def on_expired(state: DeskState, event: ev.OrderExpired) -> None:
    """End the order."""
    close(state, state.orders[event.order_id], OrderState.EXPIRED)


def on_replace_requested(state: DeskState, event: ev.ReplaceRequested) -> None:
    """Reserve the larger of both quantities until the venue answers."""
    order = state.orders[event.order_id]
    count_replace(state, order, event.quantity_lots)
    order.pending = Pending.REPLACE
    order.pending_quantity_lots = event.quantity_lots
    order.pending_price_nanos = event.limit_price_nanos
    resize(order)
    if order.is_reducing and event.quantity_lots > order.quantity_lots:
        _grow_reduction(order)
    state.risk.self_match.note(order)
    if state.flow.is_stated and order.line is not None:
        state.flow.spend(order.line.path, state.time_ns)


def _grow_reduction(order: Order) -> None:
    """Let a reduction that asks for more than it could close be an order that opens."""
    line, side = order.line, order.terms.side
    assert line is not None
    closes = line.is_gross and order.terms.offset.is_close
    if not closes and line.closing_lots(side) > line.open_lots(side):
        order.is_reducing = False
        resize(order)  # it may have premiums to pay from now on


def on_replaced(state: DeskState, event: ev.OrderReplaced) -> None:
    """Take the venue's new terms; a cancel asked for meanwhile stays asked."""
    order = state.orders[event.order_id]
    order.quantity_lots = event.quantity_lots
    order.limit_price_nanos = event.limit_price_nanos
    if order.state is OrderState.PENDING_NEW:
        order.state = OrderState.WORKING
    order.pending_quantity_lots = 0
    if order.pending is Pending.REPLACE:
        order.pending = Pending.NOTHING
    if order.filled_lots >= order.quantity_lots:
        close(state, order, OrderState.FILLED)
    else:
        resize(order)
        state.risk.self_match.note(order)


def on_replace_rejected(state: DeskState, event: ev.ReplaceRejected) -> None:
    """Work unchanged; a cancel asked for meanwhile stays asked."""
    order = state.orders[event.order_id]
    if order.pending is Pending.CANCEL:
        order.pending_quantity_lots = 0
        resize(order)
        state.risk.self_match.note(order)
    else:
        _settle_pending(state, order)


def _settle_pending(state: DeskState, order: Order) -> None:
    """Forget an answered request; fills that came meanwhile may have completed the order."""
    order.pending = Pending.NOTHING
    order.pending_quantity_lots = 0
    if order.filled_lots >= order.quantity_lots:
        close(state, order, OrderState.FILLED)
    else:
        resize(order)
        state.risk.self_match.note(order)


def on_in_doubt(state: DeskState, event: ev.OrderInDoubt) -> None:
    """Stay reserved until the venue answers."""
    state.orders[event.order_id].is_in_doubt = True


def on_status_confirmed(state: DeskState, event: ev.OrderStatusConfirmed) -> None:
    """Trust the venue: it works the order."""
    order = state.orders[event.order_id]
    order.is_in_doubt = False
    if order.state is OrderState.PENDING_NEW:
        order.state = OrderState.WORKING


def on_block_created(state: DeskState, event: ev.BlockOrderCreated) -> None:
    """Keep the split and freeze every leg's lots."""
    lines = state.contracts[event.contract_id].lines[event.carrying_account_id]
    block = Block(
        block_id=event.block_id,
        rule_id=event.rule_id,
        carrying_account_id=event.carrying_account_id,
        contract_id=event.contract_id,
        side=event.side,
        offset=event.offset,
        legs=event.legs,
        lines=[lines[leg.sub_account_id] for leg in event.legs],
    )
    state.blocks[event.block_id] = block
    block.reserved = [leg.quantity_lots for leg in event.legs]
    change_working(block.lines, event.side, event.offset, block.reserved)


def receive(block: Block, sub_account_id: str, quantity_lots: int) -> None:
    """Count lots that a leg received and free them."""
    for place, leg in enumerate(block.legs):
        if leg.sub_account_id == sub_account_id:
            block.received[place] += quantity_lots
            release(block, place, min(quantity_lots, block.reserved[place]))
            return


def release(block: Block, place: int, quantity_lots: int) -> None:
    """Free reserved lots of one leg."""
    if quantity_lots:
        block.reserved[place] -= quantity_lots
        block.lines[place].change_working(block.side, block.offset, -quantity_lots)


def on_block_done(state: DeskState, event: ev.BlockOrderDone) -> None:
    """Free what the legs still hold; slices know the block for late fills."""
    block = state.blocks.pop(event.block_id)
    block.is_done = True
    freed = [-lots for lots in block.reserved]
    change_working(block.lines, block.side, block.offset, freed)
    block.reserved = [0] * len(freed)
