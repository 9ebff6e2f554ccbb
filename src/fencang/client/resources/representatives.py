"""Calls about representatives.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Representative, StatedRepresentative

__all__ = [
    "RepresentativesResource",
    "get_representative",
    "list_representatives",
    "put_representative",
]

_LIST_REPRESENTATIVES = Operation(
    name="list_representatives",
    method="GET",
    path="/representatives",
    answer=Page[StatedRepresentative],
    in_query={"owner_id": "owner_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_representatives(
    *, owner_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedRepresentative]]:
    """All representatives.

    A person or program who may decide for an owner, by the name that commands bear.

    It is who may accept a proposed order for the owner.  ``evidence`` is the power it rests on.

    ``owner_id``: Rows of this owner.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_REPRESENTATIVES.ask(locals())


_GET_REPRESENTATIVE = Operation(
    name="get_representative",
    method="GET",
    path="/representatives/{key}",
    answer=StatedRepresentative,
)


def get_representative(key: str) -> Ask[StatedRepresentative]:
    """One of the representatives, with its version as ETag."""
    return _GET_REPRESENTATIVE.ask(locals())


_PUT_REPRESENTATIVE = Operation(
    name="put_representative",
    method="PUT",
    path="/representatives/{key}",
    answer=StatedRepresentative,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_representative(
    key: str, *, if_match: int, item: Representative, idempotency_key: str | None = None
) -> Ask[StatedRepresentative]:
    """Change or add one of the representatives.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_REPRESENTATIVE.ask(locals())


class RepresentativesResource(Resource[TransportT]):
    """Calls about representatives."""

    list = Listing(list_representatives)
    page = Method(list_representatives)
    get = Method(get_representative)
    put = Method(put_representative)
    __call__ = Listing(list_representatives)
