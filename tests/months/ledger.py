"""A month's ledger, computed by hand: one row per movement, balance, profit, position, requirement.

The columns are day, account, entry, contract, currency, what happened, arithmetic and amount.
Amounts are money in the currency; of ``long`` and ``short`` they are lots.

==================  =================================================================
entry               amount
==================  =================================================================
kinds of movement   what moved the account's cash (the names of ``MovementKind``)
closing             its cash at the day's end, from the day before's and the movements
equity              all its cash in dollars at the day's rates
realised            profit of lots closed that day, first in first out
unrealised          value of open lots at the day's price, less what they cost
option value        what options whose premium was paid are worth
brought in          profit that a prior system had counted
long, short         open lots: of days before and of today
requirement         a tenth of the value at the mark (tests of SPAN have their own)
asked by broker     the same in its currency, at one carrying account, of one owner
==================  =================================================================
"""

import csv
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from fencang.reports.statement.values import MovementKind
from tests.months.arithmetic import worked_out

FOLDER = Path(__file__).parent
MOVEMENTS = {kind.value for kind in MovementKind}
SIDES = ("long", "short")


class Row(NamedTuple):
    """One line of a ledger."""

    day: str
    account: str
    entry: str
    contract: str
    currency: str
    what_happened: str
    arithmetic: str
    amount: str

    @property
    def value(self):
        return Fraction(self.amount)

    @property
    def micros(self):
        micros = self.value * 1_000_000
        assert micros.denominator == 1, self
        return micros.numerator


def rows_of(month):
    """Return the rows of a month's ledger in order."""
    with (FOLDER / f"{month}.csv").open(encoding="utf-8", newline="") as file:
        return [Row(*line) for line in list(csv.reader(file))[1:]]


class Ledger:
    """The rows of a month, looked up by day and accounts."""

    def __init__(self, month):
        self.rows = rows_of(month)
        self.days = sorted({row.day for row in self.rows})
        self._by_day = defaultdict(list)
        for row in self.rows:
            self._by_day[row.day].append(row)

    def of(self, days, accounts, *entries):
        """Return the rows of some days, accounts and entries."""
        return [
            row
            for day in days
            for row in self._by_day[day]
            if row.account in accounts and row.entry in entries
        ]

    def rows_of_day(self, day, entry):
        """Return the rows of one entry on a day."""
        return [row for row in self._by_day[day] if row.entry == entry]

    def totals(self, days, accounts, entries, key):
        """Return sums in micros by a key of the rows, zeros left out."""
        sums = Counter()
        for row in self.of(days, accounts, *entries):
            sums[key(row)] += row.micros
        return {name: amount for name, amount in sums.items() if amount}

    def faults(self):
        """Return what is wrong in the ledger by itself."""
        return [*self._wrong_arithmetic(), *self._wrong_closings(), *self._wrong_profits()]

    def _wrong_arithmetic(self):
        for row in self.rows:
            if worked_out(row.arithmetic) != row.value:
                yield f"{row}: comes to {worked_out(row.arithmetic)}"

    def _wrong_closings(self):
        """Find balances that are not the day before's and the day's movements."""
        balances = Counter()
        for day in self.days:
            for row in self._by_day[day]:
                if row.entry in MOVEMENTS:
                    balances[row.account, row.currency] += row.micros
            told = {
                (row.account, row.currency): row.micros
                for row in self._by_day[day]
                if row.entry == "closing"
            }
            for key in {**balances, **told}:
                if told.get(key, 0) != balances[key]:
                    yield f"{day} {key}: closes at {told.get(key, 0)}, moved to {balances[key]}"

    def _wrong_profits(self):
        """Find contracts whose profit by cost is not what was paid and what lots are worth."""
        paid, worth = Counter(), Counter()
        for day in self.days:
            for row in self._by_day[day]:
                key = (row.account, row.contract)
                if row.entry in ("variation", "correction", "premium"):
                    paid[key] += row.micros
                elif row.entry == "realised":
                    worth[key] += row.micros
                elif row.entry == "brought in":
                    worth[key] -= row.micros
            open_now = Counter()
            for row in self._by_day[day]:
                if row.entry in ("unrealised", "option value"):
                    sign = 1 if row.entry == "unrealised" else -1
                    open_now[row.account, row.contract] += sign * row.micros
            for key in {**paid, **worth}:
                if worth[key] + open_now[key] != paid[key]:
                    yield f"{day} {key}: by cost {worth[key] + open_now[key]}, paid {paid[key]}"
