"""Breaks of cash: what moved on the day, what the day opened and closed with, per currency."""

from collections.abc import Iterator, Sequence

from fencang.basics.money import format_money
from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.projections.carrying_days import Movement
from fencang.reports.reconciliation.basis import Basis, Effect, difference_micros
from fencang.reports.reconciliation.statement import BrokerCash

__all__ = ["cash_breaks"]

CASH, MOVEMENTS = StatementSection.CASH, StatementSection.MOVEMENTS


def cash_breaks(
    basis: Basis, effects: Sequence[Effect], carried: Sequence[Effect]
) -> list[BreakFound]:
    """Return the breaks of cash; what differing fills or movements explain names its cause.

    ``carried`` is what lots that differ since an earlier day make of the variation, if the broker
    settles them.
    """
    lines = {line.currency: line for line in basis.theirs.cash or []}
    found: list[BreakFound] = []
    for currency in sorted({*lines, *basis.ours.closing}):
        line = lines.get(currency)
        own = [each for each in effects if basis.products[each.contract_id].currency == currency]
        if line is None:
            found += _missing_line(basis, currency, own)
            continue
        old = [each for each in carried if basis.products[each.contract_id].currency == currency]
        moved = list(_moved(basis, line, own, old))
        found += moved
        found += _balances(basis, line, moved, own)
    return found


def _missing_line(basis: Basis, currency: str, effects: Sequence[Effect]) -> Iterator[BreakFound]:
    """Yield the break of a currency that the statement does not have: as if it were 0 there."""
    ours = basis.ours.closing[currency]
    if abs(ours) <= basis.tolerances.cash_micros:
        return
    closing = _balance(basis, currency, "closing", ours, None, "", "")
    before = basis.known.get(closing.break_id)
    parts = [(effect.fees_micros, effect.break_id) for effect in effects]
    parts += [(effect.variation_micros or 0, effect.break_id) for effect in effects]
    parts += [(effect.premiums_micros, effect.break_id) for effect in effects]
    parts.append((difference_micros(before) if before is not None else 0, ""))
    found = _closing(basis, closing, parts, before)
    if not found.cause_id:
        found = _balance(
            basis, currency, "closing", ours, None, "the statement has no such currency", ""
        )
    yield found


def _moved(
    basis: Basis, line: BrokerCash, effects: Sequence[Effect], carried: Sequence[Effect]
) -> Iterator[BreakFound]:
    for kind, theirs in sorted(line.movements.items()):
        ours = _ours(basis, line, kind)
        if abs(theirs - ours) <= basis.tolerances.cash_micros:
            continue
        cause = _cause(basis, kind, theirs - ours, effects)
        if not cause and kind is Movement.VARIATION:
            cause = _cause(basis, kind, theirs - ours, [*effects, *carried])
        is_wire = kind in {Movement.TRANSFERS, Movement.CONVERSIONS, Movement.INTEREST}
        proposal = Proposal.BOOK if is_wire else Proposal.ASK_BROKER
        why = f"the broker has {format_money(theirs - ours)} more"
        if is_wire:
            why += "; book what arrived or left, with a second person where one is needed"
        if cause:
            proposal, why = Proposal.NONE, "what lots and prices that differ make of it"
        kind_of_break = BreakKind.FEE_DIFFERS if kind is Movement.FEES else BreakKind.CASH_DIFFERS
        yield basis.found(
            kind_of_break,
            MOVEMENTS,
            (line.currency, kind.value),
            f"{line.currency} {kind.value}",
            currency=line.currency,
            ours=ours,
            theirs=theirs,
            proposal=proposal,
            why=why,
            cause_id=cause,
        )


def _ours(basis: Basis, line: BrokerCash, kind: Movement) -> int:
    """Return our movement; a broker that has no column for corrections pays them as variation."""
    ours = basis.ours.movements.get((line.currency, kind), 0)
    if kind is Movement.VARIATION and Movement.CORRECTIONS not in line.movements:
        ours += basis.ours.movements.get((line.currency, Movement.CORRECTIONS), 0)
    return ours


def _cause(basis: Basis, kind: Movement, gap: int, effects: Sequence[Effect]) -> str:
    """Return the break of a fill that explains a movement's difference, empty when none does."""
    if kind is Movement.FEES:
        parts = [(effect.fees_micros, effect.break_id) for effect in effects]
    elif kind is Movement.VARIATION:
        if any(effect.variation_micros is None for effect in effects):
            return ""
        parts = [(effect.variation_micros or 0, effect.break_id) for effect in effects]
    elif kind is Movement.PREMIUMS:
        parts = [(effect.premiums_micros, effect.break_id) for effect in effects]
    else:
        return ""
    return _explained(basis, gap, parts)


def _explained(basis: Basis, gap: int, parts: Sequence[tuple[int, str]]) -> str:
    """Return the largest part's break when the parts sum to the gap."""
    known = [part for part in parts if part[0]]
    if not known or abs(sum(part[0] for part in known) - gap) > basis.tolerances.cash_micros:
        return ""
    return max(known, key=lambda part: (abs(part[0]), part[1]))[1]


def _balances(
    basis: Basis, line: BrokerCash, moved: Sequence[BreakFound], effects: Sequence[Effect]
) -> Iterator[BreakFound]:
    """Yield breaks of opening and closing; each knows the other's history.

    A closing difference of yesterday opens today: it is the same break, not another one.
    """
    currency = line.currency
    parts = [(difference_micros(each), each.cause_id or each.break_id) for each in moved]
    stated = set(line.movements)
    if Movement.FEES not in stated:
        parts += [(effect.fees_micros, effect.break_id) for effect in effects]
    if Movement.VARIATION not in stated:
        parts += [(effect.variation_micros or 0, effect.break_id) for effect in effects]
    if Movement.PREMIUMS not in stated:
        parts += [(effect.premiums_micros, effect.break_id) for effect in effects]
    ours = basis.ours.closing.get(currency, 0)
    closing = _balance(basis, currency, "closing", ours, line.closing_micros, "", "")
    before = basis.known.get(closing.break_id)
    inherited = difference_micros(before) if before is not None else 0
    tolerance = basis.tolerances.cash_micros
    if line.opening_micros is not None:
        opening = _opening(basis, line, closing, before)
        if opening is not None:
            gap = difference_micros(opening)
            parts.append((gap, "" if opening.cause_id else opening.break_id))
            yield opening
    elif inherited:
        parts.append((inherited, ""))
    if line.closing_micros is None or abs(line.closing_micros - ours) <= tolerance:
        return
    yield _closing(basis, closing, parts, before)


def _opening(
    basis: Basis, line: BrokerCash, closing: BreakFound, before: BreakFound | None
) -> BreakFound | None:
    """Return the break of the opening balance; it follows from yesterday's closing one.

    Unless that one followed from it: then the books began apart, and this is the cause still.
    """
    ours = basis.ours.opening.get(line.currency, 0)
    gap = (line.opening_micros or 0) - ours
    tolerance = basis.tolerances.cash_micros
    if abs(gap) <= tolerance:
        return None
    found = _balance(basis, line.currency, "opening", ours, line.opening_micros, "", "")
    if before is None or before.cause_id == found.break_id:
        return found
    if abs(gap - difference_micros(before)) > tolerance:
        return found
    why = "the closing difference of the day before"
    return _balance(
        basis, line.currency, "opening", ours, line.opening_micros, why, closing.break_id
    )


def _closing(
    basis: Basis,
    closing: BreakFound,
    parts: Sequence[tuple[int, str]],
    before: BreakFound | None,
) -> BreakFound:
    """Return the closing break with its cause: what is new of it, else what it was before."""
    gap, known = difference_micros(closing), [part for part in parts if part[0]]
    is_explained = (
        bool(known) and abs(sum(part[0] for part in known) - gap) <= basis.tolerances.cash_micros
    )
    new = [part for part in known if part[1]]
    cause, why = "", "nothing that moved on the day explains it"
    if is_explained and new:
        cause = max(new, key=lambda part: (abs(part[0]), part[1]))[1]
        why = "the sum of what differs in opening balance and movements"
    elif is_explained and before is not None:
        cause = before.cause_id if before.cause_id in basis.known else ""
        why = "as it was the day before"
    return _balance(basis, closing.currency, "closing", closing.ours, closing.theirs, why, cause)


def _balance(
    basis: Basis,
    currency: str,
    name: str,
    ours: int | None,
    theirs: int | None,
    why: str,
    cause: str,
) -> BreakFound:
    return basis.found(
        BreakKind.CASH_DIFFERS,
        CASH,
        (currency, name),
        f"{currency} {name} balance",
        currency=currency,
        ours=ours,
        theirs=theirs,
        proposal=Proposal.NONE if cause else Proposal.ASK_BROKER,
        why=why or "the statement and the book begin the day apart",
        cause_id=cause,
    )
