"""Chance for made-up sets: one stream of integers from a seed, the same on every machine for ever.

SplitMix64 (Steele, Lea and Flood, 2014), written out because library generators may change their
streams between versions, and a set named by its seed must not change.
"""

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Draw"]

T = TypeVar("T")

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


class Draw:
    """A stream of integers; a modulus far below 2^64 makes the bias of ``below`` immaterial."""

    def __init__(self, seed: int) -> None:
        self._state = seed & MASK

    def bits(self) -> int:
        """Return the next 64 bits."""
        self._state = (self._state + GOLDEN) & MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, end: int) -> int:
        """Return an integer of 0 … end - 1."""
        assert end > 0, end
        return self.bits() % end

    def between(self, first: int, last: int) -> int:
        """Return an integer of first … last, both included."""
        return first + self.below(last - first + 1)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Return so many different items (all when there are fewer), in an order of chance."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def happens(self, times: int, out_of: int) -> bool:
        """Return whether an event of that frequency happens."""
        return self.below(out_of) < times
