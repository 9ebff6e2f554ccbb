"""Whole parts of a whole: largest remainder within bounds, every sum exact.

Ties go to the calmer account, then to the smaller identifier: nothing hangs on the order in which
accounts were given.
"""

from collections.abc import Sequence
from math import floor

__all__ = ["round_to_total"]


def round_to_total(
    values: Sequence[float],
    total: int,
    *,
    lows: Sequence[int],
    highs: Sequence[int],
    ranks: Sequence[int],
) -> list[int]:
    """Return integers next to ``values``, within their bounds, that sum to ``total`` exactly.

    Each value is floored, and what is left goes one unit each to the largest fractions; the smaller
    rank goes first among equals.  What float noise leaves beyond that is spread evenly.

    >>> round_to_total([3.5, 3.5, 3.0], 10, lows=[0] * 3, highs=[10] * 3, ranks=[1, 0, 2])
    [3, 4, 3]
    """
    assert sum(lows) <= total <= sum(highs), (sum(lows), total, sum(highs))
    parts = [
        max(low, min(high, floor(value)))
        for value, low, high in zip(values, lows, highs, strict=True)
    ]
    indices = range(len(parts))
    up = sorted(indices, key=lambda index: (parts[index] - values[index], ranks[index]))
    while (rest := total - sum(parts)) > 0:
        roomy = [index for index in up if parts[index] < highs[index]]
        portion = max(1, rest // len(roomy))
        for index in roomy[:rest]:
            parts[index] += min(portion, highs[index] - parts[index])
    while (rest := sum(parts) - total) > 0:
        roomy = [index for index in reversed(up) if parts[index] > lows[index]]
        portion = max(1, rest // len(roomy))
        for index in roomy[:rest]:
            parts[index] -= min(portion, parts[index] - lows[index])
    return parts
