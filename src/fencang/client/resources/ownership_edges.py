"""Calls about ownership edges.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import OwnershipEdge, StatedOwnershipEdge

__all__ = [
    "OwnershipEdgesResource",
    "get_ownership_edge",
    "list_ownership_edges",
    "put_ownership_edge",
]

_LIST_OWNERSHIP_EDGES = Operation(
    name="list_ownership_edges",
    method="GET",
    path="/ownership-edges",
    answer=Page[StatedOwnershipEdge],
    in_query={"owner_id": "owner_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_ownership_edges(
    *, owner_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedOwnershipEdge]]:
    """All ownership edges.

    A share that one person holds of another, from a day until a day (both included).

    ``owner_id``: Rows of this owner.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_OWNERSHIP_EDGES.ask(locals())


_GET_OWNERSHIP_EDGE = Operation(
    name="get_ownership_edge",
    method="GET",
    path="/ownership-edges/{key}",
    answer=StatedOwnershipEdge,
)


def get_ownership_edge(key: str) -> Ask[StatedOwnershipEdge]:
    """One of the ownership edges, with its version as ETag."""
    return _GET_OWNERSHIP_EDGE.ask(locals())


_PUT_OWNERSHIP_EDGE = Operation(
    name="put_ownership_edge",
    method="PUT",
    path="/ownership-edges/{key}",
    answer=StatedOwnershipEdge,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_ownership_edge(
    key: str, *, if_match: int, item: OwnershipEdge, idempotency_key: str | None = None
) -> Ask[StatedOwnershipEdge]:
    """Change or add one of the ownership edges.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_OWNERSHIP_EDGE.ask(locals())


class OwnershipEdgesResource(Resource[TransportT]):
    """Calls about ownership edges."""

    list = Listing(list_ownership_edges)
    page = Method(list_ownership_edges)
    get = Method(get_ownership_edge)
    put = Method(put_ownership_edge)
    __call__ = Listing(list_ownership_edges)
