"""Calls about mandates.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedAccountMandate

__all__ = [
    "MandatesResource",
    "get_mandate",
    "list_mandates",
]

_LIST_MANDATES = Operation(
    name="list_mandates",
    method="GET",
    path="/mandates",
    answer=Page[StatedAccountMandate],
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


def list_mandates(
    *,
    owner_id: str | None = None,
    sub_account_id: str | None = None,
    parent_id: str | None = None,
    service_tier: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedAccountMandate]]:
    """All mandates.

    What a sub-account may do with its capital; it is changed with its sub-account.

    ``owner_id``: Rows of this owner.
    ``sub_account_id``: Rows of this sub-account.
    ``parent_id``: Rows of sub-accounts nested in this one.
    ``service_tier``: Rows of this service tier.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_MANDATES.ask(locals())


_GET_MANDATE = Operation(
    name="get_mandate", method="GET", path="/mandates/{key}", answer=StatedAccountMandate
)


def get_mandate(key: str) -> Ask[StatedAccountMandate]:
    """One of the mandates, with its version as ETag."""
    return _GET_MANDATE.ask(locals())


class MandatesResource(Resource[TransportT]):
    """Calls about mandates."""

    list = Listing(list_mandates)
    page = Method(list_mandates)
    get = Method(get_mandate)
    __call__ = Listing(list_mandates)
