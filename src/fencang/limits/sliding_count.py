"""What happened in the last window of time, in constant room: a count kept in slices.

The window is cut into ``SLICES_OF_WINDOW`` slices, and a slice counts until all of it is past.  So
nothing leaves early, and what leaves late does so by a sixtieth of the window at most.
"""

from collections import deque

__all__ = ["SLICES_OF_WINDOW", "SlidingCount"]

SLICES_OF_WINDOW = 60


class SlidingCount:
    """Amounts of the last ``window_ns``, the oldest slice first.

    Looking at a count never changes it: what is past is dropped when something is added.
    """

    __slots__ = ("_slice_ns", "_total", "slices", "window_ns")

    def __init__(self, window_ns: int, slices: list[tuple[int, int]] | None = None) -> None:
        self.window_ns = window_ns
        self._slice_ns = -(-window_ns // SLICES_OF_WINDOW)
        self.slices: deque[tuple[int, int]] = deque(slices or ())
        """Number of the slice, counted from the epoch, and its amount."""
        self._total = sum(amount for _, amount in self.slices)

    def add(self, time_ns: int, amount: int) -> None:
        """Count an amount at a time that is no earlier than any before it."""
        slices, first = self.slices, self._first(time_ns)
        while slices and slices[0][0] < first:
            self._total -= slices.popleft()[1]
        number = time_ns // self._slice_ns
        if slices and slices[-1][0] >= number:  # beyond it only after a change of window
            number, before = slices.pop()
            slices.append((number, before + amount))
        else:
            slices.append((number, amount))
        self._total += amount

    def of(self, time_ns: int) -> int:
        """Return what counts at a time."""
        slices, first = self.slices, self._first(time_ns)
        if not slices or slices[0][0] >= first:
            return self._total
        if slices[-1][0] < first:
            return 0
        return sum(amount for number, amount in slices if number >= first)

    def over(self, window_ns: int) -> "SlidingCount":
        """Return the same history over another window; what has left is not known any more."""
        slice_ns = -(-window_ns // SLICES_OF_WINDOW)
        moved: dict[int, int] = {}
        for number, amount in self.slices:
            # The end of the old slice, so that nothing leaves the new window early.
            place = ((number + 1) * self._slice_ns - 1) // slice_ns
            moved[place] = moved.get(place, 0) + amount
        return SlidingCount(window_ns, list(moved.items()))

    def _first(self, time_ns: int) -> int:
        """Return the number of the oldest slice that is not wholly past."""
        return (time_ns - self.window_ns) // self._slice_ns
