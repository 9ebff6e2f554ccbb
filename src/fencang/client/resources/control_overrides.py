"""Calls about control overrides.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ControlOverride, StatedControlOverride

__all__ = [
    "ControlOverridesResource",
    "get_control_override",
    "list_control_overrides",
    "put_control_override",
]

_LIST_CONTROL_OVERRIDES = Operation(
    name="list_control_overrides",
    method="GET",
    path="/control-overrides",
    answer=Page[StatedControlOverride],
    in_query={
        "sub_account_id": "sub_account_id",
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_control_overrides(
    *,
    sub_account_id: str | None = None,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedControlOverride]]:
    """All control overrides.

    Other values for the row of ``row_kind`` (``PositionLimit``) at a node and scope.

    They hold from ``from_time`` on and no longer at ``until_time``: the time of a command
    decides. With a sub-account and its client order identifier they hold for that order alone.

    ``sub_account_id``: Rows of this sub-account.
    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONTROL_OVERRIDES.ask(locals())


_GET_CONTROL_OVERRIDE = Operation(
    name="get_control_override",
    method="GET",
    path="/control-overrides/{key}",
    answer=StatedControlOverride,
)


def get_control_override(key: str) -> Ask[StatedControlOverride]:
    """One of the control overrides, with its version as ETag."""
    return _GET_CONTROL_OVERRIDE.ask(locals())


_PUT_CONTROL_OVERRIDE = Operation(
    name="put_control_override",
    method="PUT",
    path="/control-overrides/{key}",
    answer=StatedControlOverride,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_control_override(
    key: str, *, if_match: int, item: ControlOverride, idempotency_key: str | None = None
) -> Ask[StatedControlOverride]:
    """Change or add one of the control overrides.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONTROL_OVERRIDE.ask(locals())


class ControlOverridesResource(Resource[TransportT]):
    """Calls about control overrides."""

    list = Listing(list_control_overrides)
    page = Method(list_control_overrides)
    get = Method(get_control_override)
    put = Method(put_control_override)
    __call__ = Listing(list_control_overrides)
