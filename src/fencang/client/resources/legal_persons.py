"""Calls about legal persons.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LegalPerson, StatedLegalPerson

__all__ = [
    "LegalPersonsResource",
    "get_legal_person",
    "list_legal_persons",
    "put_legal_person",
]

_LIST_LEGAL_PERSONS = Operation(
    name="list_legal_persons",
    method="GET",
    path="/legal-persons",
    answer=Page[StatedLegalPerson],
    in_query={"person_id": "person_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_legal_persons(
    *, person_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedLegalPerson]]:
    """All legal persons.

    One legal entity or natural person.

    ``lei`` is its ISO 17442 identifier where it has one (20 characters, empty otherwise);
    ``jurisdiction`` its ISO 3166 country code.  ``owners_declared``: everybody who owns part of
    it stands in an ``OwnershipEdge``; while that is not said, regimes tie it to everybody.

    ``person_id``: Rows of this legal person.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_LEGAL_PERSONS.ask(locals())


_GET_LEGAL_PERSON = Operation(
    name="get_legal_person", method="GET", path="/legal-persons/{key}", answer=StatedLegalPerson
)


def get_legal_person(key: str) -> Ask[StatedLegalPerson]:
    """One of the legal persons, with its version as ETag."""
    return _GET_LEGAL_PERSON.ask(locals())


_PUT_LEGAL_PERSON = Operation(
    name="put_legal_person",
    method="PUT",
    path="/legal-persons/{key}",
    answer=StatedLegalPerson,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_legal_person(
    key: str, *, if_match: int, item: LegalPerson, idempotency_key: str | None = None
) -> Ask[StatedLegalPerson]:
    """Change or add one of the legal persons.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_LEGAL_PERSON.ask(locals())


class LegalPersonsResource(Resource[TransportT]):
    """Calls about legal persons."""

    list = Listing(list_legal_persons)
    page = Method(list_legal_persons)
    get = Method(get_legal_person)
    put = Method(put_legal_person)
    __call__ = Listing(list_legal_persons)
