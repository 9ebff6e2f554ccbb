"""Calls about exposure limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ExposureLimit, StatedExposureLimit

__all__ = [
    "ExposureLimitsResource",
    "get_exposure_limit",
    "list_exposure_limits",
    "put_exposure_limit",
]

_LIST_EXPOSURE_LIMITS = Operation(
    name="list_exposure_limits",
    method="GET",
    path="/exposure-limits",
    answer=Page[StatedExposureLimit],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_exposure_limits(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedExposureLimit]]:
    """All exposure limits.

    The largest exposure of one node in a contract, a product, named products, or all (``"*"``).

    ``product_ids`` makes ``scope_id`` a name for these products together.  ``gross_max``
    bounds the sum over every book below the node, long and short added; ``net_max`` the
    worst long and the worst short apart, books netted; ``beta_max`` the same, each value
    times its beta to ``beta_index``.  A beta that nobody reported, or that is older than
    ``beta_age_seconds_max``, counts as ``beta_unknown_ppm`` on both sides: it offsets nothing.
    No product may be more than ``share_ppm_max`` of the gross value once that is above
    ``share_from``.  A lot counts at least the value of ``floor_ticks`` ticks, so that no
    size slips through at a price near nothing.

    A number left out is not asked at the node; index, age, unknown beta and floor left out are
    those of the master account's row for all, which states everything.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_EXPOSURE_LIMITS.ask(locals())


_GET_EXPOSURE_LIMIT = Operation(
    name="get_exposure_limit",
    method="GET",
    path="/exposure-limits/{key}",
    answer=StatedExposureLimit,
)


def get_exposure_limit(key: str) -> Ask[StatedExposureLimit]:
    """One of the exposure limits, with its version as ETag."""
    return _GET_EXPOSURE_LIMIT.ask(locals())


_PUT_EXPOSURE_LIMIT = Operation(
    name="put_exposure_limit",
    method="PUT",
    path="/exposure-limits/{key}",
    answer=StatedExposureLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_exposure_limit(
    key: str, *, if_match: int, item: ExposureLimit, idempotency_key: str | None = None
) -> Ask[StatedExposureLimit]:
    """Change or add one of the exposure limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_EXPOSURE_LIMIT.ask(locals())


class ExposureLimitsResource(Resource[TransportT]):
    """Calls about exposure limits."""

    list = Listing(list_exposure_limits)
    page = Method(list_exposure_limits)
    get = Method(get_exposure_limit)
    put = Method(put_exposure_limit)
    __call__ = Listing(list_exposure_limits)
