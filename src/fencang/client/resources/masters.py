"""Calls about masters.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import MasterAccount, StatedMasterAccount

__all__ = [
    "MastersResource",
    "get_master",
    "list_masters",
    "put_master",
]

_LIST_MASTERS = Operation(
    name="list_masters",
    method="GET",
    path="/masters",
    answer=Page[StatedMasterAccount],
    in_query={"person_id": "person_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_masters(
    *, person_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedMasterAccount]]:
    """All masters.

    The pool of one legal person; its base currency values everything.

    ``person_id``: Rows of this legal person.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_MASTERS.ask(locals())


_GET_MASTER = Operation(
    name="get_master", method="GET", path="/masters/{key}", answer=StatedMasterAccount
)


def get_master(key: str) -> Ask[StatedMasterAccount]:
    """One of the masters, with its version as ETag."""
    return _GET_MASTER.ask(locals())


_PUT_MASTER = Operation(
    name="put_master",
    method="PUT",
    path="/masters/{key}",
    answer=StatedMasterAccount,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_master(
    key: str, *, if_match: int, item: MasterAccount, idempotency_key: str | None = None
) -> Ask[StatedMasterAccount]:
    """Change or add one of the masters.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_MASTER.ask(locals())


class MastersResource(Resource[TransportT]):
    """Calls about masters."""

    list = Listing(list_masters)
    page = Method(list_masters)
    get = Method(get_master)
    put = Method(put_master)
    __call__ = Listing(list_masters)
