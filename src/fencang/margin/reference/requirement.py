"""The steps in their order, and rules R1 to R5, F1: what a portfolio asks for.

``requirement`` is the whole of SPAN; ``converted`` brings totals into one currency.
"""

from collections.abc import Iterable

from fencang.basics.rounding import divide_half_away
from fencang.margin.method import MarginRefused
from fencang.margin.reference.book import Book, Commodity, opened
from fencang.margin.reference.calendars import charge_calendars, charge_delivery
from fencang.margin.reference.gross import (
    gross_delivery_charge,
    gross_net_delta,
    gross_scan_risk,
)
from fencang.margin.reference.inter import form_regular
from fencang.margin.reference.inter_tiers import form_crush, form_tiered
from fencang.margin.reference.minimum import option_value, short_option_minimum
from fencang.margin.reference.positions import Position, positions_of
from fencang.margin.reference.scan import rounded
from fencang.margin.reference.scanning import form_scanning
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import CurrencyRate, InterMethod, SpanParameters
from fencang.margin.span.portfolio import Portfolio
from fencang.margin.span.result import (
    CommodityResult,
    CurrencyTotal,
    FallbackLine,
    SpanResult,
)
from fencang.refdata.account import AccountType

__all__ = [
    "check_inter_spreads",
    "converted",
    "currency_totals",
    "fallback_lines",
    "form_inter_spreads",
    "form_spreads",
    "open_book",
    "requirement",
]

_FACTOR_PLACES = {AccountType.MEMBER: 0, AccountType.HEDGER: 1, AccountType.SPECULATOR: 2}


def requirement(parameters: SpanParameters, portfolio: Portfolio) -> SpanResult:
    """Return the requirement of a portfolio, explained.

    Raises:
        MarginRefused: combinations that do not make whole lots of their legs (P2), or spreads of
            the file that cannot be read (X1, X8); every fault is named.
    """
    check_inter_spreads(parameters)
    positions = positions_of(parameters, portfolio)
    book = open_book(parameters, positions)
    if not portfolio.is_gross:
        form_spreads(book)
    held = [
        book.commodities[terms.code]
        for terms in parameters.commodities
        if terms.code in book.commodities
    ]
    results = tuple(_commodity_result(book, commodity, portfolio) for commodity in held)
    fallbacks = fallback_lines(portfolio)
    return SpanResult(
        commodities=results,
        spreads=tuple(book.spreads),
        totals=currency_totals(parameters, results, fallbacks),
        fallbacks=fallbacks,
        unpriced=tuple(
            key_of(parameters, row)
            for row in sorted(
                row
                for commodity in held
                for row in option_value(commodity.terms, commodity.positions).unpriced_rows
            )
        ),
    )


def check_inter_spreads(parameters: SpanParameters) -> None:
    """X1 and X8: legs name commodities of the file; a scanning spread has one currency."""
    currencies = {terms.code: terms.currency for terms in parameters.commodities}
    faults = []
    for number, spread in enumerate(parameters.inter_spreads, 1):
        where = f"inter-commodity spread {number} (priority {spread.priority})"
        legs = spread.legs if spread.target is None else (spread.target, *spread.legs)
        unknown = [leg.commodity for leg in legs if leg.commodity not in currencies]
        faults += [f"{where}: the set has no combined commodity {code!r}" for code in unknown]
        if spread.method is not InterMethod.SCANNING:
            continue
        if spread.target is None:
            faults.append(f"{where}: a scanning spread needs a target")
        found = sorted({currencies[leg.commodity] for leg in legs if leg.commodity in currencies})
        if len(found) > 1:
            faults.append(f"{where}: a scanning spread has one currency, not {', '.join(found)}")
    if faults:
        raise MarginRefused(faults)


def open_book(parameters: SpanParameters, positions: Iterable[Position]) -> Book:
    """Return every combined commodity in position, scanned, in the order of the set."""
    by_commodity: dict[str, list[Position]] = {}
    for position in positions:
        by_commodity.setdefault(position.contract.commodity, []).append(position)
    return Book(
        parameters,
        {
            terms.code: opened(parameters, terms, tuple(by_commodity[terms.code]))
            for terms in parameters.commodities
            if terms.code in by_commodity
        },
    )


def form_spreads(book: Book) -> None:
    """Order of steps: super spreads, calendars, delivery, then the other inter spreads."""
    form_inter_spreads(book, is_super=True)
    for terms in book.parameters.commodities:
        if terms.code in book.commodities:
            charge_calendars(book, book.commodities[terms.code])
    for commodity in book.commodities.values():
        charge_delivery(commodity)
    form_inter_spreads(book, is_super=False)


def form_inter_spreads(book: Book, *, is_super: bool) -> None:
    """X1: by priority, then in the order of the file."""
    spreads = [spread for spread in book.parameters.inter_spreads if spread.is_super == is_super]
    for spread in sorted(spreads, key=lambda spread: spread.priority):  # stable
        match spread.method:
            case InterMethod.TIERED:
                form_tiered(book, spread)
            case InterMethod.CRUSH:
                form_crush(book, spread)
            case InterMethod.SCANNING:
                form_scanning(book, spread)
            case InterMethod.REGULAR | InterMethod.TIER_LEGS | InterMethod.TIER_LEGS_OWN_RISK:
                form_regular(book, spread)


def _commodity_result(book: Book, commodity: Commodity, portfolio: Portfolio) -> CommodityResult:
    """R1 and R2: the greater of risk and short option minimum, times the account's factors."""
    terms, parameters = commodity.terms, book.parameters
    minimum_micros = short_option_minimum(terms, commodity.positions)
    risk, credit_micros = commodity.risk, commodity.credit_micros
    scan_micros, delivery_micros = risk.scan_micros, commodity.delivery_charge_micros
    net_delta_e4 = commodity.net_delta_e4
    if portfolio.is_gross:
        scan_micros = gross_scan_risk(commodity)
        delivery_micros = gross_delivery_charge(parameters, commodity)
        net_delta_e4 = gross_net_delta(parameters, commodity)
    charged_micros = scan_micros + commodity.intra_charge_micros + delivery_micros
    risk_micros = max(charged_micros - credit_micros, minimum_micros, 0)
    place = _FACTOR_PLACES[portfolio.account_type]
    is_net = not portfolio.is_gross
    return CommodityResult(
        commodity=terms.code,
        currency=terms.currency,
        scan_risk_micros=scan_micros,
        active_scenario=risk.active_scenario if is_net else 0,
        time_risk_micros=risk.time_micros if is_net else 0,
        volatility_risk_micros=risk.volatility_micros if is_net else 0,
        price_risk_micros=risk.price_micros if is_net else 0,
        weighted_price_risk_micros=commodity.weighted_price_risk_micros if is_net else 0,
        net_delta_e4=net_delta_e4,
        intra_charge_micros=commodity.intra_charge_micros,
        delivery_charge_micros=delivery_micros,
        inter_credit_micros=credit_micros,
        short_option_minimum_micros=minimum_micros,
        risk_micros=risk_micros,
        maintenance_micros=rounded(
            risk_micros * terms.adjustment_ppm[place], 1_000_000, terms.rounding_micros
        ),
        initial_micros=rounded(
            risk_micros * terms.initial_ratio_ppm[place], 1_000_000, terms.rounding_micros
        ),
        option_value_micros=option_value(terms, commodity.positions).micros,
        is_merged_away=commodity.is_merged_away,
    )


def fallback_lines(portfolio: Portfolio) -> tuple[FallbackLine, ...]:
    """F1: contracts that the file lacks, both sides at the configured amount."""
    return tuple(
        FallbackLine(
            contract=key,
            currency=fallback.currency,
            long_lots=lots.long,
            short_lots=lots.short,
            requirement_micros=(lots.long + lots.short) * fallback.per_lot_micros,
        )
        for key, (lots, fallback) in sorted(portfolio.missing.items())
        if lots.long or lots.short
    )


def currency_totals(
    parameters: SpanParameters,
    results: Iterable[CommodityResult],
    fallbacks: Iterable[FallbackLine],
) -> tuple[CurrencyTotal, ...]:
    """R4 for every currency, by code."""
    capped = {
        terms.code: parameters.header.caps_option_value or terms.caps_option_value
        for terms in parameters.commodities
    }
    results, fallbacks = tuple(results), tuple(fallbacks)
    currencies = {result.currency for result in results} | {line.currency for line in fallbacks}
    return tuple(
        _currency_total(
            currency,
            [result for result in results if result.currency == currency],
            sum(line.requirement_micros for line in fallbacks if line.currency == currency),
            capped,
        )
        for currency in sorted(currencies)
    )


def _currency_total(
    currency: str, results: list[CommodityResult], fallback_micros: int, capped: dict[str, bool]
) -> CurrencyTotal:
    """R4: requirements less option value, never below zero; each total by its own cap."""

    def counted(requirements: list[int]) -> int:
        return sum(
            min(result.option_value_micros, required)
            if capped[result.commodity]
            else result.option_value_micros
            for result, required in zip(results, requirements, strict=True)
        )

    maintenances = [result.maintenance_micros for result in results]
    initials = [result.initial_micros for result in results]
    maintenance_micros = sum(maintenances) + fallback_micros
    initial_micros = sum(initials) + fallback_micros
    value_micros = counted(maintenances)
    cut_off_micros = sum(result.option_value_micros for result in results) - value_micros
    return CurrencyTotal(
        currency=currency,
        maintenance_micros=maintenance_micros,
        initial_micros=initial_micros,
        option_value_micros=value_micros,
        excess_option_value_micros=cut_off_micros + max(0, value_micros - maintenance_micros),
        maintenance_total_micros=max(0, maintenance_micros - value_micros),
        initial_total_micros=max(0, initial_micros - counted(initials)),
    )


def converted(
    totals: Iterable[CurrencyTotal], rates: Iterable[CurrencyRate], currency: str
) -> CurrencyTotal:
    """R5: bring totals into one currency at stated rates, each amount rounded to a micro.

    Raises:
        MarginRefused: naming every currency that has no rate to the wanted one.
    """
    totals = tuple(totals)
    nanos = {rate.from_currency: rate.rate_nanos for rate in rates if rate.to_currency == currency}
    nanos[currency] = 10**9
    missing = [total.currency for total in totals if total.currency not in nanos]
    if missing:
        raise MarginRefused(f"no rate from {code} to {currency}" for code in missing)

    def added(name: str) -> int:
        return sum(
            divide_half_away(getattr(total, name) * nanos[total.currency], 10**9)
            for total in totals
        )

    return CurrencyTotal(
        currency=currency,
        maintenance_micros=added("maintenance_micros"),
        initial_micros=added("initial_micros"),
        option_value_micros=added("option_value_micros"),
        excess_option_value_micros=added("excess_option_value_micros"),
        maintenance_total_micros=added("maintenance_total_micros"),
        initial_total_micros=added("initial_total_micros"),
    )
