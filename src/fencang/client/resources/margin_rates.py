"""Calls about margin rates.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import MarginRate, StatedMarginRate

__all__ = [
    "MarginRatesResource",
    "get_margin_rate",
    "list_margin_rates",
    "put_margin_rate",
]

_LIST_MARGIN_RATES = Operation(
    name="list_margin_rates",
    method="GET",
    path="/margin-rates",
    answer=Page[StatedMarginRate],
    in_query={"scope_id": "scope_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_margin_rates(
    *, scope_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedMarginRate]]:
    """All margin rates.

    One stage of a rate: in force from ``from_day`` until a later stage of its scope begins.

    ``scope_id`` names a contract or a product; a contract's own stages win over its product's.
    ``long`` and ``short`` are the exchange's rates, ``broker`` None means the broker asks for
    the same; what the broker asks for counts, at least the product's ``margin_floor`` a lot.
    ``larger_side_days``: the larger side ends with the settlement of the day so many trading
    days before the last one, and both sides pay from there on; None: it never ends.
    ``account_type`` None: for accounts of every type that have no rate of their own.  In one
    scope a type's own stages win over those for all once one of them has begun, later ones
    included.

    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_MARGIN_RATES.ask(locals())


_GET_MARGIN_RATE = Operation(
    name="get_margin_rate", method="GET", path="/margin-rates/{key}", answer=StatedMarginRate
)


def get_margin_rate(key: str) -> Ask[StatedMarginRate]:
    """One of the margin rates, with its version as ETag."""
    return _GET_MARGIN_RATE.ask(locals())


_PUT_MARGIN_RATE = Operation(
    name="put_margin_rate",
    method="PUT",
    path="/margin-rates/{key}",
    answer=StatedMarginRate,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_margin_rate(
    key: str, *, if_match: int, item: MarginRate, idempotency_key: str | None = None
) -> Ask[StatedMarginRate]:
    """Change or add one of the margin rates.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_MARGIN_RATE.ask(locals())


class MarginRatesResource(Resource[TransportT]):
    """Calls about margin rates."""

    list = Listing(list_margin_rates)
    page = Method(list_margin_rates)
    get = Method(get_margin_rate)
    put = Method(put_margin_rate)
    __call__ = Listing(list_margin_rates)
