"""Own orders that would meet, and contracts that suspected wash trades closed.

A cancel is a wish: between asking and the venue's answer the old order may still trade.  So an
order that opens is held until every own order it would meet has ended (or is refused, as its mode
says).  A reduction never waits: the cancels leave ahead of it, on the same way.  A resting
reduction is never cancelled for what opens.
"""

from collections.abc import Iterator
from itertools import islice

from fencang.basics.price import format_price
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.refusal import rejected
from fencang.engine.orders import Order, Pending
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.self_match import Quote
from fencang.messages.events import (
    AnyEvent,
    CancelRequested,
    CommandRejected,
    OrderCancelled,
    ReplaceRequested,
)
from fencang.messages.message import Side, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.self_match import SelfMatchMode

__all__ = [
    "cancel_event",
    "cancels_of",
    "held_refusal",
    "is_self_match_stated",
    "self_match_check",
    "self_match_evaluations",
    "waits_refusal",
    "wash_check",
    "wash_evaluations",
]

MET_TOLD_MAX = 100
"""So many own orders are counted for a refusal: a market order may meet thousands."""
INSTEAD = "to move lots between own sub-accounts use TransferPosition"


def is_self_match_stated(state: DeskState) -> bool:
    """Return whether the desk keeps own orders apart."""
    return state.risk.self_match.is_stated


# ------------------------------------------------------------------------------------ wash trades


def wash_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what opens in a contract that suspected wash trades closed."""
    book = ask.state.risk.self_match
    if not book.counts:
        return None
    principal_id, contract_id = book.principal_of(ask.line.sub), ask.line.key[1]
    if not book.closes((principal_id, contract_id)):
        return None
    binding = book.binding(ask.line)
    count = book.counts[principal_id, contract_id].trades
    detail = (
        f"{count} suspected wash trades of {principal_id} closed {contract_id}; two persons let it "
        f"open again (ReleaseWashTrades); {INSTEAD}"
    )
    return Reason.WASH_TRADE, binding.wash_node_id, binding.wash_count_max, count, detail


def wash_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield how many suspected wash trades there were, and how many close the contract."""
    book, contract_id = ask.state.risk.self_match, ask.line.key[1]
    binding = book.binding(ask.line)
    found = book.counts.get((book.principal_of(ask.line.sub), contract_id))
    refusal = wash_check(ask)
    yield Evaluation(
        "wash trades",
        Reason.WASH_TRADE,
        binding.wash_node_id,
        contract_id,
        binding.wash_count_max,
        found.trades if found is not None else 0,
        "orders",
        refusal is None,
        "" if refusal is None else refusal[4],
    )


# ------------------------------------------------------------------------------------- self match


def self_match_check(ask: Ask) -> NodeRefusal | None:
    """Keep an order from own orders on the other side, by cancels, by waiting, or by a refusal."""
    met = _met(ask)
    first = next(met, None)
    if first is None:
        return None
    if ask.stays_reducing:
        ask.cancels += cancels_of(ask.state, [first, *met])
        return None
    mode = ask.state.risk.self_match.binding(ask.line).mode
    if mode is SelfMatchMode.CANCEL_NEWEST or ask.order is not None:
        return _refusal(ask, [first, *islice(met, MET_TOLD_MAX - 1)])
    found = [first, *met]
    if any(order.is_reducing for order in found):
        return _refusal(ask, found)
    if mode is SelfMatchMode.CANCEL_BOTH:
        ask.refused_with = cancels_of(ask.state, found)
        return _refusal(ask, found, "; both are cancelled")
    if mode is SelfMatchMode.DECREMENT:
        return _decremented(ask, found)
    _wait(ask, found, cancels_of(ask.state, found))
    return None


def self_match_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield how many own orders the order could meet; changes nothing of the ask."""
    kept = ask.quantity_lots, ask.added_lots, ask.premium_micros, ask.waits_for
    cancels, refused_with = ask.cancels, ask.refused_with
    ask.cancels = list(cancels)
    refusal = self_match_check(ask)
    ask.quantity_lots, ask.added_lots, ask.premium_micros, ask.waits_for = kept
    ask.cancels, ask.refused_with = cancels, refused_with
    yield Evaluation(
        "self match",
        Reason.SELF_MATCH,
        ask.state.risk.self_match.binding(ask.line).node_id,
        ask.line.key[1],
        0,
        refusal[3] if refusal is not None else sum(1 for _ in islice(_met(ask), MET_TOLD_MAX)),
        "orders",
        refusal is None,
        "" if refusal is None else refusal[4],
    )


def _met(ask: Ask) -> Iterator[Order]:
    """Return the own orders that the order could trade with, the best first.

    A replacement that only takes lots away meets nobody whom the order did not meet before.
    """
    order, line, book = ask.order, ask.line, ask.state.risk.self_match
    if order is not None and not (ask.added_lots or ask.changes_price):
        return iter(())
    principal_id, contract_id = book.principal_of(line.sub), line.key[1]
    limit, is_buy = ask.limit_price_nanos, ask.side is Side.BUY
    if book.own_orders.is_clear(principal_id, contract_id, limit, is_buy=is_buy):
        return iter(())
    stop = ask.command.stop_price_nanos if order is None else order.terms.stop_price_nanos
    quote = Quote.of(ask.side, ask.order_type, limit, stop)
    return book.met_by(principal_id, contract_id, quote)


def _refusal(ask: Ask, met: list[Order], more: str = "") -> NodeRefusal:
    first = met[0]
    price = first.limit_price_nanos
    at = "at any price" if price is None else f"at {format_price(price)}"
    whose = first.line.sub.sub_account_id if first.line is not None else "a block of the desk"
    if any(order.is_reducing for order in met):
        more = "; a reduction is never cancelled for what opens"
    elif ask.order is not None:
        more = "; a replacement never waits: cancel it and send a new order"
    node_id = ask.state.risk.self_match.binding(ask.line).node_id
    detail = (
        f"could trade with own order {first.order_id} of {whose} {at}, the first of {len(met)}"
        f"{more}; {INSTEAD}"
    )
    return Reason.SELF_MATCH, node_id, 0, min(len(met), MET_TOLD_MAX), detail


def _wait(ask: Ask, met: list[Order], cancels: list[AnyEvent]) -> None:
    """Let the order leave when those that it would meet have ended; what is held ends at once."""
    held = ask.state.risk.self_match.held
    ask.cancels += cancels
    ask.waits_for = tuple(order.order_id for order in met if order.order_id not in held)


def _decremented(ask: Ask, met: list[Order]) -> NodeRefusal | None:
    """Take the smaller quantity off both sides, the best own orders first.

    What cannot be made smaller now is cancelled; what is being cancelled takes nothing off.
    """
    events: list[AnyEvent] = []
    left = ask.quantity_lots
    for order in met:
        if order.pending is Pending.CANCEL:
            continue
        lots = order.needed_lots
        if lots <= left or not _can_shrink(ask.state, order):
            events += cancels_of(ask.state, [order])
        else:
            smaller = order.quantity_lots - left
            events.append(
                ReplaceRequested(
                    order_id=order.order_id,
                    terms=order.terms,
                    quantity_lots=smaller,
                    limit_price_nanos=order.limit_price_nanos,
                )
            )
        left -= min(lots, left)
        if not left:
            ask.refused_with = events
            return _refusal(ask, met, f"; {ask.quantity_lots} lots were taken off both")
    if ask.command.time_in_force is TimeInForce.FOK and left < ask.quantity_lots:
        return _refusal(ask, met, "; a fill-or-kill order is not made smaller")
    ask.quantity_lots = ask.added_lots = left
    if ask.premium_micros:
        ask.premium_micros = ask.line.contract.product.value_micros(ask.price_nanos or 0, left)
    _wait(ask, met, events)
    return None


def _can_shrink(state: DeskState, order: Order) -> bool:
    return (
        order.pending is Pending.NOTHING
        and not order.is_in_doubt
        and order.roll is None
        and order.order_id not in state.risk.self_match.held
    )


def waits_refusal(ask: Ask) -> NodeRefusal | None:
    """Refuse a leg of a roll that would have to wait or be smaller: both legs leave together."""
    if not ask.waits_for and ask.quantity_lots == ask.command.quantity_lots:
        return None
    node_id = ask.state.risk.self_match.binding(ask.line).node_id
    detail = f"a leg of the roll could trade with own orders in {ask.line.key[1]}; {INSTEAD}"
    return Reason.SELF_MATCH, node_id, 0, max(1, len(ask.waits_for)), detail


# ----------------------------------------------------------------------------------- cancels, held


def cancels_of(state: DeskState, orders: list[Order]) -> list[AnyEvent]:
    """Return what ends orders that are not being cancelled yet."""
    return [cancel_event(state, order) for order in orders if order.pending is not Pending.CANCEL]


def cancel_event(state: DeskState, order: Order) -> AnyEvent:
    """Return the request to cancel; an order that has not left ends at once."""
    if order.order_id in state.risk.self_match.held:
        return OrderCancelled(
            order_id=order.order_id, was_requested=True, text="cancelled before it left"
        )
    return CancelRequested(order_id=order.order_id, terms=order.terms)


def held_refusal(state: DeskState, order: Order) -> CommandRejected | None:
    """Refuse to replace an order that has not left."""
    if order.order_id not in state.risk.self_match.held:
        return None
    detail = f"order {order.order_id} has not left: it waits for own orders to end; cancel it"
    return rejected(Reason.REPLACE_PENDING, detail)
