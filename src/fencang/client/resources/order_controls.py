"""Calls about order controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import OrderControl, StatedOrderControl

__all__ = [
    "OrderControlsResource",
    "get_order_control",
    "list_order_controls",
    "put_order_control",
]

_LIST_ORDER_CONTROLS = Operation(
    name="list_order_controls",
    method="GET",
    path="/order-controls",
    answer=Page[StatedOrderControl],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_order_controls(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedOrderControl]]:
    """All order controls.

    What one order of a node may be, in a contract, a product or in all (``"*"``).

    ``quantity_lots_max`` bounds its lots, ``value_max`` its absolute value in the base
    currency.  A buy may lie above the reference price, and a sell below it, by ``collar_ppm``
    of its absolute value, at least ``collar_ticks``; when the mark has moved more than
    ``fast_after_ppm`` from the last settlement, by ``fast_collar_ppm``.  On a mark older than
    ``price_age_seconds_max`` nothing is opened.  ``takes_market_orders`` False asks for a limit
    price. ``is_restricted`` lets nothing be opened at all.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_ORDER_CONTROLS.ask(locals())


_GET_ORDER_CONTROL = Operation(
    name="get_order_control", method="GET", path="/order-controls/{key}", answer=StatedOrderControl
)


def get_order_control(key: str) -> Ask[StatedOrderControl]:
    """One of the order controls, with its version as ETag."""
    return _GET_ORDER_CONTROL.ask(locals())


_PUT_ORDER_CONTROL = Operation(
    name="put_order_control",
    method="PUT",
    path="/order-controls/{key}",
    answer=StatedOrderControl,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_order_control(
    key: str, *, if_match: int, item: OrderControl, idempotency_key: str | None = None
) -> Ask[StatedOrderControl]:
    """Change or add one of the order controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_ORDER_CONTROL.ask(locals())


class OrderControlsResource(Resource[TransportT]):
    """Calls about order controls."""

    list = Listing(list_order_controls)
    page = Method(list_order_controls)
    get = Method(get_order_control)
    put = Method(put_order_control)
    __call__ = Listing(list_order_controls)
