"""The larger side pays: what a group of positions uses, freezes, and what one more order adds.

With U the used and Z the frozen margin per side, an opening order on side x adds
max(U_x + Z_x + new, U_y + Z_y) − max(U_x + Z_x, U_y + Z_y): often nothing.  Closing lots of the
smaller side frees nothing, closing lots of the larger side at most the difference.
"""

from typing import NamedTuple

from fencang.margin.rates.instrument import PositionSide

__all__ = ["SideSums", "addition"]


class SideSums(NamedTuple):
    """Margin of the long and of the short side in micros, none below zero."""

    long: int = 0
    short: int = 0

    def plus(self, side: PositionSide, amount_micros: int) -> "SideSums":
        """Return the sums with an amount added to one side."""
        if side is PositionSide.LONG:
            return SideSums(self.long + amount_micros, self.short)
        return SideSums(self.long, self.short + amount_micros)

    def both(self, other: "SideSums") -> "SideSums":
        """Return both sums added, side by side."""
        return SideSums(self.long + other.long, self.short + other.short)

    def charge(self, *, larger_only: bool) -> int:
        """Return what the group pays: the larger side, or both."""
        return max(self) if larger_only else self.long + self.short

    @property
    def larger(self) -> PositionSide:
        """Return the larger side; the long one where both are equal."""
        return PositionSide.LONG if self.long >= self.short else PositionSide.SHORT


def addition(
    used: SideSums, frozen: SideSums, side: PositionSide, new_micros: int, *, larger_only: bool
) -> int:
    """Return what an opening order with margin ``new_micros`` adds to used and frozen margin."""
    before = used.both(frozen)
    after = before.plus(side, new_micros)
    return after.charge(larger_only=larger_only) - before.charge(larger_only=larger_only)
