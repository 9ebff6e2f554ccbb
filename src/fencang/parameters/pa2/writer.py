"""Writes ``SpanParameters`` as an expanded unpacked file.

Law: what is written reads back as a set that is equal in everything the calculation uses; a set
that the format cannot state is refused with every reason, and nothing is written.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, TypeVar

from fencang.basics.rounding import divide_exact
from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractType,
    InterLeg,
    InterSpread,
    IntraSpread,
    PriceRiskMethod,
    ProductFamily,
    ShortOptionMethod,
    SpanParameters,
    Tier,
)
from fencang.parameters.faults import ParametersNotExpressible
from fencang.parameters.pa2.reader import FILE_FORMAT, SCAN_POINTS
from fencang.parameters.pa2.records.layout import Record, RecordFault, format_record
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.written_arrays import ContractLines, array_locator, series_lines
from fencang.parameters.prices import PriceFormat, value_factor_shift

__all__ = ["write_pa2"]

FAMILIES_PER_LINE, SCAN_TIERS_PER_LINE, INTRA_TIERS_PER_LINE = 6, 5, 4
DELIVERY_MONTHS_PER_LINE = 2
ACCOUNT_TYPES = ("member", "hedger", "speculator")
ROUNDING_MICROS = 1_000_000

Item = TypeVar("Item")
Values = dict[str, str | int | None]


def write_pa2(parameters: SpanParameters, stream: BinaryIO) -> None:
    """Write a set as a ``.pa2`` file.

    Prices and strikes are written in each family's own format; scenarios must be SPAN's sixteen.

    Raises:
        ParametersNotExpressible: the format cannot state the set; nothing was written.
    """
    writer = _Writer(parameters)
    parts = list(writer.parts())
    if writer.reasons:
        raise ParametersNotExpressible(FILE_FORMAT, writer.reasons)
    stream.writelines(parts)


class _Writer:
    """Makes the lines and collects what does not fit."""

    def __init__(self, parameters: SpanParameters) -> None:
        self.parameters = parameters
        self.reasons: list[str] = []
        self.families = {family.key: family for family in parameters.families}
        self.exchanges = {
            commodity.code: commodity.families[0].partition("/")[0]
            for commodity in parameters.commodities
            if commodity.families
        }

    def parts(self) -> Iterator[bytes]:
        """Yield the file in its order."""
        parameters = self.parameters
        pairs = [(point.number, point.paired_number) for point in parameters.scan_points]
        if pairs != [(point.number, point.paired_number) for point in SCAN_POINTS]:
            self.reasons.append("scenarios other than SPAN's sixteen")
        yield self._header()
        for rate in parameters.currency_rates:
            yield self._line(
                "T",
                from_currency=rate.from_currency,
                to_currency=rate.to_currency,
                multiplier=self._exact(rate.rate_nanos, 1_000, f"rate {rate.rate_nanos} nanos"),
            )
        for exchange in dict.fromkeys(family.exchange for family in parameters.families):
            yield self._line("1", exchange=exchange)
        listed = {key for commodity in parameters.commodities for key in commodity.families}
        for family in parameters.families:
            if family.key not in listed:
                yield self._product(family)
        series = series_lines(parameters, self.reasons)
        contracts = ContractLines(parameters, self.reasons)
        for row, commodity in enumerate(parameters.commodities):
            yield from self._commodity(commodity)
            yield from series.get(row, ())
            yield from contracts.lines(commodity)
        for spread in parameters.inter_spreads:
            yield self._inter_spread(spread)
        yield from self._combinations()

    def _line(self, record: str, **values: str | int | None) -> bytes:
        try:
            text = format_record(Record(LAYOUTS[record], values))
        except RecordFault as fault:
            self.reasons.append(f"record {record}, {fault}")
            return b""
        return text.encode("ascii") + b"\n"

    def _exact(self, value: int, unit: int, name: str) -> int:
        if value % unit:
            self.reasons.append(f"{name} is no multiple of {unit}")
            return 0
        return divide_exact(value, unit)

    def _header(self) -> bytes:
        header = self.parameters.header
        return self._line(
            "0",
            clearing_organisation=header.clearing_organisation,
            business_date=int(header.business_date),
            settlement_or_intraday="S" if header.is_settlement else "I",
            cycle=header.cycle,
            file_format=FILE_FORMAT,
            gross_or_net="G" if header.is_gross else "N",
            caps_option_value="Y" if header.caps_option_value else "N",
            account_kind=header.account_kind,
            account_class=header.account_class,
            requirement_kind=header.requirement_kind,
        )

    def _product(self, family: ProductFamily) -> bytes:
        settlement = PriceFormat(family.settlement_locator, family.settlement_alignment)
        strike = PriceFormat(family.strike_locator, family.strike_alignment)
        self.reasons += [
            f"{family.key}: {each.fault}" for each in (settlement, strike) if each.fault
        ]
        is_option = family.kind.is_option
        return self._line(
            "P",
            exchange=family.exchange,
            code=family.code,
            kind=str(family.kind),
            name=family.name[:15].rstrip(),
            settlement_locator=settlement.locator,
            strike_locator=strike.locator,
            settlement_alignment=settlement.alignment,
            strike_alignment=strike.alignment,
            value_factor=family.value_factor_e7 * 10 ** value_factor_shift(settlement),
            currency=family.currency,
            exercise=("AMER" if family.is_american else "EURO") if is_option else "",
            long_name=family.name[:35].rstrip(),
            positionable="Y" if family.is_positionable else "N",
            valuation="EQTY" if is_option and not family.is_futures_style else "FUT",
        )

    def _commodity(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        name = f"commodity {commodity.code}"
        if commodity.rounding_micros != ROUNDING_MICROS:
            self.reasons.append(f"{name}: rounds to {commodity.rounding_micros} micros")
        if not commodity.families:
            self.reasons.append(f"{name}: has no product family")
        for key in commodity.families:
            yield self._product(self.families[key])
        yield from self._definitions(commodity)
        yield from self._scan_tiers(commodity)
        yield from self._intra_tiers(commodity)
        for spread in commodity.tier_spreads:
            yield self._tier_spread(commodity, spread)
        for spread in commodity.series_spreads:
            yield self._series_spread(commodity, spread)
        yield from self._delivery(commodity)

    def _definitions(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        by_exchange: dict[str, list[str]] = {}
        for key in commodity.families:
            by_exchange.setdefault(self.families[key].exchange, []).append(key)
        locator = array_locator(commodity, self.reasons)
        for exchange, keys in by_exchange.items():
            for keys_of_line in _groups(keys, FAMILIES_PER_LINE):
                slots: Values = {}
                for slot, key in enumerate(keys_of_line, 1):
                    family = self.families[key]
                    slots[f"family_{slot}_code"] = family.code
                    slots[f"family_{slot}_kind"] = str(family.kind)
                    if locator:
                        slots[f"family_{slot}_array_locator"] = abs(locator)
                        slots[f"family_{slot}_array_locator_sign"] = "-" if locator < 0 else "+"
                yield self._line(
                    "2",
                    exchange=exchange,
                    code=commodity.code,
                    risk_exponent=commodity.risk_exponent,
                    currency=commodity.currency,
                    option_style="F" if commodity.is_futures_style else "P",
                    caps_option_value="Y" if commodity.caps_option_value else "N",
                    combination_method=commodity.combination_method,
                    **slots,
                )

    def _rate(self, commodity: CombinedCommodity, rate: int) -> int:
        """Return a rate in the file's unit, 10^(risk exponent) of the currency."""
        micros = rate * commodity.risk_unit_micros
        unit = 10 ** (commodity.risk_exponent + 6)
        return self._exact(micros, unit, f"commodity {commodity.code}: rate of {micros} micros")

    def _tier_slots(self, tiers: Sequence[Tier]) -> Values:
        slots: Values = {}
        for slot, tier in enumerate(tiers, 1):
            slots[f"tier_{slot}_number"] = tier.number
            for end, period in (("first", tier.first_period), ("last", tier.last_period)):
                slots[f"tier_{slot}_{end}"] = int(period[:6])
                slots[f"tier_{slot}_{end}_day"] = period[6:]
        return slots

    def _scan_tiers(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        scan, inter = commodity.scan_tiers, commodity.inter_tiers
        tables: list[tuple[int, tuple[Tier, ...]]] = []
        if scan and scan == inter:
            tables = [(21, scan)]
        elif scan and inter:
            tables = [(22, scan), (23, inter)]
        elif scan or inter:
            tables = [(10, scan)] if scan else [(20, inter)]
        method = commodity.price_risk_method
        if not tables:
            tables = [(1, ())]
        if commodity.som_tiers:
            tables.append((30, commodity.som_tiers))
        for code, tiers in tables:
            for tiers_of_line in _groups(tiers, SCAN_TIERS_PER_LINE) or [()]:
                rates = {
                    f"tier_{slot}_som_rate": self._rate(commodity, tier.som_rate)
                    for slot, tier in enumerate(tiers_of_line, 1)
                    if code == 30
                }
                yield self._line(
                    "S",
                    commodity=commodity.code,
                    method=code,
                    tiers=len(tiers_of_line),
                    price_risk_method=str(PriceRiskMethod(method).value) if code != 30 else "",
                    **self._tier_slots(tiers_of_line),
                    **rates,
                )

    def _intra_tiers(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        name = f"commodity {commodity.code}: initial ratio"
        ratios = {
            f"initial_ratio_{kind}": self._factor(ratio, 1_000, name)
            for kind, ratio in zip(ACCOUNT_TYPES, commodity.initial_ratio_ppm, strict=True)
        }
        for tiers in _groups(commodity.intra_tiers, INTRA_TIERS_PER_LINE) or [()]:
            yield self._line(
                "3",
                commodity=commodity.code,
                method=10 if commodity.intra_tiers else 1,
                **self._tier_slots(tiers),
                **ratios,
            )

    def _factor(self, ppm: int, unit: int, name: str) -> int:
        if not ppm:
            self.reasons.append(f"{name} of 0, which the format reads as 1")
        return self._exact(ppm, unit, f"{name} {ppm} ppm")

    def _tier_spread(self, commodity: CombinedCommodity, spread: IntraSpread) -> bytes:
        name = f"commodity {commodity.code}: ratio of a tier spread"
        legs: Values = {}
        for slot, leg in enumerate(spread.legs, 1):
            legs[f"leg_{slot}_number"] = slot
            legs[f"leg_{slot}_tier"] = leg.tier_number
            legs[f"leg_{slot}_ratio"] = self._exact(leg.ratio_e4, 10_000, name)
            legs[f"leg_{slot}_side"] = leg.side.value
        if len(spread.legs) > 8 or any(leg.period for leg in spread.legs):
            self.reasons.append(
                f"commodity {commodity.code}: a tier spread with other legs than 8 tiers"
            )
            return b""
        return self._line(
            "C",
            commodity=commodity.code,
            method=10,
            priority=spread.priority,
            legs=len(spread.legs),
            rate=self._rate(commodity, spread.rate),
            **legs,
        )

    def _series_spread(self, commodity: CombinedCommodity, spread: IntraSpread) -> bytes:
        year = int(self.parameters.header.business_date[:4])
        legs: Values = {}
        for slot, leg in enumerate(spread.legs, 1):
            if not leg.period or not year - 20 <= int(leg.period[:4]) < year + 80:
                self.reasons.append(
                    f"commodity {commodity.code}: month {leg.period!r} of a series spread is not "
                    f"within {year - 20} and {year + 79}"
                )
                return b""
            legs[f"leg_{slot}_month"] = int(leg.period[2:6])
            legs[f"leg_{slot}_day"] = leg.period[6:]
            legs[f"leg_{slot}_ratio"] = leg.ratio_e4
            legs[f"leg_{slot}_side"] = leg.side.value
        if len(spread.legs) > 4:
            self.reasons.append(f"commodity {commodity.code}: a series spread of more than 4 legs")
            return b""
        return self._line(
            "E",
            commodity=commodity.code,
            priority=spread.priority,
            rate=self._rate(commodity, spread.rate),
            **legs,
        )

    def _delivery(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        name = f"commodity {commodity.code}"
        factors = {
            f"adjustment_{kind}": self._factor(ppm, 10_000, f"{name}: adjustment factor")
            for kind, ppm in zip(ACCOUNT_TYPES, commodity.adjustment_ppm, strict=True)
        }
        is_max = commodity.som_method is ShortOptionMethod.MAX
        months = commodity.delivery_months
        for first, group in enumerate(_groups(months, DELIVERY_MONTHS_PER_LINE) or [()]):
            slots: Values = {}
            for slot, month in enumerate(group, 1):
                if month.side != "both" or len(month.period) != 6:
                    self.reasons.append(
                        f"{name}: delivery month {month.period} of side {month.side}, "
                        "where months without day code and both sides can be stated"
                    )
                    continue
                slots[f"month_{slot}_number"] = first * DELIVERY_MONTHS_PER_LINE + slot
                slots[f"month_{slot}_period"] = int(month.period)
                slots[f"month_{slot}_rate_consumed"] = self._rate(commodity, month.rate_consumed)
                slots[f"month_{slot}_rate_remaining"] = self._rate(commodity, month.rate_remaining)
            yield self._line(
                "4",
                commodity=commodity.code,
                method=10 if months else 1,
                months=len(group),
                som_rate=self._rate(commodity, commodity.som_rate),
                som_method="1" if is_max else "2",
                **slots,
                **factors,
            )

    def _inter_spread(self, spread: InterSpread) -> bytes:
        name = f"inter-commodity spread {spread.priority}"
        if len(spread.legs) > 4:
            self.reasons.append(f"{name}: more than 4 legs")
            return b""
        values: Values = {}
        for slot, leg in enumerate(spread.legs, 1):
            prefix = f"leg_{slot}"
            values |= self._leg(prefix, leg)
            values[f"{prefix}_side"] = leg.side.value
            values[f"{prefix}_ratio"] = leg.ratio_e4
            values[f"{prefix}_tier"] = leg.tier_number
            if spread.has_own_rates:
                amount = self._exact(leg.amount_micros, 10_000, f"{name}: amount")
                values[f"{prefix}_rate"] = amount if spread.is_flat else leg.rate_ppm
        if spread.target is not None:
            values |= self._leg("target", spread.target)
            values["target_ratio"] = spread.target.ratio_e4
        amount = self._exact(spread.amount_micros, 10_000, f"{name}: amount")
        return self._line(
            "6",
            group=spread.group,
            priority=spread.priority,
            rate=amount if spread.is_flat else spread.rate_ppm,
            method=int(spread.method),
            credit_method="F" if spread.is_flat else "W",
            group_flag="S" if spread.is_super else "",
            legs_min=spread.legs_min,
            separate_rates="Y" if spread.has_own_rates else "N",
            eligibility=spread.eligibility,
            **values,
        )

    def _leg(self, prefix: str, leg: InterLeg) -> Values:
        return {
            f"{prefix}_exchange": self.exchanges.get(leg.commodity, ""),
            f"{prefix}_required": "Y" if leg.is_required else "N",
            f"{prefix}_commodity": leg.commodity,
        }

    def _combinations(self) -> Iterator[bytes]:
        table, families = self.parameters.contracts, self.parameters.families
        for row, legs in sorted(self.parameters.combinations.items()):
            family = families[int(table.family[row])]
            period = table.periods[int(table.period[row])]
            for number, leg in enumerate(legs, 1):
                held = families[int(table.family[leg.contract])]
                if (held.exchange, family.kind) != (family.exchange, ContractType.COMBINATION):
                    self.reasons.append(
                        f"{family.key} {period}: a leg of another exchange, or no combination"
                    )
                    continue
                whole, fraction = divmod(abs(leg.ratio_e4), 10_000)
                leg_period = table.periods[int(table.period[leg.contract])]
                yield self._line(
                    "Z",
                    exchange=family.exchange,
                    code=family.code,
                    month=int(period[:6]) if period else None,
                    day=period[6:],
                    leg_number=number,
                    leg_side="B" if leg.ratio_e4 < 0 else "A",
                    leg_ratio=whole,
                    leg_code=held.code,
                    leg_kind=str(held.kind),
                    leg_month=int(leg_period[:6]) if leg_period else None,
                    leg_day=leg_period[6:],
                    leg_ratio_fraction=fraction,
                    leg_price_given="N",
                )


def _groups(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[first : first + size] for first in range(0, len(items), size)]
