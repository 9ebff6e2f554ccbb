"""Calls about audit.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Listing, Resource, TransportT
from fencang.client.types import Audit, EntityKind

__all__ = [
    "AuditResource",
    "list_entity_records",
    "list_records",
]

_LIST_RECORDS = Operation(
    name="list_records",
    method="GET",
    path="/audit/records",
    answer=Audit,
    in_query={"from_sequence": "from_sequence", "page_rows": "limit"},
    cursor="from_sequence",
)


def list_records(*, from_sequence: int | None = None, page_rows: int | None = None) -> Ask[Audit]:
    """The journal: commands, where they came from, and what was decided.

    ``from_sequence``: The first record.
    ``page_rows``: Records at most.
    """
    return _LIST_RECORDS.ask(locals())


_LIST_ENTITY_RECORDS = Operation(
    name="list_entity_records",
    method="GET",
    path="/audit/entities/{kind}/{key}",
    answer=Audit,
    in_query={"from_sequence": "from_sequence", "page_rows": "limit"},
    cursor="from_sequence",
)


def list_entity_records(
    kind: EntityKind, key: str, *, from_sequence: int | None = None, page_rows: int | None = None
) -> Ask[Audit]:
    """The records that name one entity, from its birth on.

    One request goes through 50,000 records at most: an answer may have fewer records than asked
    for, even none, and still say where to go on.

    ``from_sequence``: Records from this one on: the `next_sequence` of the answer before.
    ``page_rows``: Records at most.
    """
    return _LIST_ENTITY_RECORDS.ask(locals())


class AuditResource(Resource[TransportT]):
    """Calls about audit."""

    records = Listing(list_records)
    records_of = Listing(list_entity_records)
