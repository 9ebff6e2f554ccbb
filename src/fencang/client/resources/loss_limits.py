"""Calls about loss limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LossLimit, StatedLossLimit

__all__ = [
    "LossLimitsResource",
    "get_loss_limit",
    "list_loss_limits",
    "put_loss_limit",
]

_LIST_LOSS_LIMITS = Operation(
    name="list_loss_limits",
    method="GET",
    path="/loss-limits",
    answer=Page[StatedLossLimit],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_loss_limits(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLossLimit]]:
    """All loss limits.

    How much a node may lose, and what happens on the way there.

    Everything is measured on the node's equity in the base currency: realised and open profit
    after fees, capital moved in or out taken away.  ``daily_loss`` counts from the start of the
    trading day, ``drawdown`` from the peak of the day or ever, ``velocity`` is the loss within
    ``velocity_seconds``.  Each is an amount, or a share of the equity at the day's start; of
    both the lesser counts.  ``margin_use_ppm`` is the requirement as a share of equity and
    collateral.

    At ``stop_ppm`` of any of them the node may only reduce; at ``cancel_ppm`` its opening
    orders are cancelled too; at ``liquidate_ppm`` its positions are closed, until what began it
    is back at ``cured_ppm`` of its limit or ``keep_ppm`` of the lots are left.  A node stays
    stopped until two persons resume it, or the next day where ``resumes_next_day`` says so.  A
    field left out is inherited, in that no level of its own is asked; the row of the master
    account states all.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LOSS_LIMITS.ask(locals())


_GET_LOSS_LIMIT = Operation(
    name="get_loss_limit", method="GET", path="/loss-limits/{key}", answer=StatedLossLimit
)


def get_loss_limit(key: str) -> Ask[StatedLossLimit]:
    """One of the loss limits, with its version as ETag."""
    return _GET_LOSS_LIMIT.ask(locals())


_PUT_LOSS_LIMIT = Operation(
    name="put_loss_limit",
    method="PUT",
    path="/loss-limits/{key}",
    answer=StatedLossLimit,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_loss_limit(
    key: str, *, if_match: int, item: LossLimit, idempotency_key: str | None = None
) -> Ask[StatedLossLimit]:
    """Change or add one of the loss limits.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LOSS_LIMIT.ask(locals())


class LossLimitsResource(Resource[TransportT]):
    """Calls about loss limits."""

    list = Listing(list_loss_limits)
    page = Method(list_loss_limits)
    get = Method(get_loss_limit)
    put = Method(put_loss_limit)
    __call__ = Listing(list_loss_limits)
