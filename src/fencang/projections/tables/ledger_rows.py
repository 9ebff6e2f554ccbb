"""Rows of the ledger, made when they are read: history stands in the journal, not in memory."""

from datetime import date

from fencang.basics.money import format_money
from fencang.basics.time import format_time
from fencang.messages.record import Record
from fencang.projections.cash_moves import MovementKind
from fencang.projections.ledger_entries import Entry
from fencang.projections.tables.rows import Row
from fencang.projections.tables.texts import DecimalText, TimeText

__all__ = ["LedgerEntryRow", "ledger_entry_row"]


class LedgerEntryRow(Row):
    """One movement of cash of one book in one currency; ``amount`` is positive to the book.

    ``level``: sub_account, reserve, promised, suspense, or carrying_account for what the broker
    sees.  ``trading_day`` is the day of its venue, of cash without one the earliest unsettled day,
    as on statements; None before the first day.  ``reference`` is the execution, wire or fee row.
    """

    entry_id: str
    sequence: int
    time: TimeText
    trading_day: date | None
    kind: MovementKind
    level: str
    book_id: str
    currency: str
    amount: DecimalText
    carrying_account_id: str
    contract_id: str
    other_book_id: str
    reference: str
    text: str


def ledger_entry_row(
    record: Record, number: int, entry: Entry, level: str, day: date | None
) -> LedgerEntryRow:
    """Return the row of the ``number``-th entry of a record."""
    return LedgerEntryRow(
        entry_id=f"{record.sequence}.{number}",
        sequence=record.sequence,
        time=format_time(record.time_ns),
        trading_day=day,
        kind=entry.kind,
        level=level,
        book_id=entry.book_id,
        currency=entry.currency,
        amount=format_money(entry.amount_micros),
        carrying_account_id=entry.carrying_account_id,
        contract_id=entry.contract_id,
        other_book_id=entry.other_book_id,
        reference=entry.reference,
        text=entry.text,
    )
