"""Records B and 81 to 84 of a whole family at once, for the writer."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractRight,
    ContractTable,
    ProductFamily,
    Series,
    SpanParameters,
)
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.sheet import Ints, Sheet
from fencang.parameters.prices import (
    PriceFormat,
    PriceFormatFault,
    encode_price,
    encode_prices,
    value_factor_shift,
)

__all__ = ["ContractLines", "array_locator", "series_lines"]

SHORT_VALUE_MAX = 99_999
"""Largest array value of records 81 and 82; larger ones need 83 and 84."""
SETTLEMENT_MAX = 9_999_999
LETTERS = {ContractRight.NONE: " ", ContractRight.CALL: "C", ContractRight.PUT: "P"}


def array_locator(commodity: CombinedCommodity, reasons: list[str]) -> int:
    """Return the decimals of a commodity's array values: risk exponent less the risk unit's."""
    power = len(str(commodity.risk_unit_micros)) - 1
    if commodity.risk_unit_micros != 10**power:
        reasons.append(f"commodity {commodity.code}: its risk unit is no power of ten")
        return 0
    locator = commodity.risk_exponent - (power - 6)
    if not 0 <= locator <= 9:
        reasons.append(
            f"commodity {commodity.code}: risk exponent {commodity.risk_exponent} with a risk unit "
            f"of {commodity.risk_unit_micros} micros"
        )
        return 0
    return locator


def series_lines(parameters: SpanParameters, reasons: list[str]) -> dict[int, list[bytes]]:
    """Return the records B by the row of their commodity, series of no commodity by -1."""
    owners = {
        key: row
        for row, commodity in enumerate(parameters.commodities)
        for key in commodity.families
    }
    families = {family.key: family for family in parameters.families}
    grouped: dict[str, list[Series]] = {}
    for each in parameters.series:
        grouped.setdefault(each.family, []).append(each)
    lines: dict[int, list[bytes]] = {}
    for key, group in grouped.items():
        row = owners.get(key, -1)
        if row < 0 or key not in families:
            reasons.append(f"series of {key}, which no commodity holds")
            continue
        commodity = parameters.commodities[row]
        sheet = _series_sheet(families[key], group, commodity, reasons)
        lines.setdefault(row, []).append(sheet.lines().tobytes())
    return lines


def _series_sheet(
    family: ProductFamily, group: list[Series], commodity: CombinedCommodity, reasons: list[str]
) -> Sheet:
    sheet = Sheet(LAYOUTS["B"], len(group), reasons)
    _series_key(sheet, family, group, reasons)
    _reference_prices(sheet, family, group, reasons)

    def column(name: str) -> Ints:
        return np.array([getattr(each, name) for each in group], dtype=np.int64)

    def exact(values: Ints, unit: int, name: str) -> Ints:
        if (values % unit).any():
            reasons.append(f"{family.key}: {name} finer than the format can state")
        return values // unit

    sheet.number("volatility", column("volatility_e6"))
    relative = np.array([each.volatility_scan_is_relative for each in group])
    scan = column("volatility_scan_e6")
    sheet.number("volatility_scan", np.where(relative, scan * 100, scan))
    sheet.text("volatility_scan_quotation", ["P" if each else "A" for each in relative.tolist()])
    micros = column("price_scan_range") * commodity.risk_unit_micros
    unit = 10 ** (commodity.risk_exponent + 6)
    sheet.number("price_scan_range", exact(micros, unit, "price scan range"))
    sheet.number("extreme_multiplier", column("extreme_multiplier_e3"))
    sheet.number("cover", exact(column("cover_ppm"), 100, "cover"))
    sheet.number("interest_rate", exact(column("interest_rate_e6"), 100, "interest rate"))
    sheet.number("expiry_years", column("expiry_years_e6"))
    sheet.number("look_ahead_years", column("look_ahead_years_e6"))
    sheet.number("delta_scaling", column("delta_scaling_e4"))
    days = np.array([int(each.expiry_day or 0) for each in group], dtype=np.int64)
    sheet.number("expiry_day", days, days > 0)
    shift = value_factor_shift(_format(family, "settlement"))
    sheet.number("value_factor", column("value_factor_e7") * 10**shift)
    return sheet


def _series_key(
    sheet: Sheet, family: ProductFamily, group: list[Series], reasons: list[str]
) -> None:
    sheet.text("exchange", family.exchange)
    sheet.text("code", family.code)
    sheet.text("kind", str(family.kind))
    sheet.period("future", [each.underlying_period for each in group])
    if family.kind.is_option:
        sheet.period("option", [each.period for each in group])
    elif any(each.period != each.underlying_period for each in group):
        reasons.append(f"{family.key}: a period other than its underlying's")
    sheet.text("underlying_code", [_underlying_code(family, each, reasons) for each in group])
    sheet.text("pricing_model", [each.pricing_model for each in group])


def _underlying_code(family: ProductFamily, series: Series, reasons: list[str]) -> str:
    if not series.underlying_family:
        return ""
    exchange, _, rest = series.underlying_family.partition("/")
    if exchange != family.exchange:
        reasons.append(f"{family.key}: underlying {series.underlying_family} of another exchange")
    return rest.rpartition("/")[0]


def _reference_prices(
    sheet: Sheet, family: ProductFamily, group: list[Series], reasons: list[str]
) -> None:
    prices = [each.reference_price_nanos for each in group]
    digits = np.zeros(len(group), dtype=np.int64)
    for row, price in enumerate(prices):
        if price is not None:
            try:
                digits[row] = encode_price(price, _format(family, "settlement"))
            except PriceFormatFault as fault:
                reasons.append(f"{family.key}: reference price: {fault}")
    stated = np.array([price is not None for price in prices])
    sheet.text("reference_price_flag", ["N" if price is None else "Y" for price in prices])
    sheet.number("reference_price", digits, stated)
    sheet.sign("reference_price_sign", np.array([(price or 0) < 0 for price in prices]))


def _format(family: ProductFamily, which: str) -> PriceFormat:
    return PriceFormat(getattr(family, f"{which}_locator"), getattr(family, f"{which}_alignment"))


class ContractLines:
    """Writes the arrays of a set, one commodity after the other."""

    def __init__(self, parameters: SpanParameters, reasons: list[str]) -> None:
        self.parameters = parameters
        self.reasons = reasons
        self.families = {family.key: family for family in parameters.families}
        # By series row; the last entry is what a contract without record B has.
        self.by_series = {
            name: np.array(
                [getattr(each, name) for each in parameters.series] + [default], dtype=np.int64
            )
            for name, default in (
                ("delta_scaling_e4", 10_000),
                ("price_scan_range", 0),
                ("value_factor_e7", 0),
            )
        }

    def lines(self, commodity: CombinedCommodity) -> Iterator[bytes]:
        """Yield each family's contracts as one block."""
        locator = array_locator(commodity, [])
        for key in commodity.families:
            span = self.parameters.rows_of_family(key)
            family = self.families[key]
            formats = _format(family, "settlement"), _format(family, "strike")
            if span is not None and not any(each.fault for each in formats):
                yield _FamilyArrays(self, family, span, locator).lines()


class _FamilyArrays:
    """The two records of every contract of one family."""

    def __init__(
        self, source: ContractLines, family: ProductFamily, span: tuple[int, int], locator: int
    ) -> None:
        self.parameters, self.reasons = source.parameters, source.reasons
        self.by_series = source.by_series
        self.family = family
        self.rows = slice(*span)
        self.count = span[1] - span[0]
        table = self.parameters.contracts
        self.series = table.series[self.rows]
        self.values = table.values[self.rows]
        largest = int(np.abs(self.values).max(initial=0))
        self.is_long = bool(locator) or largest > SHORT_VALUE_MAX
        for name in ("delta_scaling_e4", "price_scan_range"):  # they stand in record B alone
            if (getattr(table, name)[self.rows] != self.by_series[name][self.series]).any():
                self.reasons.append(f"{family.key}: {name} other than that of its series")

    def lines(self) -> bytes:
        """Return the pairs of records, contract by contract."""
        table = self.parameters.contracts
        first = Sheet(LAYOUTS["83" if self.is_long else "81"], self.count, self.reasons)
        second = Sheet(LAYOUTS["84" if self.is_long else "82"], self.count, self.reasons)
        strikes = self._digits(table.strike_nanos[self.rows], "strike")
        for sheet in (first, second):
            self._key(sheet, strikes)
        for number in range(1, 17):
            sheet = first if number < 10 else second
            sheet.signed(f"value_{number}", self.values[:, number - 1])
        self._prices(first, second)
        second.signed("delta", table.delta_e4[self.rows].astype(np.int64))
        second.signed("current_delta", table.current_delta_e4[self.rows].astype(np.int64))
        second.number("volatility", table.volatility_e6[self.rows])
        second.sign("strike_sign", table.strike_nanos[self.rows] < 0)
        self._value_factors(second)
        return np.concatenate((first.lines(), second.lines()), axis=1).tobytes()

    def _key(self, sheet: Sheet, strikes: Ints) -> None:
        table, family = self.parameters.contracts, self.family
        sheet.text("exchange", family.exchange)
        sheet.text("code", family.code)
        sheet.text("kind", str(family.kind))
        underlying = [table.periods[row] for row in table.underlying_period[self.rows].tolist()]
        period = [table.periods[row] for row in table.period[self.rows].tolist()]
        sheet.period("future", underlying)
        if family.kind.is_option:
            sheet.period("option", period)
        elif period != underlying:
            self.reasons.append(f"{family.key}: a period other than its underlying's")
        rights = table.right[self.rows].tolist()
        sheet.text("right", [LETTERS[ContractRight(right)] for right in rights])
        sheet.number("strike", strikes)
        self._underlying(sheet)

    def _underlying(self, sheet: Sheet) -> None:
        series, own = self.parameters.series, self.family.code
        rows = self.series.tolist()
        codes = {
            row: (_underlying_code(self.family, series[row], []) or own) if row >= 0 else own
            for row in set(rows)
        }
        sheet.text("underlying_code", [codes[row] for row in rows])

    def _digits(self, nanos: Ints, which: str) -> Ints:
        digits, bad = encode_prices(nanos, _format(self.family, which))
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            self.reasons.append(
                f"{self.family.key}: {which} of {int(nanos[row])} nanos is finer than "
                f"{_format(self.family, which)} can write"
            )
        return digits

    def _prices(self, first: Sheet, second: Sheet) -> None:
        prices = self.parameters.contracts.price_nanos[self.rows]
        stated: NDArray[np.bool_] = prices != ContractTable.NO_PRICE
        digits = self._digits(np.where(stated, prices, 0), "settlement")
        is_long = digits > SETTLEMENT_MAX
        first.number("long_settlement", digits, stated)
        first.text("long_settlement_flag", ["Y" if each else "N" for each in is_long.tolist()])
        second.number("settlement", np.where(is_long, 0, digits), stated)
        second.sign("settlement_sign", stated & (prices < 0))

    def _value_factors(self, second: Sheet) -> None:
        own = self.parameters.contracts.value_factor_e7[self.rows]
        inherited = self.by_series["value_factor_e7"][self.series]
        inherited = np.where(inherited > 0, inherited, self.family.value_factor_e7)
        differs = own != inherited
        if not differs.any():
            return
        if (own[differs] <= 0).any():
            self.reasons.append(f"{self.family.key}: a value factor of 0 beside its family's own")
        shift = value_factor_shift(_format(self.family, "settlement"))
        second.number("value_factor", own * 10**shift, differs)
