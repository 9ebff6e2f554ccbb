"""Calls about flow controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import FlowControl, StatedFlowControl

__all__ = [
    "FlowControlsResource",
    "get_flow_control",
    "list_flow_controls",
    "put_flow_control",
]

_LIST_FLOW_CONTROLS = Operation(
    name="list_flow_controls",
    method="GET",
    path="/flow-controls",
    answer=Page[StatedFlowControl],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_flow_controls(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedFlowControl]]:
    """All flow controls.

    What a node of the account tree may send, and have at work.

    New orders and replaces are messages, cancels never are.  ``messages_max`` may go at once,
    and as many again in every ``messages_seconds``: after a burst one message is free every
    ``messages_seconds / messages_max``.  A field left out is inherited, in that no level of its
    own is asked; the row of the master account states all.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_FLOW_CONTROLS.ask(locals())


_GET_FLOW_CONTROL = Operation(
    name="get_flow_control", method="GET", path="/flow-controls/{key}", answer=StatedFlowControl
)


def get_flow_control(key: str) -> Ask[StatedFlowControl]:
    """One of the flow controls, with its version as ETag."""
    return _GET_FLOW_CONTROL.ask(locals())


_PUT_FLOW_CONTROL = Operation(
    name="put_flow_control",
    method="PUT",
    path="/flow-controls/{key}",
    answer=StatedFlowControl,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_flow_control(
    key: str, *, if_match: int, item: FlowControl, idempotency_key: str | None = None
) -> Ask[StatedFlowControl]:
    """Change or add one of the flow controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_FLOW_CONTROL.ask(locals())


class FlowControlsResource(Resource[TransportT]):
    """Calls about flow controls."""

    list = Listing(list_flow_controls)
    page = Method(list_flow_controls)
    get = Method(get_flow_control)
    put = Method(put_flow_control)
    __call__ = Listing(list_flow_controls)
