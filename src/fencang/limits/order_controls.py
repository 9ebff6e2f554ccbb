"""Controls of one order against its contract: words, price, tick and quantity."""

from datetime import date
from typing import Final

from fencang.basics.price import format_price, is_on_tick
from fencang.messages.message import Offset, OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.account import PositionMode
from fencang.refdata.contract import Contract, Product

__all__ = [
    "NodeRefusal",
    "Refusal",
    "contract_refusal",
    "offset_refusal",
    "price_refusal",
    "time_in_force_refusal",
]

_LIMIT: Final = OrderType.LIMIT
_NET: Final = Offset.NET
_NET_MODE: Final = PositionMode.NET
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""

Refusal = tuple[Reason, int, int, str]
"""Reason, limit, value and a detail in words."""
NodeRefusal = tuple[Reason, str, int, int, str]
"""Reason, the node that refuses, limit, value and a detail in words."""


def contract_refusal(contract: Contract, trading_day: date) -> Refusal | None:
    """Refuse a contract that is not listed yet or has ended."""
    last = contract.last_trading_day
    if last is not None and trading_day > last:
        detail = f"{contract.contract_id} ended on {last}"
        return Reason.ORDER_CONTRACT_EXPIRED, last.toordinal(), trading_day.toordinal(), detail
    first = contract.first_trading_day
    if first is not None and trading_day < first:
        detail = f"{contract.contract_id} trades from {first}"
        return Reason.ORDER_CONTRACT_NOT_LISTED, first.toordinal(), trading_day.toordinal(), detail
    return None


def price_refusal(
    product: Product, order_type: OrderType, limit_nanos: int | None, stop_nanos: int | None
) -> Refusal | None:
    """Refuse missing, superfluous, off-tick or (where the product says so) non-positive prices."""
    if (
        order_type is _LIMIT
        and stop_nanos is None
        and limit_nanos is not None
        and limit_nanos % product.tick_nanos == 0
        and (limit_nanos > 0 or not product.positive_prices_only)
    ):
        return None  # the commonest order, without asking an enumeration six times
    if product.pays_premium and order_type not in (OrderType.LIMIT, OrderType.STOP_LIMIT):
        name = product.product_id
        detail = f"{name} pays premiums: its orders need a limit price, {order_type.name} has none"
        return Reason.ORDER_PRICE_MISSING, 0, 0, detail
    wants_limit = order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT)
    wants_stop = order_type in (OrderType.STOP, OrderType.STOP_LIMIT)
    for name, wanted, price in (
        ("limit price", wants_limit, limit_nanos),
        ("stop price", wants_stop, stop_nanos),
    ):
        if price is None:
            if wanted:
                detail = f"a {order_type.name} order needs a {name}"
                return Reason.ORDER_PRICE_MISSING, 0, 0, detail
            continue
        if not wanted:
            detail = f"a {order_type.name} order has no {name}"
            return Reason.ORDER_PRICE_UNWANTED, 0, price, detail
        if not is_on_tick(price, product.tick_nanos):
            tick = format_price(product.tick_nanos)
            detail = f"{name} {format_price(price)} is not a multiple of the tick {tick}"
            return Reason.ORDER_PRICE_OFF_TICK, product.tick_nanos, price, detail
        if price <= 0 and product.positive_prices_only:
            detail = f"{product.product_id} takes positive prices only"
            return Reason.ORDER_PRICE_NOT_POSITIVE, 1, price, detail
    return None


def time_in_force_refusal(
    time_in_force: TimeInForce, expire_day: date | None, trading_day: date
) -> Refusal | None:
    """Refuse a GTD order without a day to come, and a day on any other order."""
    if time_in_force is not TimeInForce.GTD:
        if expire_day is None:
            return None
        detail = f"a {time_in_force.name} order has no expire day"
        return Reason.ORDER_EXPIRE_DAY, 0, expire_day.toordinal(), detail
    if expire_day is None or expire_day < trading_day:
        detail = f"a GTD order needs an expire day from {trading_day} on, got {expire_day}"
        value = expire_day.toordinal() if expire_day else 0
        return Reason.ORDER_EXPIRE_DAY, trading_day.toordinal(), value, detail
    return None


def offset_refusal(offset: Offset, position_mode: PositionMode) -> Refusal | None:
    """Refuse an offset flag in a net account and a missing one in a gross account."""
    is_net = position_mode is _NET_MODE
    if (offset is _NET) == is_net:
        return None
    allowed = "NET" if is_net else "OPEN, CLOSE, CLOSE_TODAY or CLOSE_YESTERDAY"
    detail = f"a {position_mode} account takes offset {allowed}, got {offset.name}"
    return Reason.OFFSET_MISMATCH, 0, int(offset), detail
