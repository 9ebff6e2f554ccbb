"""Controls of single orders on the order path: restricted list, size, value, collar, age.

A desk that states no ``OrderControl`` is asked nothing here.  A reducing order skips the restricted
list and the age of the mark; its size and its price are looked at like any other's.
"""

from typing import Final

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.order_limits import age_refusal, collar_refusal, size_refusal
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = ["order_check", "order_value_micros"]

_BUY: Final = Side.BUY
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def order_check(ask: Ask) -> NodeRefusal | None:
    """Return the first control of single orders that refuses, or None.

    A replacement is asked what a new order of its size and price would be asked; one that is
    smaller at the same price is asked nothing.
    """
    order, state, line = ask.order, ask.state, ask.line
    quantity, reduces = ask.quantity_lots, ask.reduces
    contract = line.contract
    if order is not None:
        grows = quantity > order.quantity_lots
        if contract.mark_nanos is None or not (grows or ask.changes_price):
            return None
        quantity, reduces = quantity if grows else 0, ask.stays_reducing or not grows
    control, mark_nanos = line.control(state.controls), contract.mark_nanos
    assert mark_nanos is not None, contract.contract
    if control.restricted_by and not reduces:
        name = contract.contract.contract_id
        detail = f"{name} is restricted at {control.restricted_by}; it may only be reduced"
        return Reason.RESTRICTED, control.restricted_by, 0, quantity, detail
    value = order_value_micros(state, line, ask.side, quantity, ask.price_nanos)
    refusal = size_refusal(control, quantity, value) or collar_refusal(
        control,
        ask.side,
        ask.price_nanos,
        tick_nanos=contract.product.tick_nanos,
        mark_nanos=mark_nanos,
        settlement_nanos=contract.settlement_nanos,
    )
    if refusal is None and not reduces:
        refusal = age_refusal(control, state.time_ns - contract.marked_ns)
    return refusal


def order_value_micros(
    state: DeskState, line: Line, side: Side, quantity_lots: int, price_nanos: int | None
) -> int:
    """Return an order's absolute value in base micros, at the further of its price and the mark.

    At prices around zero a lot is worth little and may lose much: the margin that its lots ask for
    by themselves counts where that is more, whatever is held against them.
    """
    contract = line.contract
    furthest = max(abs(contract.mark_nanos or 0), abs(price_nanos or 0))
    value = contract.value_micros(furthest, quantity_lots)
    buys, sells = (quantity_lots, 0) if side is _BUY else (0, quantity_lots)
    netted = line.entry.netted
    if netted is None:
        value = max(value, quantity_lots * contract.requirement_per_lot)
    else:
        currency, asked = netted.node.alone_of(netted.row, buys, sells)
        if currency == contract.currency:
            value = max(value, asked)
    return state.rates.value(contract.currency, value)
