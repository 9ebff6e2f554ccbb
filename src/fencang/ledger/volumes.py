"""Lots traded by calendar month: what steps of a fee row count.

A month is that of the trading day, not of the clock: a night session of the 31st that belongs to
the 1st counts for the new month.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

__all__ = ["MonthLots", "month_of"]

MONTHS_KEPT = 2
"""The month of the latest fill and the one before it; fills entered or mended late find theirs."""


@lru_cache(maxsize=64)
def month_of(day: int) -> int:
    """Return a day's month, counted from year 0; ``day`` as proleptic ordinal, 0 before any."""
    if not day:
        return 0
    found = date.fromordinal(day)
    return found.year * 12 + found.month - 1


class MonthLots:
    """Lots per carrying account, product and month."""

    __slots__ = ("_lots",)

    def __init__(self) -> None:
        self._lots: dict[tuple[str, str], dict[int, int]] = {}

    def add(self, carrying_account_id: str, product_id: str, month: int, lots: int) -> None:
        """Count lots; months that are too old by then are forgotten, and not counted."""
        months = self._lots.setdefault((carrying_account_id, product_id), {})
        months[month] = months.get(month, 0) + lots
        if len(months) > 1:
            oldest = max(months) - MONTHS_KEPT + 1
            for old in [each for each in months if each < oldest]:
                del months[old]

    def change(self, carrying_account_id: str, product_id: str, month: int, lots: int) -> None:
        """Count what a correction adds or takes, where the fill's month is still kept."""
        months = self._lots.get((carrying_account_id, product_id), {})
        if month in months:
            months[month] += lots

    def of(self, carrying_account_id: str, product_ids: Iterable[str], month: int) -> int:
        """Return the lots that count together in a month; 0 of one that is not kept."""
        return sum(
            self._lots.get((carrying_account_id, product_id), {}).get(month, 0)
            for product_id in product_ids
        )

    def dump(self) -> list[tuple[str, str, int, int]]:
        """Return (carrying account, product, month, lots), sorted."""
        return [
            (*key, month, lots)
            for key, months in sorted(self._lots.items())
            for month, lots in sorted(months.items())
        ]

    def restore(self, rows: Iterable[tuple[str, str, int, int]]) -> None:
        """Take over what ``dump`` returned."""
        for carrying_account_id, product_id, month, lots in rows:
            self._lots.setdefault((carrying_account_id, product_id), {})[month] = lots
