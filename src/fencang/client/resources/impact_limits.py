"""Calls about impact limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ImpactLimit, StatedImpactLimit

__all__ = [
    "ImpactLimitsResource",
    "get_impact_limit",
    "list_impact_limits",
    "put_impact_limit",
]

_LIST_IMPACT_LIMITS = Operation(
    name="list_impact_limits",
    method="GET",
    path="/impact-limits",
    answer=Page[StatedImpactLimit],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_impact_limits(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedImpactLimit]]:
    """All impact limits.

    How large orders of a node may be beside what the market traded, in each contract.

    One order may be ``order_share_ppm`` of the lots traded in the window that a feed reported
    last. All orders sent in ``window_seconds`` may be ``window_share_ppm`` of what the market
    trades in such a time at that pace; the order after which another like it would not fit
    makes the node rest for ``cooling_off_seconds``. A volume older than
    ``volume_age_seconds_max``, or none, opens nothing unless ``passes_unknown``. ``scope_id``
    is a contract, a product or everything (``"*"``).

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_IMPACT_LIMITS.ask(locals())


_GET_IMPACT_LIMIT = Operation(
    name="get_impact_limit", method="GET", path="/impact-limits/{key}", answer=StatedImpactLimit
)


def get_impact_limit(key: str) -> Ask[StatedImpactLimit]:
    """One of the impact limits, with its version as ETag."""
    return _GET_IMPACT_LIMIT.ask(locals())


_PUT_IMPACT_LIMIT = Operation(
    name="put_impact_limit",
    method="PUT",
    path="/impact-limits/{key}",
    answer=StatedImpactLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_impact_limit(
    key: str, *, if_match: int, item: ImpactLimit, idempotency_key: str | None = None
) -> Ask[StatedImpactLimit]:
    """Change or add one of the impact limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_IMPACT_LIMIT.ask(locals())


class ImpactLimitsResource(Resource[TransportT]):
    """Calls about impact limits."""

    list = Listing(list_impact_limits)
    page = Method(list_impact_limits)
    get = Method(get_impact_limit)
    put = Method(put_impact_limit)
    __call__ = Listing(list_impact_limits)
