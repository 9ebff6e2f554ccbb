"""Calls about contracts.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Contract, StatedContract

__all__ = [
    "ContractsResource",
    "get_contract",
    "list_contracts",
    "put_contract",
]

_LIST_CONTRACTS = Operation(
    name="list_contracts",
    method="GET",
    path="/contracts",
    answer=Page[StatedContract],
    in_query={"product_id": "product_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_contracts(
    *, product_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedContract]]:
    """All contracts.

    One tradable delivery month of a product.

    Trading ends with ``last_trading_day`` (inclusive); None means the series never expires
    (perpetual or continuous).  ``margin_key`` names the contract in its clearing house's SPAN
    file (``CME/ES/FUT/201903``); without one it is margined by the product's rate. From
    ``first_notice_day`` on longs may be handed the goods.  ``delivery_month`` is what position
    limits of a month count by, where the last trading day lies in another one. Options have
    ``right`` and ``strike``, and ``underlying_id`` where they become a future.

    ``product_id``: Rows of this product.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONTRACTS.ask(locals())


_GET_CONTRACT = Operation(
    name="get_contract", method="GET", path="/contracts/{key}", answer=StatedContract
)


def get_contract(key: str) -> Ask[StatedContract]:
    """One of the contracts, with its version as ETag."""
    return _GET_CONTRACT.ask(locals())


_PUT_CONTRACT = Operation(
    name="put_contract",
    method="PUT",
    path="/contracts/{key}",
    answer=StatedContract,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_contract(
    key: str, *, if_match: int, item: Contract, idempotency_key: str | None = None
) -> Ask[StatedContract]:
    """Change or add one of the contracts.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONTRACT.ask(locals())


class ContractsResource(Resource[TransportT]):
    """Calls about contracts."""

    list = Listing(list_contracts)
    page = Method(list_contracts)
    get = Method(get_contract)
    put = Method(put_contract)
    __call__ = Listing(list_contracts)
