"""Calls about group members.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import GroupMember, StatedGroupMember

__all__ = [
    "GroupMembersResource",
    "get_group_member",
    "list_group_members",
    "put_group_member",
]

_LIST_GROUP_MEMBERS = Operation(
    name="list_group_members",
    method="GET",
    path="/group-members",
    answer=Page[StatedGroupMember],
    in_query={
        "scope_id": "scope_id",
        "regime_id": "regime_id",
        "group_id": "group_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_group_members(
    *,
    scope_id: str | None = None,
    regime_id: str | None = None,
    group_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedGroupMember]]:
    """All group members.

    A contract or product that counts in a group, and how many of the parent one lot is.

    An E-mini that is a fifth of the parent has ``ratio_ppm`` 200,000.  A contract's own
    membership takes the place of its product's.

    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``regime_id``: Rows of this regime.
    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_GROUP_MEMBERS.ask(locals())


_GET_GROUP_MEMBER = Operation(
    name="get_group_member", method="GET", path="/group-members/{key}", answer=StatedGroupMember
)


def get_group_member(key: str) -> Ask[StatedGroupMember]:
    """One of the group members, with its version as ETag."""
    return _GET_GROUP_MEMBER.ask(locals())


_PUT_GROUP_MEMBER = Operation(
    name="put_group_member",
    method="PUT",
    path="/group-members/{key}",
    answer=StatedGroupMember,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_group_member(
    key: str, *, if_match: int, item: GroupMember, idempotency_key: str | None = None
) -> Ask[StatedGroupMember]:
    """Change or add one of the group members.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_GROUP_MEMBER.ask(locals())


class GroupMembersResource(Resource[TransportT]):
    """Calls about group members."""

    list = Listing(list_group_members)
    page = Method(list_group_members)
    get = Method(get_group_member)
    put = Method(put_group_member)
    __call__ = Listing(list_group_members)
