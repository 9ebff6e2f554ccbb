"""Calls about executions.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ExecutionRow

__all__ = [
    "ExecutionsResource",
    "list_executions",
]

_LIST_EXECUTIONS = Operation(
    name="list_executions",
    method="GET",
    path="/executions",
    answer=Page[ExecutionRow],
    in_query={
        "sub_account_id": "sub_account_id",
        "contract_id": "contract_id",
        "side": "side",
        "carrying_account_id": "carrying_account_id",
        "state": "state",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_executions(
    *,
    sub_account_id: str | None = None,
    contract_id: str | None = None,
    side: str | None = None,
    carrying_account_id: str | None = None,
    state: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[ExecutionRow]]:
    """Executions: each book's lots of them.

    ``sub_account_id``: Rows of this sub-account.
    ``contract_id``: Rows in this contract.
    ``side``: Rows of this side: buy or sell.
    ``carrying_account_id``: Rows at this carrying account.
    ``state``: Rows in this state.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_EXECUTIONS.ask(locals())


class ExecutionsResource(Resource[TransportT]):
    """Calls about executions."""

    list = Listing(list_executions)
    page = Method(list_executions)
    __call__ = Listing(list_executions)
