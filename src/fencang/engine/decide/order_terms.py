"""What an order says in itself: state of market, tick, price, time in force, offset, quantity."""

from datetime import date
from typing import Final

from fencang.basics.price import format_price, is_on_tick
from fencang.engine.conversion import ended_words
from fencang.engine.decide.ask import Ask, closable_lots
from fencang.engine.phases import phase_refusal
from fencang.limits.order_controls import (
    NodeRefusal,
    Refusal,
    contract_refusal,
    offset_refusal,
    price_refusal,
    time_in_force_refusal,
)
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.message import Offset, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.session import Phase

__all__ = ["terms_check"]

_OPEN_PHASE: Final = Phase.OPEN
_OPEN: Final = Offset.OPEN
_GTD: Final = TimeInForce.GTD
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def terms_check(ask: Ask) -> NodeRefusal | None:
    """Refuse an order, or a replacement, that its venue would refuse by its words alone."""
    if ask.order is None:
        contract = ask.line.contract
        if contract.hours.phase is not _OPEN_PHASE or contract.is_expired:
            refusal = _market_refusal(ask)
            if refusal is not None:
                return refusal
        found = _new_refusal(ask, ask.command)
    else:
        refusal = _market_refusal(ask)
        if refusal is not None:
            return refusal
        found = _replace_refusal(ask, ask.command)
    if found is None:
        return None
    reason, limit, value, detail = found
    return reason, ask.line.contract.product.venue_id, limit, value, detail


def _market_refusal(ask: Ask) -> NodeRefusal | None:
    """Refuse a contract that has ended, and a market that takes no orders now."""
    contract = ask.line.contract
    venue_id = contract.product.venue_id
    if contract.is_expired:
        return Reason.ORDER_CONTRACT_EXPIRED, venue_id, 0, 0, ended_words(contract)
    refusal = phase_refusal(contract)
    return None if refusal is None else (refusal[0], venue_id, 0, 0, refusal[1])


def _new_refusal(ask: Ask, command: SubmitOrder) -> Refusal | None:
    line = ask.line
    contract = line.contract
    found, definition, today = None, contract.contract, contract.venue.today
    if definition.last_trading_day is not None or definition.first_trading_day is not None:
        found = contract_refusal(definition, date.fromordinal(today))
    if found is None:
        found = price_refusal(
            contract.product,
            command.order_type,
            command.limit_price_nanos,
            command.stop_price_nanos,
        )
    if found is None and (command.time_in_force is _GTD or command.expire_day is not None):
        day = date.fromordinal(today)
        found = time_in_force_refusal(command.time_in_force, command.expire_day, day)
    if found is None:
        found = offset_refusal(command.offset, line.carrying.account.position_mode)
    return found or _quantity_refusal(ask)


def _quantity_refusal(ask: Ask) -> Refusal | None:
    line, quantity = ask.line, ask.quantity_lots
    clip = line.contract.product.order_quantity_max
    if quantity > clip:
        detail = f"{quantity} lots exceed the largest order of {clip} lots"
        return Reason.ORDER_QUANTITY_MAX, clip, quantity, detail
    if line.is_gross and ask.offset is not _OPEN:
        closable = closable_lots(line, ask.side, ask.offset)
        if ask.added_lots > closable:
            more = "" if ask.order is None else "more "
            detail = (
                f"{closable} lots {more}can be closed with {ask.offset.name}, not {ask.added_lots}"
            )
            return Reason.CLOSE_LOTS_TOO_FEW, closable, ask.added_lots, detail
    if line.contract.mark_nanos is None and ask.order is None:
        return Reason.NO_PRICE, 0, 0, f"{line.key[1]} has no price yet"
    return None


def _replace_refusal(ask: Ask, command: ReplaceOrder) -> Refusal | None:
    product, price = ask.line.contract.product, command.limit_price_nanos
    assert ask.order is not None
    if price is not None:
        if ask.order.limit_price_nanos is None:
            detail = "the order has no limit price to change"
            return Reason.ORDER_PRICE_UNWANTED, 0, price, detail
        if not is_on_tick(price, product.tick_nanos):
            detail = f"limit price {format_price(price)} is off the tick"
            return Reason.ORDER_PRICE_OFF_TICK, product.tick_nanos, price, detail
        if price <= 0 and product.positive_prices_only:
            detail = f"{product.product_id} takes positive prices only"
            return Reason.ORDER_PRICE_NOT_POSITIVE, 1, price, detail
    return _quantity_refusal(ask)
