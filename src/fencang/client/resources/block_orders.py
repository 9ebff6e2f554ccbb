"""Calls about block orders.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import BlockLegRow, BlockOrderRow, ExecutionRow, OrderRow

__all__ = [
    "BlockOrdersResource",
    "get_block_order",
    "list_block_order_executions",
    "list_block_order_legs",
    "list_block_order_orders",
    "list_block_orders",
]

_LIST_BLOCK_ORDERS = Operation(
    name="list_block_orders",
    method="GET",
    path="/block-orders",
    answer=Page[BlockOrderRow],
    in_query={
        "state": "state",
        "rule_id": "rule_id",
        "carrying_account_id": "carrying_account_id",
        "contract_id": "contract_id",
        "side": "side",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_block_orders(
    *,
    state: str | None = None,
    rule_id: str | None = None,
    carrying_account_id: str | None = None,
    contract_id: str | None = None,
    side: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[BlockOrderRow]]:
    """Block orders: those that work and the last that are done, by number.

    ``state``: Rows in this state.
    ``rule_id``: Rows of this rule.
    ``carrying_account_id``: Rows at this carrying account.
    ``contract_id``: Rows in this contract.
    ``side``: Rows of this side: buy or sell.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BLOCK_ORDERS.ask(locals())


_GET_BLOCK_ORDER = Operation(
    name="get_block_order", method="GET", path="/block-orders/{block_id}", answer=BlockOrderRow
)


def get_block_order(block_id: int) -> Ask[BlockOrderRow]:
    """One block order."""
    return _GET_BLOCK_ORDER.ask(locals())


_LIST_BLOCK_ORDER_LEGS = Operation(
    name="list_block_order_legs",
    method="GET",
    path="/block-orders/{block_id}/legs",
    answer=Page[BlockLegRow],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_block_order_legs(
    block_id: int, *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[BlockLegRow]]:
    """Its legs: the split, and what each sub-account received.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BLOCK_ORDER_LEGS.ask(locals())


_LIST_BLOCK_ORDER_ORDERS = Operation(
    name="list_block_order_orders",
    method="GET",
    path="/block-orders/{block_id}/orders",
    answer=Page[OrderRow],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_block_order_orders(
    block_id: int, *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[OrderRow]]:
    """The orders that were sent for it, as far as they are remembered.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BLOCK_ORDER_ORDERS.ask(locals())


_LIST_BLOCK_ORDER_EXECUTIONS = Operation(
    name="list_block_order_executions",
    method="GET",
    path="/block-orders/{block_id}/executions",
    answer=Page[ExecutionRow],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_block_order_executions(
    block_id: int, *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[ExecutionRow]]:
    """Its executions: how each fill was divided, in the order of allocation.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BLOCK_ORDER_EXECUTIONS.ask(locals())


class BlockOrdersResource(Resource[TransportT]):
    """Calls about block orders."""

    list = Listing(list_block_orders)
    page = Method(list_block_orders)
    get = Method(get_block_order)
    legs_of = Listing(list_block_order_legs)
    orders_of = Listing(list_block_order_orders)
    executions_of = Listing(list_block_order_executions)
    __call__ = Listing(list_block_orders)
