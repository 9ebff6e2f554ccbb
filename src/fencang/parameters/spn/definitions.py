"""What the clearing organisation defines for all commodities: scenarios and account rates.

Scenarios: their number, moves, weights and pairs come from the file (``pointDef``).

Account rates: ``pbRateDef`` says whose rate it is, ``adjRate`` of a commodity what it multiplies.
Our reading: ``adjRate`` r is the requirement of rate ``baseR`` times ``val``; ``isM`` 1 marks a
rate for maintenance, 0 one for initial margin; ``M``, ``H`` and ``S`` are member, hedger and
speculator, ``N`` (normal) stands for the speculator where there is no ``S``; core rates come
before reserve rates.
"""

from collections.abc import Callable
from typing import NamedTuple

from fencang.basics.rounding import divide_half_away
from fencang.margin.span.parameters import SCENARIOS_MAX, ScanPoint
from fencang.parameters.spn.collected import FileRead
from fencang.parameters.spn.commodities import CommodityRead
from fencang.parameters.spn.scanner import Element

__all__ = ["Extreme", "Points", "account_factors", "scan_points_of"]

MULTIPLIER_PLACES = 3
ONE_PPM = 1_000_000
BASES_MAX = 32
"""Longest chain of rates that refer to one another."""
TYPES = (("M",), ("H",), ("S", "N"))

Factors = tuple[int, int, int]


class Extreme(NamedTuple):
    """How far the extreme scenarios move, and the share of their result that counts."""

    multiplier_e3: int = 0
    cover_ppm: int = 0


class Points(NamedTuple):
    """The scenarios of the arrays, and the extreme move by rate number (``r``)."""

    points: tuple[ScanPoint, ...]
    extremes: dict[str, Extreme]


def scan_points_of(read: FileRead, organisation: Element) -> Points:
    """Return the scenarios of the rate whose arrays were read.

    A scenario paired with itself is an extreme one: its ``mult`` and ``weight`` are the extreme
    multiplier and the cover fraction of every series that names the same rate.
    """
    texts = read.texts
    tables: dict[str, tuple[ScanPoint, ...]] = {}
    extremes: dict[str, Extreme] = {}
    for definition in organisation.parts.get("pointDef", ()):
        rate = definition.fields.get("r", "")
        elements = definition.parts.get("scanPointDef", [])
        tables.setdefault(rate, tuple(_point(read, element) for element in elements))
        for element in elements:
            if element.fields.get("point") == element.fields.get("pairedPoint"):
                price = element.part("priceScanDef")
                multiplier = texts.rounded(price, "mult", MULTIPLIER_PLACES) if price else 0
                cover = texts.exact(element, "weight", 6, 0)
                extremes.setdefault(rate, Extreme(abs(multiplier), cover))
    points = tables.get(read.rows.rate_number or "") or next(iter(tables.values()), ())
    _check(read, organisation, points)
    if read.rows.scenarios and len(points) != read.rows.scenarios:
        found = f"{len(points)} scenarios"
        allowed = f"{read.rows.scenarios}, as many as the risk arrays have numbers"
        texts.fault(organisation.position("pointDef"), found, allowed)
        points = _without_definition(read.rows.scenarios)
    return Points(points or _without_definition(16), extremes)


def _point(read: FileRead, element: Element) -> ScanPoint:
    texts = read.texts
    price, volatility = element.part("priceScanDef"), element.part("volScanDef")
    number = texts.exact(element, "point", 0)
    return ScanPoint(
        number=number,
        price_numerator=texts.exact(price, "numerator", 0, 0) if price else 0,
        price_denominator=texts.exact(price, "denominator", 0, 1) if price else 1,
        volatility_numerator=texts.exact(volatility, "numerator", 0, 0) if volatility else 0,
        volatility_denominator=texts.exact(volatility, "denominator", 0, 1) if volatility else 1,
        weight_ppm=texts.exact(element, "weight", 6),
        paired_number=texts.exact(element, "pairedPoint", 0, number),
    )


def _check(read: FileRead, organisation: Element, points: tuple[ScanPoint, ...]) -> None:
    place = organisation.position("pointDef")
    if len(points) > SCENARIOS_MAX:
        read.texts.fault(place, f"{len(points)} scenarios", f"at most {SCENARIOS_MAX}")
    numbers = [point.number for point in points]
    if numbers != list(range(1, len(points) + 1)):
        read.texts.fault(place, f"points {numbers}", "points numbered from 1 in order")
        return
    for point in points:
        pair = point.paired_number
        if not 1 <= pair <= len(points) or points[pair - 1].paired_number != point.number:
            found = f"point {point.number} paired with {pair}"
            read.texts.fault(place, found, "pairs that name each other")
        if point.price_denominator <= 0 or point.volatility_denominator <= 0:
            read.texts.fault(place, f"point {point.number}", "denominators above zero")


def _without_definition(count: int) -> tuple[ScanPoint, ...]:
    """Return scenarios that say nothing, so that faults elsewhere can still be found."""
    return tuple(
        ScanPoint(
            number=number,
            price_numerator=0,
            price_denominator=1,
            volatility_numerator=0,
            volatility_denominator=1,
            weight_ppm=0,
            paired_number=number,
        )
        for number in range(1, count + 1)
    )


def account_factors(
    read: FileRead, organisation: Element
) -> Callable[[CommodityRead], tuple[Factors, Factors]]:
    """Return a function from a commodity to its adjustment and initial factors (ppm)."""
    rates: dict[tuple[str, bool], tuple[bool, str]] = {}
    for part in organisation.parts.get("pbRateDef", ()):
        key = (part.fields.get("acctType", ""), read.texts.flag(part, "isM", default=True))
        is_reserve = part.fields.get("pbc", "CORE") != "CORE"
        found = (is_reserve, read.texts.text(part, "r"))
        if key not in rates or (not is_reserve and rates[key][0]):
            rates[key] = found

    def factors(one: CommodityRead) -> tuple[Factors, Factors]:
        def of(types: tuple[str, ...], *, is_maintenance: bool) -> int:
            for kind in types:
                rate = rates.get((kind, is_maintenance))
                if rate is not None:
                    return _factor(read, one, rate[1])
            return ONE_PPM

        member, hedger, speculator = (of(types, is_maintenance=True) for types in TYPES)
        initial = [of(types, is_maintenance=False) for types in TYPES]
        return (member, hedger, speculator), (initial[0], initial[1], initial[2])

    return factors


def _factor(read: FileRead, one: CommodityRead, rate: str) -> int:
    factor = ONE_PPM
    for _ in range(BASES_MAX):
        adjustment = one.adjustments.get(rate)
        if adjustment is None:
            return factor
        factor = divide_half_away(factor * adjustment.factor_ppm, ONE_PPM)
        if adjustment.base_rate in {"", rate}:
            return factor
        rate = adjustment.base_rate
    position = one.position._replace(leaf="adjRate")
    read.texts.fault(position, f"rate {rate} adjusted from itself", "rates that end in a base")
    return ONE_PPM
