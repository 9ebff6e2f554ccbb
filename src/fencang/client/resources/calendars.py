"""Calls about calendars.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedVenueCalendar

__all__ = [
    "CalendarsResource",
    "get_calendar",
    "list_calendars",
]

_LIST_CALENDARS = Operation(
    name="list_calendars",
    method="GET",
    path="/calendars",
    answer=Page[StatedVenueCalendar],
    in_query={"venue_id": "venue_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_calendars(
    *, venue_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedVenueCalendar]]:
    """All calendars.

    When a venue trades: whole days shut, and the calendar that its sessions are taken from.

    ``venue_id``: Rows of this venue.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CALENDARS.ask(locals())


_GET_CALENDAR = Operation(
    name="get_calendar", method="GET", path="/calendars/{key}", answer=StatedVenueCalendar
)


def get_calendar(key: str) -> Ask[StatedVenueCalendar]:
    """One of the calendars, with its version as ETag."""
    return _GET_CALENDAR.ask(locals())


class CalendarsResource(Resource[TransportT]):
    """Calls about calendars."""

    list = Listing(list_calendars)
    page = Method(list_calendars)
    get = Method(get_calendar)
    __call__ = Listing(list_calendars)
