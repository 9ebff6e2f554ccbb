"""The limit tree: which position limit binds a node in a contract.

A node's own limit for the contract wins over its limit for the product, that over its ``"*"``;
what a node leaves unset it inherits from its parent; unset at the root is zero.
"""

from typing import NamedTuple

from fencang.refdata.limit import PositionLimit

__all__ = ["ANY_SCOPE", "LimitPair", "LimitTable"]

ANY_SCOPE = "*"


class LimitPair(NamedTuple):
    """Largest long and short worst case in lots, and the node that set them."""

    long_lots_max: int
    short_lots_max: int
    set_by: str


class LimitTable:
    """All position limits of the desk, with resolved answers kept until one changes."""

    __slots__ = ("_limits", "_resolved")

    def __init__(self) -> None:
        self._limits: dict[tuple[str, str], PositionLimit] = {}
        self._resolved: dict[tuple[str, str, str], LimitPair] = {}

    def set(self, limit: PositionLimit) -> None:
        """Set or replace the limit of one node and scope."""
        self._limits[limit.node_id, limit.scope_id] = limit
        self._resolved.clear()

    def get(self, node_id: str, scope_id: str) -> PositionLimit | None:
        """Return the limit set at exactly this node and scope."""
        return self._limits.get((node_id, scope_id))

    def all(self) -> list[PositionLimit]:
        """Return every limit, sorted by node and scope."""
        return [self._limits[key] for key in sorted(self._limits)]

    def forget_resolved(self) -> None:
        """Forget resolved answers after the tree itself changed."""
        self._resolved.clear()

    def binding(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> LimitPair:
        """Return the limit that binds ``path[0]``.

        Args:
            path: node identifiers from the node itself up to the root.
            scope_ids: scopes from the narrowest on, for example (contract, product) or (product,).
        """
        key = (path[0], scope_ids[0], path[-1])
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._resolve(path, scope_ids)
        return found

    def _resolve(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> LimitPair:
        for node_id in path:
            for scope_id in (*scope_ids, ANY_SCOPE):
                limit = self._limits.get((node_id, scope_id))
                if limit is not None:
                    return LimitPair(limit.long_lots_max, limit.short_lots_max, node_id)
        return LimitPair(0, 0, path[-1])
