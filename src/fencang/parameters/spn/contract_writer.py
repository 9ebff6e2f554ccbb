"""Product families, months and contracts of a set as SPAN XML, family by family.

Scenarios stand before them once for each pair of extreme multiplier and cover fraction in use:
a month names its pair by the rate number ``r``.
"""

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from fencang.basics.decimals import format_scaled
from fencang.basics.price import NANOS, format_price
from fencang.basics.rounding import divide_exact
from fencang.margin.span.parameters import (
    ContractRight,
    ContractTable,
    ContractType,
    ProductFamily,
    Series,
    SpanParameters,
)
from fencang.parameters.prices import (
    PriceFormat,
    encode_price,
    encode_prices,
    value_factor_shift,
)

__all__ = ["ContractWriter", "FamilyNumbers"]

TAGS = {
    ContractType.PHYSICAL: ("phyPf", "phy"),
    ContractType.FUTURE: ("futPf", "fut"),
    ContractType.COMBINATION: ("cmbPf", "cmb"),
    ContractType.OPTION_ON_FUTURE: ("oofPf", "opt"),
    ContractType.OPTION_ON_PHYSICAL: ("oopPf", "opt"),
    ContractType.OPTION_ON_COMBINATION: ("oocPf", "opt"),
}
NO_PERIOD = "00000000"
LETTERS = {ContractRight.CALL: "C", ContractRight.PUT: "P"}


class Group(NamedTuple):
    """Rows of one family that share series and months."""

    series: int
    period: str
    underlying_period: str
    rows: range | list[int]


class FamilyNumbers:
    """The number by which a file names each family, and that of a contract inside its family."""

    def __init__(self, parameters: SpanParameters) -> None:
        self.rows = {family.key: row for row, family in enumerate(parameters.families)}
        self.ids = {family.key: row + 1 for row, family in enumerate(parameters.families)}
        self.first_rows = {
            family.key: (parameters.rows_of_family(family.key) or (0, 0))[0]
            for family in parameters.families
        }


class ContractWriter:
    """Yields the texts of ``pointDef`` and ``exchange``."""

    def __init__(self, parameters: SpanParameters, numbers: FamilyNumbers) -> None:
        self.parameters = parameters
        self.numbers = numbers
        extremes = [(one.extreme_multiplier_e3, one.cover_ppm) for one in parameters.series]
        self.rates = {pair: number for number, pair in enumerate(dict.fromkeys(extremes), 1)}
        looks = [one.look_ahead_years_e6 for one in parameters.series]
        self.look_ahead = max(dict.fromkeys(looks), key=looks.count) if looks else 0

    def reasons(self) -> Iterator[str]:
        """Yield what the file could not state."""
        for family in self.parameters.families:
            faults = {price_format.fault for price_format in _formats(family)} - {""}
            if faults:
                yield from (f"{family.key}: {fault}" for fault in sorted(faults))
            else:
                yield from self._price_reasons(family)

    def _price_reasons(self, family: ProductFamily) -> Iterator[str]:
        table = self.parameters.contracts
        span = slice(*(self.parameters.rows_of_family(family.key) or (0, 0)))
        stated = table.price_nanos[span] != ContractTable.NO_PRICE
        for what, prices, price_format in zip(
            ("prices", "strikes"),
            (table.price_nanos[span][stated], table.strike_nanos[span]),
            _formats(family),
            strict=True,
        ):
            if price_format.alignment:
                _, bad = encode_prices(prices, price_format)
                if bad.any():
                    yield f"{family.key}: {int(bad.sum())} {what} finer than {price_format} writes"

    def point_definitions(self) -> Iterator[str]:
        """Yield the scenarios, once for each pair of extreme multiplier and cover fraction."""
        yield _leaf("lookAheadYears", format_scaled(self.look_ahead, 6))
        for (multiplier, cover), rate in (self.rates or {(0, 0): 1}).items():
            yield f"<pointDef><r>{rate}</r>"
            for point in self.parameters.scan_points:
                is_extreme = point.paired_number == point.number
                mult = format_scaled(multiplier, 3) if is_extreme else "1"
                weight = cover if is_extreme and self.rates else point.weight_ppm
                yield (
                    f"<scanPointDef>{_leaf('point', point.number)}"
                    f"<priceScanDef><mult>{mult}</mult>"
                    f"{_leaf('numerator', point.price_numerator)}"
                    f"{_leaf('denominator', point.price_denominator)}</priceScanDef>"
                    f"<volScanDef><mult>1</mult>"
                    f"{_leaf('numerator', point.volatility_numerator)}"
                    f"{_leaf('denominator', point.volatility_denominator)}</volScanDef>"
                    f"{_leaf('weight', format_scaled(weight, 6))}"
                    f"{_leaf('pairedPoint', point.paired_number)}</scanPointDef>"
                )
            yield "</pointDef>"

    def exchanges(self) -> Iterator[str]:
        """Yield families in the order of the set, a new ``exchange`` where the exchange changes."""
        exchange = None
        for family in self.parameters.families:
            if family.exchange != exchange:
                if exchange is not None:
                    yield "</exchange>"
                exchange = family.exchange
                yield f"<exchange>{_leaf('exch', exchange)}"
            yield from self._family(family)
        if exchange is not None:
            yield "</exchange>"

    def _family(self, family: ProductFamily) -> Iterator[str]:
        tag, _ = TAGS[family.kind]
        is_option = family.kind.is_option
        shift = 10 ** value_factor_shift(_formats(family)[0])
        groups = list(self._groups(family))
        valuation = "FUT" if family.is_futures_style or not is_option else "EQTY"
        yield f"<{tag}>{_leaf('pfId', self.numbers.ids[family.key])}{_leaf('pfCode', family.code)}"
        if family.name:
            yield _leaf("name", family.name)
        if is_option:
            yield _leaf("exercise", "AMER" if family.is_american else "EURO")
        yield (
            f"{_leaf('currency', family.currency)}"
            f"{_leaf('cvf', format_scaled(family.value_factor_e7 * shift, 7))}"
            f"{_leaf('priceDl', family.settlement_locator)}"
            f"{_leaf('priceFmt', family.settlement_alignment)}"
        )
        model = self._model(groups)
        if is_option:
            yield (
                f"{_leaf('strikeDl', family.strike_locator)}"
                f"{_leaf('strikeFmt', family.strike_alignment)}"
            )
        yield f"{_leaf('valueMeth', valuation)}"
        if model and is_option:
            yield _leaf("priceModel", model)
        if not family.is_positionable:
            yield _leaf("positionsAllowed", 0)
        contract = _ContractText(self.parameters, family, self.numbers.first_rows[family.key])
        for group in groups:
            yield from self._group(family, group, contract, model if is_option else "")
        yield f"</{tag}>"

    def _groups(self, family: ProductFamily) -> Iterator[Group]:
        table = self.parameters.contracts
        first, end = self.parameters.rows_of_family(family.key) or (0, 0)
        names = (table.series, table.period, table.underlying_period)
        keys = np.stack([column[first:end].astype(np.int64) for column in names], axis=1)
        found: dict[tuple[int, int, int], list[int]] = {}
        cuts = [0, *(np.flatnonzero((np.diff(keys, axis=0) != 0).any(axis=1)) + 1).tolist()]
        for start, stop in zip(cuts, [*cuts[1:], end - first], strict=True):
            if start < stop:
                series, period, underlying = keys[start].tolist()
                rows = range(first + start, first + stop)
                found.setdefault((series, period, underlying), []).extend(rows)
        for (series, period, underlying), rows_of_group in found.items():
            yield Group(series, table.periods[period], table.periods[underlying], rows_of_group)

    def _model(self, groups: list[Group]) -> str:
        models = [
            self.parameters.series[one.series].pricing_model for one in groups if one.series >= 0
        ]
        return models[0] if models else ""

    def _group(
        self, family: ProductFamily, group: Group, contract: "_ContractText", model: str
    ) -> Iterator[str]:
        series = self.parameters.series[group.series] if group.series >= 0 else None
        if family.kind.is_option:
            yield f"<series>{_leaf('pe', group.period or NO_PERIOD)}"
            yield from self._month(family, group, series, model)
            for row in group.rows:
                yield f"<opt>{contract.text(row, group, self._rate(series))}</opt>"
            yield "</series>"
            return
        _, tag = TAGS[family.kind]
        for row in group.rows:
            yield f"<{tag}>{_leaf('pe', group.period or NO_PERIOD)}"
            yield contract.text(row, group, self._rate(series))
            yield from self._month(family, group, series, model)
            yield from self._legs(row)
            yield f"</{tag}>"

    def _rate(self, series: Series | None) -> int:
        if series is None:
            return 1
        return self.rates[series.extreme_multiplier_e3, series.cover_ppm]

    def _month(
        self, family: ProductFamily, group: Group, series: Series | None, model: str
    ) -> Iterator[str]:
        """Yield what a ``series`` or a contract that is its own series states of its month."""
        one = series or Series(family=family.key, period=group.period, underlying_period="")
        shift = 10 ** value_factor_shift(_formats(family)[0])
        if family.kind.is_option:
            yield _leaf("v", format_scaled(one.volatility_e6, 6))
        if one.expiry_day:
            yield _leaf("setlDate", one.expiry_day)
        yield _leaf("t", format_scaled(one.expiry_years_e6, 6))
        if one.value_factor_e7 and family.kind.is_option:
            yield _leaf("cvf", format_scaled(one.value_factor_e7 * shift, 7))
        if family.kind.is_option:
            yield _leaf("sc", format_scaled(one.delta_scaling_e4, 4))
            yield self._underlying(family, group, one)
        if one.reference_price_nanos is not None:
            yield _leaf("refPriceFlag", "Y") + _leaf(
                "refPrice", format_price(one.reference_price_nanos)
            )
        yield f"<intrRate>{_leaf('val', format_scaled(one.interest_rate_e6, 6))}</intrRate>"
        unit = self._unit(family)
        scan = "volScanPct" if one.volatility_scan_is_relative else "volScan"
        yield (
            f"<scanRate>{_leaf('r', self._rate(series))}"
            f"{_leaf('priceScan', format_scaled(one.price_scan_range * unit, 6))}"
            f"{_leaf(scan, format_scaled(one.volatility_scan_e6, 6))}</scanRate>"
        )
        if one.look_ahead_years_e6 != self.look_ahead:
            yield _leaf("fencang:lookAheadYears", format_scaled(one.look_ahead_years_e6, 6))
        if one.pricing_model and one.pricing_model != model:
            yield _leaf("fencang:priceModel", one.pricing_model)

    def _unit(self, family: ProductFamily) -> int:
        first, end = self.parameters.rows_of_family(family.key) or (0, 0)
        if first == end:
            return 1_000_000
        row = int(self.parameters.contracts.commodity[first])
        return self.parameters.commodities[row].risk_unit_micros

    def _underlying(self, family: ProductFamily, group: Group, series: Series) -> str:
        """Return the ``undC``; our own elements where it would lead to other months."""
        row = self._underlying_row(family, group, series)
        texts = []
        if row >= 0:
            key = self.parameters.families[self.parameters.contracts.family[row]].key
            texts.append(self._reference(row, "B", 10_000))
            period = group.underlying_period
            if family.kind == ContractType.OPTION_ON_PHYSICAL:
                period = group.period
            is_native = key == series.underlying_family and period == group.underlying_period
        else:
            is_native = False
        if not is_native:
            texts.append(_leaf("fencang:underlyingPeriod", group.underlying_period or NO_PERIOD))
            if series.underlying_family:
                texts.append(_leaf("fencang:underlyingFamily", series.underlying_family))
        return "".join(texts)

    def _underlying_row(self, family: ProductFamily, group: Group, series: Series) -> int:
        table = self.parameters.contracts
        span = self.parameters.rows_of_family(series.underlying_family)
        if span is None:
            return -1
        first, end = span
        if family.kind == ContractType.OPTION_ON_PHYSICAL:
            return first
        period = self.parameters.period_rows.get(group.underlying_period, -1)
        rows = np.flatnonzero(table.period[first:end] == period)
        return first + int(rows[0]) if len(rows) else -1

    def _reference(self, row: int, side: str, ratio_e4: int) -> str:
        family = self.parameters.families[self.parameters.contracts.family[row]]
        number = row - self.numbers.first_rows[family.key] + 1
        return (
            f"<undC>{_leaf('exch', family.exchange)}{_leaf('pfId', self.numbers.ids[family.key])}"
            f"{_leaf('cId', number)}{_leaf('s', side)}"
            f"{_leaf('i', format_scaled(ratio_e4, 4))}</undC>"
        )

    def _legs(self, row: int) -> Iterator[str]:
        for leg in self.parameters.combinations.get(row, ()):
            yield self._reference(leg.contract, "B" if leg.ratio_e4 > 0 else "S", abs(leg.ratio_e4))


class _ContractText:
    """Texts of the contracts of one family."""

    def __init__(self, parameters: SpanParameters, family: ProductFamily, first_row: int) -> None:
        self.parameters = parameters
        self.table = parameters.contracts
        self.family = family
        self.first_row = first_row
        self.formats = _formats(family)
        self.shift = 10 ** value_factor_shift(self.formats[0])
        row = int(self.table.commodity[first_row]) if len(self.table) else 0
        unit = parameters.commodities[row].risk_unit_micros if parameters.commodities else 1
        self.whole_units = divide_exact(unit, 1_000_000) if unit % 1_000_000 == 0 else 0
        self.unit = unit

    def text(self, row: int, group: Group, rate: int) -> str:
        """Return everything of a contract but what its month states."""
        table, family = self.table, self.family
        texts = [f"<cId>{row - self.first_row + 1}</cId>"]
        is_option = family.kind.is_option
        if is_option:
            texts.append(f"<o>{LETTERS.get(ContractRight(int(table.right[row])), 'C')}</o>")
            texts.append(f"<k>{_price(int(table.strike_nanos[row]), self.formats[1])}</k>")
        price = int(table.price_nanos[row])
        if price != ContractTable.NO_PRICE:
            texts.append(f"<p>{_price(price, self.formats[0])}</p>")
        texts.append(f"<d>{format_scaled(int(table.current_delta_e4[row]), 4)}</d>")
        texts.append(f"<v>{format_scaled(int(table.volatility_e6[row]), 6)}</v>")
        factor = int(table.value_factor_e7[row])
        if factor != self._stated_factor(group) or (not is_option and self._month_states(group)):
            texts.append(f"<cvf>{format_scaled(factor * self.shift, 7)}</cvf>")
        scaling = int(table.delta_scaling_e4[row])
        if not is_option or scaling != self._stated_scaling(group):
            texts.append(f"<sc>{format_scaled(scaling, 4)}</sc>")
        values = table.values[row].tolist()
        if self.whole_units:
            numbers = [f"<a>{value * self.whole_units}</a>" for value in values]
        else:
            numbers = [f"<a>{format_scaled(value * self.unit, 6)}</a>" for value in values]
        delta = format_scaled(int(table.delta_e4[row]), 4)
        texts.append(f"<ra><r>{rate}</r>{''.join(numbers)}<d>{delta}</d></ra>")
        return "".join(texts)

    def _stated_factor(self, group: Group) -> int:
        own = self.parameters.series[group.series].value_factor_e7 if group.series >= 0 else 0
        return (own if self.family.kind.is_option else 0) or self.family.value_factor_e7

    def _month_states(self, group: Group) -> bool:
        """Return whether the month of a future states a factor of its own."""
        return group.series >= 0 and self.parameters.series[group.series].value_factor_e7 != 0

    def _stated_scaling(self, group: Group) -> int:
        if group.series < 0:
            return 10_000
        return self.parameters.series[group.series].delta_scaling_e4


def _leaf(name: str, value: str | int) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def _formats(family: ProductFamily) -> tuple[PriceFormat, PriceFormat]:
    settlement = PriceFormat(family.settlement_locator, family.settlement_alignment)
    return settlement, PriceFormat(family.strike_locator, family.strike_alignment)


def _price(nanos: int, form: PriceFormat) -> str:
    """Return a price as text; with an alignment code, its digits with the point put back."""
    if not form.alignment:
        return format_price(nanos)
    digits = encode_price(nanos, form)
    text = format_scaled(digits * divide_exact(NANOS, 10**form.locator), 9)
    return f"-{text}" if nanos < 0 else text
