"""Breaks of margin: the broker's figure against ours, per currency and per combined commodity.

Ours is what was published at the settlement of the day.  Where SPAN is used it is taken apart: what
every combined commodity asks, what the broker adds, what agreements of clearing houses take off.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from fencang.basics.money import PPM, format_money
from fencang.basics.rounding import divide_half_away
from fencang.margin.reference.requirement import requirement
from fencang.margin.span.keys import row_of
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.restricted import for_customers
from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.projections.carrying_days import CarryingDay, DayPosition
from fencang.refdata.account import CarryingAccount
from fencang.refdata.contract import Contract
from fencang.reports.reconciliation.basis import Basis, difference_micros
from fencang.reports.reconciliation.statement import BrokerMargin

__all__ = ["CommodityPart", "MarginParts", "ParameterFiles", "margin_breaks", "margin_parts"]


_WITHOUT_LOTS = {BreakKind.FEE_DIFFERS, BreakKind.CASH_DIFFERS, BreakKind.PRICE_DIFFERS}


class ParameterFiles(Protocol):
    """Where parsed SPAN files come from."""

    def get(self, sha256: str) -> SpanParameters | None:
        """Return the set of a file; None when there is no such file."""
        ...


class CommodityPart(NamedTuple):
    """What one combined commodity asks for, in micros of its currency, initial and multiplied.

    ``requirement_micros`` has the house multiplier in it, the parts before it have not.
    """

    clearing_house: str
    commodity: str
    currency: str
    scan_micros: int
    calendar_micros: int
    delivery_micros: int
    credit_micros: int
    minimum_micros: int
    requirement_micros: int


class MarginParts(NamedTuple):
    """An account's requirement taken apart; per currency it is the sum of commodities, add-ons and
    rest less credits across houses.
    """

    commodities: tuple[CommodityPart, ...] = ()
    requirement: Mapping[str, int] = {}
    add_ons: Mapping[str, int] = {}
    credits: Mapping[str, int] = {}
    rest: Mapping[str, int] = {}
    """What is margined by rate, and what working orders add."""


def margin_parts(
    day: CarryingDay,
    account: CarryingAccount,
    contracts: Mapping[str, Contract],
    files: ParameterFiles,
) -> MarginParts:
    """Return our requirement of a day in its parts; no commodities without SPAN.

    Owners of an omnibus account are margined apart, and their lots are not in the carrying book, so
    with several of them there are no commodities either: all of it is the rest.
    """
    total = {name: _by_currency(day, name) for name in ("requirement", "add_ons", "credits")}
    parts: list[CommodityPart] = []
    if len({line.owner_id for line in day.margins}) <= 1:
        for house, sha256 in day.parameters.items():
            parameters = files.get(sha256)
            if parameters is not None:
                parts += _commodities(house, parameters, day.positions, account, contracts)
    rest = dict(total["requirement"])
    for currency in rest:
        rest[currency] -= total["add_ons"].get(currency, 0)
        rest[currency] += total["credits"].get(currency, 0)
    for part in parts:
        rest[part.currency] = rest.get(part.currency, 0) - part.requirement_micros
    return MarginParts(
        commodities=tuple(parts),
        requirement=total["requirement"],
        add_ons=total["add_ons"],
        credits=total["credits"],
        rest=rest,
    )


def _by_currency(day: CarryingDay, name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in day.margins:
        found[line.currency] = found.get(line.currency, 0) + getattr(line, f"{name}_micros")
    return dict(sorted(found.items()))


def _commodities(
    house: str,
    parameters: SpanParameters,
    positions: Mapping[str, DayPosition],
    account: CarryingAccount,
    contracts: Mapping[str, Contract],
) -> Iterator[CommodityPart]:
    lots: dict[int, Lots] = {}
    for contract_id, held in sorted(positions.items()):
        key = contracts[contract_id].margin_key
        row = row_of(parameters, key) if key else None
        if row is None:
            continue
        own = Lots(max(0, held.long_lots), max(0, held.short_lots))
        before = lots.get(row, Lots(0, 0))
        lots[row] = Lots(before.long + own.long, before.short + own.short)
    if not lots:
        return
    portfolio = Portfolio(
        lots=lots,
        is_gross=account.omnibus,
        account_type=AccountType(str(account.account_type)),
    )
    for found in requirement(for_customers(parameters), portfolio).commodities:
        if not (found.initial_micros or found.scan_risk_micros):
            continue
        multiplied = divide_half_away(found.initial_micros * account.house_multiplier_ppm, PPM)
        yield CommodityPart(
            clearing_house=house,
            commodity=found.commodity,
            currency=found.currency,
            scan_micros=found.scan_risk_micros,
            calendar_micros=found.intra_charge_micros,
            delivery_micros=found.delivery_charge_micros,
            credit_micros=found.inter_credit_micros,
            minimum_micros=found.short_option_minimum_micros,
            requirement_micros=multiplied,
        )


def margin_breaks(
    basis: Basis, parts: MarginParts, others: Sequence[BreakFound]
) -> list[BreakFound]:
    """Return the breaks of margin; the total's names the commodities that explain it."""
    lines = basis.theirs.margins or []
    total = {line.currency: line.requirement_micros for line in lines if not line.commodity}
    by_commodity = list(_of_commodities(basis, parts, [line for line in lines if line.commodity]))
    found = list(by_commodity)
    roots = [each for each in others if not each.cause_id and each.kind not in _WITHOUT_LOTS]
    asked = {currency for currency, micros in parts.requirement.items() if micros}
    for currency in sorted({*total, *(asked if total else ())}):
        ours, theirs = parts.requirement.get(currency), total.get(currency)
        gap = (theirs or 0) - (ours or 0)
        if abs(gap) <= basis.tolerances.margin_micros:
            continue
        own = [each for each in by_commodity if each.currency == currency]
        is_sum = bool(own) and abs(sum(map(difference_micros, own)) - gap) <= (
            basis.tolerances.margin_micros
        )
        largest = max(own, key=lambda each: abs(difference_micros(each))) if is_sum else None
        found.append(
            basis.found(
                BreakKind.MARGIN_DIFFERS,
                StatementSection.MARGIN,
                (currency, ""),
                f"{currency} margin",
                currency=currency,
                ours=ours,
                theirs=theirs,
                proposal=Proposal.NONE if largest is not None else Proposal.ASK_BROKER,
                why=_why(parts, currency, roots, is_sum=is_sum, is_ours=ours is not None),
                cause_id=largest.break_id if largest is not None else "",
            )
        )
    return found


def _of_commodities(
    basis: Basis, parts: MarginParts, lines: Sequence[BrokerMargin]
) -> Iterator[BreakFound]:
    """Yield breaks per combined commodity; nothing when the statement has none."""
    if not lines:
        return
    ours: dict[tuple[str, str], int] = {}
    for part in parts.commodities:
        key = (part.currency, part.commodity)
        ours[key] = ours.get(key, 0) + part.requirement_micros
    theirs = {(line.currency, line.commodity): line.requirement_micros for line in lines}
    for key in sorted({*ours, *theirs}):
        here, there = ours.get(key), theirs.get(key)
        if abs((there or 0) - (here or 0)) <= basis.tolerances.margin_micros:
            continue
        currency, commodity = key
        own = [each for each in parts.commodities if (each.currency, each.commodity) == key]
        yield basis.found(
            BreakKind.MARGIN_DIFFERS,
            StatementSection.MARGIN,
            key,
            f"{currency} margin of {commodity}",
            currency=currency,
            ours=here,
            theirs=there,
            proposal=Proposal.ASK_BROKER,
            why=_commodity_words(own[0]) if own else "nothing here is margined under that name",
        )


def _commodity_words(part: CommodityPart) -> str:
    named = (
        ("scan", part.scan_micros),
        ("calendar", part.calendar_micros),
        ("delivery", part.delivery_micros),
        ("credit", -part.credit_micros),
        ("minimum", part.minimum_micros),
    )
    told = ", ".join(f"{name} {format_money(micros)}" for name, micros in named if micros)
    return f"ours is made of {told or 'nothing'}; {format_money(part.requirement_micros)} asked"


def _why(
    parts: MarginParts, currency: str, roots: Sequence[BreakFound], *, is_sum: bool, is_ours: bool
) -> str:
    if not is_ours:
        return "no margin was published here for the day; is it settled?"
    named = [
        (part.commodity, part.requirement_micros)
        for part in parts.commodities
        if part.currency == currency
    ]
    named += [
        ("add-ons", parts.add_ons.get(currency, 0)),
        ("credits across houses", -parts.credits.get(currency, 0)),
        ("by rate and for orders", parts.rest.get(currency, 0)),
    ]
    told = ", ".join(f"{name} {format_money(micros)}" for name, micros in named if micros)
    words = "the commodities that differ sum to it" if is_sum else f"ours is {told or 'nothing'}"
    if roots and not is_sum:
        words += f"; lots differ too ({roots[0].subject}), mend them first"
    return words
