"""Calls about ledger entries.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import LedgerEntryRow, MovementKind

__all__ = [
    "LedgerEntriesResource",
    "list_ledger_entries",
]

_LIST_LEDGER_ENTRIES = Operation(
    name="list_ledger_entries",
    method="GET",
    path="/ledger-entries",
    answer=Page[LedgerEntryRow],
    in_query={
        "book_id": "book_id",
        "currency": "currency",
        "kind": "kind",
        "level": "level",
        "trading_day": "trading_day",
        "from_sequence": "from_sequence",
        "to_sequence": "to_sequence",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_ledger_entries(
    *,
    book_id: str | None = None,
    currency: str | None = None,
    kind: MovementKind | None = None,
    level: str | None = None,
    trading_day: date | None = None,
    from_sequence: int | None = None,
    to_sequence: int | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[LedgerEntryRow]]:
    """Entries of the ledger: why cash moved, in the order of the journal.

    One request reads 10,000 records at most: a page may have fewer rows than asked for, even
    none, and still say where to go on.

    ``book_id``: Entries of this book, or of this carrying account.
    ``currency``: Entries in this currency.
    ``kind``: Entries of this kind.
    ``level``: sub_account, reserve, promised, suspense or carrying_account.
    ``trading_day``: Entries of this trading day, as statements count it.
    ``from_sequence``: Entries of this record or later ones.
    ``to_sequence``: Entries of this record or earlier ones.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where to go on: the `next_cursor` of the page before.
    """
    return _LIST_LEDGER_ENTRIES.ask(locals())


class LedgerEntriesResource(Resource[TransportT]):
    """Calls about ledger entries."""

    list = Listing(list_ledger_entries)
    page = Method(list_ledger_entries)
    __call__ = Listing(list_ledger_entries)
