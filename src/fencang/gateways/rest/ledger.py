"""Entries of the ledger, read from the journal by range.

They are history and grow without end, so no table holds them: a request goes through a stated
number of records and says where to go on.  What an entry says is a function of its record; which
day it belongs to is told by a few numbers for each day that the board keeps.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Annotated, NamedTuple

import msgspec

from fencang.gateways.questions import READ_COUNTS, SCAN_RECORDS_MAX, Scan
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.paging import LIMIT, PAGE_ROWS, Page
from fencang.gateways.rest.sight import sees_book
from fencang.messages.record import Record
from fencang.projections.cash_moves import MovementKind
from fencang.projections.ledger_entries import LedgerEntries, needles_of
from fencang.projections.tables.board import level_of
from fencang.projections.tables.ledger_rows import LedgerEntryRow, ledger_entry_row

__all__ = ["LEDGER"]

Id = Annotated[str, msgspec.Meta(max_length=200)]
RecordNumber = Annotated[int, msgspec.Meta(ge=1, le=1 << 53)]
Cursor = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,16}\.[0-9]{1,9}$(?!\n)")]

_FILTERS = ("book_id", "currency", "kind", "level", "trading_day")

Place = tuple[int, int]
"""Sequence of a record, and the number of an entry in it."""


class _Range(NamedTuple):
    """Where to look: from a place to a sequence, what the tables stand at or before."""

    start: Place
    last: int


async def _ledger_entries(call: Call) -> Reply:
    asked, board = call.parameters, call.desk.board
    sequence, count = board.sequence, asked.get("limit", PAGE_ROWS)
    found = _range_of(call)
    if found is None:
        return Reply(Page(sequence=sequence, rows=(), next_cursor=None))
    scanned = await call.desk.questions.scan(
        Scan(
            first=found.start[0],
            last=found.last,
            wanted=count + 1,
            pick=_picking(call, found.start),
            needles=needles_of(asked["book_id"]) if "book_id" in asked else (),
        )
    )
    rows, beyond = scanned.found[:count], scanned.found[count:]
    next_cursor = None if scanned.next_sequence is None else f"{scanned.next_sequence}.0"
    if beyond:
        next_cursor = beyond[0].entry_id
    return Reply(Page(sequence=sequence, rows=tuple(rows), next_cursor=next_cursor))


def _range_of(call: Call) -> _Range | None:
    """Return where the entries that are asked for stand; None: nowhere."""
    asked, board = call.parameters, call.desk.board
    start = (asked.get("from_sequence", 1), 0)
    last = min(asked.get("to_sequence", board.sequence), board.sequence)
    if "trading_day" in asked:
        span = board.ledger_days.span_of(asked["trading_day"])
        if span is None:
            return None
        start = max(start, (span[0], 0))
        last = last if span[1] is None else min(last, span[1])
    if "cursor" in asked:
        head, _, tail = asked["cursor"].partition(".")
        start = max(start, (int(head), int(tail)))
    return None if start[0] > last else _Range(start, last)


def _picking(
    call: Call, start: Place
) -> Callable[[Record, Callable[[int], Record]], Sequence[LedgerEntryRow]]:
    """Return what reads the entries that are asked for, and that this key sees, from a record."""
    asked = call.parameters
    wanted = [(name, asked[name]) for name in _FILTERS if name in asked]

    def pick(record: Record, earlier: Callable[[int], Record]) -> list[LedgerEntryRow]:
        return [
            row
            for number, row in enumerate(_rows(call, record, earlier))
            if (record.sequence, number) >= start
            and all(getattr(row, name) == value for name, value in wanted)
            and sees_book(call, row.book_id)
        ]

    return pick


def _rows(call: Call, record: Record, earlier: Callable[[int], Record]) -> Iterator[LedgerEntryRow]:
    board = call.desk.board
    for number, entry in enumerate(LedgerEntries(board.reference, earlier).of(record)):
        level = "carrying_account" if entry.is_carrying else level_of(entry.book_id)
        day = board.ledger_days.day_of(entry.venue_id, (record.sequence, entry.place))
        yield ledger_entry_row(record, number, entry, level, day)


LEDGER: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/ledger-entries",
        name="list_ledger_entries",
        tag="ledger entries",
        summary="Entries of the ledger: why cash moved, in the order of the journal",
        description=(
            f"One request reads {SCAN_RECORDS_MAX // READ_COUNTS:,} records at most: a page may "
            "have fewer rows than asked for, even none, and still say where to go on."
        ),
        scope="ledger:read",
        handler=_ledger_entries,
        answer=Page[LedgerEntryRow],
        parameters=(
            Parameter("book_id", Id, "Entries of this book, or of this carrying account."),
            Parameter("currency", Id, "Entries in this currency."),
            Parameter("kind", MovementKind, "Entries of this kind."),
            Parameter("level", Id, "sub_account, reserve, promised, suspense or carrying_account."),
            Parameter("trading_day", date, "Entries of this trading day, as statements count it."),
            Parameter("from_sequence", RecordNumber, "Entries of this record or later ones."),
            Parameter("to_sequence", RecordNumber, "Entries of this record or earlier ones."),
            LIMIT,
            Parameter("cursor", Cursor, "Where to go on: the `next_cursor` of the page before."),
        ),
        statuses=(400, 503),
    ),
)
