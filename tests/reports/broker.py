"""A broker with a back office of its own: statements computed from what it executed, and its slips.

It shares no code with the books of the desk: it hears of fills, settlement prices and wires, adds
them up in decimal numbers, and writes CSV.  A slip is made before it adds up, so that everything
that follows from it is in the statement too, as it would be.
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

POINT = {"CL": 1000, "ES": 50, "FD": 25, "NK": 1000, "CU": 5}
CURRENCY = {"CL": "USD", "ES": "USD", "FD": "EUR", "NK": "JPY", "CU": "CNY"}
FEES = {"ES": Decimal("2.45"), "CU": Decimal(10)}
MAP = """
account = "C1"
date = "DD.MM.YYYY"
[symbols]
"CRUDE JUN20" = "CLM0"
[positions]
title = "POSITIONS"
columns = { contract = "Symbol", long = "Long", short = "Short", day = "Date" }
[fills]
title = "TRADES"
[fills.columns]
execution = "No"
contract = "Symbol"
side = "B/S"
lots = "Lots"
price = "Price"
fee = "Fee"
day = "Date"
[cash]
title = "CASH"
[cash.columns]
currency = "Ccy"
opening = "Opening"
fees = "Fees"
variation = "Variation"
transfers = "Wires"
closing = "Closing"
day = "Date"
"""
SYMBOLS = {"CLM0": "CRUDE JUN20"}


@dataclass(frozen=True)
class Execution:
    number: str
    contract: str
    sign: int
    lots: int
    price: Decimal
    fee: Decimal
    day: date
    opens: bool = True
    """Whether a gross account opens lots by it."""


@dataclass
class Books:
    """What the broker believes: executions, wires, settlement prices, slips in adding up."""

    executions: list = field(default_factory=list)
    wires: list = field(default_factory=list)
    prices: dict = field(default_factory=dict)
    extra_lots: dict = field(default_factory=dict)
    """(day, contract) → lots in the position that no execution made."""
    extra_cash: dict = field(default_factory=dict)
    """(day, currency) → money in the closing balance that nothing moved, that day only."""

    def copy(self):
        return Books(
            list(self.executions),
            list(self.wires),
            dict(self.prices),
            dict(self.extra_lots),
            dict(self.extra_cash),
        )

    def swap(self, old, new):
        """Believe another execution (or none) in the place of one."""
        place = self.executions.index(old)
        self.executions[place : place + 1] = [] if new is None else [new]

    def days(self):
        return sorted({day for day, _ in self.prices})

    def position(self, contract, day):
        """Return (long, short) lots at the end of a day; one of them is 0 in a net account."""
        lots = sum(
            e.sign * e.lots for e in self.executions if e.contract == contract and e.day <= day
        )
        lots += self.extra_lots.get((day, contract), 0)
        return max(lots, 0), max(-lots, 0)

    def fees(self, currency, day):
        return -sum(
            e.fee for e in self.executions if e.day == day and CURRENCY[e.contract[:2]] == currency
        )

    def variation(self, currency, day):
        """Return what a settlement pays: old lots since the last one, new ones since trading."""
        total = Decimal(0)
        for (of_day, contract), price in self.prices.items():
            if of_day != day or CURRENCY[contract[:2]] != currency:
                continue
            before = [d for d, c in self.prices if c == contract and d < day]
            old = self.prices[max(before), contract] if before else Decimal(0)
            for e in self.executions:
                if e.contract == contract and e.day <= day:
                    start = e.price if e.day == day else old
                    total += e.sign * e.lots * (price - start) * POINT[contract[:2]]
        return total

    def wired(self, currency, day):
        return sum((amount for d, c, amount in self.wires if (d, c) == (day, currency)), Decimal(0))

    def opening(self, currency, day):
        return sum(
            (
                self.fees(currency, d) + self.variation(currency, d) + self.wired(currency, d)
                for d in self.days()
                if d < day
            ),
            Decimal(0),
        )

    def closing(self, currency, day):
        moved = self.fees(currency, day) + self.variation(currency, day) + self.wired(currency, day)
        return self.opening(currency, day) + moved + self.extra_cash.get((day, currency), 0)

    def statement(self, day, *, numbered=True, merge=None):
        """Return a day's CSV; ``merge`` puts executions together before they are written."""
        out = io.StringIO()
        write = csv.writer(out).writerow
        told = f"{day:%d.%m.%Y}"
        write(["POSITIONS"])
        write(["Date", "Symbol", "Long", "Short"])
        for contract in sorted({c for _, c in self.prices}):
            long_lots, short_lots = self.position(contract, day)
            if long_lots or short_lots:
                write([told, SYMBOLS.get(contract, contract), long_lots, short_lots])
        write([])
        write(["TRADES"])
        write(["Date", "No", "Symbol", "B/S", "Lots", "Price", "Fee"])
        today = [e for e in self.executions if e.day == day]
        for e in merge(today) if merge else today:
            side = "B" if e.sign > 0 else "S"
            number = e.number if numbered else ""
            symbol = SYMBOLS.get(e.contract, e.contract)
            write([told, number, symbol, side, e.lots, plain(e.price), plain(e.fee)])
        write([])
        write(["CASH"])
        write(["Date", "Ccy", "Opening", "Fees", "Variation", "Wires", "Closing"])
        for currency in ("EUR", "JPY", "USD"):
            figures = (
                self.opening(currency, day),
                -self.fees(currency, day),
                self.variation(currency, day),
                self.wired(currency, day),
                self.closing(currency, day),
            )
            write([told, currency, *map(plain, figures)])
        return out.getvalue()


def plain(value):
    return f"{value:f}"


def by_price(executions):
    """Put executions of one contract, side and price into one line."""
    groups = defaultdict(list)
    for e in executions:
        groups[e.contract, e.sign, e.price].append(e)
    return [_sum(group, group[0].price) for group in groups.values()]


def by_average(executions):
    """Put executions of one contract and side into one line at the average price."""
    groups = defaultdict(list)
    for e in executions:
        groups[e.contract, e.sign].append(e)
    made = []
    for group in groups.values():
        lots = sum(e.lots for e in group)
        value = sum(e.lots * e.price for e in group)
        made.append(_sum(group, round(value / lots, 9)))
    return made


def _sum(group, price):
    lots, fee = sum(e.lots for e in group), sum(e.fee for e in group)
    return replace(group[0], lots=lots, price=price, fee=fee)
