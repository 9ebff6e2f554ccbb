"""Calls about fee rows.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import FeeRow, StatedFeeRow

__all__ = [
    "FeeRowsResource",
    "get_fee_row",
    "list_fee_rows",
    "put_fee_row",
]

_LIST_FEE_ROWS = Operation(
    name="list_fee_rows",
    method="GET",
    path="/fee-rows",
    answer=Page[StatedFeeRow],
    in_query={
        "carrying_account_id": "carrying_account_id",
        "scope_id": "scope_id",
        "service_tier": "service_tier",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_fee_rows(
    *,
    carrying_account_id: str | None = None,
    scope_id: str | None = None,
    service_tier: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedFeeRow]]:
    """All fee rows.

    One charge of a fill, in the product's currency, from a trading day on.

    ``per_lot`` a lot and ``value_ppb`` of the absolute value (half away from zero) add up; for
    lots that close positions of the same day ``close_today_per_lot`` and
    ``close_today_value_ppb`` stand instead, where they are set.  ``order_minimum`` is the least
    that all fills of one order pay together, ``day_minimum`` the least that all fills of a day
    in the product at one carrying account do, if there are any.  A rebate (``is_rebate``) pays
    us: its amounts are zero or negative; all other rows have none below zero.  Empty
    ``carrying_account_id`` and ``service_tier`` mean every one.  To end a row, state it anew
    with zeros from a later day.

    ``steps`` change the amount of a lot by what the carrying account has traded in the calendar
    month of the trading day: in the product, and in ``counted_products`` beside it.

    ``carrying_account_id``: Rows of this carrying account.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``service_tier``: Rows of this service tier.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_FEE_ROWS.ask(locals())


_GET_FEE_ROW = Operation(
    name="get_fee_row", method="GET", path="/fee-rows/{key}", answer=StatedFeeRow
)


def get_fee_row(key: str) -> Ask[StatedFeeRow]:
    """One of the fee rows, with its version as ETag."""
    return _GET_FEE_ROW.ask(locals())


_PUT_FEE_ROW = Operation(
    name="put_fee_row",
    method="PUT",
    path="/fee-rows/{key}",
    answer=StatedFeeRow,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_fee_row(
    key: str, *, if_match: int, item: FeeRow, idempotency_key: str | None = None
) -> Ask[StatedFeeRow]:
    """Change or add one of the fee rows.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_FEE_ROW.ask(locals())


class FeeRowsResource(Resource[TransportT]):
    """Calls about fee rows."""

    list = Listing(list_fee_rows)
    page = Method(list_fee_rows)
    get = Method(get_fee_row)
    put = Method(put_fee_row)
    __call__ = Listing(list_fee_rows)
