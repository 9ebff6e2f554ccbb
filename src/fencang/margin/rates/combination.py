"""Combinations of DCE, CZCE and GFEX: listed pairs of legs that together ask for less.

A lock is one contract long and short, a calendar two months, a cross two products; option
strategies have the same form.  Pairs are formed greedily, best priority (lowest number) first,
equal priorities in the order of the list; lots that find no partner stay and pay in full.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import HedgeFlag, PositionKey, PositionSide
from fencang.margin.span.frozen import Frozen

__all__ = [
    "NO_COMBINATIONS",
    "Combination",
    "CombinationKind",
    "CombinationTable",
    "Leg",
    "PairBasis",
    "PairsFormed",
    "match",
    "parse_legs",
]


class CombinationKind(StrEnum):
    """What a listed pair is; the calculation is the same."""

    LOCK = "lock"
    CALENDAR = "calendar"
    CROSS = "cross"
    OPTION = "option"


class PairBasis(StrEnum):
    """What the coefficient of a pair is applied to."""

    LARGER_LEG = "larger_leg"
    SMALLER_LEG = "smaller_leg"
    BOTH_LEGS = "both_legs"


class Leg(Frozen):
    """One leg: ``lots`` of an instrument on one side go into each pair."""

    instrument_id: str
    side: PositionSide
    hedge_flag: HedgeFlag = HedgeFlag.SPECULATION
    lots: int = 1

    @property
    def key(self) -> PositionKey:
        """Return the position line that the leg takes from."""
        return PositionKey(self.instrument_id, self.side, self.hedge_flag)


class Combination(Frozen):
    """A listed pair with what it asks for: a coefficient, or an amount for one pair.

    Derived from DCE's list of 2026-01-06: locks 0.10 of the single margin (also in the delivery
    month), calendars of soybeans 0.40 and of corn 0.30 of the larger leg.  *Our reading:* a stated
    amount is the exchange's, and the broker's follows in the proportion of the legs' margins; a
    pair never asks for more than its legs alone.
    """

    kind: CombinationKind
    priority: int
    first: Leg
    second: Leg
    coefficient_ppm: int | None = None
    basis: PairBasis = PairBasis.LARGER_LEG
    margin_micros: int | None = None
    """The exchange's amount for one pair; stands in for the coefficient."""


class PairsFormed(NamedTuple):
    """How often a combination was formed."""

    combination: Combination
    pairs: int


class CombinationTable:
    """A list of combinations, checked and indexed once: an exchange lists 150,000.

    Raises:
        RateFault: rows that cannot be meant, all of them named by their place (from 1).
    """

    __slots__ = ("_by_first", "instrument_ids", "rows")

    def __init__(self, rows: Iterable[Combination]) -> None:
        self.rows = tuple(rows)
        faults = [
            f"combination {place}: {fault}"
            for place, row in enumerate(self.rows, 1)
            for fault in _faults(row)
        ]
        if faults:
            raise RateFault(faults)
        self.instrument_ids = frozenset(
            leg.instrument_id for row in self.rows for leg in (row.first, row.second)
        )
        self._by_first: dict[PositionKey, list[tuple[int, int, Combination]]] = {}
        for place, row in enumerate(self.rows):
            self._by_first.setdefault(row.first.key, []).append((row.priority, place, row))

    def candidates(self, keys: Iterable[PositionKey]) -> list[Combination]:
        """Return the combinations whose legs are both among the keys, in order of matching."""
        present = dict.fromkeys(keys)
        found = [
            entry
            for key in present
            for entry in self._by_first.get(key, ())
            if entry[2].second.key in present
        ]
        return [row for _, _, row in sorted(found, key=lambda entry: entry[:2])]


NO_COMBINATIONS = CombinationTable(())


def match(table: CombinationTable, lots: Mapping[PositionKey, int]) -> list[PairsFormed]:
    """Return the pairs formed from lots, in order of forming; the rest stays single."""
    left = dict(lots)
    formed = []
    for row in table.candidates(left):
        first, second = row.first, row.second
        pairs = min(left[first.key] // first.lots, left[second.key] // second.lots)
        if pairs:
            left[first.key] -= pairs * first.lots
            left[second.key] -= pairs * second.lots
            formed.append(PairsFormed(row, pairs))
    return formed


def parse_legs(text: str) -> tuple[Leg, Leg]:
    """Return the legs of a pair as DCE writes it: "a2601,-a2603" is long a2601, short a2603.

    Raises:
        ValueError: not two instruments with a comma between them.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(part.removeprefix("-") for part in parts):
        raise ValueError(f'{text!r} is not a pair of instruments such as "a2601,-a2603"')
    first, second = (
        Leg(
            instrument_id=part.removeprefix("-"),
            side=PositionSide.SHORT if part.startswith("-") else PositionSide.LONG,
        )
        for part in parts
    )
    return first, second


def _faults(row: Combination) -> Iterable[str]:
    if row.first.key == row.second.key:
        yield f"both legs are {' '.join(row.first.key)}; the legs of a pair differ"
    if min(row.first.lots, row.second.lots) < 1:
        yield "a leg needs at least one lot"
    if (row.coefficient_ppm is None) == (row.margin_micros is None):
        yield "state either coefficient_ppm or margin_micros"
    if (row.coefficient_ppm or 0) < 0 or (row.margin_micros or 0) < 0:
        yield "neither coefficient nor amount may be negative"
