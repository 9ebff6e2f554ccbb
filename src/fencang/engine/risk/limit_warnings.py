"""Warnings of limits: the rows, and which level was told last at every node."""

from collections.abc import Sequence

from fencang.limits.limit_warnings import WarningTable
from fencang.messages.reasons import Reason
from fencang.refdata.limit_warning import LimitWarning

__all__ = ["WARNINGS_MAX", "WarningBook", "WarningKey"]

WARNINGS_MAX = 100_000
"""Levels that are remembered as told."""

WarningKey = tuple[int, str, str, str]
"""(reason of the control, node, scope, side); what a control does not have is empty."""


class WarningBook:
    """Rows and memory of one desk; ``told`` is primary state."""

    __slots__ = ("root", "table", "told")

    def __init__(self) -> None:
        self.table = WarningTable()
        self.root = ""
        """The master account; a cache."""
        self.told: dict[WarningKey, int] = {}
        """What was warned of → the level in parts per million; gone once it fell below all."""

    def remember(self, key: WarningKey, level_ppm: int) -> None:
        """Keep the level that was told; beyond the bound the least is forgotten, first by name."""
        if not level_ppm:
            self.told.pop(key, None)
            return
        self.told[key] = level_ppm
        while len(self.told) > WARNINGS_MAX:
            del self.told[min(self.told, key=lambda each: (self.told[each], each))]

    def of_position(
        self, path: Sequence[str], scope_id: str, side: str
    ) -> tuple[LimitWarning | None, int]:
        """Return the row of a node's position limit and the level told of it."""
        if not self.table.rows:
            return None, 0
        key = int(Reason.POSITION_LIMIT), path[0], scope_id, side
        return self.table.binding(path, self.root), self.told.get(key, 0)
