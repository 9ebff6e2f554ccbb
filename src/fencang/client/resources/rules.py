"""Calls about rules.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import IndicatorRule, RuleRow, StatedIndicatorRule

__all__ = [
    "RulesResource",
    "get_rule",
    "list_rule_states",
    "list_rules",
    "put_rule",
]

_LIST_RULE_STATES = Operation(
    name="list_rule_states",
    method="GET",
    path="/rule-states",
    answer=Page[RuleRow],
    in_query={"standing": "standing", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_rule_states(
    *, standing: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[RuleRow]]:
    """Rules and how they stand.

    ``standing``: Rules that stand so: waiting, armed or fired.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_RULE_STATES.ask(locals())


_LIST_RULES = Operation(
    name="list_rules",
    method="GET",
    path="/rules",
    answer=Page[StatedIndicatorRule],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_rules(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedIndicatorRule]]:
    """All rules.

    ``indicator`` up by ``rise_ppm`` → cut sub-accounts with ``tag`` to ``keep_ppm``, then hold.

    ``window_seconds`` is the look-back of ``WINDOW_LOW``.  After ``hold_seconds`` the rule re-
    arms with the next observation that does not itself trigger: a firing inside the hold never
    compounds. ``attempts_max`` bounds how often unfilled lots are sliced anew; re-pricing a
    working slice that the market left behind is no attempt.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_RULES.ask(locals())


_GET_RULE = Operation(
    name="get_rule", method="GET", path="/rules/{key}", answer=StatedIndicatorRule
)


def get_rule(key: str) -> Ask[StatedIndicatorRule]:
    """One of the rules, with its version as ETag."""
    return _GET_RULE.ask(locals())


_PUT_RULE = Operation(
    name="put_rule",
    method="PUT",
    path="/rules/{key}",
    answer=StatedIndicatorRule,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_rule(
    key: str, *, if_match: int, item: IndicatorRule, idempotency_key: str | None = None
) -> Ask[StatedIndicatorRule]:
    """Change or add one of the rules.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_RULE.ask(locals())


class RulesResource(Resource[TransportT]):
    """Calls about rules."""

    list_states = Listing(list_rule_states)
    list = Listing(list_rules)
    page = Method(list_rules)
    get = Method(get_rule)
    put = Method(put_rule)
    __call__ = Listing(list_rules)
