"""How positions become the number that a limit speaks of: exact, in parts of a parent's lot.

Lots are multiplied with the ratio of their contract to the parent and with their delta, both in
parts per million, and never rounded: ``LOT_PARTS`` parts are one lot of the parent.  A put that is
bought stands on the short side.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fencang.refdata.regime import PPM, Netting, OptionCount, SettlementKind

__all__ = [
    "LOT_PARTS",
    "Holding",
    "Sides",
    "count",
    "in_bucket",
    "lot_parts",
    "lots_text",
    "worst_case",
]

LOT_PARTS = PPM * PPM
"""Parts that one lot of the parent has."""


def lot_parts(ratio_ppm: int, delta_ppm: int, options: OptionCount) -> int:
    """Return the parts of one lot; where options count lot for lot, of its delta the sign alone."""
    if options is OptionCount.CONTRACTS and delta_ppm:
        delta_ppm = PPM if delta_ppm > 0 else -PPM
    return ratio_ppm * delta_ppm


class Holding(NamedTuple):
    """What one person holds and has working in one contract at one account.

    ``month`` is the delivery month as ``2020-06``, of an option that of its underlying.
    ``delta_ppm`` is 1,000,000 for a future, below zero for a put, None where it is not known.
    ``buying_lots`` are all working buys; ``opening_buy_lots`` those of them that enlarge the long
    side (in a net account what goes beyond a short position), and likewise for sells.
    """

    person_id: str
    contract_id: str
    month: str
    ratio_ppm: int = PPM
    settlement: SettlementKind = SettlementKind.ANY
    delta_ppm: int | None = PPM
    long_lots: int = 0
    short_lots: int = 0
    buying_lots: int = 0
    selling_lots: int = 0
    opening_buy_lots: int = 0
    opening_sell_lots: int = 0

    def lot_parts(self, options: OptionCount) -> int:
        """Return the parts of one lot, below zero where a lot bought counts as short."""
        assert self.delta_ppm is not None, self
        return lot_parts(self.ratio_ppm, self.delta_ppm, options)


class Sides(NamedTuple):
    """A long and a short number, in parts of a lot; net, one is the other turned round."""

    long_parts: int
    short_parts: int


def in_bucket(holding: Holding, month: str, settlement: SettlementKind) -> bool:
    """Return whether a holding counts in a month (``""``: in all) and a kind of settlement."""
    is_month = not month or holding.month == month
    return is_month and settlement in (SettlementKind.ANY, holding.settlement)


def count(holdings: Sequence[Holding], netting: Netting, options: OptionCount) -> Sides:
    """Return what is held.  Every delta must be known."""
    if netting is Netting.NET:
        net = _net(holdings, options)
        return Sides(net, -net)
    return _sides([(h, h.long_lots, h.short_lots) for h in holdings], options)


def worst_case(holdings: Sequence[Holding], netting: Netting, options: OptionCount) -> Sides:
    """Return the most long and the most short that working orders could lead to.

    Working orders of the other side are never relied on.  Every delta must be known.
    """
    if netting is Netting.NET:
        net = _net(holdings, options)
        up, down = (_one_way(holdings, options, is_up=is_up) for is_up in (True, False))
        return Sides(net + up, down - net)
    most = [
        (h, h.long_lots + h.opening_buy_lots, h.short_lots + h.opening_sell_lots) for h in holdings
    ]
    return _sides(most, options)


def _net(holdings: Sequence[Holding], options: OptionCount) -> int:
    return sum(h.lot_parts(options) * (h.long_lots - h.short_lots) for h in holdings)


def _one_way(holdings: Sequence[Holding], options: OptionCount, *, is_up: bool) -> int:
    """Return what working orders add in one direction, those of puts turned round."""
    total = 0
    for holding in holdings:
        parts = holding.lot_parts(options)
        lots = holding.buying_lots if (parts > 0) == is_up else holding.selling_lots
        total += abs(parts) * lots
    return total


def _sides(lines: Sequence[tuple[Holding, int, int]], options: OptionCount) -> Sides:
    long_parts = short_parts = 0
    for holding, long, short in lines:
        parts = holding.lot_parts(options)
        up, down = (long, short) if parts > 0 else (short, long)
        long_parts += abs(parts) * up
        short_parts += abs(parts) * down
    return Sides(long_parts, short_parts)


def lots_text(parts: int) -> str:
    """Return parts of a lot for a person: 1200, 0.2, 599.999."""
    whole, part = divmod(abs(parts), LOT_PARTS)
    sign = "-" if parts < 0 else ""
    return sign + f"{whole}.{part:012d}".rstrip("0").rstrip(".")
