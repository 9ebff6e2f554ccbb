"""Calls about sweep targets.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedSweepTarget, SweepTarget

__all__ = [
    "SweepTargetsResource",
    "get_sweep_target",
    "list_sweep_targets",
    "put_sweep_target",
]

_LIST_SWEEP_TARGETS = Operation(
    name="list_sweep_targets",
    method="GET",
    path="/sweep-targets",
    answer=Page[StatedSweepTarget],
    in_query={
        "owner_id": "owner_id",
        "carrying_account_id": "carrying_account_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_sweep_targets(
    *,
    owner_id: str | None = None,
    carrying_account_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedSweepTarget]]:
    """All sweep targets.

    The balance that an owner wants free at a carrying account in a currency.

    Free is what margin and wires under way do not need.  Amounts below ``least`` are not
    moved.  Balances without a target take no part in sweeps.

    ``owner_id``: Rows of this owner.
    ``carrying_account_id``: Rows of this carrying account.
    ``currency``: Rows of this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_SWEEP_TARGETS.ask(locals())


_GET_SWEEP_TARGET = Operation(
    name="get_sweep_target", method="GET", path="/sweep-targets/{key}", answer=StatedSweepTarget
)


def get_sweep_target(key: str) -> Ask[StatedSweepTarget]:
    """One of the sweep targets, with its version as ETag."""
    return _GET_SWEEP_TARGET.ask(locals())


_PUT_SWEEP_TARGET = Operation(
    name="put_sweep_target",
    method="PUT",
    path="/sweep-targets/{key}",
    answer=StatedSweepTarget,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_sweep_target(
    key: str, *, if_match: int, item: SweepTarget, idempotency_key: str | None = None
) -> Ask[StatedSweepTarget]:
    """Change or add one of the sweep targets.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_SWEEP_TARGET.ask(locals())


class SweepTargetsResource(Resource[TransportT]):
    """Calls about sweep targets."""

    list = Listing(list_sweep_targets)
    page = Method(list_sweep_targets)
    get = Method(get_sweep_target)
    put = Method(put_sweep_target)
    __call__ = Listing(list_sweep_targets)
