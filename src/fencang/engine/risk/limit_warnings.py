"""Warnings of limits: the rows, and which level was told last at every node."""

from collections.abc import Sequence

from fencang.limits.limit_warnings import (
    TellingShares,
    WarningTable,
    telling_shares,
    told_between,
)
from fencang.messages.reasons import Reason
from fencang.refdata.limit_warning import LimitWarning

__all__ = ["WARNINGS_MAX", "WarningBook", "WarningKey"]

WARNINGS_MAX = 100_000
"""Levels that are remembered as told."""

WarningKey = tuple[int, str, str, str]
"""(reason of the control, node, scope, side); what a control does not have is empty."""


class WarningBook:
    """Rows and memory of one desk; ``told`` is primary state."""

    __slots__ = ("counts", "root", "shares", "table", "told")

    def __init__(self) -> None:
        self.table = WarningTable()
        self.shares: dict[WarningKey, TellingShares] = {}
        """What was looked up of what may be warned of; a cache."""
        self.counts: dict[str, tuple[int, int, int]] = {}
        """Node → of its working orders the most, from how many on a level is told, and below how
        many a told one has ended; a cache."""
        self.root = ""
        """The master account; a cache."""
        self.told: dict[WarningKey, int] = {}
        """What was warned of → the level in parts per million; gone once it fell below all."""

    def set(self, row: LimitWarning) -> None:
        """Set or replace the row of a node."""
        self.table.rows[row.node_id] = row
        self.shares.clear()
        self.counts.clear()

    def shares_of(self, key: WarningKey, path: Sequence[str]) -> TellingShares:
        """Return when something of a limit is told, found once; ``path`` begins with its node."""
        found = self.shares.get(key)
        if found is None:
            if len(self.shares) >= WARNINGS_MAX:
                self.shares.clear()
            row = self.table.binding(path, self.root)
            found = self.shares[key] = telling_shares(row, self.told.get(key, 0))
        return found

    def count_of(self, node_id: str, path: Sequence[str], most: int) -> tuple[int, int, int]:
        """Return when something of a node's working orders is told, found once for a limit."""
        key = int(Reason.WORKING_ORDERS_MAX), node_id, "", ""
        row = self.table.binding(path, self.root)
        found = self.counts[node_id] = most, *told_between(row, most, self.told.get(key, 0))
        return found

    def remember(self, key: WarningKey, level_ppm: int) -> None:
        """Keep the level that was told; beyond the bound the least is forgotten, first by name."""
        self.shares.pop(key, None)
        self.counts.pop(key[1], None)
        if not level_ppm:
            self.told.pop(key, None)
            return
        self.told[key] = level_ppm
        while len(self.told) > WARNINGS_MAX:
            forgotten = min(self.told, key=lambda each: (self.told[each], each))
            del self.told[forgotten]
            self.shares.pop(forgotten, None)
            self.counts.pop(forgotten[1], None)

    def of_position(
        self, path: Sequence[str], scope_id: str, side: str
    ) -> tuple[LimitWarning | None, int]:
        """Return the row of a node's position limit and the level told of it."""
        if not self.table.rows:
            return None, 0
        key = int(Reason.POSITION_LIMIT), path[0], scope_id, side
        return self.table.binding(path, self.root), self.told.get(key, 0)
