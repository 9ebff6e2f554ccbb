"""Calls about audit.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Listing, Resource, TransportT
from fencang.client.types import Audit

__all__ = [
    "AuditResource",
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


class AuditResource(Resource[TransportT]):
    """Calls about audit."""

    records = Listing(list_records)
