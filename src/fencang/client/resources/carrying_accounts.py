"""Calls about carrying accounts.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import CarryingAccount, StatedCarryingAccount

__all__ = [
    "CarryingAccountsResource",
    "get_carrying_account",
    "list_carrying_accounts",
    "put_carrying_account",
]

_LIST_CARRYING_ACCOUNTS = Operation(
    name="list_carrying_accounts",
    method="GET",
    path="/carrying-accounts",
    answer=Page[StatedCarryingAccount],
    in_query={
        "carrying_account_id": "carrying_account_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_carrying_accounts(
    *,
    carrying_account_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedCarryingAccount]]:
    """All carrying accounts.

    A real account at a clearing broker.

    ``omnibus`` accounts may carry owners other than the holder and are margined gross by owner.
    ``house_multiplier_ppm``: the broker asks for so much of the clearing house's requirement.

    ``carrying_account_id``: Rows of this carrying account.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CARRYING_ACCOUNTS.ask(locals())


_GET_CARRYING_ACCOUNT = Operation(
    name="get_carrying_account",
    method="GET",
    path="/carrying-accounts/{key}",
    answer=StatedCarryingAccount,
)


def get_carrying_account(key: str) -> Ask[StatedCarryingAccount]:
    """One of the carrying accounts, with its version as ETag."""
    return _GET_CARRYING_ACCOUNT.ask(locals())


_PUT_CARRYING_ACCOUNT = Operation(
    name="put_carrying_account",
    method="PUT",
    path="/carrying-accounts/{key}",
    answer=StatedCarryingAccount,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_carrying_account(
    key: str, *, if_match: int, item: CarryingAccount, idempotency_key: str | None = None
) -> Ask[StatedCarryingAccount]:
    """Change or add one of the carrying accounts.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CARRYING_ACCOUNT.ask(locals())


class CarryingAccountsResource(Resource[TransportT]):
    """Calls about carrying accounts."""

    list = Listing(list_carrying_accounts)
    page = Method(list_carrying_accounts)
    get = Method(get_carrying_account)
    put = Method(put_carrying_account)
    __call__ = Listing(list_carrying_accounts)
