"""What happened in the last window of time, in constant room: a count kept in slices.

The window is cut into ``SLICES_OF_WINDOW`` slices, and a slice counts until all of it is past.  So
nothing leaves early, and what leaves late does so by a sixtieth of the window at most.
"""

from typing import Final

__all__ = ["SLICES_OF_WINDOW", "SlidingCount"]

SLICES_OF_WINDOW = 60
NO_SLICE: Final = -1
"""The number of no slice; the epoch's first is 0."""


class SlidingCount:
    """Amounts of the last ``window_ns``, in slices.

    Looking at a count never changes it: what is past is dropped when something is added.  Between
    two slices both are one comparison, for every order asks and adds at every level.
    """

    __slots__ = (
        "_amount",
        "_ends_ns",
        "_leaves_ns",
        "_number",
        "_past",
        "_slice_ns",
        "_total",
        "window_ns",
    )

    def __init__(self, window_ns: int, slices: list[tuple[int, int]] | None = None) -> None:
        self.window_ns = window_ns
        self._slice_ns = -(-window_ns // SLICES_OF_WINDOW)
        self._past = list(slices or ())
        """Slices before the last one, the oldest first."""
        self._total = sum(amount for _, amount in self._past)
        self._number, self._amount = self._past.pop() if self._past else (NO_SLICE, 0)
        """The last slice; its amount changes in place."""
        self._ends_ns = self._leaves_ns = 0
        self._note_bounds()

    @property
    def slices(self) -> list[tuple[int, int]]:
        """Return the number of each slice, counted from the epoch, and its amount."""
        if self._number == NO_SLICE:
            return []
        return [*self._past, (self._number, self._amount)]

    def add(self, time_ns: int, amount: int) -> None:
        """Count an amount at a time that is no earlier than any before it."""
        if time_ns >= self._ends_ns or time_ns >= self._leaves_ns:
            self._move_on(time_ns)
        self._amount += amount
        self._total += amount

    def of(self, time_ns: int) -> int:
        """Return what counts at a time."""
        if time_ns < self._leaves_ns:
            return self._total
        first = self._first(time_ns)
        return sum(amount for number, amount in self.slices if number >= first)

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

    def _move_on(self, time_ns: int) -> None:
        """Drop the slices that are past, and begin the one of this time where it is not there."""
        past, first = self._past, self._first(time_ns)
        gone = 0
        while gone < len(past) and past[gone][0] < first:
            self._total -= past[gone][1]
            gone += 1
        del past[:gone]
        if self._number < first:  # also where there is none yet
            self._total, self._number, self._amount = 0, NO_SLICE, 0
        number = time_ns // self._slice_ns
        if number > self._number:  # the last lies beyond it only after a change of window
            if self._number != NO_SLICE:
                past.append((self._number, self._amount))
            self._number, self._amount = number, 0
        self._note_bounds()

    def _note_bounds(self) -> None:
        """Know until when the last slice goes on, and when the first one leaves."""
        self._ends_ns = self._leaves_ns = 0
        if self._number != NO_SLICE:
            oldest = self._past[0][0] if self._past else self._number
            self._ends_ns = (self._number + 1) * self._slice_ns
            self._leaves_ns = (oldest + 1) * self._slice_ns + self.window_ns
