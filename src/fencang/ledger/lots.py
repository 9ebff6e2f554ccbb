"""Open lots of one side of one contract in one book, with their cost of record.

Lots are kept in layers, oldest first, each ``[opened_day, quantity, cost]``.  Under FIFO a layer
owns its cost; under AVERAGE the cost is one pool and a close takes its proportional share, rounded
half away from zero, the remainder staying with the lots that stay: cost is never lost or made.

Worked number (average): 2 lots bought at 100 and 1 at 103, point value 1 → pooled cost 303.
Closing 1 releases 101, the two that stay cost 202.
"""

from collections import deque

from fencang.basics.rounding import divide_half_away

__all__ = ["OpenLots"]


class OpenLots:
    """Lots of one side, and what they cost (value at entry, signed like the price)."""

    __slots__ = ("cost_micros", "layers", "quantity_lots")

    def __init__(self) -> None:
        self.quantity_lots = 0
        self.cost_micros = 0
        self.layers: deque[list[int]] = deque()

    def open(self, day: int, quantity_lots: int, cost_micros: int) -> None:
        """Add lots opened on ``day`` (proleptic ordinal); days never decrease within a book."""
        self.quantity_lots += quantity_lots
        self.cost_micros += cost_micros
        layers = self.layers
        if layers:
            last = layers[-1]
            # Same day and same unit cost: one layer, so that layers count prices, not fills.
            if last[0] == day and last[2] * quantity_lots == cost_micros * last[1]:
                last[1] += quantity_lots
                last[2] += cost_micros
                return
        layers.append([day, quantity_lots, cost_micros])

    def clear(self) -> None:
        """Drop every lot: the contract has ended."""
        self.quantity_lots = 0
        self.cost_micros = 0
        self.layers.clear()

    def quantity_of_day(self, day: int) -> int:
        """Return the lots opened on ``day``: today's lots when asked for today."""
        total = 0
        for layer in reversed(self.layers):
            if layer[0] != day:
                break
            total += layer[1]
        return total

    def close_oldest(self, quantity_lots: int, *, average: bool) -> int:
        """Close the oldest lots; return their cost."""
        assert 0 <= quantity_lots <= self.quantity_lots
        released = self._take(quantity_lots)
        return self._settle_cost(quantity_lots, released, average=average)

    def close_of_last_day(self, quantity_lots: int, *, average: bool) -> int:
        """Close lots of the latest opening day, oldest of that day first; return their cost.

        The caller has checked that the day holds that many.
        """
        assert 0 <= quantity_lots <= self.quantity_lots
        day = self.layers[-1][0] if self.layers else 0
        older: deque[list[int]] = deque()
        while self.layers and self.layers[0][0] != day:
            older.append(self.layers.popleft())
        released = self._take(quantity_lots)
        self.layers.extendleft(reversed(older))
        return self._settle_cost(quantity_lots, released, average=average)

    def _settle_cost(self, quantity_lots: int, released: int, *, average: bool) -> int:
        if average and self.quantity_lots:
            released = divide_half_away(self.cost_micros * quantity_lots, self.quantity_lots)
        self.quantity_lots -= quantity_lots
        self.cost_micros -= released
        return released

    def _take(self, quantity_lots: int) -> int:
        released = 0
        layers = self.layers
        left = quantity_lots
        while left:
            layer = layers[0]
            if layer[1] <= left:
                left -= layer[1]
                released += layer[2]
                layers.popleft()
                continue
            # Only layers merged at one unit cost are split, so this division leaves no rest.
            part = layer[2] * left // layer[1]
            layer[1] -= left
            layer[2] -= part
            released += part
            left = 0
        return released
