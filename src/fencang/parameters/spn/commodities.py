"""A combined commodity as its ``ccDef`` states it, in micros of its currency.

The unit that its arrays count in is known only when all of them were read; ``rescaled`` turns the
amounts into that unit.  Legs and tiers are checked against the commodity's own tables here.
"""

from typing import NamedTuple

import msgspec

from fencang.basics.rounding import divide_exact
from fencang.margin.span.parameters import (
    CombinedCommodity,
    DeliveryMonth,
    IntraLeg,
    IntraSpread,
    LegSide,
    PriceRiskMethod,
    ShortOptionMethod,
    Tier,
)
from fencang.parameters.spn.scanner import Element, Position
from fencang.parameters.spn.texts import Texts

__all__ = ["Adjustment", "CommodityRead", "Link", "amounts_of", "read_commodity", "rescaled"]

PRICE_RISK_METHODS = {
    "NORMAL": PriceRiskMethod.NORMAL,
    "SCANRANGE_CAP": PriceRiskMethod.CAPPED_AT_SCAN_RANGE,
    "SCANRANGE": PriceRiskMethod.SCAN_RANGE,
}
SHORT_OPTION_METHODS = {"GROSS": ShortOptionMethod.GROSS, "MAX": ShortOptionMethod.MAX}
KIND_NAMES = {"COMBO": "CMB"}
"""A production importer expects the longer name for links to combinations; both are read."""
SIDES = {"A": LegSide.A, "B": LegSide.B}


class Link(NamedTuple):
    """A product family that belongs to the commodity (``pfLink``)."""

    position: Position
    exchange: str
    family_id: int
    code: str
    kind: str
    scaling_e4: int
    delta_method: str


class Adjustment(NamedTuple):
    """An ``adjRate``: the requirement of one rate as a multiple of that of another."""

    base_rate: str
    factor_ppm: int


class CommodityRead(NamedTuple):
    """What a ``ccDef`` states; amounts of ``commodity`` are micros, whatever its unit says."""

    position: Position
    commodity: CombinedCommodity
    links: tuple[Link, ...]
    adjustments: dict[str, Adjustment]
    risk_unit_micros: int
    """0: the file does not say."""
    rounding_micros: int


def read_commodity(texts: Texts, element: Element) -> CommodityRead:
    """Return one combined commodity; what its tables refer to in vain is reported."""
    som_rate, som_tiers = _som_tiers(texts, element)
    intra_tiers = _tiers(texts, element, "intraTiers")
    series_spreads, tier_spreads = _intra_spreads(texts, element, intra_tiers)
    commodity = CombinedCommodity(
        code=texts.text(element, "cc"),
        currency=texts.text(element, "currency"),
        name=element.fields.get("name", ""),
        risk_exponent=texts.exact(element, "riskExponent", 0, 0),
        is_futures_style=texts.flag(element, "fencang:isFuturesStyle", default=False),
        caps_option_value=texts.flag(element, "capAnov", default=False),
        combination_method=_combination_method(element),
        scan_tiers=_tiers(texts, element, "scanTiers"),
        intra_tiers=intra_tiers,
        inter_tiers=_tiers(texts, element, "interTiers"),
        som_tiers=som_tiers,
        price_risk_method=texts.word(
            element, "wfprMeth", PRICE_RISK_METHODS, PriceRiskMethod.NORMAL
        ),
        series_spreads=series_spreads,
        tier_spreads=tier_spreads,
        delivery_months=_delivery_months(texts, element),
        som_rate=som_rate,
        som_method=texts.word(element, "somMeth", SHORT_OPTION_METHODS, ShortOptionMethod.GROSS),
    )
    return CommodityRead(
        position=element.position(),
        commodity=commodity,
        links=tuple(_link(texts, part) for part in element.parts.get("pfLink", ())),
        adjustments={
            texts.text(part, "r"): Adjustment(
                part.fields.get("baseR", ""), texts.exact(part, "val", 6)
            )
            for part in element.parts.get("adjRate", ())
        },
        risk_unit_micros=texts.exact(element, "fencang:riskUnitMicros", 0, 0),
        rounding_micros=texts.exact(element, "fencang:roundingMicros", 0, 0),
    )


def _combination_method(element: Element) -> str:
    method = element.fields.get("cmbMeth", "")
    return "" if method == "NONE" else method


def _link(texts: Texts, part: Element) -> Link:
    return Link(
        position=part.position(),
        exchange=texts.text(part, "exch"),
        family_id=texts.exact(part, "pfId", 0),
        code=part.fields.get("pfCode", ""),
        kind=KIND_NAMES.get(part.fields.get("pfType", ""), part.fields.get("pfType", "")),
        scaling_e4=texts.exact(part, "sc", 4, 10_000),
        delta_method=part.fields.get("oopDeltaMeth", ""),
    )


def _rate(texts: Texts, element: Element) -> int:
    """Return the first rate of a table in micros: that of the arrays' own rate number."""
    rate = element.part("rate")
    return texts.exact(rate, "val", 6) if rate else 0


def _tiers(texts: Texts, element: Element, table: str) -> tuple[Tier, ...]:
    tiers: dict[int, Tier] = {}
    for tables in element.parts.get(table, ()):
        for part in tables.parts.get("tier", ()):
            number = texts.exact(part, "tn", 0)
            if number in tiers:
                texts.fault(part.position("tn"), f"tier {number} again", f"one in {table}")
                continue
            # An end that is not stated is open (C2).
            first, last = texts.period(part, "sPe", ""), texts.period(part, "ePe", "")
            if last and first[:6] > last[:6]:
                allowed = f"an end that is not before the start {first}"
                texts.fault(part.position("ePe"), last, allowed)
                continue
            rate = _rate(texts, part)
            tiers[number] = Tier(number=number, first_period=first, last_period=last, som_rate=rate)
    return tuple(tiers.values())


def _som_tiers(texts: Texts, element: Element) -> tuple[int, tuple[Tier, ...]]:
    """Return the rate that stands without months, and the tiers that have some."""
    tiers = _tiers(texts, element, "somTiers")
    everywhere = [tier for tier in tiers if _is_everywhere(tier)]
    rate = everywhere[0].som_rate if everywhere else 0
    return rate, tuple(tier for tier in tiers if not _is_everywhere(tier))


def _is_everywhere(tier: Tier) -> bool:
    return not tier.first_period and not tier.last_period


def _intra_spreads(
    texts: Texts, element: Element, tiers: tuple[Tier, ...]
) -> tuple[tuple[IntraSpread, ...], tuple[IntraSpread, ...]]:
    """Return spreads of months and spreads of tiers."""
    numbers = {tier.number for tier in tiers}
    series: list[IntraSpread] = []
    tiered: list[IntraSpread] = []
    for part in element.parts.get("dSpread", ()):
        legs = _intra_legs(texts, part, element.fields.get("cc", ""), numbers)
        if legs is None:
            continue
        method = part.fields.get("chargeMeth", "F")
        if method != "F":
            texts.fault(part.position("chargeMeth"), repr(method), "F: a flat charge")
            continue
        if part.part("rate") is None:
            texts.missing(part, "rate")
        spread = IntraSpread(
            priority=texts.exact(part, "spread", 0), rate=_rate(texts, part), legs=legs
        )
        (tiered if "tLeg" in part.parts else series).append(spread)
    return tuple(series), tuple(tiered)


def _intra_legs(
    texts: Texts, part: Element, commodity: str, tiers: set[int]
) -> tuple[IntraLeg, ...] | None:
    legs: list[IntraLeg] = []
    is_sound = True
    for leg in (*part.parts.get("pLeg", ()), *part.parts.get("tLeg", ())):
        if leg.fields.get("cc", commodity) != commodity:
            found = f"a leg in {leg.fields['cc']}"
            texts.fault(leg.position("cc"), found, f"legs of a calendar spread in {commodity}")
            is_sound = False
        number, period = 0, ""
        if leg.name == "pLeg":
            period = texts.period(leg, "pe")
        else:
            number = texts.exact(leg, "tn", 0)
            if number not in tiers:
                texts.fault(leg.position("tn"), f"tier {number}", _known("intraTiers", tiers))
                is_sound = False
        ratio = texts.exact(leg, "i", 4, 10_000)
        if ratio <= 0:
            texts.fault(leg.position("i"), leg.fields.get("i", ""), "a ratio above zero")
            is_sound = False
        side = texts.word(leg, "rs", SIDES, LegSide.A)
        if not leg.fields.get("rs"):
            texts.missing(leg, "rs")
        legs.append(IntraLeg(side=side, ratio_e4=ratio, tier_number=number, period=period))
    for leg in part.parts.get("rpLeg", ()):
        # A charge that cannot be evaluated must not fall away unsaid.
        texts.fault(leg.position(), "a leg by relative month", "pLeg and tLeg in calendar spreads")
        is_sound = False
    if len(legs) < 2 and is_sound:
        texts.fault(part.position(), f"{len(legs)} legs", "at least two (pLeg, tLeg)")
        is_sound = False
    return tuple(legs) if is_sound else None


def _known(table: str, numbers: set[int]) -> str:
    listed = ", ".join(map(str, sorted(numbers)))
    return (
        f"a tier of {table}: {listed}" if listed else f"a tier of {table}, of which there is none"
    )


def _delivery_months(texts: Texts, element: Element) -> tuple[DeliveryMonth, ...]:
    months: dict[str, DeliveryMonth] = {}
    for part in element.parts.get("spotRate", ()):
        period = texts.period(part, "pe")
        sides = {"long": "long", "short": "short", "both": "both"}
        # A month stands once per performance bond rate; the first is that of the arrays.
        months.setdefault(
            period,
            DeliveryMonth(
                period=period,
                rate_consumed=texts.exact(part, "sprd", 6, 0),
                rate_remaining=texts.exact(part, "outr", 6, 0),
                side=texts.word(part, "fencang:side", sides, "both"),
            ),
        )
    return tuple(months.values())


def amounts_of(commodity: CombinedCommodity) -> list[int]:
    """Return every amount that counts in the commodity's unit."""
    spreads = commodity.series_spreads + commodity.tier_spreads
    amounts = [commodity.som_rate, *(spread.rate for spread in spreads)]
    amounts += [tier.som_rate for tier in commodity.som_tiers]
    for month in commodity.delivery_months:
        amounts += [month.rate_consumed, month.rate_remaining]
    return amounts


def rescaled(commodity: CombinedCommodity, unit_micros: int) -> CombinedCommodity:
    """Return the commodity with its amounts in the unit; all must be multiples of it."""

    def in_unit(micros: int) -> int:
        return divide_exact(micros, unit_micros)

    def spreads(table: tuple[IntraSpread, ...]) -> tuple[IntraSpread, ...]:
        return tuple(msgspec.structs.replace(one, rate=in_unit(one.rate)) for one in table)

    return msgspec.structs.replace(
        commodity,
        risk_unit_micros=unit_micros,
        som_rate=in_unit(commodity.som_rate),
        som_tiers=tuple(
            msgspec.structs.replace(tier, som_rate=in_unit(tier.som_rate))
            for tier in commodity.som_tiers
        ),
        series_spreads=spreads(commodity.series_spreads),
        tier_spreads=spreads(commodity.tier_spreads),
        delivery_months=tuple(
            msgspec.structs.replace(
                month,
                rate_consumed=in_unit(month.rate_consumed),
                rate_remaining=in_unit(month.rate_remaining),
            )
            for month in commodity.delivery_months
        ),
    )
