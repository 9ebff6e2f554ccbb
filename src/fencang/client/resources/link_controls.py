"""Calls about link controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LinkControl, StatedLinkControl

__all__ = [
    "LinkControlsResource",
    "get_link_control",
    "list_link_controls",
    "put_link_control",
]

_LIST_LINK_CONTROLS = Operation(
    name="list_link_controls",
    method="GET",
    path="/link-controls",
    answer=Page[StatedLinkControl],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_link_controls(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLinkControl]]:
    """All link controls.

    How long a venue link, and a venue's prices, may be silent before orders only reduce.

    ``link_age_seconds_max``: since the link of carrying account and venue last said that it is
    up. ``feed_age_seconds_max``: since any contract of the venue was marked.  The shortest
    counts.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LINK_CONTROLS.ask(locals())


_GET_LINK_CONTROL = Operation(
    name="get_link_control", method="GET", path="/link-controls/{key}", answer=StatedLinkControl
)


def get_link_control(key: str) -> Ask[StatedLinkControl]:
    """One of the link controls, with its version as ETag."""
    return _GET_LINK_CONTROL.ask(locals())


_PUT_LINK_CONTROL = Operation(
    name="put_link_control",
    method="PUT",
    path="/link-controls/{key}",
    answer=StatedLinkControl,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_link_control(
    key: str, *, if_match: int, item: LinkControl, idempotency_key: str | None = None
) -> Ask[StatedLinkControl]:
    """Change or add one of the link controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LINK_CONTROL.ask(locals())


class LinkControlsResource(Resource[TransportT]):
    """Calls about link controls."""

    list = Listing(list_link_controls)
    page = Method(list_link_controls)
    get = Method(get_link_control)
    put = Method(put_link_control)
    __call__ = Listing(list_link_controls)
