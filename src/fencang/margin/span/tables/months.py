"""Month slots: where the months of every combined commodity stand, and which of them a tier holds.

A month is the whole text of an underlying's period (D3).  A commodity has slots for the months of
its contracts, of the legs of its combinations (D2) and of all that scanning spreads may bring (X8).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import SpanParameters, Tier

__all__ = ["MonthSlots", "Ranges", "joined", "month_slots"]

Ints = NDArray[np.int64]
Span = tuple[int, int]
"""First slot and the one behind the last."""

_MONTH_LENGTH = 6  # CCYYMM; what follows is a day or week code


class MonthSlots:
    """The slots of all commodities; those of one stand together, nearest first."""

    __slots__ = ("_ranks", "ends", "firsts", "keys", "periods", "texts")

    def __init__(self, periods: Sequence[str], ranks: Ints, keys: Ints, commodities: int) -> None:
        self.periods = periods
        """All texts in order; a rank is a place here."""
        self._ranks = ranks
        self.keys = keys
        edges = np.searchsorted(keys, np.arange(commodities + 1) * len(periods))
        self.firsts: list[int] = edges[:-1].tolist()
        self.ends: list[int] = edges[1:].tolist()
        self.texts = [periods[key % len(periods)] for key in keys.tolist()]

    def __len__(self) -> int:
        return len(self.texts)

    def slots(self, commodities: NDArray[np.int32], period_rows: NDArray[np.int32]) -> Ints:
        """Return the slots of many contracts by commodity and row of their underlying's period."""
        wanted = commodities.astype(np.int64) * len(self.periods) + self._ranks[period_rows]
        return np.searchsorted(self.keys, wanted)

    def slot(self, commodity: int, text: str) -> int | None:
        """Return the slot of a month, None where the commodity has no such month."""
        place = bisect_left(self.texts, text, self.firsts[commodity], self.ends[commodity])
        return place if place < self.ends[commodity] and self.texts[place] == text else None

    def held_by(self, commodity: int, tier: Tier) -> Span:
        """Return the months that a tier holds (C2)."""
        first, end = self.firsts[commodity], self.ends[commodity]
        if tier.first_period:
            key = _month_of if len(tier.first_period) <= _MONTH_LENGTH else _whole
            first = bisect_left(self.texts, tier.first_period, first, end, key=key)
        if tier.last_period:
            key = _month_of if len(tier.last_period) <= _MONTH_LENGTH else _whole
            end = bisect_right(self.texts, tier.last_period, first, end, key=key)
        return first, end

    def held_by_number(self, commodity: int, tiers: Iterable[Tier], number: int) -> list[Span]:
        """Return the months of a tier number, which may stand for several ranges (C2)."""
        return joined(self.held_by(commodity, tier) for tier in tiers if tier.number == number)

    def tier_numbers(self, commodity: int, tiers: Sequence[Tier]) -> list[tuple[int, int]]:
        """Return (number, place) of the tier of each slot, (0, -1) where none holds it (S1)."""
        first, end = self.firsts[commodity], self.ends[commodity]
        found = [(0, -1)] * (end - first)
        for place in reversed(range(len(tiers))):  # the first listed has the last word
            begun, ended = self.held_by(commodity, tiers[place])
            for slot in range(begun, ended):
                found[slot - first] = (tiers[place].number, place)
        return found


def _month_of(text: str) -> str:
    return text[:_MONTH_LENGTH]


def _whole(text: str) -> str:
    return text


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as disjoint ones in order."""
    union: list[Span] = []
    for first, end in sorted(span for span in spans if span[0] < span[1]):
        if union and first <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((first, end))
    return union


class Ranges:
    """Ranges of slots in the making; equal month sets are kept once."""

    __slots__ = ("_places", "spans")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._places: dict[tuple[Span, ...], Span] = {}

    def place(self, spans: Sequence[Span]) -> Span:
        """Return where a month set stands among the ranges."""
        key = tuple(spans)
        found = self._places.get(key)
        if found is None:
            found = (len(self.spans), len(self.spans) + len(key))
            self.spans.extend(key)
            self._places[key] = found
        return found


def month_slots(
    parameters: SpanParameters,
    combination_months: Iterable[tuple[int, int]],
    merges: Sequence[tuple[int, int]],
) -> MonthSlots:
    """Return the slots of a set.

    Args:
        parameters: the set.
        combination_months: commodity and period row of every leg that takes a share of a delta.
        merges: leg's and target's commodity of scanning spreads.
    """
    table = parameters.contracts
    periods = tuple(sorted(set(table.periods)))
    rank_of = {text: rank for rank, text in enumerate(periods)}
    ranks = np.array([rank_of[text] for text in table.periods], dtype=np.int64)
    width = max(1, len(periods))
    size = len(parameters.commodities) * width
    is_month = np.zeros(size, dtype=np.bool_)
    is_month[table.commodity.astype(np.int64) * width + ranks[table.underlying_period]] = True
    for commodity, row in combination_months:
        is_month[commodity * width + int(ranks[row])] = True
    by_commodity = is_month.reshape(len(parameters.commodities), width)
    for _ in range(len(merges)):  # a target may be a leg elsewhere: until nothing is new
        before = np.count_nonzero(by_commodity)
        for leg, target in merges:
            by_commodity[target] |= by_commodity[leg]
        if np.count_nonzero(by_commodity) == before:
            break
    keys = np.flatnonzero(is_month)
    return MonthSlots(periods or ("",), ranks, keys, len(parameters.commodities))
