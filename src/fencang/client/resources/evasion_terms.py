"""Calls about evasion terms.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import EvasionWatch, StatedEvasionWatch

__all__ = [
    "EvasionTermsResource",
    "get_evasion_terms",
    "list_evasion_terms",
    "put_evasion_terms",
]

_LIST_EVASION_TERMS = Operation(
    name="list_evasion_terms",
    method="GET",
    path="/evasion-terms",
    answer=Page[StatedEvasionWatch],
    in_query={"page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_evasion_terms(
    *, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedEvasionWatch]]:
    """All evasion terms.

    From a day on these numbers raise an alarm; without any the defaults here do.

    ``follow_seconds``: lots that an account of another owner under common control opens so soon
    after a limit refused them.  ``mirror_seconds``, ``mirror_times``: accounts of two owners
    who do not count as one send orders of one contract and size so close to each other, so many
    times a day. ``ownership_margin_ppm``: a share that lies below a threshold by no more than
    this. ``near_limit_ppm``: from this part of a hard limit on, new accounts and changed papers
    are told. ``proposal_age_seconds_max``: a proposed excess that nobody accepts in this time
    has expired.

    ``turn_days``, ``turn_share_ppm``, ``reporting_days``: of what left an account in so many
    calendar days up to the end of a month or a reporting day, this part or more is back in as
    many days after it; 0 days: nobody watches.

    ``step_days``: so many business days before a limit steps down below what a group holds and
    has working, the group is told; 0: it is not.

    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_EVASION_TERMS.ask(locals())


_GET_EVASION_TERMS = Operation(
    name="get_evasion_terms", method="GET", path="/evasion-terms/{key}", answer=StatedEvasionWatch
)


def get_evasion_terms(key: str) -> Ask[StatedEvasionWatch]:
    """One of the evasion terms, with its version as ETag."""
    return _GET_EVASION_TERMS.ask(locals())


_PUT_EVASION_TERMS = Operation(
    name="put_evasion_terms",
    method="PUT",
    path="/evasion-terms/{key}",
    answer=StatedEvasionWatch,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_evasion_terms(
    key: str, *, if_match: int, item: EvasionWatch, idempotency_key: str | None = None
) -> Ask[StatedEvasionWatch]:
    """Change or add one of the evasion terms.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_EVASION_TERMS.ask(locals())


class EvasionTermsResource(Resource[TransportT]):
    """Calls about evasion terms."""

    list = Listing(list_evasion_terms)
    page = Method(list_evasion_terms)
    get = Method(get_evasion_terms)
    put = Method(put_evasion_terms)
    __call__ = Listing(list_evasion_terms)
