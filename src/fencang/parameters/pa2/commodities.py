"""Combined commodities: tiers, calendar spreads, delivery, minimum and factors (S 3 C E 4).

Every record but 2 names its commodity by code alone, so codes are unique in a file.  Rates are
whole units of 10^(risk exponent) of the currency and are carried in the commodity's risk unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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
from fencang.parameters.pa2.families import CommodityLines, Families
from fencang.parameters.pa2.records.lines import Rows, Source

__all__ = ["RiskUnit", "build_commodities", "risk_units"]

SCAN_METHODS: dict[int, tuple[str, ...]] = {
    0: (),
    1: (),
    2: (),  # every month is a tier of its own, for scanning and for spreads
    10: ("scan",),
    20: ("inter",),
    21: ("scan", "inter"),
    22: ("scan",),
    23: ("inter",),
    30: ("som",),
}
"""Method codes of record S and the tables that its tiers belong to."""

ACCOUNT_TYPES = ("member", "hedger", "speculator")
RATE_POWER_MAX = 9
"""Largest power of ten between two numbers of one commodity: eight digits stay inside int64."""

CURRENCY_UNIT_MICROS = 1_000_000
"""Charges, credits and requirements round to whole currency units (span-method.md, Units)."""


class RiskUnit(NamedTuple):
    """The risk unit of a commodity: 10^``power`` of its currency.

    10^``rate_power`` units make one unit of the file's charges and rates.
    """

    power: int
    rate_power: int

    @property
    def micros(self) -> int:
        """Return the unit in micros."""
        return int(10 ** (self.power + 6))

    @property
    def rate_scale(self) -> int:
        """Return the units in one unit of the file's charges and rates."""
        return int(10**self.rate_power)


def risk_units(
    source: Source, families: Families, scan_exponents: Mapping[int, int]
) -> list[RiskUnit]:
    """Return the unit of each commodity: the finest that any of its numbers needs.

    Those are the rates (10^risk exponent), each family's arrays (the same less the array's
    decimals) and price scan ranges with an exponent below zero (``scan_exponents``, the least of
    each commodity by its row).
    """
    units = []
    for row, lines in enumerate(families.commodities.values()):
        exponent = lines.risk_exponent
        powers = [exponent, exponent + min(scan_exponents.get(row, 0), 0)]
        powers += [exponent - listed.array_locator for listed in lines.families]
        power = min(powers)
        if power < -6 or max(powers) - power > RATE_POWER_MAX:
            text = f"units from 10^{power} to 10^{max(powers)}"
            allowed = f"10^-6 at least, and no more than 10^{RATE_POWER_MAX} times the finest"
            source.fault("2", lines.line, "risk_exponent", text, allowed)
            power = max(powers)
        units.append(RiskUnit(power, exponent - power))
    return units


@dataclass
class Tables:
    """What the records S, 3, C, E and 4 of one commodity state."""

    tiers: dict[str, list[Tier]] = field(
        default_factory=lambda: {"scan": [], "inter": [], "som": [], "intra": []}
    )
    is_tier_per_month: bool = False
    price_risk_method: PriceRiskMethod | None = None
    initial_ratio_ppm: tuple[int, int, int] | None = None
    adjustment_ppm: tuple[int, int, int] | None = None
    series_spreads: list[IntraSpread] = field(default_factory=list)
    tier_spreads: list[IntraSpread] = field(default_factory=list)
    delivery_months: list[DeliveryMonth] = field(default_factory=list)
    som_rate: int = 0
    som_method: ShortOptionMethod | None = None


def build_commodities(
    source: Source,
    families: Families,
    units: Sequence[RiskUnit],
    months: Mapping[int, Sequence[str]],
    business_date: str,
) -> tuple[CombinedCommodity, ...]:
    """Return the commodities in the order of their first record 2.

    ``units`` runs along them; ``months`` gives the contract months of a commodity by its row.
    """
    builder = _Builder(source, families, units, business_date)
    builder.read_scan_tiers()
    builder.read_intra_tiers()
    builder.read_tier_spreads()
    builder.read_series_spreads()
    builder.read_delivery()
    return tuple(
        _commodity(lines, tables, units[row], months.get(row, ()))
        for row, (lines, tables) in enumerate(
            zip(families.commodities.values(), builder.tables.values(), strict=True)
        )
    )


def _commodity(
    lines: CommodityLines, tables: Tables, unit: RiskUnit, months: Sequence[str]
) -> CombinedCommodity:
    if tables.is_tier_per_month:
        distinct = sorted({month[:6] for month in months})
        own = [
            Tier(number=number, first_period=month, last_period=month)
            for number, month in enumerate(distinct, 1)
        ]
        tables.tiers["scan"], tables.tiers["inter"] = own, own
    one = (1_000_000, 1_000_000, 1_000_000)
    return CombinedCommodity(
        code=lines.code,
        currency=lines.currency,
        risk_exponent=lines.risk_exponent,
        risk_unit_micros=unit.micros,
        rounding_micros=CURRENCY_UNIT_MICROS,
        is_futures_style=lines.is_futures_style,
        caps_option_value=lines.caps_option_value,
        combination_method=lines.combination_method,
        families=tuple("/".join(listed.key) for listed in lines.families),
        scan_tiers=tuple(tables.tiers["scan"]),
        intra_tiers=tuple(tables.tiers["intra"]),
        inter_tiers=tuple(tables.tiers["inter"]),
        som_tiers=tuple(tables.tiers["som"]),
        price_risk_method=tables.price_risk_method or PriceRiskMethod.NORMAL,
        series_spreads=tuple(tables.series_spreads),
        tier_spreads=tuple(tables.tier_spreads),
        delivery_months=tuple(tables.delivery_months),
        som_rate=tables.som_rate,
        som_method=tables.som_method or ShortOptionMethod.GROSS,
        adjustment_ppm=tables.adjustment_ppm or one,
        initial_ratio_ppm=tables.initial_ratio_ppm or one,
    )


class _Builder:
    """Reads the records that refer to commodities by code, one type after the other."""

    def __init__(
        self, source: Source, families: Families, units: Sequence[RiskUnit], business_date: str
    ) -> None:
        self.source = source
        self.tables = {code: Tables() for code in families.commodities}
        self.scales = dict(
            zip(families.commodities, (unit.rate_scale for unit in units), strict=True)
        )
        self.century = int(business_date[:4])

    def _tables(self, rows: Rows, i: int) -> Tables | None:
        code = rows.texts["commodity"][i]
        tables = self.tables.get(code)
        if tables is None:
            allowed = "a combined commodity that a record 2 defines"
            self.source.fault(rows.record, rows.lines[i], "commodity", repr(code), allowed)
        return tables

    def _method(self, rows: Rows, i: int, allowed: Mapping[int, object]) -> bool:
        method = rows.numbers["method"][i]
        if method in allowed:
            return True
        listed = "blank, " + ", ".join(f"{code:02d}" for code in sorted(allowed) if code)
        self.source.fault(rows.record, rows.lines[i], "method", f"{method:02d}", listed)
        return False

    def _tiers(self, rows: Rows, i: int, slots: int, rate_scale: int = 0) -> list[Tier]:
        found = []
        for slot in range(1, slots + 1):
            number = rows.numbers[f"tier_{slot}_number"][i]
            if not number:
                continue
            first, last = (
                _period(
                    rows.numbers[f"tier_{slot}_{end}"][i], rows.texts[f"tier_{slot}_{end}_day"][i]
                )
                for end in ("first", "last")
            )
            if not first or last < first:
                text, name = f"{first or 'blank'} to {last or 'blank'}", f"tier_{slot}_first"
                allowed = "a first month and one not before it"
                self.source.fault(rows.record, rows.lines[i], name, text, allowed)
                continue
            rate = rows.numbers[f"tier_{slot}_som_rate"][i] * rate_scale if rate_scale else 0
            found.append(Tier(number=number, first_period=first, last_period=last, som_rate=rate))
        return found

    def read_scan_tiers(self) -> None:
        """Read records S."""
        rows = self.source.rows("S")
        for i in range(len(rows)):
            tables = self._tables(rows, i)
            if tables is None or not self._method(rows, i, SCAN_METHODS):
                continue
            method = rows.numbers["method"][i]
            tables.is_tier_per_month |= method == 2
            scale = self.scales[rows.texts["commodity"][i]] if method == 30 else 0
            tiers = self._tiers(rows, i, 5, scale)
            for name in SCAN_METHODS[method]:
                tables.tiers[name] += tiers
            self._price_risk_method(rows, i, tables)

    def _price_risk_method(self, rows: Rows, i: int, tables: Tables) -> None:
        code = rows.texts["price_risk_method"][i]
        if not code:
            return
        allowed = "blank, 1, 2 or 3"
        if tables.price_risk_method is not None:
            allowed = f"that of the record before, {int(tables.price_risk_method)}"
        if code not in {"1", "2", "3"} or tables.price_risk_method not in {None, int(code)}:
            self.source.fault("S", rows.lines[i], "price_risk_method", repr(code), allowed)
            return
        tables.price_risk_method = PriceRiskMethod(int(code))

    def read_intra_tiers(self) -> None:
        """Read records 3; methods 02 to 05 belong to a format that nobody writes any more."""
        rows = self.source.rows("3")
        for i in range(len(rows)):
            tables = self._tables(rows, i)
            if tables is None or not self._method(rows, i, {0: "", 1: "", 10: ""}):
                continue
            tables.tiers["intra"] += self._tiers(rows, i, 4)
            ratios = [rows.numbers[f"initial_ratio_{kind}"][i] for kind in ACCOUNT_TYPES]
            if tables.initial_ratio_ppm is None and any(ratios):
                member, hedger, speculator = ((ratio or 1_000) * 1_000 for ratio in ratios)
                tables.initial_ratio_ppm = (member, hedger, speculator)

    def read_tier_spreads(self) -> None:
        """Read records C: a leg names a tier of record 3."""
        rows = self.source.rows("C")
        for i, line in enumerate(rows.lines):
            tables = self._tables(rows, i)
            if tables is None or not self._method(rows, i, {0: "", 10: ""}):
                continue
            known = {tier.number for tier in tables.tiers["intra"]}
            legs: list[IntraLeg] = []
            for slot in range(1, 9):
                if not rows.numbers[f"leg_{slot}_number"][i]:
                    continue
                tier = rows.numbers[f"leg_{slot}_tier"][i]
                side = self._side(rows, i, f"leg_{slot}_side")
                if tier not in known:
                    allowed = f"a tier of {rows.texts['commodity'][i]} that a record 3 defines"
                    self.source.fault("C", line, f"leg_{slot}_tier", f"{tier:02d}", allowed)
                elif side is not None:
                    ratio = rows.numbers[f"leg_{slot}_ratio"][i] * 10_000
                    legs.append(IntraLeg(side=side, ratio_e4=ratio, tier_number=tier))
            if self._are_complete(rows, i, legs, rows.numbers["legs"][i]):
                tables.tier_spreads.append(self._spread(rows, i, legs))

    def read_series_spreads(self) -> None:
        """Read records E: a leg names a month by two digits of its year."""
        rows = self.source.rows("E")
        for i in range(len(rows)):
            tables = self._tables(rows, i)
            if tables is None:
                continue
            legs: list[IntraLeg] = []
            stated = 0
            for slot in range(1, 5):
                month = rows.numbers[f"leg_{slot}_month"][i]
                if not month:
                    continue
                stated += 1
                side = self._side(rows, i, f"leg_{slot}_side")
                if side is None:
                    continue
                ratio = rows.numbers[f"leg_{slot}_ratio"][i]
                period = _period(self._with_century(month), rows.texts[f"leg_{slot}_day"][i])
                legs.append(IntraLeg(side=side, ratio_e4=ratio, period=period))
            if self._are_complete(rows, i, legs, stated):
                tables.series_spreads.append(self._spread(rows, i, legs))

    def _with_century(self, month: int) -> int:
        # The year within twenty before and eighty behind the file's own.
        year = month // 100
        first = self.century - 20
        return (first + (year - first) % 100) * 100 + month % 100

    def _side(self, rows: Rows, i: int, name: str) -> LegSide | None:
        side = rows.texts[name][i]
        if side in {"A", "B"}:
            return LegSide(side)
        self.source.fault(rows.record, rows.lines[i], name, repr(side), "A or B")
        return None

    def _are_complete(self, rows: Rows, i: int, legs: list[IntraLeg], stated: int) -> bool:
        line = rows.lines[i]
        if line in self.source.faults.lines:
            return False
        if len(legs) != stated or len(legs) < 2:
            text = f"{len(legs)} legs where {stated} are announced"
            self.source.line_fault(rows.record, line, text, "all announced legs, at least two")
            return False
        if not all(leg.ratio_e4 for leg in legs):
            self.source.line_fault(rows.record, line, "a leg with ratio 0", "ratios above 0")
            return False
        return True

    def _spread(self, rows: Rows, i: int, legs: list[IntraLeg]) -> IntraSpread:
        scale = self.scales[rows.texts["commodity"][i]]
        return IntraSpread(
            priority=rows.numbers["priority"][i],
            rate=rows.numbers["rate"][i] * scale,
            legs=tuple(legs),
        )

    def read_delivery(self) -> None:
        """Read records 4: delivery charges, short option minimum, adjustment factors."""
        rows = self.source.rows("4")
        for i, line in enumerate(rows.lines):
            tables = self._tables(rows, i)
            if tables is None or not self._method(rows, i, {0: "", 1: "", 10: ""}):
                continue
            scale = self.scales[rows.texts["commodity"][i]]
            if rows.numbers["method"][i] == 10:
                tables.delivery_months.extend(_delivery_months(rows, i, scale))
            tables.som_rate = tables.som_rate or rows.numbers["som_rate"][i] * scale
            factors = [rows.numbers[f"adjustment_{kind}"][i] for kind in ACCOUNT_TYPES]
            if tables.adjustment_ppm is None and any(factors):
                member, hedger, speculator = ((factor or 100) * 10_000 for factor in factors)
                tables.adjustment_ppm = (member, hedger, speculator)
            code = rows.texts["som_method"][i]
            if code not in {"", "1", "2"}:
                self.source.fault("4", line, "som_method", repr(code), "blank, 1 or 2")
            elif tables.som_method is None and code:
                is_max = code == "1"
                tables.som_method = ShortOptionMethod.MAX if is_max else ShortOptionMethod.GROSS


def _delivery_months(rows: Rows, i: int, scale: int) -> list[DeliveryMonth]:
    numbers = rows.numbers
    return [
        DeliveryMonth(
            period=_period(numbers[f"month_{slot}_period"][i], ""),
            rate_consumed=numbers[f"month_{slot}_rate_consumed"][i] * scale,
            rate_remaining=numbers[f"month_{slot}_rate_remaining"][i] * scale,
        )
        for slot in (1, 2)
        if numbers[f"month_{slot}_number"][i]
    ]


def _period(month: int, day: str) -> str:
    return f"{month:06d}{day.strip()}" if month else ""
