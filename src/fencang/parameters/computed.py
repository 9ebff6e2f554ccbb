"""A parameter set with computed rows among those of the file: new strikes, intraday arrays.

The set is another one than the file's and says so: its ``sha256`` covers what was computed, and
``SpanParameters.computed`` names formula and version of every row that no file stated.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractTable,
    Series,
    SpanParameters,
)
from fencang.parameters.arrays import ComputedArrays

__all__ = ["ForeignArrays", "with_computed"]

_NUMBERS = (
    "right",
    "strike_nanos",
    "price_nanos",
    "volatility_e6",
    "value_factor_e7",
    "delta_e4",
    "current_delta_e4",
    "delta_scaling_e4",
    "price_scan_range",
    "values",
)
"""Columns that computed rows bring along; the others are rows of the set's own tables."""


_Value = TypeVar("_Value")


class ForeignArrays(ValueError):
    """Computed arrays do not fit the set; ``faults`` lists everything that does not."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class _Places(NamedTuple):
    # Rows of the set's tables by the names that computed arrays use.
    families: dict[str, int]
    commodities: dict[str, int]


def with_computed(parameters: SpanParameters, computed: Sequence[ComputedArrays]) -> SpanParameters:
    """Return the set with the computed rows in the place of the file's, or behind their family.

    Rows move when others come in front of them: portfolios are built from keys anew.

    Raises:
        ForeignArrays: an unknown family, another number of scenarios, another risk unit, a contract
            computed twice; all of them are told and nothing is changed.
    """
    places = _places(parameters)
    if faults := _faults(parameters, computed, places):
        raise ForeignArrays(faults)
    series, periods = list(parameters.series), list(parameters.contracts.periods)
    columns, origins = _joined(parameters, computed, places, series, periods)
    order = _order(parameters, columns["family"])
    moved = np.empty(len(order), dtype=np.int64)
    moved[order] = np.arange(len(order))
    ordered = {name: column[order] for name, column in columns.items()}
    return SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=parameters.commodities,
        families=parameters.families,
        series=tuple(series),
        contracts=ContractTable(tuple(periods), ordered),
        inter_spreads=parameters.inter_spreads,
        combinations=_moved_combinations(parameters, moved),
        currency_rates=parameters.currency_rates,
        sha256=_sha256(parameters, computed),
        computed={int(moved[row]): origin for row, origin in sorted(origins.items())},
    )


def _joined(
    parameters: SpanParameters,
    computed: Sequence[ComputedArrays],
    places: _Places,
    series: list[Series],
    periods: list[str],
) -> tuple[dict[str, NDArray[Any]], dict[int, str]]:
    # The file's rows, some replaced, and the new ones behind all; series and periods grow along.
    columns = {name: [getattr(parameters.contracts, name).copy()] for name in ContractTable.COLUMNS}
    origins = dict(parameters.computed)
    rows = len(parameters.contracts)
    for arrays in computed:
        found = _rows_in_file(parameters, arrays)
        is_new = found < 0
        for name, column in _incoming(arrays, places, series, periods).items():
            columns[name][0][found[~is_new]] = column[~is_new]
            columns[name].append(column[is_new])
        found[is_new] = np.arange(rows, rows + is_new.sum())
        rows += int(is_new.sum())
        origins |= dict.fromkeys(found.tolist(), arrays.origin)
    return {name: np.concatenate(parts) for name, parts in columns.items()}, origins


def _places(parameters: SpanParameters) -> _Places:
    return _Places(
        families={family.key: row for row, family in enumerate(parameters.families)},
        commodities={
            family: row
            for row, commodity in enumerate(parameters.commodities)
            for family in commodity.families
        },
    )


def _faults(
    parameters: SpanParameters, computed: Sequence[ComputedArrays], places: _Places
) -> list[str]:
    faults: list[str] = []
    seen: set[str] = set()
    for arrays in computed:
        family, scenarios = arrays.series.family, arrays.columns["values"].shape[1]
        if family not in places.families or family not in places.commodities:
            faults.append(f"{family}: the set has no such family in a combined commodity")
            continue
        unit = parameters.commodities[places.commodities[family]].risk_unit_micros
        if arrays.risk_unit_micros != unit:
            faults.append(
                f"{family}: computed in units of {arrays.risk_unit_micros} micros, "
                f"its combined commodity counts in {unit}"
            )
        if scenarios != len(parameters.scan_points):
            faults.append(
                f"{family}: {scenarios} scenarios, the set has {len(parameters.scan_points)}"
            )
        faults += [f"{key}: computed twice" for key in _repeated(arrays.keys, seen)]
    return faults


def _repeated(keys: Sequence[str], seen: set[str]) -> list[str]:
    repeated = []
    for key in keys:
        if key in seen:
            repeated.append(key)
        seen.add(key)
    return repeated


def _rows_in_file(parameters: SpanParameters, arrays: ComputedArrays) -> NDArray[np.int64]:
    # Row of each computed contract in the present table, -1 of a new one.
    found = np.full(len(arrays), -1, dtype=np.int64)
    span = parameters.rows_of_family(arrays.series.family)
    period = parameters.period_rows.get(arrays.series.period)
    underlying = parameters.period_rows.get(_underlying_period(arrays.series))
    if span is None or period is None or underlying is None:
        return found
    table, rows = parameters.contracts, slice(*span)
    here = np.flatnonzero(
        (table.period[rows] == period) & (table.underlying_period[rows] == underlying)
    )
    here += span[0]
    row_of = {
        (int(right), int(strike)): int(row)
        for row, right, strike in zip(
            here, table.right[here], table.strike_nanos[here], strict=True
        )
    }
    contracts = zip(arrays.columns["right"], arrays.columns["strike_nanos"], strict=True)
    found[:] = [row_of.get((int(right), int(strike)), -1) for right, strike in contracts]
    return found


def _underlying_period(series: Series) -> str:
    return series.underlying_period or series.period


def _incoming(
    arrays: ComputedArrays, places: _Places, series: list[Series], periods: list[str]
) -> dict[str, NDArray[Any]]:
    # All columns of the computed rows; series and periods that the set lacks are appended to it.
    family = arrays.series.family
    rows = {
        "family": places.families[family],
        "commodity": places.commodities[family],
        "series": _row_in(series, arrays.series),
        "period": _row_in(periods, arrays.series.period),
        "underlying_period": _row_in(periods, _underlying_period(arrays.series)),
    }
    columns: dict[str, NDArray[Any]] = {
        name: np.full(len(arrays), row, dtype=np.int32) for name, row in rows.items()
    }
    return columns | {name: arrays.columns[name] for name in _NUMBERS}


def _row_in(values: list[_Value], value: _Value) -> int:
    if value not in values:
        values.append(value)
    return values.index(value)


def _order(parameters: SpanParameters, family: NDArray[np.int32]) -> NDArray[np.int64]:
    # Families where they stood, those without rows behind; new rows behind their family's.
    end = len(parameters.contracts)
    first = np.arange(len(parameters.families), dtype=np.int64) + end
    for row, each in enumerate(parameters.families):
        if (span := parameters.rows_of_family(each.key)) is not None:
            first[row] = span[0]
    return np.argsort(first[family], kind="stable")


def _moved_combinations(
    parameters: SpanParameters, moved: NDArray[np.int64]
) -> dict[int, tuple[CombinationLeg, ...]]:
    return {
        int(moved[row]): tuple(
            CombinationLeg(contract=int(moved[leg.contract]), ratio_e4=leg.ratio_e4) for leg in legs
        )
        for row, legs in parameters.combinations.items()
    }


def _sha256(parameters: SpanParameters, computed: Sequence[ComputedArrays]) -> str:
    digest = hashlib.sha256(parameters.sha256.encode())
    for arrays in computed:
        digest.update("\n".join((arrays.origin, *arrays.keys)).encode())
        for name in _NUMBERS:
            column = arrays.columns[name]
            digest.update(np.ascontiguousarray(column, dtype="<i8").tobytes())
    return digest.hexdigest()
