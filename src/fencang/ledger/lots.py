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
        """Add lots opened on ``day`` (proleptic ordinal), behind those of that day.

        Days decrease only where lots come back or come late: a bust, a transfer, a late entry.
        """
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
            if last[0] > day:
                place = sum(1 for layer in layers if layer[0] <= day)
                self._insert(place, place - 1, [day, quantity_lots, cost_micros])
                return
        layers.append([day, quantity_lots, cost_micros])

    def reopen(self, day: int, quantity_lots: int, cost_micros: int) -> None:
        """Bring back lots that a close had taken: the oldest of their day once more."""
        self.quantity_lots += quantity_lots
        self.cost_micros += cost_micros
        place = sum(1 for layer in self.layers if layer[0] < day)
        self._insert(place, place, [day, quantity_lots, cost_micros])

    def _insert(self, place: int, neighbour: int, added: list[int]) -> None:
        """Put lots at a place among the layers, or into the neighbour of that day and price."""
        if 0 <= neighbour < len(self.layers):
            layer = self.layers[neighbour]
            if layer[0] == added[0] and layer[2] * added[1] == added[2] * layer[1]:
                layer[1] += added[1]
                layer[2] += added[2]
                return
        self.layers.insert(place, added)

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

    def quantity_at(self, day: int, unit_micros: int) -> int:
        """Return the open lots that were opened on a day at a price."""
        return sum(
            layer[1]
            for layer in self.layers
            if layer[0] == day and layer[2] == unit_micros * layer[1]
        )

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

    def pieces(self, quantity_lots: int, *, of_last_day: bool) -> list[list[int]]:
        """Return ``[opened_day, lots, cost]`` of the lots that a close would take, oldest first."""
        found: list[list[int]] = []
        left = quantity_lots
        last_day = self.layers[-1][0] if self.layers else 0
        for day, lots, cost in self.layers:
            if not left:
                break
            if of_last_day and day != last_day:
                continue
            taken = lots if lots < left else left
            found.append([day, taken, cost * taken // lots])
            left -= taken
        return found

    def cost_of_close(self, quantity_lots: int) -> int:
        """Return what so many lots cost by the pooled average: what a close would release."""
        if quantity_lots == self.quantity_lots:
            return self.cost_micros
        return divide_half_away(self.cost_micros * quantity_lots, self.quantity_lots)

    def withdraw(self, day: int, unit_micros: int, quantity_lots: int) -> tuple[int, int]:
        """Take out lots opened on a day at a price, as if they never came; return lots and cost.

        Fewer than asked for when some have been closed since; the newest such layer gives first.
        The last lots take the whole cost with them: an average pool never keeps cost without lots.
        """
        left = quantity_lots
        for place in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[place]
            if left and layer[0] == day and layer[2] == unit_micros * layer[1]:
                taken = min(left, layer[1])
                layer[1] -= taken
                layer[2] -= unit_micros * taken
                left -= taken
        self.layers = deque(layer for layer in self.layers if layer[1])
        taken = quantity_lots - left
        self.quantity_lots -= taken
        cost = unit_micros * taken if self.quantity_lots else self.cost_micros
        self.cost_micros -= cost
        return taken, cost

    def reprice(self, day: int, unit_micros: int, quantity_lots: int, change_micros: int) -> int:
        """Change what lots of a day and price cost, by so much a lot; return how many there were.

        They keep their day and their place: only their cost was wrong.
        """
        left = quantity_lots
        for place in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[place]
            if left and layer[0] == day and layer[2] == unit_micros * layer[1]:
                mended = min(left, layer[1])
                layer[1] -= mended
                layer[2] -= unit_micros * mended
                cost = (unit_micros + change_micros) * mended
                self.layers.insert(place + 1, [day, mended, cost])
                left -= mended
        self.layers = deque(layer for layer in self.layers if layer[1])
        mended = quantity_lots - left
        self.cost_micros += change_micros * mended
        return mended

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
