"""Breaks of the day's executions, and what each of them does to positions, fees and cash."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.ledger.fees import fee_micros
from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.projections.carrying_days import DayFill
from fencang.reports.reconciliation.basis import (
    Basis,
    Effect,
    difference_micros,
    traded_value_micros,
)
from fencang.reports.reconciliation.matching import FillPair, match_fills
from fencang.reports.reconciliation.statement import BrokerFill

__all__ = ["FillBreaks", "fill_breaks"]

FILLS = StatementSection.FILLS


class FillBreaks(NamedTuple):
    """The breaks of fills, their effects, and how many fills of ours were found there."""

    found: list[BreakFound]
    effects: list[Effect]
    matched: int
    missing_here: dict[str, BrokerFill]
    """Break → the line of the statement that has no fill here."""


def fill_breaks(basis: Basis) -> FillBreaks:
    """Compare the executions of a day."""
    lines = basis.theirs.fills or []
    known = [line for line in lines if line.contract_id]
    matches = match_fills(basis.ours.fills, known, basis.tolerances.price_nanos)
    not_exercised = _not_exercised(basis, matches.missing_here)
    found: list[BreakFound] = []
    effects: list[Effect] = []
    missing: dict[str, BrokerFill] = {}
    for pair in matches.pairs:
        own, effect = _of_pair(basis, pair)
        found += own
        effects += effect
    for line, number in _numbered(not_exercised):
        own_break, own_effect = _missing_here(basis, line, number)
        missing[own_break.break_id] = line
        found.append(own_break)
        effects.append(own_effect)
    for there in matches.missing_there:
        own_break, own_effect = _missing_there(basis, there)
        found.append(own_break)
        effects.append(own_effect)
    for number, line in enumerate(matches.duplicates):
        found.append(_duplicate(basis, line, number))
    found += _unknown(basis, lines)
    matched = len(basis.ours.fills) - len(matches.missing_there)
    return FillBreaks(found, effects, matched, missing)


def _not_exercised(basis: Basis, lines: list[BrokerFill]) -> list[BrokerFill]:
    """Return lines without those that tell an exercise of ours as a trade.

    Some brokers list them so and others not; what differs shows in the positions.
    """
    matches = match_fills(basis.ours.exercises, lines, 0)
    told = {
        line
        for pair in matches.pairs
        for line in pair.theirs
        if _signed(pair.ours) == _signed(pair.theirs)
        and {fill.price_nanos for fill in pair.ours} == {each.price_nanos for each in pair.theirs}
    }
    return [line for line in lines if line not in told]


def _numbered(lines: Iterable[BrokerFill]) -> Iterator[tuple[BrokerFill, int]]:
    """Yield lines with a number that tells those of the same terms apart."""
    counts: dict[tuple[str | int, ...], int] = {}
    for line in lines:
        key = _key(line)
        counts[key] = counts.get(key, -1) + 1
        yield line, counts[key]


def _key(fill: DayFill | BrokerFill) -> tuple[str | int, ...]:
    """Return what a fill is known by: its execution, else its terms."""
    if fill.execution_id:
        return (fill.execution_id,)
    return (fill.contract_id, int(fill.side), fill.price_nanos, fill.quantity_lots)


def _signed(fills: Iterable[DayFill | BrokerFill]) -> int:
    return sum(fill.side.sign * fill.quantity_lots for fill in fills)


def _words(fill: DayFill | BrokerFill) -> str:
    side = fill.side.name.lower()
    terms = f"{side} {fill.quantity_lots} {fill.contract_id} at {format_price(fill.price_nanos)}"
    return f"{fill.execution_id}: {terms}" if fill.execution_id else terms


def _variation(basis: Basis, fills: Iterable[DayFill | BrokerFill], contract_id: str) -> int | None:
    """Return what the day's settlement pays on fills of one contract."""
    total = 0
    for fill in fills:
        lots = fill.side.sign * fill.quantity_lots
        paid = basis.variation_micros(contract_id, fill.price_nanos, lots)
        if paid is None:
            return None
        total += paid
    return total


def _premiums(basis: Basis, fills: Iterable[DayFill | BrokerFill], contract_id: str) -> int:
    """Return what fills of one contract move in cash at once."""
    product = basis.products[contract_id]
    if not product.pays_premium:
        return 0
    return -sum(
        traded_value_micros(product, fill.price_nanos, fill.side.sign * fill.quantity_lots)
        for fill in fills
    )


def _change(basis: Basis, pair: FillPair, contract_id: str) -> int | None:
    there = _variation(basis, pair.theirs, contract_id)
    here = _variation(basis, pair.ours, contract_id)
    return None if there is None or here is None else there - here


def _pair_words(pair: FillPair) -> str:
    first = pair.ours[0]
    if len(pair.ours) == 1:
        return _words(first)
    lots = sum(fill.quantity_lots for fill in pair.ours)
    told = _words(first._replace(execution_id="", quantity_lots=lots))
    return f"{told} in {len(pair.ours)} fills"


def _of_pair(basis: Basis, pair: FillPair) -> tuple[list[BreakFound], list[Effect]]:
    """Return how a pair differs: in lots, in price, in the fee."""
    contract = pair.ours[0].contract_id
    key = (*_key(pair.ours[0]), pair.number)
    found = [
        each for each in (_lots(basis, pair, key), _price(basis, pair, key)) if each is not None
    ]
    # The first of them counts the whole change of value.
    changes = [_change(basis, pair, contract), 0] if found else []
    paid = _premiums(basis, pair.theirs, contract) - _premiums(basis, pair.ours, contract)
    effects = [
        Effect(
            each.break_id,
            contract,
            difference_micros(each) if each.kind is BreakKind.LOTS_DIFFER else 0,
            0,
            change,
            premium,
        )
        for each, change, premium in zip(found, changes, (paid, 0), strict=False)
    ]
    fee = _fee(basis, pair, key, found)
    if fee is not None:
        found.append(fee)
        effects.append(Effect(fee.break_id, contract, 0, -difference_micros(fee), 0))
    return found, effects


def _lots(basis: Basis, pair: FillPair, key: tuple[str | int, ...]) -> BreakFound | None:
    here, there = _signed(pair.ours), _signed(pair.theirs)
    if abs(there - here) <= basis.tolerances.lots:
        return None
    what = "the sides differ" if here * there < 0 else "the broker has another number of lots"
    return basis.found(
        BreakKind.LOTS_DIFFER,
        FILLS,
        key,
        _pair_words(pair),
        contract_id=pair.ours[0].contract_id,
        ours=here,
        theirs=there,
        proposal=Proposal.ASK_BROKER,
        why=f"{what}, line {pair.theirs[0].line} of the statement",
    )


def _price(basis: Basis, pair: FillPair, key: tuple[str | int, ...]) -> BreakFound | None:
    ours, theirs = pair.ours[0], pair.theirs[0]
    gap = theirs.price_nanos - ours.price_nanos
    is_single = len(pair.ours) == len(pair.theirs) == 1
    if not is_single or abs(gap) <= basis.tolerances.price_nanos:
        return None
    return basis.found(
        BreakKind.PRICE_DIFFERS,
        FILLS,
        key,
        _pair_words(pair),
        contract_id=ours.contract_id,
        ours=ours.price_nanos,
        theirs=theirs.price_nanos,
        proposal=Proposal.ASK_BROKER,
        why=f"the broker has {format_price(theirs.price_nanos)}, line {theirs.line}",
    )


def _fee(
    basis: Basis, pair: FillPair, key: tuple[str | int, ...], causes: list[BreakFound]
) -> BreakFound | None:
    """Return the break of a pair's fees, a consequence where lots or price differ already."""
    stated = [line.fee_micros for line in pair.theirs if line.fee_micros is not None]
    if len(stated) < len(pair.theirs):
        return None
    here, there = sum(fill.fee_micros for fill in pair.ours), sum(stated)
    if abs(there - here) <= basis.tolerances.fee_micros:
        return None
    contract = pair.ours[0].contract_id
    return basis.found(
        BreakKind.FEE_DIFFERS,
        FILLS,
        key,
        f"fee of {_pair_words(pair)}",
        contract_id=contract,
        currency=basis.products[contract].currency,
        ours=here,
        theirs=there,
        proposal=Proposal.NONE if causes else Proposal.ASK_BROKER,
        why=f"{format_money(there - here)} more than the schedule here says",
        cause_id=causes[0].break_id if causes else "",
    )


def _missing_here(basis: Basis, line: BrokerFill, number: int) -> tuple[BreakFound, Effect]:
    contract = line.contract_id
    product = basis.products[contract]
    has_traded = any(
        fill.contract_id == contract and fill.side is line.side for fill in basis.ours.fills
    )
    if has_traded:
        proposal, why = Proposal.BOOK, "report it as a fill; without an order it goes to suspense"
    else:
        proposal = Proposal.SUSPEND
        why = "nobody here traded that contract and side on the day; suspend it and ask the broker"
    found = basis.found(
        BreakKind.MISSING_HERE,
        FILLS,
        (*_key(line), number),
        _words(line),
        contract_id=contract,
        ours=None,
        theirs=line.side.sign * line.quantity_lots,
        proposal=proposal,
        why=f"line {line.line} of the statement; {why}",
    )
    fee = line.fee_micros
    if fee is None:
        fee = fee_micros(product, line.price_nanos, line.quantity_lots, 0)
    change, premium = _variation(basis, (line,), contract), _premiums(basis, (line,), contract)
    return found, Effect(found.break_id, contract, _signed((line,)), -fee, change, premium)


def _missing_there(basis: Basis, fill: DayFill) -> tuple[BreakFound, Effect]:
    found = basis.found(
        BreakKind.MISSING_THERE,
        FILLS,
        _key(fill),
        _words(fill),
        contract_id=fill.contract_id,
        ours=_signed((fill,)),
        theirs=None,
        proposal=Proposal.ASK_BROKER,
        why=_why_missing(basis, fill),
    )
    change = _variation(basis, (fill,), fill.contract_id)
    lots, fees = -_signed((fill,)), fill.fee_micros
    return found, Effect(
        found.break_id,
        fill.contract_id,
        lots,
        fees,
        None if change is None else -change,
        -_premiums(basis, (fill,), fill.contract_id),
    )


def _why_missing(basis: Basis, fill: DayFill) -> str:
    for mend in basis.ours.mends:
        if fill.execution_id in {mend.execution_id, mend.listed_as}:
            day = mend.mended_day.isoformat() if mend.mended_day is not None else "the first day"
            return f"entered today for {day}; the statement does not have it"
    return "the venue reported it to us and the statement does not have it"


def _duplicate(basis: Basis, line: BrokerFill, number: int) -> BreakFound:
    return basis.found(
        BreakKind.DUPLICATE,
        FILLS,
        (*_key(line), number),
        _words(line),
        contract_id=line.contract_id,
        ours=None,
        theirs=_signed((line,)),
        proposal=Proposal.ASK_BROKER,
        why=f"line {line.line} of the statement names an execution that stands there already",
    )


def _unknown(basis: Basis, lines: Iterable[BrokerFill]) -> Iterator[BreakFound]:
    """Yield one break for every symbol that nobody knows."""
    lots: dict[str, list[int]] = {}
    for line in lines:
        if not line.contract_id:
            held = lots.setdefault(line.symbol, [0, line.line])
            held[0] += line.quantity_lots
    for symbol, (count, first) in sorted(lots.items()):
        yield basis.found(
            BreakKind.UNKNOWN_CONTRACT,
            FILLS,
            (symbol,),
            f"executions in {symbol}",
            ours=None,
            theirs=count,
            proposal=Proposal.ASK_BROKER,
            why=f"line {first}: no contract here; name it under [symbols] of the map, or define it",
        )
