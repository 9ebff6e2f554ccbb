"""Calls about instructions.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import InstructionRow

__all__ = [
    "InstructionsResource",
    "list_instructions",
]

_LIST_INSTRUCTIONS = Operation(
    name="list_instructions",
    method="GET",
    path="/instructions",
    answer=Page[InstructionRow],
    in_query={
        "sub_account_id": "sub_account_id",
        "contract_id": "contract_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_instructions(
    *,
    sub_account_id: str | None = None,
    contract_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[InstructionRow]]:
    """What waits for the next trading day.

    ``sub_account_id``: Rows of this sub-account.
    ``contract_id``: Rows in this contract.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_INSTRUCTIONS.ask(locals())


class InstructionsResource(Resource[TransportT]):
    """Calls about instructions."""

    list = Listing(list_instructions)
    page = Method(list_instructions)
    __call__ = Listing(list_instructions)
