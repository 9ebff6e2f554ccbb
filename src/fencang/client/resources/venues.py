"""Calls about venues.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedVenue, Venue

__all__ = [
    "VenuesResource",
    "get_venue",
    "list_venues",
    "put_venue",
]

_LIST_VENUES = Operation(
    name="list_venues",
    method="GET",
    path="/venues",
    answer=Page[StatedVenue],
    in_query={"venue_id": "venue_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_venues(
    *, venue_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedVenue]]:
    """All venues.

    One market: where its orders go and which owners it lets in.

    ``one_owner_only`` venues (the Chinese futures exchanges) refuse sub-accounts of an owner
    who is not the holder of the carrying account outright (look-through rules, 2019).
    ``clearing_house`` nets and margins its contracts; venues with one name share it, an empty
    one means the venue clears by itself. ``pre_open_orders``: whether orders are taken before
    the market opens; cancels always are. ``weekend_days`` are ISO weekday numbers (Saturday 6,
    Sunday 7); ``holidays`` whole days shut. ``calendar_id`` names the calendar that sessions
    are taken from; nothing is decided by it.

    ``venue_id``: Rows of this venue.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_VENUES.ask(locals())


_GET_VENUE = Operation(name="get_venue", method="GET", path="/venues/{key}", answer=StatedVenue)


def get_venue(key: str) -> Ask[StatedVenue]:
    """One of the venues, with its version as ETag."""
    return _GET_VENUE.ask(locals())


_PUT_VENUE = Operation(
    name="put_venue",
    method="PUT",
    path="/venues/{key}",
    answer=StatedVenue,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_venue(
    key: str, *, if_match: int, item: Venue, idempotency_key: str | None = None
) -> Ask[StatedVenue]:
    """Change or add one of the venues.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_VENUE.ask(locals())


class VenuesResource(Resource[TransportT]):
    """Calls about venues."""

    list = Listing(list_venues)
    page = Method(list_venues)
    get = Method(get_venue)
    put = Method(put_venue)
    __call__ = Listing(list_venues)
