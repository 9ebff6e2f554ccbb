"""Calls about control edges.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ControlEdge, StatedControlEdge

__all__ = [
    "ControlEdgesResource",
    "get_control_edge",
    "list_control_edges",
    "put_control_edge",
]

_LIST_CONTROL_EDGES = Operation(
    name="list_control_edges",
    method="GET",
    path="/control-edges",
    answer=Page[StatedControlEdge],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_control_edges(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedControlEdge]]:
    """All control edges.

    One person directs the trading of another, in everything or in named products.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONTROL_EDGES.ask(locals())


_GET_CONTROL_EDGE = Operation(
    name="get_control_edge", method="GET", path="/control-edges/{key}", answer=StatedControlEdge
)


def get_control_edge(key: str) -> Ask[StatedControlEdge]:
    """One of the control edges, with its version as ETag."""
    return _GET_CONTROL_EDGE.ask(locals())


_PUT_CONTROL_EDGE = Operation(
    name="put_control_edge",
    method="PUT",
    path="/control-edges/{key}",
    answer=StatedControlEdge,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_control_edge(
    key: str, *, if_match: int, item: ControlEdge, idempotency_key: str | None = None
) -> Ask[StatedControlEdge]:
    """Change or add one of the control edges.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONTROL_EDGE.ask(locals())


class ControlEdgesResource(Resource[TransportT]):
    """Calls about control edges."""

    list = Listing(list_control_edges)
    page = Method(list_control_edges)
    get = Method(get_control_edge)
    put = Method(put_control_edge)
    __call__ = Listing(list_control_edges)
