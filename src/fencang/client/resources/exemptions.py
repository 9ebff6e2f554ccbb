"""Calls about exemptions.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Exemption, StatedExemption

__all__ = [
    "ExemptionsResource",
    "get_exemption",
    "list_exemptions",
    "put_exemption",
]

_LIST_EXEMPTIONS = Operation(
    name="list_exemptions",
    method="GET",
    path="/exemptions",
    answer=Page[StatedExemption],
    in_query={
        "person_id": "person_id",
        "regime_id": "regime_id",
        "group_id": "group_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_exemptions(
    *,
    person_id: str | None = None,
    regime_id: str | None = None,
    group_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedExemption]]:
    """All exemptions.

    What an authority or a venue granted to one person: never self-declared.

    ``quantity_lots_max`` is what may be held on a side in all, the limit included.  Without
    ``evidence`` it is refused, after its last day it is nothing.

    ``person_id``: Rows of this legal person.
    ``regime_id``: Rows of this regime.
    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_EXEMPTIONS.ask(locals())


_GET_EXEMPTION = Operation(
    name="get_exemption", method="GET", path="/exemptions/{key}", answer=StatedExemption
)


def get_exemption(key: str) -> Ask[StatedExemption]:
    """One of the exemptions, with its version as ETag."""
    return _GET_EXEMPTION.ask(locals())


_PUT_EXEMPTION = Operation(
    name="put_exemption",
    method="PUT",
    path="/exemptions/{key}",
    answer=StatedExemption,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_exemption(
    key: str, *, if_match: int, item: Exemption, idempotency_key: str | None = None
) -> Ask[StatedExemption]:
    """Change or add one of the exemptions.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_EXEMPTION.ask(locals())


class ExemptionsResource(Resource[TransportT]):
    """Calls about exemptions."""

    list = Listing(list_exemptions)
    page = Method(list_exemptions)
    get = Method(get_exemption)
    put = Method(put_exemption)
    __call__ = Listing(list_exemptions)
