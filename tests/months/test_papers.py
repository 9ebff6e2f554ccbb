"""The three months' statements chain, add up, and come out again to the byte."""

from collections import Counter

import pytest

from fencang.journal.batch import make_batch
from fencang.journal.header import header_of_today
from fencang.journal.recovery import recover
from fencang.journal.snapshots import Snapshot, snapshots_beside
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import DECISION_VERSION, Record
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Scope
from fencang.reports.statement.words import Language
from tests.engine.desk import MAKER
from tests.months.lived import MONTHS, days_lived, desk_of, monthly, statements
from tests.months.papers import forms_of, papers_of
from tests.reports.statement_desk import days_of


@pytest.fixture(params=MONTHS)
def month(request):
    return request.param


@pytest.fixture(scope="module")
def journals(tmp_path_factory):
    """Return month → a journal with its records and a snapshot amid them."""
    found = {}
    for month in MONTHS:
        path = tmp_path_factory.mktemp(month) / "month.journal"
        write(path, desk_of(month).records)
        found[month] = path
    return found


def write(path, records):
    """Store records as two batches, with a snapshot between them."""
    journal = SqliteJournal.writer(path, header_of_today("months"))
    machine, middle = MAKER(), len(records) // 2
    for part in (records[:middle], records[middle:]):
        batch = make_batch(journal.last_hash, part)
        journal.append(batch, batch.first_sequence - 1)
        for record in part:
            machine.apply(record)
        if machine.sequence == middle:
            snapshot = Snapshot(middle, journal.last_hash, machine.dump())
            snapshots_beside(path).write(snapshot)
    journal.close()


def read(path):
    journal = SqliteJournal.reader(path)
    records = [stored.record() for stored in journal.read(1)]
    journal.close()
    return records


def resumed(path):
    """Return the records, those behind the snapshot decided anew by a machine that began there."""
    folder = snapshots_beside(path)
    machine = MAKER.load(folder.read(folder.newest_first()[0]).state)
    records = read(path)
    for place in range(machine.sequence, len(records)):
        record = records[place]
        events = machine.execute(record.command, record.sequence, record.time_ns)
        fields = (record.sequence, record.time_ns, DECISION_VERSION, record.command, events)
        records[place] = Record(*fields)
    return records


# ------------------------------------------------------------------------------ chains and sums


def test_every_day_opens_as_the_day_before_closed(month):
    """Cash per currency, unrealised profit, unpaid variation and the value of options."""
    cash, profit = {}, {}
    for day in days_lived(month):
        for statement, _ in statements([day]):
            name = statement.account_id
            opening = {each.currency: each.opening_micros for each in statement.balances}
            assert opening == {**dict.fromkeys(opening, 0), **cash.get(name, {})}, name
            cash[name] = {each.currency: each.closing_micros for each in statement.balances}
            told = profit.get(name, {})
            for line in statement.results:
                assert opening_of(line) == told.get(line.contract_id, (0, 0, 0)), (name, line)
            profit[name] = {line.contract_id: closing_of(line) for line in statement.results}


def opening_of(line):
    return (
        line.opening_unrealised_micros,
        line.opening_unpaid_micros,
        line.opening_option_value_micros,
    )


def closing_of(line):
    return (
        line.closing_unrealised_micros,
        line.closing_unpaid_micros,
        line.closing_option_value_micros,
    )


def test_the_month_is_the_sum_of_its_days(month):
    """Movements, results and every change of lots; it opens and closes as they do."""
    days = days_lived(month)
    whole = {statement.account_id: statement for statement, _ in statements(days)}
    single = [{each.account_id: each for each, _ in statements([day])} for day in days]
    for name, statement in whole.items():
        parts = [told[name] for told in single if name in told]
        moved, earned, changes, entries = Counter(), Counter(), [], []
        for part in parts:
            moved.update(movements(part))
            earned.update(flows(part))
            changes += part.lot_changes
            entries += part.entries
        assert +moved == +movements(statement), name
        assert -moved == -movements(statement), name
        assert +earned == +flows(statement), name
        assert -earned == -flows(statement), name
        assert list(statement.lot_changes) == changes
        assert list(statement.entries) == entries
        assert statement.positions == parts[-1].positions


def movements(statement):
    return Counter(
        {
            (each.currency, movement.kind): movement.amount_micros
            for each in statement.balances
            for movement in each.movements
        }
    )


def flows(statement):
    """Return profit, payments and fees by contract."""
    found = Counter()
    for line in statement.results:
        for field in ("realised", "variation", "premium", "fees", "brought_in"):
            found[line.contract_id, field] = getattr(line, f"{field}_micros")
    return found


def test_books_add_up_to_owners_and_owners_to_the_desk(month):
    for day in days_lived(month):
        sums = {scope: Counter() for scope in Scope}
        for statement, _ in statements([day]):
            total = sums[statement.scope]
            total.update(movements(statement))
            total.update({each.currency: each.closing_micros for each in statement.balances})
            for line in statement.positions:
                total[line.contract_id, line.side] += line.quantity_lots
        books, owners, desk = (sums[scope] for scope in (Scope.BOOK, Scope.OWNER, Scope.DESK))
        assert books == owners == desk, day.trading_day


# ------------------------------------------------------------------------------ again, to the byte


def test_statements_are_the_same_from_a_journal_that_is_read_again(month, journals):
    papers = papers_of(desk_of(month).records)
    assert len(papers) > 140
    assert papers_of(read(journals[month])) == papers


def test_statements_are_the_same_after_a_desk_resumed_from_a_snapshot(month, journals):
    path = journals[month]
    assert papers_of(resumed(path)) == papers_of(desk_of(month).records)
    journal = SqliteJournal.reader(path)
    found = recover(journal, snapshots_beside(path), MAKER)
    journal.close()
    assert found.snapshot_sequence == len(desk_of(month).records) // 2
    assert found.machine.state_hash() == desk_of(month).machine.state_hash()


def test_pages_in_chinese_repeat_too(month, journals):
    days = days_of(read(journals[month]), unended=False)
    again = {each.account_id: each for each, _ in statements(days)}
    for statement, _ in statements(days_lived(month)):
        other = again[statement.account_id]
        assert forms_of(statement, Language.CHINESE) == forms_of(other, Language.CHINESE)


def test_paper_repeats_to_the_byte(journals):
    pytest.importorskip("reportlab", reason="PDF needs the extra `statements`")
    from fencang.reports.statement.as_pdf import render_pdf
    from fencang.reports.statement.fonts import FontSet

    days = days_of(read(journals["april-2020"]), unended=False)
    (again,) = [each for each, _ in statements(days) if each.account_id == "ALPHA"]
    printed = [
        render_pdf(lay_out(each, Language.ENGLISH), FontSet())
        for each in (monthly("april-2020", "ALPHA"), again)
    ]
    assert printed[0] == printed[1]
    assert printed[0].startswith(b"%PDF")
