"""Calls about self match controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import SelfMatch, StatedSelfMatch

__all__ = [
    "SelfMatchControlsResource",
    "get_self_match_control",
    "list_self_match_controls",
    "put_self_match_control",
]

_LIST_SELF_MATCH_CONTROLS = Operation(
    name="list_self_match_controls",
    method="GET",
    path="/self-match-controls",
    answer=Page[StatedSelfMatch],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_self_match_controls(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedSelfMatch]]:
    """All self match controls.

    How own orders in one contract are kept apart, and when trades look like wash trades.

    ``mode`` of the nearest node counts: sub-account, those above it, owner, account, venue,
    master. ``scope`` and ``stops_meet_all`` are the desk's and stand in the master account's
    row alone. A resting stop order counts as one that meets every own order on the other side;
    with ``stops_meet_all`` False only those behind its trigger, which is exact while prices are
    served in their order.

    Executions on both sides within ``wash_window_seconds``, no more than ``wash_price_ticks``
    apart, are suspected; more than ``wash_count_max`` of a trading day close the contract for
    what opens. Of all nodes the longest window, the widest distance and the least count hold.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_SELF_MATCH_CONTROLS.ask(locals())


_GET_SELF_MATCH_CONTROL = Operation(
    name="get_self_match_control",
    method="GET",
    path="/self-match-controls/{key}",
    answer=StatedSelfMatch,
)


def get_self_match_control(key: str) -> Ask[StatedSelfMatch]:
    """One of the self match controls, with its version as ETag."""
    return _GET_SELF_MATCH_CONTROL.ask(locals())


_PUT_SELF_MATCH_CONTROL = Operation(
    name="put_self_match_control",
    method="PUT",
    path="/self-match-controls/{key}",
    answer=StatedSelfMatch,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_self_match_control(
    key: str, *, if_match: int, item: SelfMatch, idempotency_key: str | None = None
) -> Ask[StatedSelfMatch]:
    """Change or add one of the self match controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_SELF_MATCH_CONTROL.ask(locals())


class SelfMatchControlsResource(Resource[TransportT]):
    """Calls about self match controls."""

    list = Listing(list_self_match_controls)
    page = Method(list_self_match_controls)
    get = Method(get_self_match_control)
    put = Method(put_self_match_control)
    __call__ = Listing(list_self_match_controls)
