"""The limit tree: which position limit binds a node in a contract.

A node's own limit for the contract wins over its limit for the product, that over its ``"*"``;
what a node leaves unset it inherits from its parent; unset at the root is zero.  Beside the tree
(carrying account, venue, owner) and in groups of products only what is set is asked.
"""

from typing import NamedTuple

from fencang.limits.row_scopes import ANY_SCOPE
from fencang.refdata.limit import PositionLimit

__all__ = ["LimitPair", "LimitTable"]


class LimitPair(NamedTuple):
    """Largest long and short worst case in lots, and the node that set them."""

    long_lots_max: int
    short_lots_max: int
    set_by: str


class LimitTable:
    """All position limits of the desk."""

    __slots__ = ("_limits", "version")

    def __init__(self) -> None:
        self._limits: dict[tuple[str, str], PositionLimit] = {}
        self.version = 0
        """Rises with every change, so that answers can be kept while it stands still."""

    def set(self, limit: PositionLimit) -> None:
        """Set or replace the limit of one node and scope."""
        self._limits[limit.node_id, limit.scope_id] = limit
        self.version += 1

    def get(self, node_id: str, scope_id: str) -> PositionLimit | None:
        """Return the limit set at exactly this node and scope."""
        return self._limits.get((node_id, scope_id))

    def touch(self) -> None:
        """Let answers that were kept be found anew: what they rest on changed beside the rows."""
        self.version += 1

    def all(self) -> list[PositionLimit]:
        """Return every limit, sorted by node and scope."""
        return [self._limits[key] for key in sorted(self._limits)]

    def binding(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> LimitPair:
        """Return the limit that binds ``path[0]`` on the account tree, zero where none is set.

        Args:
            path: node identifiers from the node itself up to the root.
            scope_ids: scopes from the narrowest on, for example (contract, product) or (product,).
        """
        limit = self.row_of(path, (*scope_ids, ANY_SCOPE))
        if limit is None:
            return LimitPair(0, 0, path[-1])
        return LimitPair(limit.long_lots_max, limit.short_lots_max, limit.node_id)

    def row_of(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> PositionLimit | None:
        """Return the row that binds ``path[0]`` in just these scopes, None where none is set."""
        for node_id in path:
            for scope_id in scope_ids:
                limit = self._limits.get((node_id, scope_id))
                if limit is not None:
                    return limit
        return None
