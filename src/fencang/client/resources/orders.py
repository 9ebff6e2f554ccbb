"""Calls about orders.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import (
    MassCancelOutcome,
    Offset,
    OrderExplained,
    OrderOutcome,
    OrderRow,
    OrderType,
    Outcome,
    Side,
    TimeInForce,
)
from fencang.client.wire import Number

__all__ = [
    "OrdersResource",
    "cancel_instruction",
    "cancel_order",
    "cancel_orders",
    "explain_order",
    "get_order",
    "list_orders",
    "replace_order",
    "submit_order",
    "what_if",
]

_LIST_ORDERS = Operation(
    name="list_orders",
    method="GET",
    path="/orders",
    answer=Page[OrderRow],
    in_query={
        "sub_account_id": "sub_account_id",
        "contract_id": "contract_id",
        "state": "state",
        "side": "side",
        "carrying_account_id": "carrying_account_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_orders(
    *,
    sub_account_id: str | None = None,
    contract_id: str | None = None,
    state: str | None = None,
    side: str | None = None,
    carrying_account_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[OrderRow]]:
    """Orders: open ones and the last closed, by number.

    ``sub_account_id``: Rows of this sub-account.
    ``contract_id``: Rows in this contract.
    ``state``: Rows in this state.
    ``side``: Rows of this side: buy or sell.
    ``carrying_account_id``: Rows at this carrying account.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_ORDERS.ask(locals())


_SUBMIT_ORDER = Operation(
    name="submit_order",
    method="POST",
    path="/orders",
    answer=OrderOutcome,
    exact=frozenset(["limit_price", "stop_price"]),
    has_body=True,
    is_write=True,
)


def submit_order(
    *,
    sub_account_id: str,
    client_order_id: str,
    contract_id: str,
    side: Side,
    quantity_lots: int,
    order_type: OrderType = "limit",
    limit_price: Number | None = None,
    stop_price: Number | None = None,
    time_in_force: TimeInForce = "day",
    expire_day: date | None = None,
    offset: Offset = "net",
    envelope_id: int = 0,
    idempotency_key: str | None = None,
) -> Ask[OrderOutcome]:
    """Place an order.

    Ask for an order of one sub-account; ``envelope_id`` names the envelope it lies inside.
    """
    return _SUBMIT_ORDER.ask(locals())


_GET_ORDER = Operation(name="get_order", method="GET", path="/orders/{order_id}", answer=OrderRow)


def get_order(order_id: int) -> Ask[OrderRow]:
    """One order."""
    return _GET_ORDER.ask(locals())


_REPLACE_ORDER = Operation(
    name="replace_order",
    method="PUT",
    path="/orders/{order_id}",
    answer=OrderOutcome,
    exact=frozenset(["limit_price"]),
    has_body=True,
    is_write=True,
)


def replace_order(
    order_id: int,
    *,
    sub_account_id: str,
    quantity_lots: int,
    limit_price: Number | None = None,
    idempotency_key: str | None = None,
) -> Ask[OrderOutcome]:
    """Change quantity and price of a working order.

    Ask to change quantity (total, not remaining) and limit price of a working order.
    """
    return _REPLACE_ORDER.ask(locals())


_WHAT_IF = Operation(
    name="what_if",
    method="POST",
    path="/orders/what-if",
    answer=OrderExplained,
    exact=frozenset(["limit_price", "stop_price"]),
    has_body=True,
)


def what_if(
    *,
    sub_account_id: str,
    client_order_id: str,
    contract_id: str,
    side: Side,
    quantity_lots: int,
    order_type: OrderType = "limit",
    limit_price: Number | None = None,
    stop_price: Number | None = None,
    time_in_force: TimeInForce = "day",
    expire_day: date | None = None,
    offset: Offset = "net",
    envelope_id: int = 0,
) -> Ask[OrderExplained]:
    """What every control would say of an order now; nothing is entered."""
    return _WHAT_IF.ask(locals())


_EXPLAIN_ORDER = Operation(
    name="explain_order", method="GET", path="/orders/{order_id}/explanation", answer=OrderExplained
)


def explain_order(order_id: int) -> Ask[OrderExplained]:
    """Why an order was accepted or refused: every control with its numbers."""
    return _EXPLAIN_ORDER.ask(locals())


_CANCEL_ORDER = Operation(
    name="cancel_order",
    method="POST",
    path="/orders/{order_id}/cancel",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def cancel_order(
    order_id: int, *, sub_account_id: str, idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Cancel a working order.

    Ask to cancel one working order of a sub-account.
    """
    return _CANCEL_ORDER.ask(locals())


_CANCEL_ORDERS = Operation(
    name="cancel_orders",
    method="POST",
    path="/orders/cancel",
    answer=MassCancelOutcome,
    has_body=True,
    is_write=True,
)


def cancel_orders(
    *,
    node_id: str,
    scope_id: str | None = None,
    side: Side | None = None,
    carrying_account_id: str | None = None,
    idempotency_key: str | None = None,
) -> Ask[MassCancelOutcome]:
    """Cancel all orders of a node, or some of them.

    Ask to cancel every order at work under a node, or those of them that the filters leave.

    The node is a sub-account with all below it, the master account, a carrying account
    (``carrying:FCM-1``), a venue (``venue:CME``) or an owner (``person:FIRM``); ``scope_id`` is
    a contract or a product.  Orders that wait for the next trading day are taken back too.
    Block orders of the desk and envelopes stay, and nothing keeps new orders from coming: that
    is ``StopTrading``.
    """
    return _CANCEL_ORDERS.ask(locals())


_CANCEL_INSTRUCTION = Operation(
    name="cancel_instruction",
    method="POST",
    path="/instructions/{instruction_id}/cancel",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def cancel_instruction(
    instruction_id: int, *, sub_account_id: str, idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Take back what waits for the next trading day.

    Take back an instruction of the own sub-account that still waits; one person is enough.
    """
    return _CANCEL_INSTRUCTION.ask(locals())


class OrdersResource(Resource[TransportT]):
    """Calls about orders."""

    list = Listing(list_orders)
    page = Method(list_orders)
    place = Method(submit_order)
    get = Method(get_order)
    replace = Method(replace_order)
    what_if = Method(what_if)
    explain = Method(explain_order)
    cancel = Method(cancel_order)
    cancel_many = Method(cancel_orders)
    cancel_instruction = Method(cancel_instruction)
    __call__ = Listing(list_orders)
