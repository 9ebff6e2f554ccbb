"""The worst case of one node in a scope, the position limit that binds it, and when to warn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.limits.limit_warnings import NEVER, told_between
from fencang.limits.position_limits import LimitPair
from fencang.margin.exposure import Exposure

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = ["Bound", "LimitNode", "outside_bounds"]

Bound = tuple[int, int]
"""From what worst case on a node is not silent (its limit is passed, a level is reached), and below
what a level that was told has ended."""


class LimitNode:
    """One node's worst case in one contract, product or group, with the limit that binds it.

    Lots in net and in gross accounts are kept apart: they never offset each other, so the node's
    worst case is the sum of both.  A group counts in parts: ``scale`` of them are one lot.
    """

    __slots__ = (
        "gross",
        "known_version",
        "limit",
        "long_bound",
        "net",
        "path",
        "scale",
        "scope_ids",
        "short_bound",
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
        self.long_bound: Bound = (0, -NEVER)
        self.short_bound: Bound = (0, -NEVER)
        self.known_version = -1
        """What binds the node, found at this version of the table of limits."""

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

    def refresh(self, state: "DeskState") -> None:
        """Look up what binds the node, where limits or warnings have changed since."""
        limits = state.limits
        if self.known_version == limits.version:
            return
        if self.scale == 1:
            self.limit = limits.binding(self.path, self.scope_ids)
        else:
            row = limits.row_of(self.path, self.scope_ids)
            assert row is not None, (self.path, self.scope_ids)
            self.limit = LimitPair(row.long_lots_max, row.short_lots_max, row.node_id)
        self.long_bound = self._bound(state, self.limit.long_lots_max, "long")
        self.short_bound = self._bound(state, self.limit.short_lots_max, "short")
        self.known_version = limits.version

    def _bound(self, state: "DeskState", lots_max: int, side: str) -> Bound:
        most = lots_max * self.scale
        row, told_ppm = state.risk.warnings.of_position(self.path, self.scope_ids[0], side)
        told_at, ended_below = told_between(row, most, told_ppm)
        return min(told_at, most + 1), ended_below

    def lots_max(self, *, is_buy: bool) -> int:
        """Return the limit of a side in lots, as it was looked up last."""
        return self.limit.long_lots_max if is_buy else self.limit.short_lots_max


def outside_bounds(
    nodes: Sequence[LimitNode],
    state: "DeskState",
    added_lots: int,
    *,
    is_buy: bool,
    is_gross: bool,
) -> list[tuple[LimitNode, int]]:
    """Return nodes that are not silent with added lots, and their worst cases, in order.

    ``worst_lots`` without its call where nothing is kept in gross accounts (then it may be below
    zero): every order asks all nodes above it.
    """
    version = state.limits.version
    found: list[tuple[LimitNode, int]] = []
    for node in nodes:
        if node.known_version != version:
            node.refresh(state)
        if is_gross or node.gross is not None:
            worst = node.worst_lots(added_lots, is_buy=is_buy, is_gross=is_gross)
            loud_at, ended_below = node.long_bound if is_buy else node.short_bound
        elif is_buy:
            net = node.net
            worst = net.long_lots - net.short_lots + net.buy_lots + added_lots
            loud_at, ended_below = node.long_bound
        else:
            net = node.net
            worst = net.short_lots - net.long_lots + net.sell_lots + added_lots
            loud_at, ended_below = node.short_bound
        if worst >= loud_at or worst - added_lots < ended_below:
            found.append((node, worst))
    return found
