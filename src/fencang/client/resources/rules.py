"""Calls about rules.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import RuleRow

__all__ = [
    "RulesResource",
    "list_rules",
]

_LIST_RULES = Operation(
    name="list_rules",
    method="GET",
    path="/rules",
    answer=Page[RuleRow],
    in_query={"standing": "standing", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_rules(
    *, standing: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[RuleRow]]:
    """Rules and how they stand.

    ``standing``: Rules that stand so: waiting, armed or fired.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_RULES.ask(locals())


class RulesResource(Resource[TransportT]):
    """Calls about rules."""

    list = Listing(list_rules)
    page = Method(list_rules)
    __call__ = Listing(list_rules)
