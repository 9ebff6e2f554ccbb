"""Calls about balances.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import BalanceRow

__all__ = [
    "BalancesResource",
    "list_balances",
]

_LIST_BALANCES = Operation(
    name="list_balances",
    method="GET",
    path="/balances",
    answer=Page[BalanceRow],
    in_query={
        "level": "level",
        "book_id": "book_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_balances(
    *,
    level: str | None = None,
    book_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[BalanceRow]]:
    """Cash by book and currency.

    ``level``: sub_account, reserve, suspense or carrying_account.
    ``book_id``: Rows of this book.
    ``currency``: Rows in this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BALANCES.ask(locals())


class BalancesResource(Resource[TransportT]):
    """Calls about balances."""

    list = Listing(list_balances)
    page = Method(list_balances)
    __call__ = Listing(list_balances)
