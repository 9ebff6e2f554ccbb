"""When a limit is so far used that somebody is told: levels, and how far below one it must fall.

Everything is a function of values: the row of the node, its limit, what it uses, and the level that
was told last (0: none).  A limit of zero warns of nothing: there is no share of it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.messages.reasons import Reason
from fencang.refdata.limit_warning import LimitWarning

__all__ = [
    "NEVER",
    "TellingShares",
    "WarningTable",
    "Watched",
    "level_kept",
    "level_reached",
    "telling_shares",
    "told_between",
    "watched",
]

NEVER = 1 << 62
"""Beyond everything that a limit counts."""


class Watched(NamedTuple):
    """A control that warns: its name, and the number that it refuses with, twice.

    The hash of an enumeration's member is slow, so what is remembered is found by ``number``.
    """

    name: str
    reason: Reason
    number: int


def watched(name: str, reason: Reason) -> Watched:
    """Return a control that warns."""
    return Watched(name, reason, int(reason))


class TellingShares(NamedTuple):
    """From which share of a limit on it is told, and below which a told level ends, in ppm."""

    told_at: int
    ended_below: int

    def is_silent(self, limit: int, value: int, before: int) -> bool:
        """Return whether nothing is to be told of a use that was ``before`` and becomes a value."""
        told_at, ended_below = self
        return limit > 0 and value * PPM < told_at * limit and before * PPM >= ended_below * limit


def telling_shares(row: LimitWarning | None, told_ppm: int) -> TellingShares:
    """Return the shares of any limit at which something is to be told, or ceases to be."""
    if row is None:
        return TellingShares(NEVER, -NEVER)
    told_at = min((level for level in row.levels_ppm if level > told_ppm), default=NEVER)
    return TellingShares(told_at, _ended_below_ppm(row, told_ppm))


def _ended_below_ppm(row: LimitWarning, told_ppm: int) -> int:
    """Return the share below which a told level has ended, that which ``level_kept`` goes by.

    A level that the row does not state any more has ended whatever is used: below ``NEVER``.
    """
    if not told_ppm:
        return -NEVER
    return told_ppm - row.margin_ppm if told_ppm in row.levels_ppm else NEVER


def level_reached(levels_ppm: Sequence[int], limit: int, value: int) -> int:
    """Return the highest level that a value has reached, 0 below all of them."""
    reached = (level for level in levels_ppm if limit > 0 and value * PPM >= level * limit)
    return max(reached, default=0)


def level_kept(row: LimitWarning, limit: int, value: int, told_ppm: int) -> int:
    """Return the level that still counts as told at a value: it fell below the others."""
    standing = (
        level
        for level in row.levels_ppm
        if level <= told_ppm and limit > 0 and value * PPM >= (level - row.margin_ppm) * limit
    )
    return max(standing, default=0)


def told_between(row: LimitWarning | None, limit: int, told_ppm: int) -> tuple[int, int]:
    """Return from which value on a higher level is to be told, and below which a told one ends."""
    if row is None:
        return NEVER, -NEVER
    if limit <= 0:  # no level of it is told, and none that was stays
        return NEVER, NEVER if told_ppm else -NEVER
    higher = (level for level in row.levels_ppm if level > told_ppm)
    next_ppm = min(higher, default=None)
    told_at = NEVER if next_ppm is None else -(-next_ppm * limit // PPM)
    ended_below = _ended_below_ppm(row, told_ppm)
    return told_at, -(-ended_below * limit // PPM) if abs(ended_below) < NEVER else ended_below


class WarningTable:
    """The rows of a desk, by node."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: dict[str, LimitWarning] = {}

    def all(self) -> list[LimitWarning]:
        """Return every row, by node."""
        return [self.rows[key] for key in sorted(self.rows)]

    def binding(self, path: Sequence[str], root: str) -> LimitWarning | None:
        """Return the row of ``path[0]``: its own, that of its nearest parent, or the root's."""
        for node_id in path:
            row = self.rows.get(node_id)
            if row is not None:
                return row
        return self.rows.get(root)
