"""What a venue's day has charged under fee rows that ask for a minimum of the day.

Kept by execution, so that a correction of the day takes its part away again; and what was charged
on top so far, by book.  All of it is forgotten when the venue leaves the day.
"""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.basics.rounding import divide_floor, divide_half_away

__all__ = ["CHARGES_MAX", "DayCharge", "DayCharges", "DayKey", "shares"]

CHARGES_MAX = 100_000
"""Executions kept apart per row and product; what older ones were charged is kept as one sum."""


class DayKey(NamedTuple):
    """Who is asked for a minimum: a row's name, for a product, at a carrying account."""

    carrying_account_id: str
    product_id: str
    row_id: str


class DayCharge:
    """One minimum: what fills were charged, and what the books have paid on top."""

    __slots__ = ("earlier_micros", "fills", "paid")

    def __init__(self) -> None:
        self.earlier_micros = 0
        self.fills: dict[str, int] = {}
        """Execution → micros, in the order they came."""
        self.paid: dict[str, int] = {}
        """Book → micros beyond its fills."""

    @property
    def fills_micros(self) -> int:
        """Return what the day's fills were charged."""
        return self.earlier_micros + sum(self.fills.values())

    def add(self, execution_id: str, amount_micros: int) -> None:
        """Count what a part of an execution was charged."""
        self.fills[execution_id] = self.fills.get(execution_id, 0) + amount_micros
        if len(self.fills) > CHARGES_MAX:
            oldest = next(iter(self.fills))
            self.earlier_micros += self.fills.pop(oldest)

    def pay(self, book_id: str, amount_micros: int) -> None:
        """Count what a book paid on top."""
        paid = self.paid.get(book_id, 0) + amount_micros
        self.paid[book_id] = paid
        if not paid:
            del self.paid[book_id]


class DayCharges:
    """The minima of every venue's running day."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[DayKey, DayCharge] = {}

    def of(self, key: DayKey) -> DayCharge:
        """Return a minimum's charges, none at first."""
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = DayCharge()
        return found

    def mend(self, place: tuple[str, str], execution_id: str, old_lots: int, new_lots: int) -> None:
        """Let an execution at (carrying account, product) count as what it should have been.

        By lots, half away from zero, as its fee is corrected; one that never was counts nothing.
        """
        for key in sorted(self.found):
            charge = self.found[key]
            if (key.carrying_account_id, key.product_id) != place:
                continue
            if execution_id not in charge.fills:
                continue
            if new_lots:
                micros = charge.fills[execution_id] * new_lots
                charge.fills[execution_id] = divide_half_away(micros, old_lots)
            else:
                del charge.fills[execution_id]

    def forget(self, product_ids: Iterable[str]) -> None:
        """Forget the products of a venue that leaves its day."""
        gone = set(product_ids)
        self.found = {key: each for key, each in self.found.items() if key.product_id not in gone}


def shares(amount_micros: int, weights: dict[str, int]) -> dict[str, int]:
    """Return an amount divided by weights, in sorted order, exact to the micro.

    Each name gets what the running sum of weights makes, rounded down, less what those before it
    got; weights are positive and there is at least one.

    Example: 10 by {A: 1, B: 2} → A 3, B 7.
    """
    total = sum(weights.values())
    found, seen, given = {}, 0, 0
    for name in sorted(weights):
        seen += weights[name]
        upto = divide_floor(amount_micros * seen, total)
        found[name] = upto - given
        given = upto
    return found
