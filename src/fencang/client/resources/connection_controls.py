"""Calls about connection controls.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ConnectionControl, StatedConnectionControl

__all__ = [
    "ConnectionControlsResource",
    "get_connection_control",
    "list_connection_controls",
    "put_connection_control",
]

_LIST_CONNECTION_CONTROLS = Operation(
    name="list_connection_controls",
    method="GET",
    path="/connection-controls",
    answer=Page[StatedConnectionControl],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_connection_controls(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedConnectionControl]]:
    """All connection controls.

    Whether orders are cancelled when the client that sends them is gone.

    ``cancels_on_disconnect`` True at any node over an account counts.  ``grace_seconds``: a
    client that is back within that time keeps its orders; the shortest counts.
    ``keeps_good_till`` False cancels orders with a time in force of several days too; False at
    any node counts.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONNECTION_CONTROLS.ask(locals())


_GET_CONNECTION_CONTROL = Operation(
    name="get_connection_control",
    method="GET",
    path="/connection-controls/{key}",
    answer=StatedConnectionControl,
)


def get_connection_control(key: str) -> Ask[StatedConnectionControl]:
    """One of the connection controls, with its version as ETag."""
    return _GET_CONNECTION_CONTROL.ask(locals())


_PUT_CONNECTION_CONTROL = Operation(
    name="put_connection_control",
    method="PUT",
    path="/connection-controls/{key}",
    answer=StatedConnectionControl,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_connection_control(
    key: str, *, if_match: int, item: ConnectionControl, idempotency_key: str | None = None
) -> Ask[StatedConnectionControl]:
    """Change or add one of the connection controls.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONNECTION_CONTROL.ask(locals())


class ConnectionControlsResource(Resource[TransportT]):
    """Calls about connection controls."""

    list = Listing(list_connection_controls)
    page = Method(list_connection_controls)
    get = Method(get_connection_control)
    put = Method(put_connection_control)
    __call__ = Listing(list_connection_controls)
