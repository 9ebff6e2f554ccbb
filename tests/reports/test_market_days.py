"""Real years of futures with true rolls, every day reconciled with a broker that adds up by itself.

Law: days without slips have no breaks; of seeded slips every one is found and none is invented.
"""

import random

import pytest

from benchmarks.futures_desk import desk_text, instruments, market_folder
from fencang.journal.sqlite import SqliteJournal
from fencang.projections.carrying_days import CarryingDays
from fencang.projections.reference import Reference
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.app.program import EXAMPLE, MARKET, run
from tests.reports.clearing import MAP, Clearing

needs_data = pytest.mark.skipif(market_folder() is None, reason=f"no market data at {MARKET}")


class Heard:
    """A journal as the books know it, and as the broker heard it."""

    def __init__(self, path):
        self.reference = Reference()
        self.days = CarryingDays(self.reference, 100_000)
        journal = SqliteJournal.reader(path)
        self.brokers = {}
        for stored in journal.read(1):
            record = stored.record()
            self.reference.apply(record)
            self.days.apply(record)
            for account in self.reference.carrying_accounts:
                broker = self.brokers.setdefault(account, Clearing(account))
                broker.hear(record.command)
        journal.close()
        self.products = {key: self.reference.product_of(key) for key in self.reference.contracts}

    def compare(self, account, day, text):
        map_ = read_map(MAP, "map.toml")
        statement = read_statement(
            {"b.csv": text.encode()},
            "b.csv",
            map_,
            account=account,
            contracts=self.reference.contracts,
            asked_day=day,
        )
        ours = self.days.day(account, day)
        basis = Basis(ours, statement, map_.tolerances, self.products, is_net=True, known={})
        return compare(basis, MarginParts())


def reconcile_every_day(heard, *, seed):
    """Compare each day twice, as it was and with slips; return how many days and slips."""
    chance = random.Random(seed)
    days = slips = 0
    for account, broker in heard.brokers.items():
        for day in broker.days:
            if heard.days.day(account, day.day) is None:
                assert day.fills == [], "none of the account's venues was open"
                continue
            clean = heard.compare(account, day.day, broker.statement(day))
            assert clean.breaks == (), (account, day.day, clean.breaks[:3])
            slipped, expected = broker.slipped(day, chance)
            found = heard.compare(account, day.day, broker.statement(slipped))
            causes = sorted((each.kind.name, each.subject.split(":")[0]) for each in found.causes)
            assert causes == expected, (account, day.day, found.breaks)
            days, slips = days + 1, slips + len(expected)
    return days, slips


def replayed(tmp_path, desk, prices, first, last, timeout):
    path = tmp_path / "desk.journal"
    arguments = ["replay", "--desk", desk, "--prices", prices, "--from", first, "--to", last]
    done = run(*arguments, "--journal", path, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return Heard(path)


def test_half_a_year_of_the_example_desk(tmp_path):
    desk, prices = EXAMPLE / "desk.toml", EXAMPLE / "prices"
    heard = replayed(tmp_path, desk, prices, "2024-01-01", "2024-06-30", timeout=120)
    days, slips = reconcile_every_day(heard, seed=1)
    assert days > 120
    assert slips > 90


@pytest.mark.long
@needs_data
def test_three_months_of_sixty_markets_with_true_rolls(tmp_path):
    desk = tmp_path / "desk.toml"
    desk.write_text(desk_text(instruments(market_folder())))
    heard = replayed(tmp_path, desk, MARKET, "2014-12-01", "2015-02-28", timeout=300)
    days, slips = reconcile_every_day(heard, seed=2)
    assert days >= 60
    assert slips > 100
    assert len(heard.reference.contracts) >= 40


@needs_data
@pytest.mark.long
def test_five_years_of_sixty_markets_with_true_rolls(tmp_path):
    desk = tmp_path / "desk.toml"
    desk.write_text(desk_text(instruments(market_folder())))
    heard = replayed(tmp_path, desk, MARKET, "2014-01-01", "2018-12-31", timeout=1_800)
    days, slips = reconcile_every_day(heard, seed=3)
    assert days > 1_200
    assert slips > 2_000
