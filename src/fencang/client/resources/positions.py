"""Calls about positions.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import PositionRow

__all__ = [
    "PositionsResource",
    "list_positions",
]

_LIST_POSITIONS = Operation(
    name="list_positions",
    method="GET",
    path="/positions",
    answer=Page[PositionRow],
    in_query={
        "level": "level",
        "book_id": "book_id",
        "contract_id": "contract_id",
        "carrying_account_id": "carrying_account_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_positions(
    *,
    level: str | None = None,
    book_id: str | None = None,
    contract_id: str | None = None,
    carrying_account_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[PositionRow]]:
    """Positions of sub-accounts, of suspense, and of carrying accounts.

    ``level``: sub_account, reserve, suspense or carrying_account.
    ``book_id``: Rows of this book.
    ``contract_id``: Rows in this contract.
    ``carrying_account_id``: Rows at this carrying account.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_POSITIONS.ask(locals())


class PositionsResource(Resource[TransportT]):
    """Calls about positions."""

    list = Listing(list_positions)
    page = Method(list_positions)
    __call__ = Listing(list_positions)
