"""Which fills of ours are which lines of the broker: by execution, else by what was traded.

Brokers number executions in their own way and put several into one line, at one price or at the
average.  What has the same terms on both sides is the same; what is left over on either side is
missing on the other.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from fencang.messages.message import Side
from fencang.projections.carrying_days import DayFill
from fencang.reports.reconciliation.statement import BrokerFill

__all__ = ["FillMatches", "FillPair", "match_fills"]

Fill = TypeVar("Fill", DayFill, BrokerFill)


class FillPair(NamedTuple):
    """Fills of ours and lines of the broker that mean the same; ``number`` tells twins apart."""

    ours: tuple[DayFill, ...]
    theirs: tuple[BrokerFill, ...]
    number: int = 0


class FillMatches(NamedTuple):
    """Everything of both sides, each fill once."""

    pairs: list[FillPair]
    missing_here: list[BrokerFill]
    missing_there: list[DayFill]
    duplicates: list[BrokerFill]


def match_fills(
    ours: Sequence[DayFill], theirs: Sequence[BrokerFill], price_tolerance_nanos: int
) -> FillMatches:
    """Return every fill of both sides with its counterpart; contracts are known ones."""
    pairs, mine, other, duplicates = _by_execution(ours, theirs)
    shares_numbers = bool(pairs)
    mine, other = _by_terms(pairs, mine, other)
    mine, other = _by_average(pairs, mine, other, price_tolerance_nanos)
    if shares_numbers:
        # Executions are named alike on both sides: two that are not are two, whatever they traded.
        named = [fill for fill in other if fill.execution_id]
        other = [fill for fill in other if not fill.execution_id]
    else:
        named = []
    mine, other = _alike(pairs, mine, other, lambda fill: (*_line(fill), fill.quantity_lots))
    mine, other = _together(pairs, mine, other)
    return FillMatches(pairs, sorted([*named, *other], key=_line_number), mine, duplicates)


def _line_number(fill: BrokerFill) -> int:
    return fill.line


def _line(fill: DayFill | BrokerFill) -> tuple[str, Side]:
    return fill.contract_id, fill.side


def _level(fill: DayFill | BrokerFill) -> tuple[str, Side, int]:
    return fill.contract_id, fill.side, fill.price_nanos


def _by_execution(
    ours: Sequence[DayFill], theirs: Sequence[BrokerFill]
) -> tuple[list[FillPair], list[DayFill], list[BrokerFill], list[BrokerFill]]:
    """Pair what has the same identifier; a line that repeats one is a duplicate."""
    known = {fill.execution_id: fill for fill in ours}
    pairs, other, duplicates = [], [], []
    seen: set[str] = set()
    for line in theirs:
        execution_id = line.execution_id
        if execution_id and execution_id in seen:
            duplicates.append(line)
            continue
        fill = known.get(execution_id)
        if execution_id:
            seen.add(execution_id)
        if fill is not None and fill.contract_id == line.contract_id:
            pairs.append(FillPair((fill,), (line,)))
            del known[execution_id]
        else:
            other.append(line)
    return pairs, list(known.values()), other, duplicates


def _grouped(fills: Iterable[Fill], key: Callable[[Fill], Hashable]) -> dict[Hashable, list[Fill]]:
    groups: dict[Hashable, list[Fill]] = {}
    for fill in fills:
        groups.setdefault(key(fill), []).append(fill)
    return groups


def _lots(fills: Iterable[DayFill | BrokerFill]) -> int:
    return sum(fill.quantity_lots for fill in fills)


def _alike(
    pairs: list[FillPair],
    mine: list[DayFill],
    other: list[BrokerFill],
    key: Callable[[DayFill | BrokerFill], Hashable],
) -> tuple[list[DayFill], list[BrokerFill]]:
    """Pair fill by line in their order, within groups of one key; return what is left."""
    groups = {found: deque(lines) for found, lines in _grouped(other, key).items()}
    left: list[DayFill] = []
    numbers: dict[Hashable, int] = {}
    for fill in mine:
        group = groups.get(key(fill))
        if not group:
            left.append(fill)
            continue
        number = numbers[key(fill)] = numbers.get(key(fill), -1) + 1
        pairs.append(FillPair((fill,), (group.popleft(),), number))
    return left, [line for group in groups.values() for line in group]


def _by_terms(
    pairs: list[FillPair], mine: list[DayFill], other: list[BrokerFill]
) -> tuple[list[DayFill], list[BrokerFill]]:
    """Pair equal lots at equal prices, then whole price levels of equal lots."""
    mine, other = _alike(pairs, mine, other, lambda fill: (*_level(fill), fill.quantity_lots))
    levels = _grouped(mine, _level)
    left: list[BrokerFill] = []
    for level, lines in _grouped(other, _level).items():
        fills = levels.get(level, [])
        if fills and _lots(fills) == _lots(lines):
            pairs.append(FillPair(tuple(levels.pop(level)), tuple(lines)))
        else:
            left += lines
    return [fill for fills in levels.values() for fill in fills], left


def _by_average(
    pairs: list[FillPair], mine: list[DayFill], other: list[BrokerFill], tolerance_nanos: int
) -> tuple[list[DayFill], list[BrokerFill]]:
    """Pair what the broker put into fewer lines at the average price: equal lots, equal value."""
    by_line = _grouped(mine, _line)
    left: list[BrokerFill] = []
    for line, lines in _grouped(other, _line).items():
        fills = by_line.get(line, [])
        own = sum(fill.quantity_lots * fill.price_nanos for fill in fills)
        value = sum(fill.quantity_lots * fill.price_nanos for fill in lines)
        is_average = (
            len(lines) < len(fills)
            and _lots(fills) == _lots(lines)
            and abs(own - value) <= tolerance_nanos * _lots(fills)
        )
        if is_average:
            pairs.append(FillPair(tuple(by_line.pop(line)), tuple(lines)))
        else:
            left += lines
    return [fill for fills in by_line.values() for fill in fills], left


def _together(
    pairs: list[FillPair], mine: list[DayFill], other: list[BrokerFill]
) -> tuple[list[DayFill], list[BrokerFill]]:
    """Pair price levels that both sides have with different lots."""
    levels = _grouped(mine, _level)
    left: list[BrokerFill] = []
    for level, lines in _grouped(other, _level).items():
        if level in levels:
            pairs.append(FillPair(tuple(levels.pop(level)), tuple(lines)))
        else:
            left += lines
    return [fill for fills in levels.values() for fill in fills], left
