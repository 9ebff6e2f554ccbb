"""Calls about prices.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Outcome, PriceMark, PriceRow

__all__ = [
    "PricesResource",
    "list_prices",
    "mark_prices",
]

_LIST_PRICES = Operation(
    name="list_prices",
    method="GET",
    path="/prices",
    answer=Page[PriceRow],
    in_query={"contract_id": "contract_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_prices(
    *, contract_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[PriceRow]]:
    """Latest prices.

    ``contract_id``: Rows in this contract.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_PRICES.ask(locals())


_MARK_PRICES = Operation(
    name="mark_prices", method="POST", path="/prices", answer=Outcome, has_body=True, is_write=True
)


def mark_prices(
    *, source: str, marks: Sequence[PriceMark], idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Mark contracts to prices.

    Mark contracts to the latest prices of a feed (manual sources need two persons).
    """
    return _MARK_PRICES.ask(locals())


class PricesResource(Resource[TransportT]):
    """Calls about prices."""

    list = Listing(list_prices)
    page = Method(list_prices)
    mark = Method(mark_prices)
    __call__ = Listing(list_prices)
