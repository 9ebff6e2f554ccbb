"""Calls about interest rates.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import InterestRate, StatedInterestRate

__all__ = [
    "InterestRatesResource",
    "get_interest_rate",
    "list_interest_rates",
    "put_interest_rate",
]

_LIST_INTEREST_RATES = Operation(
    name="list_interest_rates",
    method="GET",
    path="/interest-rates",
    answer=Page[StatedInterestRate],
    in_query={
        "scope_id": "scope_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_interest_rates(
    *,
    scope_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedInterestRate]]:
    """All interest rates.

    Yearly rates on cash of one currency from a calendar day on.

    ``carrying``: what the broker pays an owner on a balance of ``scope_id``, and takes below
    zero; it goes to the owner's reserve.  ``sub_account``: what the owner's reserve pays a sub-
    account and takes of it.  An empty ``scope_id`` means every account that has no rate of its
    own. ``credit_ppm`` may be negative, as euro and yen have known it.  ``benefit_ppm`` (sub-
    accounts, base currency) is taken on what the sub-account used of the benefit that it was
    granted.

    ``scope_id``: Rows of this scope: a contract, a product or *.
    ``currency``: Rows of this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_INTEREST_RATES.ask(locals())


_GET_INTEREST_RATE = Operation(
    name="get_interest_rate", method="GET", path="/interest-rates/{key}", answer=StatedInterestRate
)


def get_interest_rate(key: str) -> Ask[StatedInterestRate]:
    """One of the interest rates, with its version as ETag."""
    return _GET_INTEREST_RATE.ask(locals())


_PUT_INTEREST_RATE = Operation(
    name="put_interest_rate",
    method="PUT",
    path="/interest-rates/{key}",
    answer=StatedInterestRate,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_interest_rate(
    key: str, *, if_match: int, item: InterestRate, idempotency_key: str | None = None
) -> Ask[StatedInterestRate]:
    """Change or add one of the interest rates.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_INTEREST_RATE.ask(locals())


class InterestRatesResource(Resource[TransportT]):
    """Calls about interest rates."""

    list = Listing(list_interest_rates)
    page = Method(list_interest_rates)
    get = Method(get_interest_rate)
    put = Method(put_interest_rate)
    __call__ = Listing(list_interest_rates)
