"""The slow reference of the ledger: every lot by itself, in a plain list.

It shares no code with ``fencang.ledger``: profit is booked lot by lot under FIFO, and with
fractions under average cost.
"""

from fractions import Fraction
from math import floor
from typing import NamedTuple


class Lot(NamedTuple):
    """One open lot: the day it was opened and its value at entry."""

    day: int
    value_micros: int


def half_away(exact):
    """Return a fraction as the nearest integer, halves away from zero."""
    size = floor(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


class Side:
    """Lots of one side, oldest first, and the pooled cost that average accounting keeps."""

    def __init__(self):
        self.lots = []
        self.pool_micros = 0

    def cost(self, average):
        return self.pool_micros if average else sum(lot.value_micros for lot in self.lots)

    def of_day(self, day):
        return sum(lot.day == day for lot in self.lots)

    def open(self, day, value_micros):
        self.lots.append(Lot(day, value_micros))
        self.pool_micros += value_micros

    def close(self, quantity, average, day=None):
        """Take the oldest lots (of one day, when it is named); return their cost."""
        taken = [lot for lot in self.lots if day is None or lot.day == day][:quantity]
        assert len(taken) == quantity
        share = half_away(Fraction(self.pool_micros * quantity, len(self.lots))) if taken else 0
        for lot in taken:
            self.lots.remove(lot)
        self.pool_micros -= share
        return share if average else sum(lot.value_micros for lot in taken)


class ReferencePosition:
    """A position as a clerk with a list would keep it."""

    def __init__(self, average):
        self.average = average
        self.long, self.short = Side(), Side()
        self.realised_micros = 0
        self.paid_micros = 0
        self.traded = []

    @property
    def net_lots(self):
        return len(self.long.lots) - len(self.short.lots)

    def closable(self, *, is_buy, offset, today):
        """Return how many lots a trade of this kind could close."""
        side = self.short if is_buy else self.long
        of_today = side.of_day(today)
        if offset == "CLOSE_TODAY":
            return of_today
        if offset == "CLOSE_YESTERDAY":
            return len(side.lots) - of_today
        return 0 if offset == "OPEN" else len(side.lots)

    def trade(self, *, is_buy, offset, quantity, value_micros, today):
        """Book lots worth ``value_micros`` each; return (closed, closed of today, opened)."""
        own, other = (self.long, self.short) if is_buy else (self.short, self.long)
        closes = min(quantity, self.closable(is_buy=is_buy, offset=offset, today=today))
        day = today if offset == "CLOSE_TODAY" else None
        before_today = other.of_day(today)
        cost = other.close(closes, self.average, day)
        proceeds = value_micros * closes
        self.realised_micros += cost - proceeds if is_buy else proceeds - cost
        closes_today = before_today - other.of_day(today)
        for _ in range(quantity - closes):
            own.open(today, value_micros)
        self.traded.append((quantity if is_buy else -quantity) * value_micros)
        return closes, closes_today, quantity - closes

    def settle(self, value_micros):
        """Pay everything earned since the last settlement at this value of one lot."""
        total = value_micros * self.net_lots - sum(self.traded)
        paid, self.paid_micros = total - self.paid_micros, total
        return paid
