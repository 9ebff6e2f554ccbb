"""Breaks of margin: the broker's figure against ours, per currency and per combined commodity.

Ours is what was published at the settlement of the day.  Where SPAN is used it is taken apart: what
every combined commodity asks, what the broker adds, what agreements of clearing houses take off.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from fencang.basics.money import PPM, format_money
from fencang.basics.rounding import divide_half_away
from fencang.margin.rate import requirement_per_lot
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
from fencang.refdata.account import CarryingAccount, PositionMode
from fencang.refdata.contract import Contract, Product
from fencang.reports.reconciliation.basis import Basis, difference_micros
from fencang.reports.reconciliation.statement import BrokerMargin, BrokerPosition

__all__ = [
    "CommodityPart",
    "MarginParts",
    "MarginTerms",
    "ParameterFiles",
    "margin_breaks",
    "margin_parts",
    "with_their_lots",
]


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
    on_their_lots: Mapping[str, int] = {}
    """What we would ask for the lots that the broker has; empty where nobody can say."""
    commodities_there: Mapping[tuple[str, str], int] = {}
    """The same by currency and combined commodity."""


class MarginTerms(NamedTuple):
    """What our requirement of an account is computed from, besides its lots."""

    account: CarryingAccount
    contracts: Mapping[str, Contract]
    products: Mapping[str, Product]
    """Contract → product."""
    files: ParameterFiles


def margin_parts(day: CarryingDay, terms: MarginTerms) -> MarginParts:
    """Return our requirement of a day in its parts; no commodities without SPAN.

    Owners of an omnibus account are margined apart, and their lots are not in the carrying book, so
    with several of them there are no commodities either: all of it is the rest.
    """
    total = {name: _by_currency(day, name) for name in ("requirement", "add_ons", "credits")}
    parts = _commodities(day, terms, day.positions) if _has_one_owner(day) else []
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


def _has_one_owner(day: CarryingDay) -> bool:
    return len({line.owner_id for line in day.margins}) <= 1


def with_their_lots(
    parts: MarginParts, day: CarryingDay, terms: MarginTerms, theirs: Sequence[BrokerPosition]
) -> MarginParts:
    """Return parts with what we would ask for the lots that the broker has.

    SPAN again, and what the product's rate asks where SPAN does not; nothing where owners are
    margined apart or a settlement price is missing.
    """
    lots: dict[str, DayPosition] = {}
    for line in theirs:
        if line.contract_id:
            held = lots.get(line.contract_id, DayPosition())
            longs, shorts = held.long_lots + line.long_lots, held.short_lots + line.short_lots
            lots[line.contract_id] = DayPosition(longs, shorts)
    asked = _by_currency(day, "requirement")
    changed = {
        contract: (day.positions.get(contract, DayPosition()), lots.get(contract, DayPosition()))
        for contract in sorted({*day.positions, *lots})
    }
    by_rate = [key for key in changed if not _is_covered(day, terms, key)]
    if not _has_one_owner(day) or any(key not in day.settlements for key in by_rate):
        return parts
    there = _commodities(day, terms, lots)
    for sign, own in ((-1, parts.commodities), (1, there)):
        for part in own:
            asked[part.currency] = asked.get(part.currency, 0) + sign * part.requirement_micros
    for contract in by_rate:
        product = terms.products[contract]
        per_lot = requirement_per_lot(product, day.settlements[contract])
        ours, other = (_margined_lots(terms.account, each) for each in changed[contract])
        asked[product.currency] = asked.get(product.currency, 0) + (other - ours) * per_lot
    return parts._replace(on_their_lots=asked, commodities_there=by_commodity(there))


def _margined_lots(account: CarryingAccount, held: DayPosition) -> int:
    if account.position_mode is PositionMode.GROSS:
        return held.long_lots + held.short_lots
    return abs(held.long_lots - held.short_lots)


def _is_covered(day: CarryingDay, terms: MarginTerms, contract_id: str) -> bool:
    """Return whether a SPAN file of the day has a contract."""
    key = terms.contracts[contract_id].margin_key
    sets = (terms.files.get(sha256) for sha256 in day.parameters.values())
    return bool(key) and any(each is not None and row_of(each, key) is not None for each in sets)


def _by_currency(day: CarryingDay, name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in day.margins:
        found[line.currency] = found.get(line.currency, 0) + getattr(line, f"{name}_micros")
    return dict(sorted(found.items()))


def _commodities(
    day: CarryingDay, terms: MarginTerms, positions: Mapping[str, DayPosition]
) -> list[CommodityPart]:
    """Return the combined commodities of all SPAN files of the day, for some positions."""
    return [
        part
        for house, sha256 in day.parameters.items()
        if (parameters := terms.files.get(sha256)) is not None
        for part in _of_house(house, parameters, terms, positions)
    ]


def _of_house(
    house: str,
    parameters: SpanParameters,
    terms: MarginTerms,
    positions: Mapping[str, DayPosition],
) -> Iterator[CommodityPart]:
    account, contracts = terms.account, terms.contracts
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
        is_gross=account.position_mode is PositionMode.GROSS,
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
    """Return the breaks of margin; the total's names the lots or commodities that explain it."""
    lines = basis.theirs.margins or []
    total = {line.currency: line.requirement_micros for line in lines if not line.commodity}
    of_lots = _of_lots(basis, others)
    named = [line for line in lines if line.commodity]
    found = list(_of_commodities(basis, parts, named, of_lots))
    asked = {currency for currency, micros in parts.requirement.items() if micros}
    totals = [
        _total(basis, parts, currency, total.get(currency), found, of_lots.get(currency, ()))
        for currency in sorted({*total, *(asked if total else ())})
    ]
    return found + [each for each in totals if each is not None]


def _of_lots(basis: Basis, others: Sequence[BreakFound]) -> dict[str, list[BreakFound]]:
    """Return breaks of lots, which margin follows, by currency."""
    found: dict[str, list[BreakFound]] = {}
    for each in others:
        product = basis.products.get(each.contract_id)
        if product is not None and each.kind not in _WITHOUT_LOTS:
            found.setdefault(product.currency, []).append(each)
    return found


def _total(
    basis: Basis,
    parts: MarginParts,
    currency: str,
    theirs: int | None,
    of_commodities: Sequence[BreakFound],
    of_lots: Sequence[BreakFound],
) -> BreakFound | None:
    """Return the break of a currency's whole margin."""
    ours = parts.requirement.get(currency)
    gap = (theirs or 0) - (ours or 0)
    if abs(gap) <= basis.tolerances.margin_micros:
        return None
    if not of_lots and _is_of_late_fills(
        basis, currency, parts.on_their_lots.get(currency), theirs
    ):
        return None
    own = [each for each in of_commodities if each.currency == currency]
    sum_of_own = sum(map(difference_micros, own))
    cause, why = "", _why(parts, currency, of_lots, is_ours=ours is not None)
    if own and _is_equal(basis, sum_of_own, gap):
        cause = max(own, key=lambda each: abs(difference_micros(each))).break_id
        why = "the commodities that differ sum to it"
    if of_lots and _is_equal(basis, parts.on_their_lots.get(currency), theirs):
        cause = of_lots[0].break_id
        why = f"the margin of the lots that the broker has: {of_lots[0].subject}"
    return basis.found(
        BreakKind.MARGIN_DIFFERS,
        StatementSection.MARGIN,
        (currency, ""),
        f"{currency} margin",
        currency=currency,
        ours=ours,
        theirs=theirs,
        proposal=Proposal.NONE if cause else Proposal.ASK_BROKER,
        why=why,
        cause_id=cause,
    )


def _is_of_late_fills(
    basis: Basis, currency: str, on_their_lots: int | None, theirs: int | None
) -> bool:
    """Return whether the broker's figure is that of lots which were booked here on a later day."""
    day = basis.ours.trading_day
    is_late = any(
        late.booked_day > day and basis.products[late.fill.contract_id].currency == currency
        for late in basis.counted
    )
    return is_late and _is_equal(basis, on_their_lots, theirs)


def _is_equal(basis: Basis, one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return False
    return abs(one - other) <= basis.tolerances.margin_micros


def _of_commodities(
    basis: Basis,
    parts: MarginParts,
    lines: Sequence[BrokerMargin],
    of_lots: Mapping[str, Sequence[BreakFound]],
) -> Iterator[BreakFound]:
    """Yield breaks per combined commodity; nothing when the statement has none."""
    if not lines:
        return
    ours = by_commodity(parts.commodities)
    theirs = {(line.currency, line.commodity): line.requirement_micros for line in lines}
    for key in sorted({*ours, *theirs}):
        here, there = ours.get(key), theirs.get(key)
        if abs((there or 0) - (here or 0)) <= basis.tolerances.margin_micros:
            continue
        currency, commodity = key
        own = [each for each in parts.commodities if (each.currency, each.commodity) == key]
        roots, on_their_lots = of_lots.get(currency, ()), parts.commodities_there.get(key, 0)
        if not roots and _is_of_late_fills(basis, currency, on_their_lots, there):
            continue
        is_of_lots = bool(roots) and _is_equal(basis, on_their_lots, there)
        why = _commodity_words(own[0]) if own else "nothing here is margined under that name"
        yield basis.found(
            BreakKind.MARGIN_DIFFERS,
            StatementSection.MARGIN,
            key,
            f"{currency} margin of {commodity}",
            currency=currency,
            ours=here,
            theirs=there,
            proposal=Proposal.NONE if is_of_lots else Proposal.ASK_BROKER,
            why="the margin of the lots that the broker has" if is_of_lots else why,
            cause_id=roots[0].break_id if is_of_lots else "",
        )


def by_commodity(parts: Iterable[CommodityPart]) -> dict[tuple[str, str], int]:
    """Return requirements by currency and combined commodity."""
    found: dict[tuple[str, str], int] = {}
    for part in parts:
        key = (part.currency, part.commodity)
        found[key] = found.get(key, 0) + part.requirement_micros
    return found


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


def _why(parts: MarginParts, currency: str, of_lots: Sequence[BreakFound], *, is_ours: bool) -> str:
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
    words = f"ours is {told or 'nothing'}"
    if of_lots:
        words += f"; lots differ too ({of_lots[0].subject}), mend them first"
    return words
