"""Calls about margin buffers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import MarginBuffer, StatedMarginBuffer

__all__ = [
    "MarginBuffersResource",
    "get_margin_buffer",
    "list_margin_buffers",
    "put_margin_buffer",
]

_LIST_MARGIN_BUFFERS = Operation(
    name="list_margin_buffers",
    method="GET",
    path="/margin-buffers",
    answer=Page[StatedMarginBuffer],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_margin_buffers(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedMarginBuffer]]:
    """All margin buffers.

    What an opening order must leave available, in parts of the requirement and as an amount.

    ``buffer_ppm`` of the requirement after the order holds for every sub-account at and below
    the node; the largest on the way to the root counts.  ``buffer``, in base currency, holds
    for the node alone.  The row of the master account, or of ``person:OWNER``, holds for the
    owner's pool, both numbers.  The row of the master account states both.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_MARGIN_BUFFERS.ask(locals())


_GET_MARGIN_BUFFER = Operation(
    name="get_margin_buffer", method="GET", path="/margin-buffers/{key}", answer=StatedMarginBuffer
)


def get_margin_buffer(key: str) -> Ask[StatedMarginBuffer]:
    """One of the margin buffers, with its version as ETag."""
    return _GET_MARGIN_BUFFER.ask(locals())


_PUT_MARGIN_BUFFER = Operation(
    name="put_margin_buffer",
    method="PUT",
    path="/margin-buffers/{key}",
    answer=StatedMarginBuffer,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_margin_buffer(
    key: str, *, if_match: int, item: MarginBuffer, idempotency_key: str | None = None
) -> Ask[StatedMarginBuffer]:
    """Change or add one of the margin buffers.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_MARGIN_BUFFER.ask(locals())


class MarginBuffersResource(Resource[TransportT]):
    """Calls about margin buffers."""

    list = Listing(list_margin_buffers)
    page = Method(list_margin_buffers)
    get = Method(get_margin_buffer)
    put = Method(put_margin_buffer)
    __call__ = Listing(list_margin_buffers)
