"""Calls about limit groups.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LimitGroup, StatedLimitGroup

__all__ = [
    "LimitGroupsResource",
    "get_limit_group",
    "list_limit_groups",
    "put_limit_group",
]

_LIST_LIMIT_GROUPS = Operation(
    name="list_limit_groups",
    method="GET",
    path="/limit-groups",
    answer=Page[StatedLimitGroup],
    in_query={"group_id": "group_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_limit_groups(
    *, group_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLimitGroup]]:
    """All limit groups.

    Products and contracts that position limits count together, each with its ratio.

    A contract's own membership wins over its product's.  What the group could hold is rounded
    up to whole lots of the group.

    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LIMIT_GROUPS.ask(locals())


_GET_LIMIT_GROUP = Operation(
    name="get_limit_group", method="GET", path="/limit-groups/{key}", answer=StatedLimitGroup
)


def get_limit_group(key: str) -> Ask[StatedLimitGroup]:
    """One of the limit groups, with its version as ETag."""
    return _GET_LIMIT_GROUP.ask(locals())


_PUT_LIMIT_GROUP = Operation(
    name="put_limit_group",
    method="PUT",
    path="/limit-groups/{key}",
    answer=StatedLimitGroup,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_limit_group(
    key: str, *, if_match: int, item: LimitGroup, idempotency_key: str | None = None
) -> Ask[StatedLimitGroup]:
    """Change or add one of the limit groups.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LIMIT_GROUP.ask(locals())


class LimitGroupsResource(Resource[TransportT]):
    """Calls about limit groups."""

    list = Listing(list_limit_groups)
    page = Method(list_limit_groups)
    get = Method(get_limit_group)
    put = Method(put_limit_group)
    __call__ = Listing(list_limit_groups)
