"""Entries of the ledger: together they are the balances, and day by day what statements count."""

from collections import Counter
from datetime import date

import pytest

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.messages.record import encode_record
from fencang.projections.books import Books
from fencang.projections.ledger_days import LedgerDays
from fencang.projections.ledger_entries import LedgerEntries, needles_of
from fencang.projections.reference import Reference
from fencang.reports.statement.fold import StatementDays
from tests.engine.random_desk import Office

SEEDS = (3, 11, 65, 68)


@pytest.fixture(scope="module", params=SEEDS)
def records(request):
    office = Office(request.param, uses_span=request.param % 2 == 1)
    for _ in range(160):
        office.step()
    return office.desk.records


class Told:
    """Everything folded to the end, as the server has it, and the entries read afterwards."""

    def __init__(self, records):
        self.reference, self.days = Reference(), LedgerDays()
        self.books = Books(self.reference)
        for record in records:
            self.reference.apply(record)
            self.books.apply(record)
            self.days.apply(record)
        reader = LedgerEntries(self.reference, lambda sequence: records[sequence - 1])
        self.entries = [(record, entry) for record in records for entry in reader.of(record)]

    def day(self, record, entry):
        return self.days.day_of(entry.venue_id, (record.sequence, entry.place))


def test_entries_sum_to_the_balances(records):
    """Law: per book and currency, and per carrying account, all entries are its cash."""
    told = Told(records)
    sums = Counter()
    for _, entry in told.entries:
        sums[entry.is_carrying, entry.book_id, entry.currency] += entry.amount_micros
    cash = {
        (False, book_id, currency): amount
        for book_id in told.books.book_ids()
        for currency, amount in told.books.cash(book_id).items()
    }
    cash |= {
        (True, account, currency): amount
        for account in told.books.carrying_ids()
        for currency, amount in told.books.carrying_cash(account).items()
    }
    assert {key: amount for key, amount in sums.items() if amount} == {
        key: amount for key, amount in cash.items() if amount
    }


def test_each_event_moves_books_and_carrying_accounts_alike(records):
    """Law: in every record and currency, what the books gained the accounts gained."""
    told = Told(records)
    gaps = Counter()
    for record, entry in told.entries:
        sign = -1 if entry.is_carrying else 1
        gaps[record.sequence, entry.currency] += sign * entry.amount_micros
    assert not {key: gap for key, gap in gaps.items() if gap}


def test_days_and_kinds_are_those_of_statements(records):
    """Law: a statement counts the same amounts of the same kinds on the same days."""
    told = Told(records)
    statements = StatementDays(date.min, date.max)
    for record in records:
        statements.apply(record)
    expected = Counter()
    for ended in (*statements.take(), *statements.unended()):
        for book_id, currencies in ended.day.moved.items():
            for currency, kinds in currencies.items():
                for kind, amount in kinds.items():
                    expected[ended.trading_day, book_id, currency, kind] += amount
    found = Counter()
    for record, entry in told.entries:
        if not entry.is_carrying:
            key = told.day(record, entry), entry.book_id, entry.currency, entry.kind
            found[key] += entry.amount_micros
    assert {key: amount for key, amount in found.items() if amount and key[0]} == {
        key: amount for key, amount in expected.items() if amount
    }


def test_bytes_looked_for_hide_no_entry(records):
    """Law: whatever moves cash of a book is found by the bytes that are looked for."""
    for record, entry in Told(records).entries:
        payload = encode_record(record)
        assert any(needle in payload for needle in needles_of(entry.book_id)), entry


def test_a_day_spans_its_entries(records):
    told = Told(records)
    assert told.days.span_of(date(1990, 1, 1)) is None
    for record, entry in told.entries:
        day = told.day(record, entry)
        if day is None:
            continue
        first, last = told.days.span_of(day)
        assert first <= record.sequence
        assert last is None or record.sequence <= last


def test_days_built_again_are_the_same(records):
    """Law: rebuilt equals kept."""
    first, second = LedgerDays(), LedgerDays()
    for record in records:
        first.apply(record)
    for record in records:
        second.apply(record)
    assert first == second


def test_the_request_of_a_wire_stands_where_its_number_says(records):
    wires = [
        (record.sequence, event.wire_id)
        for record in records
        for event in record.events
        if type(event).__name__ == "WireRequested"
    ]
    assert all(wire_id // ORDERS_PER_COMMAND_MAX == sequence for sequence, wire_id in wires)
