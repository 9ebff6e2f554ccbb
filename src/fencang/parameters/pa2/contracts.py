"""From raw arrays to the table of contracts: identities, prices, factors, risk units.

Law: a contract belongs to a family with a price format and to a combined commodity, and stands in
the file once.  What holds no meaning is told with its line and left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import ContractRight, ContractTable, Series
from fencang.parameters.faults import Fault
from fencang.parameters.pa2.arrays import RawArrays
from fencang.parameters.pa2.commodities import RiskUnit
from fencang.parameters.pa2.decoding import (
    Ints,
    Periods,
    decoded_prices,
    factor_shifts,
    is_option,
    scaled,
    scaled_factors,
)
from fencang.parameters.pa2.families import Families
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.records.lines import Source, period_text
from fencang.parameters.pa2.series import RawSeries

__all__ = ["build_contracts", "months_of"]

Rows = NDArray[np.int32]

RIGHTS = np.full(256, -1, dtype=np.int8)
RIGHTS[[ord(" "), ord("C"), ord("P")]] = [
    ContractRight.NONE,
    ContractRight.CALL,
    ContractRight.PUT,
]


def months_of(arrays: RawArrays, families: Families) -> dict[int, list[str]]:
    """Return the underlying months of each commodity's contracts, by the commodity's row."""
    known = arrays.family >= 0
    commodity = np.array([*families.commodity, -1], dtype=np.int64)[arrays.family[known]]
    pairs = np.unique(np.stack((commodity, arrays.future_period[known])), axis=1)
    months: dict[int, list[str]] = {}
    for row, code in pairs.T.tolist():
        if row >= 0:
            months.setdefault(row, []).append(period_text(code))
    return months


def build_contracts(
    source: Source,
    arrays: RawArrays,
    raw_series: RawSeries,
    series: Sequence[Series],
    families: Families,
    units: Sequence[RiskUnit],
) -> ContractTable:
    """Return the contracts that hold, families in their order, each in the order of the file."""
    arrays = _placed(source, arrays, families)
    codes = np.where(is_option(families)[arrays.family], arrays.option_period, arrays.future_period)
    periods = Periods((codes, arrays.future_period, raw_series.period, raw_series.underlying))
    columns: dict[str, NDArray[Any]] = {
        "family": arrays.family,
        "right": RIGHTS[arrays.right],
        "period": periods.rows(codes),
        "underlying_period": periods.rows(arrays.future_period),
        "volatility_e6": scaled(arrays.volatility, arrays.volatility_exponent),
        "delta_e4": arrays.delta,
        "current_delta_e4": arrays.current_delta,
    }
    keeps = _once(source, arrays, columns["period"], columns["underlying_period"])
    columns["price_nanos"], columns["strike_nanos"], bad = _prices(source, arrays, families)
    columns["value_factor_e7"], bad_factor = _own_factors(source, arrays, families)
    keeps &= ~(bad | bad_factor)
    order = np.argsort(arrays.family, kind="stable")
    order = order[keeps[order]]
    columns = {name: column[order] for name, column in columns.items()}
    family = columns["family"]
    columns["commodity"] = np.array([*families.commodity, -1])[family]
    columns["series"] = _series_rows(periods, raw_series, columns)
    columns |= _of_series(series, families, columns)
    columns["values"] = arrays.values[order] * _value_scales(families, units)[family, None]
    return ContractTable(periods.texts, columns)


def _of_series(
    series: Sequence[Series], families: Families, columns: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Return what records B state for contracts; the value factor where a contract has no own."""
    scaling, ranges, factors = (
        np.array([getattr(each, name) for each in series] + [default], dtype=np.int64)
        for name, default in (
            ("delta_scaling_e4", 10_000),
            ("price_scan_range", 0),
            ("value_factor_e7", 0),
        )
    )
    rows = columns["series"]
    of_family = np.array([each.value_factor_e7 for each in families.families] + [0])
    factor = columns["value_factor_e7"]
    for other in (factors[rows], of_family[columns["family"]]):
        factor = np.where(factor > 0, factor, other)
    return {
        "delta_scaling_e4": scaling[rows],
        "price_scan_range": ranges[rows],
        "value_factor_e7": factor,
    }


def _value_scales(families: Families, units: Sequence[RiskUnit]) -> Ints:
    scales = [
        10 ** (units[row].rate_power - locator) if row >= 0 else 1
        for row, locator in zip(families.commodity, families.array_locator, strict=True)
    ]
    return np.array([*scales, 1], dtype=np.int64)


def _tell_contracts(
    source: Source,
    arrays: RawArrays,
    bad: NDArray[np.bool_],
    name: str,
    allowed: str,
    found: Callable[[int], str],
) -> None:
    field = LAYOUTS["81"].by_name.get(name) or LAYOUTS["82"].by_name[name]
    record = "81" if name in LAYOUTS["81"].by_name else "82"
    places = np.flatnonzero(bad)

    def make(position: int) -> Fault:
        row = int(places[position])
        line = int(arrays.line[row])
        return Fault(line, record, name, field.first, field.last, found(row), allowed)

    source.faults.add_many(arrays.line[places].tolist(), make)


def _placed(source: Source, arrays: RawArrays, families: Families) -> RawArrays:
    """Return the contracts whose family has a commodity and a price format and fits the right."""
    commodity = np.array([*families.commodity, -1], dtype=np.int64)[arrays.family]
    has_format = np.array([*families.has_format, False])[arrays.family]
    option = is_option(families)[arrays.family]
    right = RIGHTS[arrays.right]
    lost = commodity < 0
    keys = [family.key for family in families.families]

    def key(row: int) -> str:
        number = int(arrays.family[row])
        if number >= 0:
            return keys[number]
        return repr(source.index.line_text(int(arrays.line[row]) - 1)[2:28])

    allowed = "a product family that a record 2 lists"
    _tell_contracts(source, arrays, lost, "code", allowed, key)
    formless = ~lost & ~has_format
    allowed = "a product family whose record P states how its prices are written"
    _tell_contracts(source, arrays, formless, "code", allowed, key)
    wrong = ~lost & ((right < 0) | ((right > 0) != option))
    allowed = "C or P for an option, blank for everything else"
    _tell_contracts(
        source, arrays, wrong, "right", allowed, lambda row: repr(chr(int(arrays.right[row])))
    )
    holds = ~(lost | formless | wrong)
    return arrays if holds.all() else arrays.taken(holds)


def _once(
    source: Source, arrays: RawArrays, period: NDArray[np.int32], underlying: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Return which contracts to keep: of one that stands twice, the first."""
    parts = (arrays.strike, arrays.right, underlying, period, arrays.family)
    order = np.lexsort(parts)
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for part in parts:
        column = part[order]
        same &= column[1:] == column[:-1]
    again = np.zeros(len(order), dtype=np.bool_)
    again[order[1:][same]] = True
    _tell_contracts(
        source,
        arrays,
        again,
        "code",
        "each contract once",
        lambda row: f"once more {source.index.line_text(int(arrays.line[row]) - 1)[2:54]!r}",
    )
    return ~again


def _prices(
    source: Source, arrays: RawArrays, families: Families
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return settlement prices and strikes in nanos with their signs, and which mean none."""
    offsets, bad_offset = decoded_prices(
        np.array([*families.price_offset, 0], dtype=np.int64),
        np.append(np.arange(len(families.families), dtype=np.int32), np.int32(-1)),
        families,
        "settlement",
    )
    digits = np.where(arrays.has_settlement, arrays.settlement, 0)
    prices, bad_price = decoded_prices(digits, arrays.family, families, "settlement")
    strikes, bad_strike = decoded_prices(np.abs(arrays.strike), arrays.family, families, "strike")
    bad_price |= bad_offset[arrays.family]
    allowed = "digits that the family's format of {} can mean, below four billion"
    _tell_contracts(
        source,
        arrays,
        bad_price,
        "settlement",
        allowed.format("settlement prices"),
        lambda row: str(int(arrays.settlement[row])),
    )
    _tell_contracts(
        source,
        arrays,
        bad_strike,
        "strike",
        allowed.format("strikes"),
        lambda row: str(int(arrays.strike[row])),
    )
    np.negative(prices, out=prices, where=arrays.is_settlement_minus)
    np.negative(strikes, out=strikes, where=arrays.strike < 0)
    prices -= offsets[arrays.family]
    strikes -= np.where(is_option(families)[arrays.family], offsets[arrays.family], 0)
    prices[~arrays.has_settlement] = ContractTable.NO_PRICE
    return prices, strikes, bad_price | bad_strike


def _own_factors(
    source: Source, arrays: RawArrays, families: Families
) -> tuple[Ints, NDArray[np.bool_]]:
    powers = arrays.value_factor_exponent - factor_shifts(families)[arrays.family]
    powers[arrays.value_factor == 0] = 0
    factors, bad = scaled_factors(arrays.value_factor, powers)
    _tell_contracts(
        source,
        arrays,
        bad,
        "value_factor",
        "at most seven decimals and below 10^11",
        lambda row: str(int(arrays.value_factor[row])),
    )
    return factors, bad


def _series_rows(periods: Periods, raw: RawSeries, columns: Mapping[str, NDArray[Any]]) -> Ints:
    """Return the row of each contract's record B, -1 where the file has none."""
    size = len(periods.texts)

    def joined(rows: Rows, own: Rows, other: Rows) -> Ints:
        key: Ints = (rows.astype(np.int64) * size + own) * size + other
        return key

    wanted = joined(columns["family"], columns["period"], columns["underlying_period"])
    known = joined(raw.family, periods.rows(raw.period), periods.rows(raw.underlying))
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    at = np.searchsorted(known[order], wanted)
    found = order[np.minimum(at, len(order) - 1)]
    return np.where(known[found] == wanted, found, -1)
