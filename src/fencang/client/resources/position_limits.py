"""Calls about position limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import PositionLimit, StatedPositionLimit

__all__ = [
    "PositionLimitsResource",
    "get_position_limit",
    "list_position_limits",
    "put_position_limit",
]

_LIST_POSITION_LIMITS = Operation(
    name="list_position_limits",
    method="GET",
    path="/position-limits",
    answer=Page[StatedPositionLimit],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_position_limits(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedPositionLimit]]:
    """All position limits.

    The largest worst-case position of one node in one contract or one product.

    ``node_id`` names a sub-account or the master account, or a node beside the tree:
    ``carrying:ID``, ``venue:ID``, ``person:ID``.  ``scope_id`` names a contract, a product (net
    over its contracts), a ``LimitGroup``, or is ``"*"`` (every product without a limit of its
    own). The worst case counts the position and every working order that could enlarge it, long
    and short apart.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_POSITION_LIMITS.ask(locals())


_GET_POSITION_LIMIT = Operation(
    name="get_position_limit",
    method="GET",
    path="/position-limits/{key}",
    answer=StatedPositionLimit,
)


def get_position_limit(key: str) -> Ask[StatedPositionLimit]:
    """One of the position limits, with its version as ETag."""
    return _GET_POSITION_LIMIT.ask(locals())


_PUT_POSITION_LIMIT = Operation(
    name="put_position_limit",
    method="PUT",
    path="/position-limits/{key}",
    answer=StatedPositionLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_position_limit(
    key: str, *, if_match: int, item: PositionLimit, idempotency_key: str | None = None
) -> Ask[StatedPositionLimit]:
    """Change or add one of the position limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_POSITION_LIMIT.ask(locals())


class PositionLimitsResource(Resource[TransportT]):
    """Calls about position limits."""

    list = Listing(list_position_limits)
    page = Method(list_position_limits)
    get = Method(get_position_limit)
    put = Method(put_position_limit)
    __call__ = Listing(list_position_limits)
