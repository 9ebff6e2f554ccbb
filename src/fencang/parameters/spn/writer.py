"""Writes a parameter set as a SPAN XML file (fileFormat 4.00) that ``read_spn`` reads as the same.

What the method uses and the format has no element for stands in elements of our own namespace (see
``vocabulary``); readers that do not know them lose only that.  Law: nothing is rounded away; what
cannot be stated is refused by name.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

from fencang.basics.decimals import format_scaled
from fencang.margin.span.parameters import (
    CombinedCommodity,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraSpread,
    LegSide,
    PriceRiskMethod,
    SpanHeader,
    SpanParameters,
    Tier,
)
from fencang.parameters.faults import ParametersNotExpressible
from fencang.parameters.spn.contract_writer import ContractWriter, FamilyNumbers
from fencang.parameters.spn.vocabulary import EXTENSION_NAMESPACE, ROOT

__all__ = ["write_spn"]

CYCLES = {"E": "early", "F": "final", "C": "complete", "I": "intraday"}
PRICE_RISK_METHODS = {
    PriceRiskMethod.NORMAL: "NORMAL",
    PriceRiskMethod.CAPPED_AT_SCAN_RANGE: "SCANRANGE_CAP",
    PriceRiskMethod.SCAN_RANGE: "SCANRANGE",
}
ACCOUNT_RATES = (
    # Rate number, account type, whether it is for maintenance; rate 1 is what the arrays stand for.
    (1, "N", 1),
    (2, "M", 1),
    (3, "H", 1),
    (4, "S", 1),
    (5, "M", 0),
    (6, "H", 0),
    (7, "S", 0),
)


def write_spn(parameters: SpanParameters, stream: BinaryIO) -> None:
    """Write the set to a stream of bytes.

    Raises:
        ParametersNotExpressible: the set holds something that the file could not state.
    """
    numbers = FamilyNumbers(parameters)
    contracts = ContractWriter(parameters, numbers)
    reasons = [*contracts.reasons(), *_spread_reasons(parameters)]
    if reasons:
        raise ParametersNotExpressible("SPAN XML 4.00", reasons)
    for part in (
        _opening(parameters),
        contracts.point_definitions(),
        _commodities(parameters, numbers),
        _inter_spreads(parameters),
        contracts.exchanges(),
        ("</clearingOrg>", "</pointInTime>", f"</{ROOT}>"),
    ):
        stream.writelines(text.encode("utf-8") + b"\n" for text in part)


def _spread_reasons(parameters: SpanParameters) -> Iterator[str]:
    for spread in parameters.inter_spreads:
        if spread.method == InterMethod.SCANNING:
            if spread.target is None:
                yield f"inter spread {spread.priority} is scanning-based and has no target"
            if spread.is_flat or spread.has_own_rates:
                yield f"inter spread {spread.priority} is scanning-based with flat or own rates"
        elif spread.target is not None:
            yield f"inter spread {spread.priority} is delta-based and has a target"
        for leg in spread.legs:
            if spread.has_own_rates and spread.is_flat and leg.rate_ppm:
                yield f"inter spread {spread.priority} is flat and states rates of its legs"


def _leaf(name: str, value: str | int) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def _opening(parameters: SpanParameters) -> Iterator[str]:
    header = parameters.header
    currencies = sorted(
        {commodity.currency for commodity in parameters.commodities}
        | {family.currency for family in parameters.families}
        | {rate.from_currency for rate in parameters.currency_rates}
        | {rate.to_currency for rate in parameters.currency_rates}
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<{ROOT} xmlns:fencang="{EXTENSION_NAMESPACE}">'
    yield _leaf("fileFormat", "4.00")
    yield "<definitions>"
    for currency in currencies:
        if currency:
            code = _leaf("currency", currency)
            yield f"<currencyDef>{code}<decimalPos>2</decimalPos></currencyDef>"
    yield "</definitions>"
    yield "<pointInTime>"
    yield _leaf("date", header.business_date)
    yield _leaf("isSetl", int(header.is_settlement))
    if header.cycle:
        yield _leaf("setlQualifier", CYCLES.get(header.cycle, header.cycle))
    yield "<clearingOrg>"
    yield from _organisation(header)
    for rate in parameters.currency_rates:
        factor = format_scaled(rate.rate_nanos, 9)
        yield (
            f"<curConv>{_leaf('fromCur', rate.from_currency)}{_leaf('toCur', rate.to_currency)}"
            f"{_leaf('factor', factor)}</curConv>"
        )
    for number, kind, is_maintenance in ACCOUNT_RATES:
        yield (
            f"<pbRateDef>{_leaf('r', number)}<isCust>1</isCust>{_leaf('acctType', kind)}"
            f"{_leaf('isM', is_maintenance)}<pbc>CORE</pbc></pbRateDef>"
        )


def _organisation(header: SpanHeader) -> Iterator[str]:
    yield _leaf("ec", header.clearing_organisation)
    yield _leaf("isNetMargin", int(not header.is_gross))
    yield _leaf("oopDeltaMeth", "PERIOD")
    yield _leaf("capAnov", int(header.caps_option_value))
    for name, text in (
        ("accountKind", header.account_kind),
        ("accountClass", header.account_class),
        ("requirementKind", header.requirement_kind),
    ):
        if text:
            yield _leaf(f"fencang:{name}", text)


def _commodities(parameters: SpanParameters, numbers: FamilyNumbers) -> Iterator[str]:
    for commodity in parameters.commodities:
        yield "<ccDef>"
        yield _leaf("cc", commodity.code)
        if commodity.name:
            yield _leaf("name", commodity.name)
        yield _leaf("currency", commodity.currency)
        yield _leaf("riskExponent", commodity.risk_exponent)
        yield _leaf("capAnov", int(commodity.caps_option_value))
        yield _leaf("wfprMeth", PRICE_RISK_METHODS[commodity.price_risk_method])
        yield _leaf("somMeth", commodity.som_method.value.upper())
        yield _leaf("cmbMeth", commodity.combination_method or "NONE")
        yield _leaf("fencang:riskUnitMicros", commodity.risk_unit_micros)
        yield _leaf("fencang:roundingMicros", commodity.rounding_micros)
        if commodity.is_futures_style:
            yield _leaf("fencang:isFuturesStyle", 1)
        for key in commodity.families:
            family = parameters.families[numbers.rows[key]]
            yield (
                f"<pfLink>{_leaf('exch', family.exchange)}{_leaf('pfId', numbers.ids[key])}"
                f"{_leaf('pfCode', family.code)}{_leaf('pfType', family.kind.value)}</pfLink>"
            )
        yield from _adjustments(commodity)
        yield from _delivery(commodity)
        yield from _tiers("scanTiers", commodity.scan_tiers)
        yield from _tiers("intraTiers", commodity.intra_tiers)
        yield from _tiers("interTiers", commodity.inter_tiers)
        yield from _som_tiers(commodity)
        for spread in (*commodity.series_spreads, *commodity.tier_spreads):
            yield from _intra_spread(commodity, spread)
        yield "</ccDef>"


def _adjustments(commodity: CombinedCommodity) -> Iterator[str]:
    factors = (*commodity.adjustment_ppm, *commodity.initial_ratio_ppm)
    for (number, _, _), factor in zip(ACCOUNT_RATES[1:], factors, strict=True):
        value = format_scaled(factor, 6, 2)
        yield f"<adjRate>{_leaf('r', number)}<baseR>1</baseR>{_leaf('val', value)}</adjRate>"


def _money(commodity: CombinedCommodity, amount: int) -> str:
    """Return an amount of risk units as decimal text of the currency."""
    return format_scaled(amount * commodity.risk_unit_micros, 6)


def _delivery(commodity: CombinedCommodity) -> Iterator[str]:
    for month in commodity.delivery_months:
        side = "" if month.side == "both" else _leaf("fencang:side", month.side)
        yield (
            f"<spotRate><r>1</r>{_leaf('pe', month.period)}"
            f"{_leaf('sprd', _money(commodity, month.rate_consumed))}"
            f"{_leaf('outr', _money(commodity, month.rate_remaining))}{side}</spotRate>"
        )


def _tiers(table: str, tiers: tuple[Tier, ...]) -> Iterator[str]:
    if tiers:
        yield f"<{table}>"
        for tier in tiers:
            yield (
                f"<tier>{_leaf('tn', tier.number)}{_leaf('sPe', tier.first_period)}"
                f"{_leaf('ePe', tier.last_period)}</tier>"
            )
        yield f"</{table}>"


def _som_tiers(commodity: CombinedCommodity) -> Iterator[str]:
    used = {tier.number for tier in commodity.som_tiers}
    everywhere = next(number for number in range(len(used) + 1) if number not in used)
    yield "<somTiers>"
    rate = _leaf("val", _money(commodity, commodity.som_rate))
    yield f"<tier>{_leaf('tn', everywhere)}<rate><r>1</r>{rate}</rate></tier>"
    for tier in commodity.som_tiers:
        rate = _leaf("val", _money(commodity, tier.som_rate))
        yield (
            f"<tier>{_leaf('tn', tier.number)}{_leaf('sPe', tier.first_period)}"
            f"{_leaf('ePe', tier.last_period)}<rate><r>1</r>{rate}</rate></tier>"
        )
    yield "</somTiers>"


def _intra_spread(commodity: CombinedCommodity, spread: IntraSpread) -> Iterator[str]:
    yield f"<dSpread>{_leaf('spread', spread.priority)}<chargeMeth>F</chargeMeth>"
    yield f"<rate><r>1</r>{_leaf('val', _money(commodity, spread.rate))}</rate>"
    for leg in spread.legs:
        name = "pLeg" if leg.period else "tLeg"
        where = _leaf("pe", leg.period) if leg.period else _leaf("tn", leg.tier_number)
        yield (
            f"<{name}>{_leaf('cc', commodity.code)}{where}{_leaf('rs', leg.side.value)}"
            f"{_leaf('i', format_scaled(leg.ratio_e4, 4))}</{name}>"
        )
    yield "</dSpread>"


def _inter_spreads(parameters: SpanParameters) -> Iterator[str]:
    for table, is_super in (("superSpreads", True), ("interSpreads", False)):
        spreads = [one for one in parameters.inter_spreads if one.is_super == is_super]
        if not spreads:
            continue
        # A run of one kind after the other, so that the order of equal priorities is kept.
        yield f"<{table}>"
        for spread in spreads:
            is_scanning = spread.method == InterMethod.SCANNING
            yield from _scanning_spread(spread) if is_scanning else _delta_spread(spread)
        yield f"</{table}>"


def _common(spread: InterSpread) -> str:
    texts = [_leaf("spread", spread.priority)]
    if spread.eligibility:
        texts.append(_leaf("fencang:eligibility", spread.eligibility))
    if spread.group:
        texts.append(_leaf("fencang:group", spread.group))
    return "".join(texts)


def _delta_spread(spread: InterSpread) -> Iterator[str]:
    value = spread.amount_micros if spread.is_flat else spread.rate_ppm
    yield f"<dSpread>{_common(spread)}<chargeMeth>{'F' if spread.is_flat else 'W'}</chargeMeth>"
    yield _leaf("fencang:method", int(spread.method))
    if spread.legs_min:
        yield _leaf("fencang:legsMin", spread.legs_min)
    yield f"<rate><r>1</r>{_leaf('val', format_scaled(value, 6))}</rate>"
    for leg in spread.legs:
        required = "" if leg.is_required else _leaf("fencang:isRequired", 0)
        own = ""
        if spread.has_own_rates:
            amount = leg.amount_micros if spread.is_flat else leg.rate_ppm
            own = f"<rate><r>1</r>{_leaf('val', format_scaled(amount, 6))}</rate>"
        yield (
            f"<tLeg>{_leaf('cc', leg.commodity)}{_leaf('tn', leg.tier_number)}"
            f"{_leaf('rs', leg.side.value)}{_leaf('i', format_scaled(leg.ratio_e4, 4))}"
            f"{own}{required}</tLeg>"
        )
    yield "</dSpread>"


def _scanning_spread(spread: InterSpread) -> Iterator[str]:
    assert spread.target is not None
    yield f"<sSpread>{_common(spread)}"
    yield f"<rate><r>1</r>{_leaf('val', format_scaled(spread.rate_ppm, 6))}</rate>"
    yield _leaf("numLegsReq", spread.legs_min)
    yield _scanning_leg(spread.target, is_target=True)
    for leg in spread.legs:
        yield _scanning_leg(leg, is_target=False)
    yield "</sSpread>"


def _scanning_leg(leg: InterLeg, *, is_target: bool) -> str:
    side = "" if leg.side is LegSide.A else _leaf("fencang:side", leg.side.value)
    tier = _leaf("fencang:tier", leg.tier_number) if leg.tier_number else ""
    return (
        f"<sLeg>{_leaf('cc', leg.commodity)}{_leaf('isTarget', int(is_target))}"
        f"{_leaf('isRequired', int(leg.is_required))}"
        f"{_leaf('i', format_scaled(leg.ratio_e4, 4))}{side}{tier}</sLeg>"
    )
