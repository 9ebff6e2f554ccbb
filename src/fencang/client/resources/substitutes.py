"""Calls about substitutes.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import StatedSubstitute, Substitute

__all__ = [
    "SubstitutesResource",
    "get_substitute",
    "list_substitutes",
    "put_substitute",
]

_LIST_SUBSTITUTES = Operation(
    name="list_substitutes",
    method="GET",
    path="/substitutes",
    answer=Page[StatedSubstitute],
    in_query={
        "node_id": "node_id",
        "scope_id": "scope_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_substitutes(
    *,
    node_id: str | None = None,
    scope_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedSubstitute]]:
    """All substitutes.

    One market that a mandate names for what does not fit another.

    ``node_id`` is the sub-account whose orders are meant, ``scope_id`` their contract or
    product. The substitute trades ``to_contract_id`` in ``to_sub_account_id``, a book of the
    same owner, up to a worst case of ``cap_lots`` on its side; 0 switches it off.
    ``correlation_ppm`` is the most (diversify, in absolute terms) or the least (proxy) that is
    allowed.  Deviations and correlations older than ``age_seconds_max`` are not used.
    ``is_dry_run`` only tells what it would have done.  Substitutes are tried in the order of
    their identifiers.

    ``node_id``: Rows of this node.
    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_SUBSTITUTES.ask(locals())


_GET_SUBSTITUTE = Operation(
    name="get_substitute", method="GET", path="/substitutes/{key}", answer=StatedSubstitute
)


def get_substitute(key: str) -> Ask[StatedSubstitute]:
    """One of the substitutes, with its version as ETag."""
    return _GET_SUBSTITUTE.ask(locals())


_PUT_SUBSTITUTE = Operation(
    name="put_substitute",
    method="PUT",
    path="/substitutes/{key}",
    answer=StatedSubstitute,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_substitute(
    key: str, *, if_match: int, item: Substitute, idempotency_key: str | None = None
) -> Ask[StatedSubstitute]:
    """Change or add one of the substitutes.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_SUBSTITUTE.ask(locals())


class SubstitutesResource(Resource[TransportT]):
    """Calls about substitutes."""

    list = Listing(list_substitutes)
    page = Method(list_substitutes)
    get = Method(get_substitute)
    put = Method(put_substitute)
    __call__ = Listing(list_substitutes)
