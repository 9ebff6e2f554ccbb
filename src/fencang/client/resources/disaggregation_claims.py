"""Calls about disaggregation claims.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import DisaggregationClaim, StatedDisaggregationClaim

__all__ = [
    "DisaggregationClaimsResource",
    "get_disaggregation_claim",
    "list_disaggregation_claims",
    "put_disaggregation_claim",
]

_LIST_DISAGGREGATION_CLAIMS = Operation(
    name="list_disaggregation_claims",
    method="GET",
    path="/disaggregation-claims",
    answer=Page[StatedDisaggregationClaim],
    in_query={"regime_id": "regime_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_disaggregation_claims(
    *, regime_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedDisaggregationClaim]]:
    """All disaggregation claims.

    Two persons who are tied claim under a regime that they trade apart.

    It cuts ties of ownership alone, and only while it is verified, in date, and names every
    condition of independence.  A tie of control makes it untrue whatever the papers say.

    ``regime_id``: Rows of this regime.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_DISAGGREGATION_CLAIMS.ask(locals())


_GET_DISAGGREGATION_CLAIM = Operation(
    name="get_disaggregation_claim",
    method="GET",
    path="/disaggregation-claims/{key}",
    answer=StatedDisaggregationClaim,
)


def get_disaggregation_claim(key: str) -> Ask[StatedDisaggregationClaim]:
    """One of the disaggregation claims, with its version as ETag."""
    return _GET_DISAGGREGATION_CLAIM.ask(locals())


_PUT_DISAGGREGATION_CLAIM = Operation(
    name="put_disaggregation_claim",
    method="PUT",
    path="/disaggregation-claims/{key}",
    answer=StatedDisaggregationClaim,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_disaggregation_claim(
    key: str, *, if_match: int, item: DisaggregationClaim, idempotency_key: str | None = None
) -> Ask[StatedDisaggregationClaim]:
    """Change or add one of the disaggregation claims.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_DISAGGREGATION_CLAIM.ask(locals())


class DisaggregationClaimsResource(Resource[TransportT]):
    """Calls about disaggregation claims."""

    list = Listing(list_disaggregation_claims)
    page = Method(list_disaggregation_claims)
    get = Method(get_disaggregation_claim)
    put = Method(put_disaggregation_claim)
    __call__ = Listing(list_disaggregation_claims)
