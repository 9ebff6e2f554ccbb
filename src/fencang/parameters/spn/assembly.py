"""Joins what was read from a SPAN XML file: families to commodities, options to their months.

Law: every reference is resolved or a fault.  A family that no combined commodity links to cannot be
margined; its contracts are left out and counted, and a position in one is then refused by name.
"""

from typing import NamedTuple

import msgspec
import numpy as np

from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractTable,
    CurrencyRate,
    ProductFamily,
    SpanHeader,
    SpanParameters,
)
from fencang.parameters.prices import PriceFormat, value_factor_shift
from fencang.parameters.spn.collected import FamilyRead, FileRead
from fencang.parameters.spn.commodities import CommodityRead, Link, amounts_of, rescaled
from fencang.parameters.spn.contracts import Membership, contract_table
from fencang.parameters.spn.definitions import account_factors, scan_points_of
from fencang.parameters.spn.inter_spreads import checked_spreads
from fencang.parameters.spn.scanner import Element, Position

__all__ = ["assemble"]

CYCLES = {"early": "E", "final": "F", "complete": "C", "intraday": "I"}
UNIT_EXPONENT_MAX = 6
WHOLE_MICROS = 1_000_000


class Joined(NamedTuple):
    """Families with the commodity of each (its place in the file's list)."""

    families: tuple[ProductFamily, ...]
    reads: tuple[FamilyRead, ...]
    commodities: tuple[int, ...]
    links: tuple[Link, ...]


def assemble(read: FileRead, sha256: str) -> SpanParameters:
    """Return the set; faults of references go to the file's list, damaged parts are left out."""
    organisation = _organisation(read)
    commodities = _unique_commodities(read)
    joined = _join(read, commodities)
    points = scan_points_of(read, organisation)
    units = _units(read, commodities, joined)
    look_ahead = read.texts.rounded(organisation, "lookAheadYears", 6)
    members = _members(joined, organisation, units)
    table = contract_table(read, members, points, look_ahead_years_e6=look_ahead)
    finished = _finished(read, organisation, commodities, joined, units)
    _count_idle_legs(read, finished, table.contracts)
    return SpanParameters(
        header=_header(read, organisation),
        scan_points=points.points,
        commodities=finished,
        families=joined.families,
        series=table.series,
        contracts=table.contracts,
        inter_spreads=checked_spreads(
            read.texts,
            # Super spreads are evaluated first (X1), wherever their table stands in the file.
            sorted(read.spreads, key=lambda one: not one.spread.is_super),
            {commodity.code: commodity for commodity in finished},
            read.damaged_commodities,
        ),
        combinations=table.combinations,
        currency_rates=_currency_rates(read, organisation),
        sha256=sha256,
    )


def _members(joined: Joined, organisation: Element, units: list[int]) -> Membership:
    common = organisation.fields.get("oopDeltaMeth", "")
    return Membership(
        families=joined.families,
        reads=joined.reads,
        commodities=joined.commodities,
        scalings_e4=tuple(link.scaling_e4 for link in joined.links),
        delta_methods=tuple(link.delta_method or common for link in joined.links),
        units_micros=tuple(units),
    )


def _organisation(read: FileRead) -> Element:
    """Return the one clearing organisation; a second one, or a second date, is a fault."""
    dates = sorted({point.fields.get("date", "") for point in read.points_in_time})
    for point in read.points_in_time[1:]:
        if point.fields.get("date", "") != read.points_in_time[0].fields.get("date", ""):
            found = f"points in time of {', '.join(dates)}"
            read.texts.fault(point.position("date"), found, "one business date in a file")
    for organisation in read.clearing_organisations[1:]:
        found = organisation.fields.get("ec", "")
        read.texts.fault(organisation.position("ec"), found, "one clearing organisation in a file")
    return read.clearing_organisations[0]


def _header(read: FileRead, organisation: Element) -> SpanHeader:
    point, texts = read.points_in_time[0], read.texts
    date = texts.text(point, "date")
    if not (len(date) == 8 and date.isdecimal()):
        texts.fault(point.position("date"), repr(date), "CCYYMMDD")
    qualifier = point.fields.get("setlQualifier", "")
    return SpanHeader(
        clearing_organisation=texts.text(organisation, "ec"),
        business_date=date,
        file_format="4.00",
        is_settlement=texts.flag(point, "isSetl", default=True),
        cycle=CYCLES.get(qualifier, qualifier),
        is_gross=not texts.flag(organisation, "isNetMargin", default=True),
        caps_option_value=texts.flag(organisation, "capAnov", default=False),
        account_kind=organisation.fields.get("fencang:accountKind", ""),
        account_class=organisation.fields.get("fencang:accountClass", ""),
        requirement_kind=organisation.fields.get("fencang:requirementKind", ""),
    )


def _unique_commodities(read: FileRead) -> list[CommodityRead]:
    found: dict[str, CommodityRead] = {}
    for one in read.commodities:
        code, currency = one.commodity.code, one.commodity.currency
        if code in found:
            read.texts.fault(one.position._replace(leaf="cc"), f"{code} again", "one ccDef of a cc")
            continue
        if currency:
            _check_currency(read, one.position._replace(leaf="currency"), currency)
        found[code] = one
    return list(found.values())


def _check_currency(read: FileRead, position: Position, currency: str) -> None:
    if currency not in read.currencies:
        listed = ", ".join(read.currencies) or "none"
        read.texts.fault(
            position, currency, f"a currency of the definitions (currencyDef): {listed}"
        )


def _join(read: FileRead, commodities: list[CommodityRead]) -> Joined:
    """Give every family its commodity by exchange and number of the ``pfLink``."""
    links = _links(read, commodities)
    families, reads, places, chosen = [], [], [], []
    keys: set[str] = set()
    for family in read.families:
        faults = read.texts.count
        made = _family(read, family)
        number = read.texts.exact(family.element, "pfId", 0)
        linked = links.pop((family.exchange, number), None)
        if read.texts.count > faults:
            continue
        if linked is None:
            read.unused[f"{made.kind} family in no combined commodity"] += 1
            read.unused["contract in no combined commodity"] += len(family.rows)
            continue
        if made.key in keys:
            found, allowed = f"{made.key} again", "one family of an exchange, code and type"
            read.texts.fault(family.element.position("pfCode"), found, allowed)
            continue
        place, link = linked
        if (link.code or made.code, link.kind or made.kind) != (made.code, made.kind):
            found = f"{link.code} {link.kind}"
            allowed = f"{made.code} {made.kind}, as family {number} of {family.exchange} says"
            read.texts.fault(link.position._replace(leaf="pfCode"), found, allowed)
            continue
        keys.add(made.key)
        families.append(made)
        reads.append(family)
        places.append(place)
        chosen.append(link)
    # A real file links families of which it holds nothing: a position in one is refused by name.
    read.unused["pfLink to a family that the file does not hold"] += len(links)
    return Joined(tuple(families), tuple(reads), tuple(places), tuple(chosen))


def _links(
    read: FileRead, commodities: list[CommodityRead]
) -> dict[tuple[str, int], tuple[int, Link]]:
    """Return commodity and link by exchange and number of the family; each family once."""
    links: dict[tuple[str, int], tuple[int, Link]] = {}
    for place, one in enumerate(commodities):
        for link in one.links:
            key = (link.exchange, link.family_id)
            if key in links:
                owner = commodities[links[key][0]].commodity.code
                found = f"family {link.family_id} of {link.exchange} again"
                allowed = f"one combined commodity; it is in {owner}"
                read.texts.fault(link.position._replace(leaf="pfId"), found, allowed)
            else:
                links[key] = (place, link)
    return links


def _family(read: FileRead, family: FamilyRead) -> ProductFamily:
    texts, element = read.texts, family.element
    currency = texts.text(element, "currency")
    if currency:
        _check_currency(read, element.position("currency"), currency)
    settlement = _price_format(read, element, "priceDl", "priceFmt")
    strike = PriceFormat(0)
    if family.kind.is_option:
        strike = _price_format(read, element, "strikeDl", "strikeFmt")
    valuation = element.fields.get("valueMeth", "")
    shift = 10 ** value_factor_shift(settlement)
    factor = texts.exact(element, "cvf", 7, 0)
    return ProductFamily(
        exchange=family.exchange,
        code=texts.text(element, "pfCode"),
        kind=family.kind,
        name=element.fields.get("name", ""),
        currency=currency,
        value_factor_e7=factor // shift,
        settlement_locator=settlement.locator,
        strike_locator=strike.locator,
        settlement_alignment=settlement.alignment,
        strike_alignment=strike.alignment,
        is_american=texts.word(element, "exercise", {"AMER": True, "EURO": False}, default=False),
        is_positionable=texts.flag(element, "positionsAllowed", default=True),
        # Of options, FUT and FUTDA are margined like futures, EQTY pays its premium at once.
        is_futures_style=family.kind.is_option and valuation in {"FUT", "FUTDA"},
    )


def _price_format(read: FileRead, element: Element, places: str, code: str) -> PriceFormat:
    found = PriceFormat(read.texts.exact(element, places, 0, 0), element.fields.get(code, ""))
    if found.fault:
        read.texts.fault(element.position(code), *found.fault.split("; allowed is ", 1))
        return PriceFormat(0)
    return found


def _units(read: FileRead, commodities: list[CommodityRead], joined: Joined) -> list[int]:
    """Return of each commodity the unit in micros that its arrays and amounts are whole in.

    It is 10^riskExponent currency units, or the largest power of ten below in which every number of
    the file is whole: 10_000 micros where two decimals are in use.  (The exponent is inside the
    numbers of the XML format already.)
    """
    divisors = np.zeros(len(commodities), dtype=np.int64)
    values = read.rows.values_micros()
    for family, place in zip(joined.reads, joined.commodities, strict=True):
        part = np.abs(values[family.rows.start : family.rows.stop])
        divisors[place] = np.gcd(divisors[place], np.gcd.reduce(part, axis=None, initial=0))
        for series in read.series[family.series.start : family.series.stop]:
            divisors[place] = np.gcd(divisors[place], series.scan.price_micros)
    units = []
    for place, one in enumerate(commodities):
        divisor = int(np.gcd.reduce([int(divisors[place]), *amounts_of(one.commodity)]))
        exponent = min(max(one.commodity.risk_exponent, 0), UNIT_EXPONENT_MAX)
        unit = one.risk_unit_micros or WHOLE_MICROS * 10**exponent
        if one.risk_unit_micros and divisor % unit:
            position = one.position._replace(leaf="fencang:riskUnitMicros")
            read.texts.fault(position, str(unit), "a unit that every amount is a multiple of")
        while divisor % unit:
            unit = max(unit // 10, 1)
        units.append(unit)
    return units


def _finished(
    read: FileRead,
    organisation: Element,
    commodities: list[CommodityRead],
    joined: Joined,
    units: list[int],
) -> tuple[CombinedCommodity, ...]:
    keys: list[list[str]] = [[] for _ in commodities]
    for family, place in zip(joined.families, joined.commodities, strict=True):
        keys[place].append(family.key)
    factors = account_factors(read, organisation)
    finished = []
    for one, unit, families in zip(commodities, units, keys, strict=True):
        # The currency's own decimals, but never finer than the arrays nor coarser than one unit.
        smallest = 10 ** (6 - min(read.currencies.get(one.commodity.currency, 2), 6))
        rounding = one.rounding_micros or min(WHOLE_MICROS, max(unit, smallest))
        adjustment, initial = factors(one)
        finished.append(
            msgspec.structs.replace(
                rescaled(one.commodity, unit),
                rounding_micros=rounding,
                families=tuple(families),
                adjustment_ppm=adjustment,
                initial_ratio_ppm=initial,
            )
        )
    return tuple(finished)


def _count_idle_legs(
    read: FileRead, commodities: tuple[CombinedCommodity, ...], table: ContractTable
) -> None:
    """Count legs of calendar spreads whose month has no contract: they can never form."""
    used = np.unique(
        table.commodity.astype(np.int64) * len(table.periods) + table.underlying_period
    ).tolist()
    months = {(key // len(table.periods), table.periods[key % len(table.periods)]) for key in used}
    for place, commodity in enumerate(commodities):
        for spread in commodity.series_spreads:
            for leg in spread.legs:
                if leg.period and (place, leg.period) not in months:
                    read.unused["pLeg of a month without contracts"] += 1


def _currency_rates(read: FileRead, organisation: Element) -> tuple[CurrencyRate, ...]:
    rates = []
    for part in organisation.parts.get("curConv", ()):
        currencies = [read.texts.text(part, leaf) for leaf in ("fromCur", "toCur")]
        for leaf, currency in zip(("fromCur", "toCur"), currencies, strict=True):
            if currency:
                _check_currency(read, part.position(leaf), currency)
        factor = read.texts.rounded(part, "factor", 9)
        if factor <= 0:
            read.texts.fault(
                part.position("factor"), part.fields.get("factor", "nothing"), "a factor above zero"
            )
            continue
        rates.append(
            CurrencyRate(from_currency=currencies[0], to_currency=currencies[1], rate_nanos=factor)
        )
    return tuple(rates)
