"""Calls about regime limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import RegimeLimit, StatedRegimeLimit

__all__ = [
    "RegimeLimitsResource",
    "get_regime_limit",
    "list_regime_limits",
    "put_regime_limit",
]

_LIST_REGIME_LIMITS = Operation(
    name="list_regime_limits",
    method="GET",
    path="/regime-limits",
    answer=Page[StatedRegimeLimit],
    in_query={
        "regime_id": "regime_id",
        "group_id": "group_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_regime_limits(
    *,
    regime_id: str | None = None,
    group_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedRegimeLimit]]:
    """All regime limits.

    A number that a group of persons may not pass in a group of contracts.

    A spot-month limit is a schedule per delivery month: ``month`` names it as ``2020-06``, and
    before its first step the limit does not count the month.  Other buckets have no month, and
    one step or more as the law changes.  A breach is strictly more than the number.

    ``regime_id``: Rows of this regime.
    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_REGIME_LIMITS.ask(locals())


_GET_REGIME_LIMIT = Operation(
    name="get_regime_limit", method="GET", path="/regime-limits/{key}", answer=StatedRegimeLimit
)


def get_regime_limit(key: str) -> Ask[StatedRegimeLimit]:
    """One of the regime limits, with its version as ETag."""
    return _GET_REGIME_LIMIT.ask(locals())


_PUT_REGIME_LIMIT = Operation(
    name="put_regime_limit",
    method="PUT",
    path="/regime-limits/{key}",
    answer=StatedRegimeLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_regime_limit(
    key: str, *, if_match: int, item: RegimeLimit, idempotency_key: str | None = None
) -> Ask[StatedRegimeLimit]:
    """Change or add one of the regime limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_REGIME_LIMIT.ask(locals())


class RegimeLimitsResource(Resource[TransportT]):
    """Calls about regime limits."""

    list = Listing(list_regime_limits)
    page = Method(list_regime_limits)
    get = Method(get_regime_limit)
    put = Method(put_regime_limit)
    __call__ = Listing(list_regime_limits)
