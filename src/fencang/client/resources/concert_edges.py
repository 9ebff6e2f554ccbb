"""Calls about concert edges.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ConcertEdge, StatedConcertEdge

__all__ = [
    "ConcertEdgesResource",
    "get_concert_edge",
    "list_concert_edges",
    "put_concert_edge",
]

_LIST_CONCERT_EDGES = Operation(
    name="list_concert_edges",
    method="GET",
    path="/concert-edges",
    answer=Page[StatedConcertEdge],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_concert_edges(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedConcertEdge]]:
    """All concert edges.

    Two persons act under an agreement, express or implied.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONCERT_EDGES.ask(locals())


_GET_CONCERT_EDGE = Operation(
    name="get_concert_edge", method="GET", path="/concert-edges/{key}", answer=StatedConcertEdge
)


def get_concert_edge(key: str) -> Ask[StatedConcertEdge]:
    """One of the concert edges, with its version as ETag."""
    return _GET_CONCERT_EDGE.ask(locals())


_PUT_CONCERT_EDGE = Operation(
    name="put_concert_edge",
    method="PUT",
    path="/concert-edges/{key}",
    answer=StatedConcertEdge,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_concert_edge(
    key: str, *, if_match: int, item: ConcertEdge, idempotency_key: str | None = None
) -> Ask[StatedConcertEdge]:
    """Change or add one of the concert edges.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONCERT_EDGE.ask(locals())


class ConcertEdgesResource(Resource[TransportT]):
    """Calls about concert edges."""

    list = Listing(list_concert_edges)
    page = Method(list_concert_edges)
    get = Method(get_concert_edge)
    put = Method(put_concert_edge)
    __call__ = Listing(list_concert_edges)
