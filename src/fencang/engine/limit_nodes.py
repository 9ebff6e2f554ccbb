"""The worst case of one node in a scope, the position limit that binds it, and when to warn."""

from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.limits.limit_warnings import NEVER, told_between
from fencang.limits.position_limits import LimitPair
from fencang.margin.exposure import Exposure

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = ["Bound", "LimitNode"]

Bound = tuple[int, int, int]
"""Largest worst case, from where on a warning is to be told, below where a told one has ended."""


class LimitNode:
    """One node's worst case in one contract, product or group, with the limit that binds it.

    Lots in net and in gross accounts are kept apart: they never offset each other, so the node's
    worst case is the sum of both.  A group counts in parts: ``scale`` of them are one lot.
    """

    __slots__ = (
        "_long_bound",
        "_short_bound",
        "_version",
        "gross",
        "limit",
        "net",
        "path",
        "scale",
        "scope_ids",
    )

    def __init__(
        self, path: tuple[str, ...], scope_ids: tuple[str, ...], *, is_group: bool = False
    ) -> None:
        self.path = path
        self.scope_ids = scope_ids
        self.scale = PPM if is_group else 1
        self.net = Exposure(is_gross=False)
        self.gross: Exposure | None = None
        """Most nodes have no account that keeps both sides apart: none is looked at in vain."""
        self.limit = LimitPair(0, 0, path[-1])
        """What binds it; ask for a ``bound`` first."""
        self._long_bound: Bound = (0, NEVER, -NEVER)
        self._short_bound: Bound = (0, NEVER, -NEVER)
        self._version = -1

    def exposure(self, *, is_gross: bool) -> Exposure:
        """Return the lots in net or in gross accounts."""
        if not is_gross:
            return self.net
        if self.gross is None:
            self.gross = Exposure(is_gross=True)
        return self.gross

    def worst_lots(self, added_lots: int, *, is_buy: bool, is_gross: bool) -> int:
        """Return the worst case on the side of an order that adds lots; of a group, parts."""
        net, other = self.net, self.gross
        if is_buy:
            worst = net.long_lots - net.short_lots + net.buy_lots
            worst_gross = other.long_lots + other.buy_lots if other is not None else 0
        else:
            worst = net.short_lots - net.long_lots + net.sell_lots
            worst_gross = other.short_lots + other.sell_lots if other is not None else 0
        if is_gross:
            worst_gross += added_lots
        else:
            worst += added_lots
        return worst_gross + worst if worst > 0 else worst_gross

    def bound(self, state: "DeskState", *, is_buy: bool) -> Bound:
        """Return what binds a side, looked up anew only after limits or warnings changed."""
        if self._version != state.limits.version:
            self._refresh(state)
        return self._long_bound if is_buy else self._short_bound

    def _refresh(self, state: "DeskState") -> None:
        limits = state.limits
        if self.scale == 1:
            self.limit = limits.binding(self.path, self.scope_ids)
        else:
            row = limits.row_of(self.path, self.scope_ids)
            assert row is not None, (self.path, self.scope_ids)
            self.limit = LimitPair(row.long_lots_max, row.short_lots_max, row.node_id)
        self._long_bound = self._bound(state, self.limit.long_lots_max, "long")
        self._short_bound = self._bound(state, self.limit.short_lots_max, "short")
        self._version = limits.version

    def _bound(self, state: "DeskState", lots_max: int, side: str) -> Bound:
        most = lots_max * self.scale
        row, told_ppm = state.risk.warnings.of_position(self.path, self.scope_ids[0], side)
        return most, *told_between(row, most, told_ppm)
