"""How the markets of a replay move: deviations and correlations of the last days, in integers.

What a risk system beside the desk would report every so often.  A day's move is the change of a
contract's close; the mean is taken as zero, as in planning.
"""

from collections import deque
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import isqrt

from fencang.app.desk.replay_settings import MovesSettings
from fencang.basics.money import PPM
from fencang.gateways.market_data import DayOfData
from fencang.messages.substitution_commands import Correlation, Deviation, ReportMoves

__all__ = ["Moves"]


class Moves:
    """The last moves of every contract that has closes on most of the days."""

    def __init__(self, settings: MovesSettings | None) -> None:
        self._settings = settings
        self._closes: dict[str, deque[tuple[int, int]]] = {}
        self._days = 0

    def observe(self, data: DayOfData) -> None:
        """Take in the closes of a day."""
        if self._settings is None:
            return
        self._days += 1
        for bar in data.bars:
            kept = self._closes.setdefault(
                bar.contract_id, deque(maxlen=self._settings.lookback_days + 1)
            )
            kept.append((self._days, bar.close_nanos))

    def report(self, as_of_ns: int) -> Iterator[ReportMoves]:
        """Yield what is to be reported today, if it is a day to report."""
        settings = self._settings
        if settings is None or self._days % settings.every_days:
            return
        least = settings.lookback_days * 3 // 4
        moves = {
            name: found
            for name in sorted(self._closes)
            if len(found := self._moves_of(name)) >= least and any(found.values())
        }
        if not moves:
            return
        yield ReportMoves(
            source="replay",
            as_of_ns=as_of_ns,
            deviations=tuple(
                Deviation(name, max(1, isqrt(_product(found, found) // len(found))))
                for name, found in moves.items()
            ),
            correlations=tuple(
                Correlation(one, other, _correlation_ppm(moves[one], moves[other]))
                for one, other in combinations(moves, 2)
            ),
        )

    def _moves_of(self, name: str) -> dict[int, int]:
        """Return day → change since the day before, of the days of the window that have both."""
        assert self._settings is not None, name
        first = self._days - self._settings.lookback_days
        return {
            day: close - before
            for (day_before, before), (day, close) in pairwise(self._closes[name])
            if day == day_before + 1 and day > first
        }


def _product(one: dict[int, int], other: dict[int, int]) -> int:
    """Return the sum of products over the days that both have."""
    return sum(move * other[day] for day, move in one.items() if day in other)


def _correlation_ppm(one: dict[int, int], other: dict[int, int]) -> int:
    """Return the correlation of two markets' moves, rounded toward zero and within ±1."""
    common = {day: move for day, move in one.items() if day in other}
    shared = {day: other[day] for day in common}
    product = _product(common, shared)
    scale = isqrt(_product(common, common) * _product(shared, shared))
    found = abs(product) * PPM // scale if scale else 0
    return min(PPM, found) * (1 if product >= 0 else -1)
