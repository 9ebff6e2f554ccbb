"""A year with all the pieces together replays to the same statements, to the byte.

The office lives it in a real journal; two processes with other hash seeds decide it again, one from
the beginning, one from a snapshot in the middle.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fencang.journal.header import header_of_today
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal
from tests.months.papers import papers_of
from tests.months.year import YearOffice
from tests.reports.statement_desk import days_of, statements_of

SEED = 2
EVENTS = (
    "BreakOpened",
    "CashDeposited",
    "CashWithdrawn",
    "ContractExpired",
    "CurrencyConverted",
    "EnteredFillAllocated",
    "FillBusted",
    "FillCharged",
    "FillCorrected",
    "FillSuspended",
    "InterestPosted",
    "OpeningBookImported",
    "OptionExercised",
    "PositionTransferred",
    "SettlementCorrected",
    "SuspenseAssigned",
    "TradingDayClosed",
    "WireConfirmed",
)
"""What a year must have met to prove anything."""


def lived(path, days):
    """Return the records of an office that lived so many days into a journal at a path."""
    journal = SqliteJournal.writer(path, header_of_today("year"))
    office = YearOffice(SEED, journal)
    for day in office.live(days):
        if day == days // 2:
            snapshots_beside(path).write(office.desk.snapshot())
    journal.close()
    return office.desk


def replayed(path, way, hash_seed):
    """Return what a process of its own finds in the journal."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.months.replaying_child", path, way],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
        env=os.environ
        | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
    )
    return json.loads(done.stdout)


def differing(one, other):
    """Return the names of statements that are not the same."""
    return [name for name in sorted({**one, **other}) if one.get(name) != other.get(name)]


def replays_to_the_same_statements(path, days):
    """Live so many days, replay them twice; return the desk that lived them."""
    desk = lived(path, days)
    papers, state = papers_of(desk.records), desk.machine.state_hash()
    for way, hash_seed in (("beginning", "1"), ("middle", "2")):
        found = replayed(path, way, hash_seed)
        assert differing(papers, found["papers"]) == [], way
        assert found["state"] == found["recovered"] == state, way
        assert (found["snapshot"] > 0) is (way == "middle")
    assert len(papers) > 15 * days
    return desk


NEARLY_ALL = 0.9
"""Some days of a careless office never end: its people forget to settle them."""


def chains(desk):
    """Return how many days there were; every balance opens as it closed on the day before."""
    before, days = {}, days_of(desk.records, unended=False)
    for day in days:
        for name, statement in statements_of(day).items():
            for balance in statement.balances:
                assert balance.opening_micros == before.get((name, balance.currency), 0)
                before[name, balance.currency] = balance.closing_micros
    return len(days)


@pytest.mark.long
def test_a_quarter_of_a_careless_year_replays_to_the_same_statements(tmp_path):
    desk = replays_to_the_same_statements(tmp_path / "year.journal", 63)
    assert chains(desk) >= NEARLY_ALL * 63


@pytest.mark.long
def test_a_whole_careless_year_replays_to_the_same_statements(tmp_path):
    desk = replays_to_the_same_statements(tmp_path / "year.journal", 250)
    assert chains(desk) >= NEARLY_ALL * 250
    met = Counter(type(event).__name__ for record in desk.records for event in record.events)
    assert [name for name in EVENTS if not met[name]] == []
    currencies = {
        balance.currency
        for statement in statements_of(days_of(desk.records, unended=False)[-1]).values()
        for balance in statement.balances
        if balance.closing_micros
    }
    assert currencies >= {"USD", "EUR", "JPY", "CNY"}
