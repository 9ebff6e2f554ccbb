"""Calls about trade flow controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedTradeFlowControl, TradeFlowControl

__all__ = [
    "TradeFlowControlsResource",
    "get_trade_flow_control",
    "list_trade_flow_controls",
    "put_trade_flow_control",
]

_LIST_TRADE_FLOW_CONTROLS = Operation(
    name="list_trade_flow_controls",
    method="GET",
    path="/trade-flow-controls",
    answer=Page[StatedTradeFlowControl],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_trade_flow_controls(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedTradeFlowControl]]:
    """All trade flow controls.

    What a node's orders in a contract, a product or all (``"*"``) may come to.

    New orders, replaces and cancels are messages here.  Beyond ``free_messages`` of a trading
    day there may be ``order_to_trade_max`` for every execution, and ``cancels_max`` cancels;
    the day is the venue's.  What is counted is counted for each venue, with
    ``of_each_contract`` for each contract.  When a sub-account's orders of one side of a
    contract were executed ``repeated_executions_max`` times in ``repeated_seconds``, it is
    disabled until two persons enable it again; an order counts once, however many fills it
    takes.  An order like one of the same sub-account that was sent less than
    ``duplicate_seconds`` ago is refused.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_TRADE_FLOW_CONTROLS.ask(locals())


_GET_TRADE_FLOW_CONTROL = Operation(
    name="get_trade_flow_control",
    method="GET",
    path="/trade-flow-controls/{key}",
    answer=StatedTradeFlowControl,
)


def get_trade_flow_control(key: str) -> Ask[StatedTradeFlowControl]:
    """One of the trade flow controls, with its version as ETag."""
    return _GET_TRADE_FLOW_CONTROL.ask(locals())


_PUT_TRADE_FLOW_CONTROL = Operation(
    name="put_trade_flow_control",
    method="PUT",
    path="/trade-flow-controls/{key}",
    answer=StatedTradeFlowControl,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_trade_flow_control(
    key: str, *, if_match: int, item: TradeFlowControl, idempotency_key: str | None = None
) -> Ask[StatedTradeFlowControl]:
    """Change or add one of the trade flow controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_TRADE_FLOW_CONTROL.ask(locals())


class TradeFlowControlsResource(Resource[TransportT]):
    """Calls about trade flow controls."""

    list = Listing(list_trade_flow_controls)
    page = Method(list_trade_flow_controls)
    get = Method(get_trade_flow_control)
    put = Method(put_trade_flow_control)
    __call__ = Listing(list_trade_flow_controls)
