"""Calls about limit warnings.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LimitWarning, StatedLimitWarning

__all__ = [
    "LimitWarningsResource",
    "get_limit_warning",
    "list_limit_warnings",
    "put_limit_warning",
]

_LIST_LIMIT_WARNINGS = Operation(
    name="list_limit_warnings",
    method="GET",
    path="/limit-warnings",
    answer=Page[StatedLimitWarning],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_limit_warnings(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLimitWarning]]:
    """All limit warnings.

    The shares of its limits at which a node is warned of.

    A node without a row has the one of its nearest parent; nodes beside the account tree have
    the master account's.  A desk without rows is told nothing, and so is a node whose
    ``levels_ppm`` is empty.  A level is told once, and again only after the use of the limit
    has fallen below it by ``margin_ppm`` of the limit.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LIMIT_WARNINGS.ask(locals())


_GET_LIMIT_WARNING = Operation(
    name="get_limit_warning", method="GET", path="/limit-warnings/{key}", answer=StatedLimitWarning
)


def get_limit_warning(key: str) -> Ask[StatedLimitWarning]:
    """One of the limit warnings, with its version as ETag."""
    return _GET_LIMIT_WARNING.ask(locals())


_PUT_LIMIT_WARNING = Operation(
    name="put_limit_warning",
    method="PUT",
    path="/limit-warnings/{key}",
    answer=StatedLimitWarning,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_limit_warning(
    key: str, *, if_match: int, item: LimitWarning, idempotency_key: str | None = None
) -> Ask[StatedLimitWarning]:
    """Change or add one of the limit warnings.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LIMIT_WARNING.ask(locals())


class LimitWarningsResource(Resource[TransportT]):
    """Calls about limit warnings."""

    list = Listing(list_limit_warnings)
    page = Method(list_limit_warnings)
    get = Method(get_limit_warning)
    put = Method(put_limit_warning)
    __call__ = Listing(list_limit_warnings)
