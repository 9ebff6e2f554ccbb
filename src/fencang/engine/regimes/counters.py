"""What a group of persons holds in one bucket, kept in step with every change of an exposure.

A counter has two numbers, the most long and the most short that working orders could lead to, in
parts of a parent's lot (``limits.regimes.counting``).  An order asks each counter that its contract
counts in, so the number of orders and of accounts does not matter.
"""

from typing import NamedTuple

from fencang.limits.regimes.counting import LOT_PARTS
from fencang.margin.exposure import Exposure
from fencang.messages.message import Side
from fencang.refdata.regime import Exemption, LimitHardness, RegimeLimit

__all__ = ["Bound", "RegimeCounter", "Tally", "Worst"]


class Bound(NamedTuple):
    """A limit of a counter, as it stands on the day."""

    limit: RegimeLimit
    lots_max: int

    @property
    def is_hard(self) -> bool:
        """Return whether it may not be passed."""
        return self.limit.hardness is LimitHardness.LIMIT


class Worst:
    """The most long and the most short, in parts."""

    __slots__ = ("long_parts", "short_parts")

    def __init__(self) -> None:
        self.long_parts = 0
        self.short_parts = 0

    def of(self, *, is_long: bool) -> int:
        """Return one of both."""
        return self.long_parts if is_long else self.short_parts


class RegimeCounter:
    """One number that limits speak of: of a regime, persons, contracts, months and settlement."""

    __slots__ = ("bounds", "exemptions", "is_net", "key", "persons_id", "total", "worst_of")

    def __init__(self, key: tuple[str, ...], persons_id: str, *, is_net: bool) -> None:
        self.key = key
        self.persons_id = persons_id
        """The group of persons, by its first member."""
        self.is_net = is_net
        self.bounds: tuple[Bound, ...] = ()
        self.exemptions: tuple[Exemption, ...] = ()
        """Those in force on the day."""
        self.total = Worst()
        self.worst_of: dict[str, Worst] = {}
        """Person → its own part."""

    def own(self, person_id: str) -> Worst:
        """Return the part of one person."""
        return self.worst_of.setdefault(person_id, Worst())


class Tally:
    """One exposure in one counter: what its lots count."""

    __slots__ = ("counter", "is_gross", "own", "parts", "person_id")

    def __init__(
        self, counter: RegimeCounter, person_id: str, parts: int, *, is_gross: bool
    ) -> None:
        self.counter = counter
        self.person_id = person_id
        self.own = counter.own(person_id)
        self.parts = parts
        """Parts of one lot, below zero where a lot bought counts short."""
        self.is_gross = is_gross

    def change(
        self, after: Exposure, long_lots: int, short_lots: int, buys: int, sells: int
    ) -> None:
        """Follow a change of the exposure, which has happened already."""
        if self.counter.is_net:
            net = long_lots - short_lots
            self._add(net + buys, sells - net)
        elif self.is_gross:
            self._add(long_lots + buys, short_lots + sells)
        else:
            net, was_net = after.net_lots, after.net_lots - long_lots + short_lots
            self._add(
                max(0, net + after.buy_lots) - max(0, was_net + after.buy_lots - buys),
                max(0, after.sell_lots - net) - max(0, after.sell_lots - sells - was_net),
            )

    def change_closing(self, side: Side, lots: int) -> None:
        """Follow working orders that close in an account with both sides.

        Where sides are apart a close raises nothing; where they net it moves the net like any.
        """
        if self.counter.is_net:
            self._add(*((lots, 0) if side is Side.BUY else (0, lots)))

    def _add(self, long_lots: int, short_lots: int) -> None:
        parts = self.parts
        if parts < 0:
            parts, long_lots, short_lots = -parts, short_lots, long_lots
        for worst in (self.counter.total, self.own):
            worst.long_parts += parts * long_lots
            worst.short_parts += parts * short_lots

    def raising_lots(self, exposure: Exposure, *, is_buy: bool, lots: int, closes: bool) -> int:
        """Return how many lots of an order raise the counter.

        ``closes``: it closes lots of an account that keeps both sides.
        """
        if self.counter.is_net:
            return lots
        if self.is_gross:
            return 0 if closes else lots
        net = exposure.net_lots
        before = net + exposure.buy_lots if is_buy else exposure.sell_lots - net
        return max(0, before + lots) - max(0, before)

    def room_lots(self, lots_max: int, *, is_long: bool) -> int:
        """Return how many further raising lots a number leaves room for."""
        before = self.counter.total.of(is_long=is_long)
        return max(0, (lots_max * LOT_PARTS - before) // abs(self.parts))
