"""Calls about tenor limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedTenorLimit, TenorLimit

__all__ = [
    "TenorLimitsResource",
    "get_tenor_limit",
    "list_tenor_limits",
    "put_tenor_limit",
]

_LIST_TENOR_LIMITS = Operation(
    name="list_tenor_limits",
    method="GET",
    path="/tenor-limits",
    answer=Page[StatedTenorLimit],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_tenor_limits(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedTenorLimit]]:
    """All tenor limits.

    What a node may open in a contract, a product or all (``"*"``), by calendar days from today.

    The last trading day lies at most ``furthest_days`` ahead; the last trading day and the
    first notice day, whichever comes first, at least ``nearest_days``.  A contract without a
    last trading day is opened only where ``takes_undated`` says so: what nobody states is not
    allowed.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_TENOR_LIMITS.ask(locals())


_GET_TENOR_LIMIT = Operation(
    name="get_tenor_limit", method="GET", path="/tenor-limits/{key}", answer=StatedTenorLimit
)


def get_tenor_limit(key: str) -> Ask[StatedTenorLimit]:
    """One of the tenor limits, with its version as ETag."""
    return _GET_TENOR_LIMIT.ask(locals())


_PUT_TENOR_LIMIT = Operation(
    name="put_tenor_limit",
    method="PUT",
    path="/tenor-limits/{key}",
    answer=StatedTenorLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_tenor_limit(
    key: str, *, if_match: int, item: TenorLimit, idempotency_key: str | None = None
) -> Ask[StatedTenorLimit]:
    """Change or add one of the tenor limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_TENOR_LIMIT.ask(locals())


class TenorLimitsResource(Resource[TransportT]):
    """Calls about tenor limits."""

    list = Listing(list_tenor_limits)
    page = Method(list_tenor_limits)
    get = Method(get_tenor_limit)
    put = Method(put_tenor_limit)
    __call__ = Listing(list_tenor_limits)
