"""The worst case of one node of the account tree, and the position limit that binds it."""

from collections.abc import Sequence
from typing import NamedTuple

from fencang.limits.position_limits import LimitPair, LimitTable
from fencang.margin.exposure import Exposure

__all__ = ["LimitNode", "first_exceeded"]


class LimitNode:
    """One node's worst case in one contract or product, with the limit that binds it.

    Lots in net and in gross accounts are kept apart: they never offset each other, so the node's
    worst case is the sum of both.
    """

    __slots__ = ("gross", "known_limit", "known_version", "net", "path", "scope_ids")

    def __init__(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> None:
        self.path = path
        self.scope_ids = scope_ids
        self.net = Exposure(is_gross=False)
        self.gross: Exposure | None = None
        """Most nodes have no account that keeps both sides apart: none is looked at in vain."""
        self.known_limit = LimitPair(0, 0, path[-1])
        self.known_version = -1
        """The limit that binds the node, found at this version of the table."""

    def exposure(self, *, is_gross: bool) -> Exposure:
        """Return the lots in net or in gross accounts."""
        if not is_gross:
            return self.net
        if self.gross is None:
            self.gross = Exposure(is_gross=True)
        return self.gross

    def worst_lots(self, added_lots: int, *, is_buy: bool, is_gross: bool) -> int:
        """Return the worst case on the side of an order that adds working lots."""
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

    def limit(self, limits: LimitTable) -> LimitPair:
        """Return the limit that binds the node, looked up anew only after a limit changed."""
        if self.known_version != limits.version:
            self.known_limit = limits.binding(self.path, self.scope_ids)
            self.known_version = limits.version
        return self.known_limit


class Exceeded(NamedTuple):
    """A node whose limit some lots would exceed, and the worst case that does."""

    node: LimitNode
    lots_max: int
    set_by: str
    worst_lots: int


def first_exceeded(
    nodes: Sequence[LimitNode], limits: LimitTable, added_lots: int, *, is_buy: bool, is_gross: bool
) -> Exceeded | None:
    """Return the first node that lots of one side would take beyond its limit, or None.

    ``limit`` and ``worst_lots`` without their calls where nothing is kept in gross accounts: every
    order asks all nodes above it.
    """
    version = limits.version
    for node in nodes:
        limit = node.known_limit if node.known_version == version else node.limit(limits)
        if is_gross or node.gross is not None:
            worst = node.worst_lots(added_lots, is_buy=is_buy, is_gross=is_gross)
            largest = limit.long_lots_max if is_buy else limit.short_lots_max
        elif is_buy:
            net = node.net
            worst = net.long_lots - net.short_lots + net.buy_lots + added_lots
            largest = limit.long_lots_max
        else:
            net = node.net
            worst = net.short_lots - net.long_lots + net.sell_lots + added_lots
            largest = limit.short_lots_max
        if worst > largest:
            return Exceeded(node, largest, limit.set_by, worst)
    return None
