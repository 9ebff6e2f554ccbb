"""Calls about tiers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ServiceTier, StatedServiceTier

__all__ = [
    "TiersResource",
    "get_tier",
    "list_tiers",
    "put_tier",
]

_LIST_TIERS = Operation(
    name="list_tiers",
    method="GET",
    path="/tiers",
    answer=Page[StatedServiceTier],
    in_query={"venue_id": "venue_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_tiers(
    *, venue_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedServiceTier]]:
    """All tiers.

    What the clients of one tier may do, and when it takes effect.

    ``interfaces`` are the doors from outside; INTERNAL is always open.  ``messages_burst`` new
    orders and replacements may go at once, after that ``messages_per_second``; cancels and
    reductions always pass.  ``instruments`` are products or contracts, or ``*`` for all.
    ``priority_class`` 0 is served first.  Under NEXT_TRADING_DAY, what opens waits for the next
    trading day of its venue: entered from ``cutoff_seconds`` before the end of the day's last
    session on, for the one after.  ``venue_id`` is the venue whose days count for capital,
    which has none. ``instructions_max`` of one sub-account may wait.

    ``venue_id``: Rows of this venue.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_TIERS.ask(locals())


_GET_TIER = Operation(name="get_tier", method="GET", path="/tiers/{key}", answer=StatedServiceTier)


def get_tier(key: str) -> Ask[StatedServiceTier]:
    """One of the tiers, with its version as ETag."""
    return _GET_TIER.ask(locals())


_PUT_TIER = Operation(
    name="put_tier",
    method="PUT",
    path="/tiers/{key}",
    answer=StatedServiceTier,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_tier(
    key: str, *, if_match: int, item: ServiceTier, idempotency_key: str | None = None
) -> Ask[StatedServiceTier]:
    """Change or add one of the tiers.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_TIER.ask(locals())


class TiersResource(Resource[TransportT]):
    """Calls about tiers."""

    list = Listing(list_tiers)
    page = Method(list_tiers)
    get = Method(get_tier)
    put = Method(put_tier)
    __call__ = Listing(list_tiers)
