"""Calls about sub accounts.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedSubAccount, SubAccount

__all__ = [
    "SubAccountsResource",
    "get_sub_account",
    "list_sub_accounts",
    "put_sub_account",
]

_LIST_SUB_ACCOUNTS = Operation(
    name="list_sub_accounts",
    method="GET",
    path="/sub-accounts",
    answer=Page[StatedSubAccount],
    in_query={
        "owner_id": "owner_id",
        "sub_account_id": "sub_account_id",
        "parent_id": "parent_id",
        "service_tier": "service_tier",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_sub_accounts(
    *,
    owner_id: str | None = None,
    sub_account_id: str | None = None,
    parent_id: str | None = None,
    service_tier: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedSubAccount]]:
    """All sub-accounts.

    A virtual book: owner, mandate, routes; ``parent_id`` nests it under another sub-account.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk:
    position limits add up what one person directs.

    ``owner_id``: Rows of this owner.
    ``sub_account_id``: Rows of this sub-account.
    ``parent_id``: Rows of sub-accounts nested in this one.
    ``service_tier``: Rows of this service tier.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_SUB_ACCOUNTS.ask(locals())


_GET_SUB_ACCOUNT = Operation(
    name="get_sub_account", method="GET", path="/sub-accounts/{key}", answer=StatedSubAccount
)


def get_sub_account(key: str) -> Ask[StatedSubAccount]:
    """One of the sub-accounts, with its version as ETag."""
    return _GET_SUB_ACCOUNT.ask(locals())


_PUT_SUB_ACCOUNT = Operation(
    name="put_sub_account",
    method="PUT",
    path="/sub-accounts/{key}",
    answer=StatedSubAccount,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_sub_account(
    key: str, *, if_match: int, item: SubAccount, idempotency_key: str | None = None
) -> Ask[StatedSubAccount]:
    """Change or add one of the sub-accounts.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_SUB_ACCOUNT.ask(locals())


class SubAccountsResource(Resource[TransportT]):
    """Calls about sub accounts."""

    list = Listing(list_sub_accounts)
    page = Method(list_sub_accounts)
    get = Method(get_sub_account)
    put = Method(put_sub_account)
    __call__ = Listing(list_sub_accounts)
