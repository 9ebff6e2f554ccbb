"""Breaks of positions: net accounts by signed lots, gross ones by side and by age of the lots."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.projections.carrying_days import DayPosition
from fencang.reports.reconciliation.basis import (
    Basis,
    Effect,
    difference_micros,
    traded_value_micros,
)
from fencang.reports.reconciliation.statement import BrokerPosition

__all__ = ["carried_effects", "position_breaks"]

POSITIONS = StatementSection.POSITIONS


class _Figure(NamedTuple):
    """One number that both sides state of a contract."""

    name: str
    ours: int
    theirs: int
    sign: int
    """How the number counts in signed lots; 0 for a part of another number."""


def position_breaks(
    basis: Basis, effects: Sequence[Effect], fills: Sequence[BreakFound]
) -> list[BreakFound]:
    """Return the breaks of positions; those that breaks of fills explain name their cause."""
    theirs: dict[str, BrokerPosition] = {}
    unknown: dict[str, int] = {}
    for line in basis.theirs.positions or []:
        if line.contract_id:
            theirs[line.contract_id] = _sum(theirs.get(line.contract_id), line)
        else:
            lots = line.long_lots - line.short_lots
            unknown[line.symbol] = unknown.get(line.symbol, 0) + lots
    found: list[BreakFound] = []
    for contract in sorted({*basis.ours.positions, *theirs}):
        own = basis.ours.positions.get(contract, DayPosition())
        figures = list(_figures(basis, own, theirs.get(contract)))
        found += _of_contract(basis, contract, figures, effects)
    for symbol, lots in sorted(unknown.items()):
        found.append(_unknown(basis, symbol, lots, fills))
    return found


def _sum(before: BrokerPosition | None, line: BrokerPosition) -> BrokerPosition:
    """Return two lines of one contract as one: brokers list lots by the day they were opened."""
    if before is None:
        return line
    return before._replace(
        long_lots=before.long_lots + line.long_lots,
        short_lots=before.short_lots + line.short_lots,
        long_today_lots=_plus(before.long_today_lots, line.long_today_lots),
        short_today_lots=_plus(before.short_today_lots, line.short_today_lots),
    )


def _plus(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else one + two


def _figures(basis: Basis, own: DayPosition, their: BrokerPosition | None) -> Iterator[_Figure]:
    long_lots = their.long_lots if their is not None else 0
    short_lots = their.short_lots if their is not None else 0
    if basis.is_net:
        yield _Figure("", own.long_lots - own.short_lots, long_lots - short_lots, 1)
        return
    yield _Figure("long", own.long_lots, long_lots, 1)
    yield _Figure("short", own.short_lots, short_lots, -1)
    if their is None:
        return
    if their.long_today_lots is not None and own.long_lots == long_lots:
        yield _Figure("long of today", own.long_today_lots, their.long_today_lots, 0)
    if their.short_today_lots is not None and own.short_lots == short_lots:
        yield _Figure("short of today", own.short_today_lots, their.short_today_lots, 0)


def _of_contract(
    basis: Basis, contract: str, figures: Sequence[_Figure], effects: Sequence[Effect]
) -> Iterator[BreakFound]:
    differing = [
        figure for figure in figures if abs(figure.theirs - figure.ours) > basis.tolerances.lots
    ]
    signed = sum(figure.sign * (figure.theirs - figure.ours) for figure in figures)
    moved = [effect for effect in effects if effect.contract_id == contract and effect.lots]
    is_explained = bool(moved) and sum(effect.lots for effect in moved) == signed
    for figure in differing:
        cause = moved[0].break_id if is_explained and figure.sign else ""
        yield basis.found(
            BreakKind.POSITION_DIFFERS,
            POSITIONS,
            (contract, figure.name),
            f"{contract} {figure.name}".strip(),
            contract_id=contract,
            ours=figure.ours,
            theirs=figure.theirs,
            proposal=Proposal.NONE if cause else Proposal.ASK_BROKER,
            why=_why(basis, is_explained=bool(cause)),
            cause_id=cause,
        )


def carried_effects(
    basis: Basis, effects: Sequence[Effect], found: Sequence[BreakFound]
) -> list[Effect]:
    """Return what lots that differ since an earlier day do to today's variation.

    Those are the lots by which positions differ and that no fill of the day accounts for: they were
    settled from yesterday's price to today's on one side only.
    """
    lots: dict[str, int] = {}
    breaks: dict[str, str] = {}
    for effect in effects:
        lots[effect.contract_id] = lots.get(effect.contract_id, 0) - effect.lots
        breaks.setdefault(effect.contract_id, effect.break_id)
    for each in found:
        if each.kind is BreakKind.POSITION_DIFFERS and not each.subject.endswith(" of today"):
            sign = -1 if each.subject == f"{each.contract_id} short" else 1
            signed = sign * difference_micros(each)
            lots[each.contract_id] = lots.get(each.contract_id, 0) + signed
            breaks[each.contract_id] = each.break_id
    carried = []
    for contract, count in sorted(lots.items()):
        now = basis.ours.settlements.get(contract)
        before = basis.ours.settlements_before.get(contract)
        # What is paid at the end was carried from its trades, not from yesterday's settlement.
        is_daily = basis.products[contract].pays_variation(is_final=False)
        if count and is_daily and now is not None and before is not None:
            paid = traded_value_micros(basis.products[contract], now - before, count)
            carried.append(Effect(breaks[contract], contract, count, 0, paid))
    return carried


def _why(basis: Basis, *, is_explained: bool) -> str:
    if is_explained:
        return "the lots of executions that differ; mended with them"
    if basis.theirs.fills is None:
        return "the statement has no executions that could explain it"
    return "no execution of the day explains it"


def _unknown(basis: Basis, symbol: str, lots: int, fills: Sequence[BreakFound]) -> BreakFound:
    same = [
        each.break_id
        for each in fills
        if each.kind is BreakKind.UNKNOWN_CONTRACT and each.subject == f"executions in {symbol}"
    ]
    return basis.found(
        BreakKind.UNKNOWN_CONTRACT,
        POSITIONS,
        (symbol,),
        f"position in {symbol}",
        ours=None,
        theirs=lots,
        proposal=Proposal.NONE if same else Proposal.ASK_BROKER,
        why="no contract here; name it under [symbols] of the map, or define it",
        cause_id=same[0] if same else "",
    )
