"""What waits to be decided: one lane for each priority class, first come first served within it.

A higher class goes first, and no class waits for ever: after ``TURNS_MAX`` items that passed others
over, the lanes below have a turn, one after another.
"""

from collections import deque
from queue import SimpleQueue
from typing import Generic, TypeVar

__all__ = ["LANES", "LANE_ORDINARY", "TURNS_MAX", "Inbox"]

LANES = 4
"""Lane 0 goes first: venue reports and the desk's own programs; clients' tiers name theirs."""
LANE_ORDINARY = 2
TURNS_MAX = 16

_IN_ORDER = tuple(range(LANES))

ItemT = TypeVar("ItemT")


class Inbox(Generic[ItemT]):
    """Lanes that any thread puts into and one thread takes from."""

    __slots__ = ("_lanes", "_passed_over", "_tokens", "_turn")

    def __init__(self) -> None:
        self._lanes: tuple[deque[ItemT], ...] = tuple(deque() for _ in range(LANES))
        self._tokens: SimpleQueue[None] = SimpleQueue()  # one for each item: what a taker waits on
        self._passed_over = 0
        self._turn = 0

    def __len__(self) -> int:
        return self._tokens.qsize()

    def put(self, item: ItemT, lane: int = 0) -> None:
        """Put an item at the end of a lane."""
        self._lanes[lane].append(item)
        self._tokens.put(None)

    def put_everywhere(self, item: ItemT) -> None:
        """Put an item at the end of each lane: taken ``LANES`` times, all before it has gone."""
        for lane in range(LANES):
            self.put(item, lane)

    def take(self, timeout_s: float) -> ItemT:
        """Take the next item.

        Raises:
            queue.Empty: none came in time.
        """
        self._tokens.get(timeout=timeout_s)
        for lane in self._order():
            if self._lanes[lane]:
                return self._lanes[lane].popleft()
        raise AssertionError("a token without an item")

    def _order(self) -> tuple[int, ...]:
        """Return the lanes in the order of this turn; a lane that was passed over comes round."""
        first = next(lane for lane in range(LANES) if self._lanes[lane])
        if not any(self._lanes[lane] for lane in range(first + 1, LANES)):
            self._passed_over = 0
            return _IN_ORDER
        self._passed_over += 1
        if self._passed_over <= TURNS_MAX:
            return _IN_ORDER
        self._passed_over = 0
        self._turn = self._turn % (LANES - 1) + 1
        return (*range(self._turn, LANES), *range(self._turn))
