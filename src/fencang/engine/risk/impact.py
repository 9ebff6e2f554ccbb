"""What the desk knows of volumes, and what its nodes sent beside them; all primary state."""

from fencang.engine.accounts import Line
from fencang.limits.impact import Volume, order_lots_max, window_lots_max
from fencang.limits.row_scopes import covering
from fencang.limits.sliding_count import SlidingCount
from fencang.refdata.impact import ImpactLimit

__all__ = ["ImpactKey", "LineImpact", "MarketImpact"]

ImpactKey = tuple[str, str, str]
"""Node and scope of a row, and a contract."""


NO_LIMIT = 1 << 62


class LineImpact:
    """A row that a line's orders are asked, where their lots count, and what its shares come to."""

    __slots__ = ("_volume", "key", "order_lots_max", "row", "sent", "window_lots_max")

    def __init__(self, row: ImpactLimit, key: ImpactKey, sent: SlidingCount) -> None:
        self.row = row
        self.key = key
        self.sent = sent
        self.order_lots_max = self.window_lots_max = NO_LIMIT
        self._volume: Volume | None = None

    def measure(self, volume: Volume) -> None:
        """Know what the shares of a volume come to; anew only for another report."""
        if volume is not self._volume:
            of_order = order_lots_max(self.row, volume)
            of_window = window_lots_max(self.row, volume)
            self.order_lots_max = NO_LIMIT if of_order is None else of_order
            self.window_lots_max = NO_LIMIT if of_window is None else of_window
            self._volume = volume


class MarketImpact:
    """Rows, volumes, lots sent, and nodes that rest."""

    __slots__ = ("_of_key", "_of_line", "resting", "rows", "sent", "volumes")

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], ImpactLimit] = {}
        self.volumes: dict[str, Volume] = {}
        """Contract → what its market traded in the window that was reported last."""
        self.sent: dict[ImpactKey, SlidingCount] = {}
        """Lots of orders sent in the window of a row; an empty count is no state."""
        self.resting: dict[ImpactKey, int] = {}
        """When a node that used its share up may open again."""
        self._of_line: dict[Line, tuple[LineImpact, ...]] = {}
        self._of_key: dict[ImpactKey, LineImpact] = {}

    def set(self, row: ImpactLimit) -> None:
        """Set or replace a row; what was sent goes on counting."""
        self.rows[row.key] = row
        self._of_line.clear()
        self._of_key.clear()
        for key, count in self.sent.items():
            if key[:2] == row.key and count.window_ns != row.window_ns:
                self.sent[key] = count.over(row.window_ns)

    def all(self) -> list[ImpactLimit]:
        """Return every row, by node and scope."""
        return [self.rows[key] for key in sorted(self.rows)]

    def of_line(self, line: Line) -> tuple[LineImpact, ...]:
        """Return what a line's orders are asked and counted in, found once after a change."""
        found = self._of_line.get(line)
        if found is None:
            contract_id = line.key[1]
            scopes = (contract_id, line.contract.product.product_id)
            found = tuple(
                self._find(row, contract_id) for row in covering(self.rows, line.path, scopes)
            )
            self._of_line[line] = found
        return found

    def _find(self, row: ImpactLimit, contract_id: str) -> LineImpact:
        """Return a row in a contract: one object for all lines under it, so it stays near."""
        key = (row.node_id, row.scope_id, contract_id)
        found = self._of_key.get(key)
        if found is None:
            count = self.sent.get(key)
            if count is None:
                count = self.sent[key] = SlidingCount(row.window_ns)
            found = self._of_key[key] = LineImpact(row, key, count)
        return found

    def note_sent(self, line: Line, lots: int, time_ns: int) -> None:
        """Count the lots of an order, opening or not: the market sees both."""
        for found in self.of_line(line):
            found.sent.add(time_ns, lots)
