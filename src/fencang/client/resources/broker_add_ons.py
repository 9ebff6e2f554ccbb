"""Calls about broker add ons.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import BrokerAddOn, StatedBrokerAddOn

__all__ = [
    "BrokerAddOnsResource",
    "get_broker_add_on",
    "list_broker_add_ons",
    "put_broker_add_on",
]

_LIST_BROKER_ADD_ONS = Operation(
    name="list_broker_add_ons",
    method="GET",
    path="/broker-add-ons",
    answer=Page[StatedBrokerAddOn],
    in_query={
        "carrying_account_id": "carrying_account_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_broker_add_ons(
    *,
    carrying_account_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedBrokerAddOn]]:
    """All broker add ons.

    What a carrying account asks on top of the clearing house's margin and its multiplier.

    Without ``scope_ids`` a fixed ``amount`` of the account's holder, with or without positions.
    With ``scope_ids`` (contracts or products, all quoted in ``currency``) a charge for
    concentration: ``per_lot`` for every lot beyond ``free_lots`` of those contracts together,
    each owner by itself.  Lots count as margin does: the larger side that position and orders
    could come to, both sides where the account keeps them apart. To end one, set its amounts to
    zero.

    ``carrying_account_id``: Rows of this carrying account.
    ``currency``: Rows of this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_BROKER_ADD_ONS.ask(locals())


_GET_BROKER_ADD_ON = Operation(
    name="get_broker_add_on", method="GET", path="/broker-add-ons/{key}", answer=StatedBrokerAddOn
)


def get_broker_add_on(key: str) -> Ask[StatedBrokerAddOn]:
    """One of the broker add ons, with its version as ETag."""
    return _GET_BROKER_ADD_ON.ask(locals())


_PUT_BROKER_ADD_ON = Operation(
    name="put_broker_add_on",
    method="PUT",
    path="/broker-add-ons/{key}",
    answer=StatedBrokerAddOn,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_broker_add_on(
    key: str, *, if_match: int, item: BrokerAddOn, idempotency_key: str | None = None
) -> Ask[StatedBrokerAddOn]:
    """Change or add one of the broker add ons.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_BROKER_ADD_ON.ask(locals())


class BrokerAddOnsResource(Resource[TransportT]):
    """Calls about broker add ons."""

    list = Listing(list_broker_add_ons)
    page = Method(list_broker_add_ons)
    get = Method(get_broker_add_on)
    put = Method(put_broker_add_on)
    __call__ = Listing(list_broker_add_ons)
