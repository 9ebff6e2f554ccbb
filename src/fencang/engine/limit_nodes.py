"""The worst case of one node of the account tree, and the position limit that binds it."""

from fencang.limits.position_limits import LimitPair, LimitTable
from fencang.margin.exposure import Exposure

__all__ = ["LimitNode"]


class LimitNode:
    """One node's worst case in one contract or product, with the limit that binds it.

    Lots in net and in gross accounts are kept apart: they never offset each other, so the node's
    worst case is the sum of both.
    """

    __slots__ = ("_limit", "_limit_version", "gross", "net", "path", "scope_ids")

    def __init__(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> None:
        self.path = path
        self.scope_ids = scope_ids
        self.net = Exposure(is_gross=False)
        self.gross: Exposure | None = None
        """Most nodes have no account that keeps both sides apart: none is looked at in vain."""
        self._limit = LimitPair(0, 0, path[-1])
        self._limit_version = -1

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
        if self._limit_version != limits.version:
            self._limit = limits.binding(self.path, self.scope_ids)
            self._limit_version = limits.version
        return self._limit
