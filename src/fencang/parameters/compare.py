"""Compares two sets in everything that the calculation uses, and says the differences in words.

Names, formats of prices, order of rows and the file's hash are no differences: contracts, series
and commodities are compared by what names them, amounts in money and not in risk units.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import format_price
from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractTable,
    DeliveryMonth,
    IntraSpread,
    ProductFamily,
    Series,
    SpanParameters,
    Tier,
)

__all__ = ["DIFFERENCES_MAX", "equal_parameters"]

DIFFERENCES_MAX = 100
"""Differences told one by one."""

CONTRACT_COLUMNS = (
    "price_nanos",
    "volatility_e6",
    "value_factor_e7",
    "delta_e4",
    "current_delta_e4",
    "delta_scaling_e4",
)
FAMILY_FIELDS = ("currency", "value_factor_e7", "is_positionable")
OPTION_FIELDS = ("is_american", "is_futures_style")
SERIES_FIELDS = tuple(
    name
    for name in Series.__struct_fields__
    if name not in {"family", "price_scan_range", "underlying_family"}
)
COMMODITY_FIELDS = (
    "currency",
    "rounding_micros",
    "is_futures_style",
    "caps_option_value",
    "combination_method",
    "price_risk_method",
    "som_method",
    "adjustment_ppm",
    "initial_ratio_ppm",
)
HEADER_FIELDS = (
    "clearing_organisation",
    "business_date",
    "is_settlement",
    "is_gross",
    "caps_option_value",
)


def equal_parameters(first: SpanParameters, second: SpanParameters) -> list[str]:
    """Return the differences between two sets, at most ``DIFFERENCES_MAX``; none when equal."""
    found: list[str] = []
    for difference in _differences(first, second):
        if len(found) == DIFFERENCES_MAX:
            found.append("and more")
            break
        found.append(difference)
    return found


def _differences(first: SpanParameters, second: SpanParameters) -> Iterator[str]:
    yield from _fields("header", first.header, second.header, HEADER_FIELDS)
    pairs = [
        [(point.number, point.paired_number) for point in each.scan_points]
        for each in (first, second)
    ]
    if pairs[0] != pairs[1]:
        yield f"scenarios: {pairs[0]} and {pairs[1]}"
    rates = [
        {(rate.from_currency, rate.to_currency): rate.rate_nanos for rate in each.currency_rates}
        for each in (first, second)
    ]
    yield from _maps("currency rate", rates[0], rates[1])
    yield from _families(first, second)
    yield from _commodities(first, second)
    # Super spreads are formed before all others (X1), wherever a file lists them.
    ordered = [
        sorted(each.inter_spreads, key=lambda spread: not spread.is_super)
        for each in (first, second)
    ]
    spreads = [[_plain(spread) for spread in each] for each in ordered]
    yield from _lists("inter-commodity spread", spreads[0], spreads[1])
    yield from _series(first, second)
    yield from _contracts(first, second)
    legs = [_combinations(each) for each in (first, second)]
    yield from _maps("combination", legs[0], legs[1])


def _fields(name: str, first: object, second: object, fields: Iterable[str]) -> Iterator[str]:
    for field in fields:
        values = getattr(first, field), getattr(second, field)
        if values[0] != values[1]:
            yield f"{name}, {field}: {values[0]!r} and {values[1]!r}"


def _maps(name: str, first: Mapping[Any, Any], second: Mapping[Any, Any]) -> Iterator[str]:
    for key, value in first.items():
        if key not in second:
            yield f"{name} {key}: only in the first set"
        elif value != second[key]:
            yield f"{name} {key}: {value!r} and {second[key]!r}"
    for key in second:
        if key not in first:
            yield f"{name} {key}: only in the second set"


def _lists(name: str, first: list[Any], second: list[Any]) -> Iterator[str]:
    if len(first) != len(second):
        yield f"{name}s: {len(first)} and {len(second)}"
    for number, (one, other) in enumerate(zip(first, second, strict=False), 1):
        if one != other:
            yield f"{name} {number}: {one!r} and {other!r}"


def _plain(value: object) -> object:
    return msgspec.to_builtins(value)


def _families(first: SpanParameters, second: SpanParameters) -> Iterator[str]:
    def plain(parameters: SpanParameters) -> dict[str, dict[str, Any]]:
        return {family.key: family_fields(family) for family in parameters.families}

    def family_fields(family: ProductFamily) -> dict[str, Any]:
        fields = FAMILY_FIELDS + (OPTION_FIELDS if family.kind.is_option else ())
        return {name: getattr(family, name) for name in fields}

    yield from _maps("family", plain(first), plain(second))


def _commodities(first: SpanParameters, second: SpanParameters) -> Iterator[str]:
    ours = {commodity.code: commodity for commodity in first.commodities}
    others = {commodity.code: commodity for commodity in second.commodities}
    yield from (f"commodity {code}: only in the first set" for code in ours if code not in others)
    yield from (f"commodity {code}: only in the second set" for code in others if code not in ours)
    for code, one in ours.items():
        other = others.get(code)
        if other is None:
            continue
        name = f"commodity {code}"
        yield from _fields(name, one, other, COMMODITY_FIELDS)
        if set(one.families) != set(other.families):
            yield f"{name}, families: {one.families} and {other.families}"
        tables, other_tables = _tables(one), _tables(other)
        for table, rows in tables.items():
            yield from _lists(f"{name}, {table}", rows, other_tables[table])


def _tables(commodity: CombinedCommodity) -> dict[str, list[Any]]:
    """Return every table with its rates in micros."""
    unit = commodity.risk_unit_micros

    def tiers(table: tuple[Tier, ...], *, is_som: bool = False) -> list[Any]:
        return [
            (tier.number, tier.first_period, tier.last_period, tier.som_rate * unit * is_som)
            for tier in table
        ]

    def spreads(table: tuple[IntraSpread, ...]) -> list[Any]:
        return [(spread.priority, spread.rate * unit, _plain(spread.legs)) for spread in table]

    def months(table: tuple[DeliveryMonth, ...]) -> list[Any]:
        return [
            (each.period, each.side, each.rate_consumed * unit, each.rate_remaining * unit)
            for each in table
        ]

    return {
        "scan tier": tiers(commodity.scan_tiers),
        "intra tier": tiers(commodity.intra_tiers),
        "inter tier": tiers(commodity.inter_tiers),
        "minimum tier": tiers(commodity.som_tiers, is_som=True),
        "series spread": spreads(commodity.series_spreads),
        "tier spread": spreads(commodity.tier_spreads),
        "delivery month": months(commodity.delivery_months),
        "short option minimum": [commodity.som_rate * unit],
    }


def _units(parameters: SpanParameters) -> dict[str, int]:
    return {
        key: commodity.risk_unit_micros
        for commodity in parameters.commodities
        for key in commodity.families
    }


def _series(first: SpanParameters, second: SpanParameters) -> Iterator[str]:
    def plain(parameters: SpanParameters) -> dict[str, tuple[Any, ...]]:
        units = _units(parameters)
        options = {family.key for family in parameters.families if family.kind.is_option}
        return {
            f"{each.family}/{each.period}/{each.underlying_period}": (
                *(getattr(each, name) for name in SERIES_FIELDS),
                each.underlying_family if each.family in options else "",
                each.price_scan_range * units.get(each.family, 1),
            )
            for each in parameters.series
        }

    names = (*SERIES_FIELDS, "underlying_family", "price_scan_micros")
    ours, others = plain(first), plain(second)
    yield from (f"series {key}: only in the first set" for key in ours if key not in others)
    yield from (f"series {key}: only in the second set" for key in others if key not in ours)
    for key, values in ours.items():
        for name, one, other in zip(names, values, others.get(key, values), strict=True):
            if one != other:
                yield f"series {key}, {name}: {one!r} and {other!r}"


def _keys(parameters: SpanParameters) -> list[tuple[Any, ...]]:
    """Return what names each contract: family, right, period, underlying period, strike."""
    table = parameters.contracts
    columns = (table.family, table.right, table.period, table.underlying_period, table.strike_nanos)
    names = [family.key for family in parameters.families]
    return [
        (names[family], right, table.periods[period], table.periods[underlying], strike)
        for family, right, period, underlying, strike in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _told(key: tuple[Any, ...]) -> str:
    family, right, period, underlying, strike = key
    option = f"/{' CP'[right]}/{format_price(strike)}/{underlying}" if right else ""
    return f"{family}/{period}{option}"


def _micros(parameters: SpanParameters, name: str) -> NDArray[Any]:
    """Return a column of risk units in micros, as Python integers where int64 might not do."""
    table = parameters.contracts
    units = np.array([each.risk_unit_micros for each in parameters.commodities] + [1])
    values = getattr(table, name)
    scale = units[table.commodity]
    largest = int(np.abs(values).max(initial=0)) * int(scale.max(initial=1))
    if largest >= 1 << 62:
        values = values.astype(object)
    product: NDArray[Any] = values * (scale[:, None] if values.ndim == 2 else scale)
    return product


def _contracts(first: SpanParameters, second: SpanParameters) -> Iterator[str]:
    ours, others = _keys(first), _keys(second)
    rows = {key: row for row, key in enumerate(others)}
    known = set(ours)
    yield from (f"contract {_told(key)}: only in the first set" for key in ours if key not in rows)
    yield from (
        f"contract {_told(key)}: only in the second set" for key in others if key not in known
    )
    shared = [(row, rows[key]) for row, key in enumerate(ours) if key in rows]
    if not shared:
        return
    at, other_at = (np.array(side, dtype=np.int64) for side in zip(*shared, strict=True))
    columns = {
        name: (getattr(first.contracts, name), getattr(second.contracts, name))
        for name in CONTRACT_COLUMNS
    }
    for name in ("price_scan_range", "values"):
        columns[name] = _micros(first, name), _micros(second, name)
    columns["has_series"] = first.contracts.series >= 0, second.contracts.series >= 0
    columns["commodity"] = _commodity_codes(first), _commodity_codes(second)
    for name, (column, other_column) in columns.items():
        one, other = column[at], other_column[other_at]
        differs = one != other
        if differs.ndim == 2:
            differs = differs.any(axis=1)
        for position in np.flatnonzero(differs).tolist():
            told = _told(ours[int(at[position])])
            yield f"contract {told}, {name}: {_shown(one[position])} and {_shown(other[position])}"


def _commodity_codes(parameters: SpanParameters) -> NDArray[Any]:
    codes = np.array([each.code for each in parameters.commodities], dtype=object)
    return codes[parameters.contracts.commodity]


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    if isinstance(value, np.integer) and int(value) == ContractTable.NO_PRICE:
        return "no price"
    return str(value)


def _combinations(parameters: SpanParameters) -> dict[str, list[tuple[str, int]]]:
    if not parameters.combinations:
        return {}
    keys = _keys(parameters)
    return {
        _told(keys[row]): [(_told(keys[leg.contract]), leg.ratio_e4) for leg in legs]
        for row, legs in parameters.combinations.items()
    }
