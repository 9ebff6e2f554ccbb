"""Calls about cross margins.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import CrossMargin, StatedCrossMargin

__all__ = [
    "CrossMarginsResource",
    "get_cross_margin",
    "list_cross_margins",
    "put_cross_margin",
]

_LIST_CROSS_MARGINS = Operation(
    name="list_cross_margins",
    method="GET",
    path="/cross-margins",
    answer=Page[StatedCrossMargin],
    in_query={
        "carrying_account_id": "carrying_account_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_cross_margins(
    *,
    carrying_account_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedCrossMargin]]:
    """All cross margins.

    An agreement of two clearing houses to credit each other for one carrying account.

    ``offset_ppm`` of the smaller leg's requirement comes off both legs while their deltas are
    on opposite sides (``offsets_same_side``: on one side, for an inverse quotation); ``cap`` is
    the most for both together.  To end one, set its offset to zero.

    ``carrying_account_id``: Rows of this carrying account.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CROSS_MARGINS.ask(locals())


_GET_CROSS_MARGIN = Operation(
    name="get_cross_margin", method="GET", path="/cross-margins/{key}", answer=StatedCrossMargin
)


def get_cross_margin(key: str) -> Ask[StatedCrossMargin]:
    """One of the cross margins, with its version as ETag."""
    return _GET_CROSS_MARGIN.ask(locals())


_PUT_CROSS_MARGIN = Operation(
    name="put_cross_margin",
    method="PUT",
    path="/cross-margins/{key}",
    answer=StatedCrossMargin,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_cross_margin(
    key: str, *, if_match: int, item: CrossMargin, idempotency_key: str | None = None
) -> Ask[StatedCrossMargin]:
    """Change or add one of the cross margins.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CROSS_MARGIN.ask(locals())


class CrossMarginsResource(Resource[TransportT]):
    """Calls about cross margins."""

    list = Listing(list_cross_margins)
    page = Method(list_cross_margins)
    get = Method(get_cross_margin)
    put = Method(put_cross_margin)
    __call__ = Listing(list_cross_margins)
