"""Calls about funding terms.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import FundingTerms, StatedFundingTerms

__all__ = [
    "FundingTermsResource",
    "get_funding_terms",
    "list_funding_terms",
    "put_funding_terms",
]

_LIST_FUNDING_TERMS = Operation(
    name="list_funding_terms",
    method="GET",
    path="/funding-terms",
    answer=Page[StatedFundingTerms],
    in_query={
        "carrying_account_id": "carrying_account_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_funding_terms(
    *,
    carrying_account_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedFundingTerms]]:
    """All funding terms.

    Cut-off, business days and call times of one currency at one carrying account.

    All times of day are seconds on the local clock, which stands ``utc_offset_minutes`` ahead
    of UTC.  A wire of today's value must be entered by ``cutoff_s``.  A margin call is due
    ``call_due_days`` business days after its day at ``call_due_s``; amounts up to
    ``call_minimum`` are not called.  ``weekend_days`` are ISO weekday numbers.

    ``carrying_account_id``: Rows of this carrying account.
    ``currency``: Rows of this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_FUNDING_TERMS.ask(locals())


_GET_FUNDING_TERMS = Operation(
    name="get_funding_terms", method="GET", path="/funding-terms/{key}", answer=StatedFundingTerms
)


def get_funding_terms(key: str) -> Ask[StatedFundingTerms]:
    """One of the funding terms, with its version as ETag."""
    return _GET_FUNDING_TERMS.ask(locals())


_PUT_FUNDING_TERMS = Operation(
    name="put_funding_terms",
    method="PUT",
    path="/funding-terms/{key}",
    answer=StatedFundingTerms,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_funding_terms(
    key: str, *, if_match: int, item: FundingTerms, idempotency_key: str | None = None
) -> Ask[StatedFundingTerms]:
    """Change or add one of the funding terms.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_FUNDING_TERMS.ask(locals())


class FundingTermsResource(Resource[TransportT]):
    """Calls about funding terms."""

    list = Listing(list_funding_terms)
    page = Method(list_funding_terms)
    get = Method(get_funding_terms)
    put = Method(put_funding_terms)
    __call__ = Listing(list_funding_terms)
