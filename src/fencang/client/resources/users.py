"""Calls about users.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedUser, User

__all__ = [
    "UsersResource",
    "get_user",
    "list_users",
    "put_user",
]

_LIST_USERS = Operation(
    name="list_users",
    method="GET",
    path="/users",
    answer=Page[StatedUser],
    in_query={"user_id": "user_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_users(
    *, user_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedUser]]:
    """All users.

    One person or program that commands name.

    ``public_keys`` sign drafts and approvals; a user without one proposes and approves nothing.
    It acts from ``from_time`` on and no longer at ``until_time``, while ``is_active``.  No user
    is ever removed: what it did names it for ever.

    ``user_id``: Rows of this user.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_USERS.ask(locals())


_GET_USER = Operation(name="get_user", method="GET", path="/users/{key}", answer=StatedUser)


def get_user(key: str) -> Ask[StatedUser]:
    """One of the users, with its version as ETag."""
    return _GET_USER.ask(locals())


_PUT_USER = Operation(
    name="put_user",
    method="PUT",
    path="/users/{key}",
    answer=StatedUser,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_user(
    key: str, *, if_match: int, item: User, idempotency_key: str | None = None
) -> Ask[StatedUser]:
    """Change or add one of the users.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_USER.ask(locals())


class UsersResource(Resource[TransportT]):
    """Calls about users."""

    list = Listing(list_users)
    page = Method(list_users)
    get = Method(get_user)
    put = Method(put_user)
    __call__ = Listing(list_users)
