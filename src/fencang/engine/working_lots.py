"""Working lots of many lines at once: a firing over 1,000 sub-accounts has 20,000 legs."""

from fencang.engine.accounts import Line, MarginEntry, change_entry
from fencang.engine.risk.exposures import change_many
from fencang.margin.exposure import Exposure
from fencang.messages.message import Offset, Side

__all__ = ["change_working"]


def change_working(lines: list[Line], side: Side, offset: Offset, lots: list[int]) -> None:
    """Reserve (or release) working lots of many lines in one contract through one account.

    Does what ``Line.change_working`` does one by one, but visits what the lines share (the pool,
    the nodes above) once: a firing over 1,000 sub-accounts has 20,000 legs.
    """
    if offset not in (Offset.NET, Offset.OPEN):
        for line, change in zip(lines, lots, strict=True):
            line.change_working(side, offset, change)
        return
    is_buy = side is Side.BUY
    for line, change in zip(lines, lots, strict=True):
        exposure = line.exposure
        of_contract, of_product = line.own_exposures
        net = exposure.long_lots - exposure.short_lots
        if is_buy:
            own, other = exposure.buy_lots + net, exposure.sell_lots - net
        else:
            own, other = exposure.sell_lots - net, exposure.buy_lots + net
        if (
            own > other
            or own + change > other
            or line.is_gross
            or line.entry.netted
            or line.entry.staged
        ):
            # Otherwise the order closes less than the position and its worst case stands.
            buys, sells = (change, 0) if is_buy else (0, change)
            change_entry(line.entry, line.contract, 0, 0, buys, sells)
        elif is_buy:
            exposure.buy_lots += change
        else:
            exposure.sell_lots += change
        if is_buy:
            of_contract.buy_lots += change
            of_product.buy_lots += change
        else:
            of_contract.sell_lots += change
            of_product.sell_lots += change
    _change_shared(lines, lots, is_buy=is_buy)


def _change_shared(lines: list[Line], lots: list[int], *, is_buy: bool) -> None:
    """Change what lines share above their sub-accounts, each once with the sum of its lines.

    Groups are few, and changed line by line.
    """
    shared: dict[tuple[MarginEntry, tuple[Exposure, ...]], int] = {}
    entry, above, total = lines[0].pool_entry, lines[0].exposures_above, 0
    for line, change in zip(lines, lots, strict=True):
        for in_group, parts in line.group_exposures:
            in_group.change(0, 0, *((change * parts, 0) if is_buy else (0, change * parts)))
        if line.pool_entry is not entry or line.exposures_above != above:
            shared[entry, above] = shared.get((entry, above), 0) + total
            entry, above, total = line.pool_entry, line.exposures_above, 0
        total += change
    shared[entry, above] = shared.get((entry, above), 0) + total
    for (pool_entry, exposures), change in shared.items():
        buys, sells = (change, 0) if is_buy else (0, change)
        change_entry(pool_entry, lines[0].contract, 0, 0, buys, sells)
        for exposure in exposures:
            exposure.buy_lots += buys
            exposure.sell_lots += sells
    if lines[0].contract.exposed is not None:
        change_many(lines, lots, is_buy=is_buy)
