"""Calls about firings.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import FiringRow

__all__ = [
    "FiringsResource",
    "list_firings",
]

_LIST_FIRINGS = Operation(
    name="list_firings",
    method="GET",
    path="/firings",
    answer=Page[FiringRow],
    in_query={"rule_id": "rule_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_firings(
    *, rule_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[FiringRow]]:
    """Firings of rules.

    ``rule_id``: Rows of this rule.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_FIRINGS.ask(locals())


class FiringsResource(Resource[TransportT]):
    """Calls about firings."""

    list = Listing(list_firings)
    page = Method(list_firings)
    __call__ = Listing(list_firings)
