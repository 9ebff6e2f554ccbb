"""Calls about settings.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import DeskSettings, StatedDeskSettings

__all__ = [
    "SettingsResource",
    "get_settings",
    "list_settings",
    "put_settings",
]

_LIST_SETTINGS = Operation(
    name="list_settings",
    method="GET",
    path="/settings",
    answer=Page[StatedDeskSettings],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_settings(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedDeskSettings]]:
    """All settings.

    Numbers that hold for the whole desk.

    ``route_age_seconds_max``: an order in doubt that the venue denies knowing is resent only
    when it is younger than this.  ``currency_haircut_ppm`` lowers the value of foreign credit
    balances and raises foreign debits when the pool values itself.  ``plan_age_seconds_max``:
    an approved plan older than this is refused.  ``span_age_days_max``: a SPAN file older than
    this (calendar days before the trading day) is stale, and its requirements count
    ``span_stale_ppm`` of themselves. ``attribution`` divides what is published; it binds no
    order.  ``day_policy``: under ``strict`` sessions open only inside an open trading day, and
    a day opens only after the one before it was closed.  ``settlement_days_max``: of so many
    days positions at settlement are kept, so that a settlement price can be corrected.
    ``transfers_at_cost`` lets two persons move positions between sub-accounts at cost, profit
    and loss going with them.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_SETTINGS.ask(locals())


_GET_SETTINGS = Operation(
    name="get_settings", method="GET", path="/settings/{key}", answer=StatedDeskSettings
)


def get_settings(key: str) -> Ask[StatedDeskSettings]:
    """One of the settings, with its version as ETag."""
    return _GET_SETTINGS.ask(locals())


_PUT_SETTINGS = Operation(
    name="put_settings",
    method="PUT",
    path="/settings/{key}",
    answer=StatedDeskSettings,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_settings(
    key: str, *, if_match: int, item: DeskSettings, idempotency_key: str | None = None
) -> Ask[StatedDeskSettings]:
    """Change or add one of the settings.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_SETTINGS.ask(locals())


class SettingsResource(Resource[TransportT]):
    """Calls about settings."""

    list = Listing(list_settings)
    page = Method(list_settings)
    get = Method(get_settings)
    put = Method(put_settings)
    __call__ = Listing(list_settings)
