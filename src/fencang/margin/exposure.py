"""Worst case of a position with its working orders, long and short apart.

In a net account the position could become, by any subset of fills, as long as
``net + working buys`` and as short as ``-net + working sells``.  In a gross account both sides
stand by themselves and only opening orders enlarge them: closing orders earn no credit.
"""

__all__ = ["Exposure"]


class Exposure:
    """Open and working lots of one node in one contract (or one product).

    ``buy_lots`` and ``sell_lots`` are working lots that could enlarge the position: every order of
    a net account, opening orders of a gross account.
    """

    __slots__ = ("buy_lots", "is_gross", "long_lots", "sell_lots", "short_lots")

    def __init__(self, *, is_gross: bool) -> None:
        self.is_gross = is_gross
        self.long_lots = 0
        self.short_lots = 0
        self.buy_lots = 0
        self.sell_lots = 0

    @property
    def net_lots(self) -> int:
        """Return long minus short lots."""
        return self.long_lots - self.short_lots

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is open, on either side, and nothing works."""
        return not (self.long_lots or self.short_lots or self.buy_lots or self.sell_lots)

    @property
    def is_flat(self) -> bool:
        """Return whether no position is open, whatever works.

        A net account has its net alone: what one book bought and another one sold stands in both
        sums, and each of these books has an exposure of its own.
        """
        if self.is_gross:
            return not (self.long_lots or self.short_lots)
        return self.long_lots == self.short_lots

    def worst_long_lots(self) -> int:
        """Return the largest long position that any subset of fills could make."""
        if self.is_gross:
            return self.long_lots + self.buy_lots
        worst = self.long_lots - self.short_lots + self.buy_lots
        return worst if worst > 0 else 0

    def worst_short_lots(self) -> int:
        """Return the largest short position that any subset of fills could make, unsigned."""
        if self.is_gross:
            return self.short_lots + self.sell_lots
        worst = self.short_lots - self.long_lots + self.sell_lots
        return worst if worst > 0 else 0

    def margined_lots(self) -> int:
        """Return the lots that margin is asked for: the larger side, or both sides when gross."""
        if self.is_gross:
            return self.long_lots + self.buy_lots + self.short_lots + self.sell_lots
        net = self.long_lots - self.short_lots
        long, short = net + self.buy_lots, self.sell_lots - net
        worst = long if long > short else short
        return worst if worst > 0 else 0

    def change(self, long_lots: int, short_lots: int, buy_lots: int, sell_lots: int) -> int:
        """Change open and working lots; return how many more lots margin is asked for."""
        if self.is_gross:
            self.long_lots += long_lots
            self.short_lots += short_lots
            self.buy_lots += buy_lots
            self.sell_lots += sell_lots
            return long_lots + short_lots + buy_lots + sell_lots
        # ``margined_lots`` before and after without its calls: every order comes by here twice.
        net, buys, sells = self.long_lots - self.short_lots, self.buy_lots, self.sell_lots
        long, short = net + buys, sells - net
        before = long if long > short else short
        if long_lots or short_lots:
            self.long_lots += long_lots
            self.short_lots += short_lots
            net += long_lots - short_lots
        self.buy_lots = buys = buys + buy_lots
        self.sell_lots = sells = sells + sell_lots
        long, short = net + buys, sells - net
        after = long if long > short else short
        return (after if after > 0 else 0) - (before if before > 0 else 0)

    def more_margined_lots(self, buy_lots: int, sell_lots: int) -> int:
        """Return how many more lots margin would be asked for with further working lots."""
        if self.is_gross:
            return buy_lots + sell_lots
        net = self.long_lots - self.short_lots
        long, short = net + self.buy_lots, self.sell_lots - net
        before = long if long > short else short
        long, short = long + buy_lots, short + sell_lots
        after = long if long > short else short
        return (after if after > 0 else 0) - (before if before > 0 else 0)

    def margined_lots_with(self, buy_lots: int, sell_lots: int) -> int:
        """Return ``margined_lots`` as it would be with further working lots."""
        if self.is_gross:
            return self.margined_lots() + buy_lots + sell_lots
        net = self.long_lots - self.short_lots
        long, short = net + self.buy_lots + buy_lots, self.sell_lots + sell_lots - net
        worst = long if long > short else short
        return worst if worst > 0 else 0
