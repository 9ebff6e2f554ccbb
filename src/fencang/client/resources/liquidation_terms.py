"""Calls about liquidation terms.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LiquidationTerms, StatedLiquidationTerms

__all__ = [
    "LiquidationTermsResource",
    "get_liquidation_terms",
    "list_liquidation_terms",
    "put_liquidation_terms",
]

_LIST_LIQUIDATION_TERMS = Operation(
    name="list_liquidation_terms",
    method="GET",
    path="/liquidation-terms",
    answer=Page[StatedLiquidationTerms],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_liquidation_terms(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLiquidationTerms]]:
    """All liquidation terms.

    How positions are closed by force: how fast, how much a day, and when it is not trusted.

    In every ``interval_seconds`` at most ``interval_lots_max`` lots of a contract are sent, and
    at most ``volume_ppm`` of what it trades in that time where a feed says so; in a trading day
    at most ``day_lots_max`` lots and ``day_max`` of value, over the whole desk.  After
    ``rounds_max`` intervals without a fill a person is called.

    What rises or falls without a cause in positions or prices is not trusted: a requirement
    that grows, or equity that falls, by more than ``jump_ppm`` of what it was and more than
    ``jump``; a mark that moves by more than ``mark_jump_ppm`` and ``mark_jump_ticks`` without a
    settlement; a mark older than ``price_age_seconds_max``.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LIQUIDATION_TERMS.ask(locals())


_GET_LIQUIDATION_TERMS = Operation(
    name="get_liquidation_terms",
    method="GET",
    path="/liquidation-terms/{key}",
    answer=StatedLiquidationTerms,
)


def get_liquidation_terms(key: str) -> Ask[StatedLiquidationTerms]:
    """One of the liquidation terms, with its version as ETag."""
    return _GET_LIQUIDATION_TERMS.ask(locals())


_PUT_LIQUIDATION_TERMS = Operation(
    name="put_liquidation_terms",
    method="PUT",
    path="/liquidation-terms/{key}",
    answer=StatedLiquidationTerms,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_liquidation_terms(
    key: str, *, if_match: int, item: LiquidationTerms, idempotency_key: str | None = None
) -> Ask[StatedLiquidationTerms]:
    """Change or add one of the liquidation terms.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LIQUIDATION_TERMS.ask(locals())


class LiquidationTermsResource(Resource[TransportT]):
    """Calls about liquidation terms."""

    list = Listing(list_liquidation_terms)
    page = Method(list_liquidation_terms)
    get = Method(get_liquidation_terms)
    put = Method(put_liquidation_terms)
    __call__ = Listing(list_liquidation_terms)
