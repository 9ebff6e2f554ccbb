"""Calls about authority.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Authority, StatedAuthority

__all__ = [
    "AuthorityResource",
    "get_authority",
    "list_authority",
    "put_authority",
]

_LIST_AUTHORITY = Operation(
    name="list_authority",
    method="GET",
    path="/authority",
    answer=Page[StatedAuthority],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_authority(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedAuthority]]:
    """All authority.

    How the desk asks for a second person; one for the whole desk.

    ``single_operator``: one person may be both, and everything says so.
    ``cooling_off_seconds``: so long after its proposal a draft is not approved yet.
    ``draft_age_seconds_max``: an older draft expires.  A plan that moves more than ``plan_max``
    of base currency, or a transfer of more, is a draft.  ``powers`` replace those of ``POWERS``
    for the matters that they name. ``roles_apart`` are pairs of roles that no user holds
    together.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_AUTHORITY.ask(locals())


_GET_AUTHORITY = Operation(
    name="get_authority", method="GET", path="/authority/{key}", answer=StatedAuthority
)


def get_authority(key: str) -> Ask[StatedAuthority]:
    """One of the authority, with its version as ETag."""
    return _GET_AUTHORITY.ask(locals())


_PUT_AUTHORITY = Operation(
    name="put_authority",
    method="PUT",
    path="/authority/{key}",
    answer=StatedAuthority,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_authority(
    key: str, *, if_match: int, item: Authority, idempotency_key: str | None = None
) -> Ask[StatedAuthority]:
    """Change or add one of the authority.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_AUTHORITY.ask(locals())


class AuthorityResource(Resource[TransportT]):
    """Calls about authority."""

    list = Listing(list_authority)
    page = Method(list_authority)
    get = Method(get_authority)
    put = Method(put_authority)
    __call__ = Listing(list_authority)
