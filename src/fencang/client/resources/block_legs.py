"""Calls about block legs.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import BlockLegRow

__all__ = [
    "BlockLegsResource",
    "list_block_legs",
]

_LIST_BLOCK_LEGS = Operation(
    name="list_block_legs",
    method="GET",
    path="/block-legs",
    answer=Page[BlockLegRow],
    in_query={
        "sub_account_id": "sub_account_id",
        "carrying_account_id": "carrying_account_id",
        "contract_id": "contract_id",
        "side": "side",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_block_legs(
    *,
    sub_account_id: str | None = None,
    carrying_account_id: str | None = None,
    contract_id: str | None = None,
    side: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[BlockLegRow]]:
    """Legs of block orders: each sub-account's part, and what it received.

    ``sub_account_id``: Rows of this sub-account.
    ``carrying_account_id``: Rows at this carrying account.
    ``contract_id``: Rows in this contract.
    ``side``: Rows of this side: buy or sell.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BLOCK_LEGS.ask(locals())


class BlockLegsResource(Resource[TransportT]):
    """Calls about block legs."""

    list = Listing(list_block_legs)
    page = Method(list_block_legs)
    __call__ = Listing(list_block_legs)
