"""Every slip of a broker is found, none is invented: seeded slips in statements computed apart.

Law: a statement without slips has no breaks; with slips the breaks in their own right are exactly
those slips, and everything else that differs is told as a consequence of one of them.
"""

import random
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from fencang.messages.reconciliation_commands import BreakKind
from tests.reports.broker import CURRENCY, MAP, by_average, by_price
from tests.reports.desk_days import CONTRACTS, DAYS, TradedDays

SEEDS = range(6)


@cache
def traded(seed):
    return TradedDays(seed)


def roots(found):
    return sorted((each.kind.name, each.subject.split(":")[0]) for each in found.causes)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("merge", [None, by_price, by_average])
@pytest.mark.parametrize("numbered", [True, False])
def test_a_statement_without_slips_has_no_breaks(seed, merge, numbered):
    days = traded(seed)
    if merge:
        numbered = False
    text = MAP.replace("[positions]", "[tolerance]\nprice = '0.000000001'\n[positions]")
    for day in DAYS:
        statement = days.books.statement(day, numbered=numbered, merge=merge)
        found = days.compare(day, statement, text)
        assert found.breaks == ()
        assert found.fills_matched == len(days.days.day("C1", day).fills)


class Slips:
    """Up to one slip of every sort, on one day; what they are called is kept."""

    def __init__(self, days, day, seed):
        self.chance = random.Random(seed)
        self.books = days.books.copy()
        self.day = day
        self.expected = []
        self.free = sorted(CONTRACTS)
        today = [e for e in self.books.executions if e.day == day]
        self.chance.shuffle(today)
        self.today = today
        sorts = [self.missing, self.price, self.fee, self.invented, self.position, self.cash]
        sorts += [self.wire, self.twice]
        for sort in self.chance.sample(sorts, self.chance.randint(1, len(sorts))):
            sort()

    def _take(self):
        return self.today.pop() if self.today else None

    def missing(self):
        """The broker lost an execution."""
        if (e := self._take()) and e.contract in self.free:
            self.books.swap(e, None)
            self.expected.append(("MISSING_THERE", e.number))
            self._no_position(e)

    def _no_position(self, e):
        """Leave a contract to one slip of lots, for two may hide each other."""
        if e.contract in self.free:
            self.free.remove(e.contract)

    def price(self):
        if e := self._take():
            wrong = e.price + Decimal(CONTRACTS[e.contract][1]) * self.chance.choice((-7, 9))
            self.books.swap(e, replace(e, price=wrong))
            self.expected.append(("PRICE_DIFFERS", e.number))

    def fee(self):
        if e := self._take():
            self.books.swap(e, replace(e, fee=e.fee + Decimal("1.37")))
            self.expected.append(("FEE_DIFFERS", f"fee of {e.number}"))

    def invented(self):
        """The broker has an execution of its own, perhaps in what we never traded that day."""
        contract = self.chance.choice(self.free or ["CLM0"])
        e = replace(
            self.books.executions[0],
            number="Z77",
            contract=contract,
            lots=3,
            price=self.books.prices[self.day, contract],
            fee=Decimal(0),
            day=self.day,
        )
        self.books.executions.append(e)
        self.expected.append(("MISSING_HERE", "Z77"))
        self._no_position(e)

    def position(self):
        if self.free:
            contract = self.free.pop()
            self.books.extra_lots[self.day, contract] = self.chance.choice((-2, 5))
            self.expected.append(("POSITION_DIFFERS", contract))

    def cash(self):
        currency = self.chance.choice(sorted(set(CURRENCY.values()) - {"CNY", "USD"}))
        self.books.extra_cash[self.day, currency] = Decimal("-1234.56")
        self.expected.append(("CASH_DIFFERS", f"{currency} closing balance"))

    def wire(self):
        self.books.wires.append((self.day, "USD", Decimal(-77_000)))
        self.expected.append(("CASH_DIFFERS", "USD transfers"))

    def twice(self):
        """A line stands twice and was counted once."""
        self.repeated = self._take()
        if self.repeated:
            self.expected.append(("DUPLICATE", self.repeated.number))

    def statement(self):
        repeated = getattr(self, "repeated", None)
        merge = (lambda own: [*own, repeated]) if repeated else None
        return self.books.statement(self.day, merge=merge)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_slip_is_found_and_none_invented(seed):
    days = traded(seed)
    for number in range(40):
        day = DAYS[number % len(DAYS)]
        slips = Slips(days, day, f"{seed} {number}")
        found = days.compare(day, slips.statement())
        assert roots(found) == sorted(slips.expected), (seed, number)
        ids = {each.break_id for each in found.breaks}
        assert len(ids) == len(found.breaks)
        assert all(each.cause_id in ids for each in found.breaks if each.cause_id)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("merge", [None, by_price])
def test_a_lost_execution_is_found_without_numbers_too(seed, merge):
    """In a line that several executions were put into, fewer lots are there; else it is missing."""
    days = traded(seed)
    for day in DAYS:
        for e in [e for e in days.books.executions if e.day == day]:
            books = days.books.copy()
            books.swap(e, None)
            found = days.compare(day, books.statement(day, numbered=False, merge=merge))
            gaps = [(each.theirs or 0) - (each.ours or 0) for each in found.causes]
            assert sum(gaps) == -e.sign * e.lots
            for root in found.causes:
                assert root.contract_id == e.contract
                assert root.kind in {BreakKind.MISSING_THERE, BreakKind.LOTS_DIFFER}


def test_the_same_slip_has_the_same_identity_and_another_day_another_for_fills():
    days = traded(0)
    books = days.books.copy()
    books.extra_lots = dict.fromkeys(((day, "CLM0") for day in DAYS), 2)
    ids = {
        each.break_id
        for day in DAYS
        for each in days.compare(day, books.statement(day)).breaks
        if each.kind is BreakKind.POSITION_DIFFERS
    }
    assert len(ids) == 1
