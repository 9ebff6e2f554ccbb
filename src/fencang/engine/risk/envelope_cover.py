"""What one unused lot of an envelope over several contracts holds, whichever it is dealt in.

The lots may go into any of the contracts in any split.  Whatever is held and works beside them, a
lot of a contract never adds more to a requirement, a value or a counter than its most; so the
largest of these mosts, times the lots, bears every split: it is reserved once, beside the lines.
An order inside then takes at most what its lots give back.

Where a lot has no such most (a net SPAN set whose commodities are joined by spreads, so that orders
may break credits, or that a cross-margin agreement credits) there is no cover, and every line holds
all the lots.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from fencang.engine.accounts import Line, MarginEntry
from fencang.engine.netting.node import SpanNode
from fencang.engine.regimes.counters import Worst
from fencang.engine.risk.exposures import ExposureSums, RowLink, ShareSum
from fencang.messages.message import Side

if TYPE_CHECKING:
    from fencang.margin.standing import Rates, Standing

__all__ = ["LotCover", "change_cover", "cover_micros", "lot_cover"]

Amounts = tuple[tuple[str, int], ...]
"""Currency → micros of one lot, by currency."""


class LotCover(NamedTuple):
    """What one lot holds at every place that it could count in; places are the live ones."""

    own: Amounts
    """Of the sub-account's requirement."""
    pool: Amounts
    notional: Amounts
    counters: tuple[tuple[Worst, bool, int], ...]
    """Counter of a regime, whether long, parts."""
    sums: tuple[tuple[ExposureSums | ShareSum, str, int], ...]
    """Sums of limits of exposure, the name of one of them, what a lot counts there."""


def lot_cover(lines: tuple[Line, ...], side: Side) -> LotCover | None:
    """Return what a lot of any of the lines holds at most, None where nobody can say."""
    is_buy = side is Side.BUY
    amounts: list[dict[str, int]] = [{}, {}, {}]
    for line in lines:
        value = {line.contract.currency: line.contract.notional_per_lot}
        needs = [_need(line, entry, is_buy=is_buy) for entry in (line.entry, line.pool_entry)]
        for most, of_line in zip(amounts, (*needs, value), strict=True):
            if of_line is None:
                return None
            _keep_most(most, of_line)
    own, pool, notional = [tuple(sorted(each.items())) for each in amounts]
    counters, sums = _counters(lines, is_buy=is_buy), _sums(lines, is_buy=is_buy)
    return LotCover(own, pool, notional, counters, sums)


def change_cover(line: Line, cover: LotCover, lots: int) -> None:
    """Hold (or, below zero, give back) what so many lots ask for; ``line`` is any of theirs."""
    sub = line.sub
    for standing, amounts in ((sub.standing, cover.own), (sub.pool.standing, cover.pool)):
        _hold(standing, amounts, cover.notional, lots)
    for worst, is_long, parts in cover.counters:
        if is_long:
            worst.long_parts += parts * lots
        else:
            worst.short_parts += parts * lots
    for sums, name, amount in cover.sums:
        setattr(sums, name, getattr(sums, name) + amount * lots)


def cover_micros(rates: "Rates", amounts: Amounts, lots: int) -> int:
    """Return what so many lots hold, in base micros."""
    return sum(rates.value(currency, micros * lots) for currency, micros in amounts)


def _hold(standing: "Standing", amounts: Amounts, notional: Amounts, lots: int) -> None:
    for currency, micros in amounts:
        standing.add_requirement(currency, micros * lots)
    for currency, micros in notional:
        standing.add_margined(currency, 0, micros * lots)


def _need(line: Line, entry: MarginEntry, *, is_buy: bool) -> dict[str, int] | None:
    """Return currency → the most that one working lot adds to a requirement."""
    netted = entry.netted
    found: dict[str, int] = {}
    if netted is None:
        found[line.contract.currency] = line.contract.requirement_per_lot
    elif isinstance(netted.node, SpanNode):
        most = netted.node.lot_most(netted.row, is_buy=is_buy)
        if most is None:
            return None
        found[most[0]] = most[1]
    else:
        currency, micros = netted.node.lot_most(netted.row, is_buy=is_buy)
        found[currency] = micros
    for add_on in entry.add_ons:
        term = add_on.term
        found[term.currency] = found.get(term.currency, 0) + term.per_lot_micros
    return found


def _counters(lines: tuple[Line, ...], *, is_buy: bool) -> tuple[tuple[Worst, bool, int], ...]:
    found: dict[tuple[int, bool], tuple[Worst, bool, int]] = {}
    for line in lines:
        for tally in line.pool_entry.tallies:
            is_long = (tally.parts > 0) == is_buy
            for worst in (tally.counter.total, tally.own):
                before = found.get((id(worst), is_long), (worst, is_long, 0))
                found[id(worst), is_long] = worst, is_long, max(before[2], abs(tally.parts))
    return tuple(found.values())


def _sums(lines: tuple[Line, ...], *, is_buy: bool) -> tuple[tuple[Any, str, int], ...]:
    found: dict[tuple[int, str], tuple[Any, str, int]] = {}
    for line in lines:
        for link in line.exposed.links if line.exposed is not None else ():
            for place, name, amount in _counted(link, is_buy=is_buy):
                before = found.get((id(place), name), (place, name, 0))
                found[id(place), name] = place, name, max(before[2], amount)
    return tuple(each for each in found.values() if each[2])


def _counted(link: RowLink, *, is_buy: bool) -> list[tuple[ExposureSums | ShareSum, str, int]]:
    """Return what an opening lot of one contract counts in a row."""
    sums, value, beta = link.sums, link.value, link.beta
    found: list[tuple[ExposureSums | ShareSum, str, int]] = [
        (sums, "gross", value),
        (sums, "long" if is_buy != link.is_turned else "short", value),
    ]
    if link.is_beta_unknown:
        found += [(sums, "beta_long", beta), (sums, "beta_short", beta)]
    else:
        found.append((sums, "beta_long" if is_buy != link.is_beta_turned else "beta_short", beta))
    if link.share is not None:
        found.append((link.share, "gross", value))
    return found


def _keep_most(most: dict[str, int], found: dict[str, int]) -> None:
    for key, value in found.items():
        most[key] = max(value, most.get(key, 0))
