"""Warnings before a limit binds: at which shares of it somebody is told.

Source: the field's soft limits at 50, 80 and 100 % of a limit.
"""

from itertools import pairwise
from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier

__all__ = ["LimitWarning", "limit_warning_faults"]

LevelPpm = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class LimitWarning(Definition, tag="LimitWarning.1"):
    """The shares of its limits at which a node is warned of.

    A node without a row has the one of its nearest parent; nodes beside the account tree have the
    master account's.  A desk without rows is told nothing, and so is a node whose ``levels_ppm`` is
    empty.  A level is told once, and again only after the use of the limit has fallen below it by
    ``margin_ppm`` of the limit.
    """

    node_id: Identifier
    levels_ppm: Annotated[tuple[LevelPpm, ...], msgspec.Meta(max_length=10)] = (
        500_000,
        800_000,
        1_000_000,
    )
    margin_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 50_000

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


def limit_warning_faults(row: LimitWarning) -> list[str]:
    """Return what is wrong with a row on its own."""
    levels = row.levels_ppm
    faults = []
    if any(later <= earlier for earlier, later in pairwise(levels)):
        faults.append("levels_ppm must rise")
    if levels and row.margin_ppm >= levels[0]:
        faults.append(
            "margin_ppm reaches down to nothing: the least level would be told once for ever"
        )
    return faults
