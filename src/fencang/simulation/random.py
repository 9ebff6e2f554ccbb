"""Chance that repeats: splitmix64 from a seed, in integers only.

Streams are forked by name, so that one part of a simulation drawing more often does not change what
another part draws.  Nothing here depends on the machine, the library or PYTHONHASHSEED.
"""

from collections.abc import Sequence
from typing import TypeVar

from fencang.basics.money import PPM

__all__ = ["Chance"]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
T = TypeVar("T")


class Chance:
    """One stream of numbers (Steele, Lea and Flood, OOPSLA 2014)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def next(self) -> int:
        """Return the next 64-bit number."""
        self._state = (self._state + _GOLDEN) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def fork(self, name: str) -> "Chance":
        """Return a stream of its own for a named part; this stream does not move."""
        forked = Chance(self._state)
        for byte in name.encode():
            forked._state ^= byte + 1
            forked._state = forked.next()
        return forked

    def below(self, bound: int) -> int:
        """Return a number from 0 to ``bound`` - 1; the bias is below 2^-40 for our bounds."""
        assert bound > 0, bound
        return self.next() % bound

    def between(self, least: int, most: int) -> int:
        """Return a number from ``least`` to ``most``, both included."""
        return least + self.below(most - least + 1)

    def strikes(self, rate_ppm: int) -> bool:
        """Return True ``rate_ppm`` times in a million."""
        return self.below(PPM) < rate_ppm

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """Return one of the choices, each as often as its weight says."""
        drawn = self.below(sum(weight for _, weight in choices))
        for choice, weight in choices:
            drawn -= weight
            if drawn < 0:
                return choice
        raise AssertionError("weights sum to the bound")
