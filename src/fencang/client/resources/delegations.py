"""Calls about delegations.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Delegation, StatedDelegation

__all__ = [
    "DelegationsResource",
    "get_delegation",
    "list_delegations",
    "put_delegation",
]

_LIST_DELEGATIONS = Operation(
    name="list_delegations",
    method="GET",
    path="/delegations",
    answer=Page[StatedDelegation],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_delegations(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedDelegation]]:
    """All delegations.

    A role of one user that another acts in for a time.

    Who acts by delegation counts as both users: it never approves what either of them proposed.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_DELEGATIONS.ask(locals())


_GET_DELEGATION = Operation(
    name="get_delegation", method="GET", path="/delegations/{key}", answer=StatedDelegation
)


def get_delegation(key: str) -> Ask[StatedDelegation]:
    """One of the delegations, with its version as ETag."""
    return _GET_DELEGATION.ask(locals())


_PUT_DELEGATION = Operation(
    name="put_delegation",
    method="PUT",
    path="/delegations/{key}",
    answer=StatedDelegation,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_delegation(
    key: str, *, if_match: int, item: Delegation, idempotency_key: str | None = None
) -> Ask[StatedDelegation]:
    """Change or add one of the delegations.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_DELEGATION.ask(locals())


class DelegationsResource(Resource[TransportT]):
    """Calls about delegations."""

    list = Listing(list_delegations)
    page = Method(list_delegations)
    get = Method(get_delegation)
    put = Method(put_delegation)
    __call__ = Listing(list_delegations)
