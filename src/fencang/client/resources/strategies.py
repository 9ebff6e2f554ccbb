"""Calls about strategies.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedStrategy

__all__ = [
    "StrategiesResource",
    "get_strategy",
    "list_strategies",
]

_LIST_STRATEGIES = Operation(
    name="list_strategies",
    method="GET",
    path="/strategies",
    answer=Page[StatedStrategy],
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


def list_strategies(
    *,
    owner_id: str | None = None,
    sub_account_id: str | None = None,
    parent_id: str | None = None,
    service_tier: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedStrategy]]:
    """All strategies.

    What trades a sub-account: to the desk a strategy is the account that it trades.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk;
    ``tags`` are what rules select it by.

    ``owner_id``: Rows of this owner.
    ``sub_account_id``: Rows of this sub-account.
    ``parent_id``: Rows of sub-accounts nested in this one.
    ``service_tier``: Rows of this service tier.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_STRATEGIES.ask(locals())


_GET_STRATEGY = Operation(
    name="get_strategy", method="GET", path="/strategies/{key}", answer=StatedStrategy
)


def get_strategy(key: str) -> Ask[StatedStrategy]:
    """One of the strategies, with its version as ETag."""
    return _GET_STRATEGY.ask(locals())


class StrategiesResource(Resource[TransportT]):
    """Calls about strategies."""

    list = Listing(list_strategies)
    page = Method(list_strategies)
    get = Method(get_strategy)
    __call__ = Listing(list_strategies)
