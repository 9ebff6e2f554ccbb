"""Calls about regime venues.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import RegimeVenue, StatedRegimeVenue

__all__ = [
    "RegimeVenuesResource",
    "get_regime_venue",
    "list_regime_venues",
    "put_regime_venue",
]

_LIST_REGIME_VENUES = Operation(
    name="list_regime_venues",
    method="GET",
    path="/regime-venues",
    answer=Page[StatedRegimeVenue],
    in_query={
        "venue_id": "venue_id",
        "regime_id": "regime_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_regime_venues(
    *,
    venue_id: str | None = None,
    regime_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedRegimeVenue]]:
    """All regime venues.

    A regime governs what is traded at a venue.

    Every contract there must be a member of one of its groups, if only of one without limits:
    what nobody has looked up is not opened.

    ``venue_id``: Rows of this venue.
    ``regime_id``: Rows of this regime.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_REGIME_VENUES.ask(locals())


_GET_REGIME_VENUE = Operation(
    name="get_regime_venue", method="GET", path="/regime-venues/{key}", answer=StatedRegimeVenue
)


def get_regime_venue(key: str) -> Ask[StatedRegimeVenue]:
    """One of the regime venues, with its version as ETag."""
    return _GET_REGIME_VENUE.ask(locals())


_PUT_REGIME_VENUE = Operation(
    name="put_regime_venue",
    method="PUT",
    path="/regime-venues/{key}",
    answer=StatedRegimeVenue,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_regime_venue(
    key: str, *, if_match: int, item: RegimeVenue, idempotency_key: str | None = None
) -> Ask[StatedRegimeVenue]:
    """Change or add one of the regime venues.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_REGIME_VENUE.ask(locals())


class RegimeVenuesResource(Resource[TransportT]):
    """Calls about regime venues."""

    list = Listing(list_regime_venues)
    page = Method(list_regime_venues)
    get = Method(get_regime_venue)
    put = Method(put_regime_venue)
    __call__ = Listing(list_regime_venues)
