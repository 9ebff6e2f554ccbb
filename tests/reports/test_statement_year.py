"""A whole year of the demo desk: every day chains, adds up, and comes out again to the byte."""

from datetime import date

import pytest

from benchmarks.futures_desk import desk_text, instruments, market_folder
from fencang.app.commands.demo import demo_desk
from fencang.app.replay.desk_session import DeskSession, ForgetfulJournal
from fencang.app.replay.driver import Replay
from fencang.app.replay.prices import open_prices
from fencang.engine.machine import Machine
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import DECISION_VERSION, Record
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Scope
from fencang.reports.statement.words import Language
from tests.app.program import run_json
from tests.reports.statement_desk import days_of, statement_of, statements_of

MARKET = market_folder()
YEAR = (date(2017, 1, 1), date(2017, 12, 31))
ACCOUNTS = (("ES-T20", Scope.BOOK), ("@pool:FIRM", Scope.OWNER), ("MASTER", Scope.DESK))


@pytest.fixture(scope="module")
def records():
    desk = demo_desk()
    kept = []
    replay = Replay(desk, open_prices(desk, None, *YEAR), DeskSession(ForgetfulJournal()))
    replay.subscribe(kept.extend)
    replay.run()
    return kept


def decided_again(records):
    """Return the records of another desk that was given the same commands."""
    machine = Machine()
    return [
        Record(
            record.sequence,
            record.time_ns,
            DECISION_VERSION,
            record.command,
            machine.execute(record.command, record.sequence, record.time_ns),
        )
        for record in records
    ]


def papers(records):
    return [
        (
            day.trading_day,
            name,
            render_json(made := statement_of([day], name, scope)),
            render_html(lay_out(made, Language.CHINESE)),
        )
        for day in days_of(records)
        for name, scope in ACCOUNTS
    ]


def test_a_year_replays_to_the_same_statements(records):
    assert papers(records) == papers(decided_again(records))


def test_every_day_chains_and_agrees_with_the_published_equity(records):
    """Laws: closing = opening; what the engine published is what the statement adds up to."""
    before = {}
    days = days_of(records)
    assert len(days) == 251
    for day in days:
        statements = statements_of(day)
        for name, statement in statements.items():
            for balance in statement.balances:
                assert balance.opening_micros == before.get((name, balance.currency), 0)
                before[name, balance.currency] = balance.closing_micros
        pool = statements["@pool:FIRM"]
        published = {line.book_id: line for line in pool.margin.standings}
        assert pool.base_equity_micros == published["@pool:FIRM"].equity_micros
        assert pool.balances == statements["MASTER"].balances


@pytest.mark.long
@pytest.mark.skipif(MARKET is None, reason="no market data beside the repository")
def test_half_a_year_of_sixty_markets_foots_and_chains(tmp_path):
    """Real prices in nine currencies with rolls; 2015 begins with the Swiss franc's jump."""
    desk, path = tmp_path / "desk.toml", tmp_path / "desk.journal"
    desk.write_text(desk_text(instruments(MARKET)), encoding="utf-8")
    window = ("--from", "2014-12-01", "--to", "2015-06-30")
    run_json("replay", "--desk", desk, "--prices", MARKET, *window, "--journal", path, timeout=300)
    journal = SqliteJournal.reader(path)
    days = days_of([stored.record() for stored in journal.read(1)])
    journal.close()
    before, currencies = {}, set()
    for day in days:
        for name, statement in statements_of(day).items():
            for balance in statement.balances:
                currencies.add(balance.currency)
                assert balance.opening_micros == before.get((name, balance.currency), 0)
                before[name, balance.currency] = balance.closing_micros
    assert len(days) > 120
    assert len(currencies) > 6


def test_a_month_opens_as_the_month_before_closed(records):
    months = {}
    for day in days_of(records):
        months.setdefault(f"{day.trading_day:%Y-%m}", []).append(day)
    closing = 0
    for days in months.values():
        (balance,) = statement_of(days, "MASTER", Scope.DESK).balances
        assert balance.opening_micros == closing
        closing = balance.closing_micros
    assert len(months) == 12
