"""Records 81 to 84 and B as raw columns: integers as the file writes them, no meaning yet.

Law: every contract has a first record and, directly behind it among the records of arrays, its
second with the same key.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.parameters.faults import Fault
from fencang.parameters.pa2.families import FamilyKey
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.records.lines import LINES_PER_PART, Columns, Source

__all__ = ["RawArrays", "read_arrays"]

FIRST_OF = {"82": "81", "84": "83"}
KEY_COLUMNS = slice(2, 54)
"""Columns 3 to 54: everything that names a contract but its strike's sign."""

Ints = NDArray[np.int64]


class RawArrays(NamedTuple):
    """One row a contract, in the order of the file.

    Shapes: ``values`` (N, 16) int32, signed; all else (N,).  ``family`` is -1 for a family that
    no record 2 or P names.  Periods are those of ``period_text``.
    """

    line: Ints
    family: NDArray[np.int32]
    right: NDArray[np.uint8]
    future_period: Ints
    option_period: Ints
    strike: Ints
    settlement: Ints
    has_settlement: NDArray[np.bool_]
    is_settlement_minus: NDArray[np.bool_]
    delta: Ints
    current_delta: Ints
    volatility: Ints
    volatility_exponent: Ints
    value_factor: Ints
    value_factor_exponent: Ints
    values: NDArray[np.int32]

    def taken(self, rows: Ints | NDArray[np.bool_]) -> "RawArrays":
        """Return some of the contracts, by row or by mask."""
        return RawArrays._make(column[rows] for column in self)


def read_arrays(source: Source, families: Mapping[FamilyKey, int]) -> RawArrays:
    """Return every contract whose two records hold; ``families`` maps keys to rows."""
    seconds = _paired(source)
    parts = [
        _part(source, record, second, rows, families)
        for second, record in FIRST_OF.items()
        for rows in _split(seconds[second])
    ]
    empty = np.zeros(0, np.int64)
    if not parts:
        parts = [_part(source, "81", "82", (empty, empty), families)]
    arrays = RawArrays._make(np.concatenate(column) for column in zip(*parts, strict=True))
    if len(seconds["82"][0]) and len(seconds["84"][0]):
        arrays = arrays.taken(np.argsort(arrays.line, kind="stable"))
    return arrays


def _split(pairs: tuple[Ints, Ints]) -> list[tuple[Ints, Ints]]:
    first, second = pairs
    return [
        (first[start : start + LINES_PER_PART], second[start : start + LINES_PER_PART])
        for start in range(0, len(first), LINES_PER_PART)
    ]


def _paired(source: Source) -> dict[str, tuple[Ints, Ints]]:
    """Return the lines of first and second records that stand together, by second type."""
    lines, types = [], []
    for record in ("81", "82", "83", "84"):
        rows = source.types.get(record, np.zeros(0, np.int64))
        lines.append(rows)
        types.append(np.full(len(rows), int(record), dtype=np.int8))
    line, kind = np.concatenate(lines), np.concatenate(types)
    order = np.argsort(line, kind="stable")
    line, kind = line[order], kind[order]
    is_first = kind % 2 == 1
    opens = np.append(is_first[:-1] & (kind[1:] == kind[:-1] + 1), False)[: len(line)]
    closes = np.concatenate((np.zeros(1, np.bool_), opens[:-1]))[: len(line)]
    for position in np.flatnonzero(~(opens | closes)).tolist():
        has_first = bool(is_first[position])
        other = int(kind[position]) + (1 if has_first else -1)
        found = f"a record {kind[position]} without its {other}"
        allowed = f"record {other} directly {'behind' if has_first else 'before'} it"
        source.line_fault(str(kind[position]), int(line[position]) + 1, found, allowed)
        if has_first and position == len(line) - 1:
            source.faults.is_truncated = True
    found_pairs = {}
    for second in FIRST_OF:
        at = np.flatnonzero(opens & (kind == int(second) - 1))
        found_pairs[second] = (line[at], line[at + 1])
    return found_pairs


def _part(
    source: Source,
    record: str,
    second_record: str,
    rows: tuple[Ints, Ints],
    families: Mapping[FamilyKey, int],
) -> RawArrays:
    first, second = _checked(
        source,
        source.index.columns(rows[0], LAYOUTS[record]),
        source.index.columns(rows[1], LAYOUTS[second_record]),
    )
    is_long = first.is_letter("long_settlement_flag", "Y")
    settlement = np.where(is_long, first.number("long_settlement"), second.number("settlement"))
    has_settlement = is_long | second.is_stated("settlement")
    strike = first.number("strike")
    np.negative(strike, out=strike, where=second.is_minus("strike_sign"))
    values = np.empty((len(first), 16), dtype=np.int32)
    for number in range(1, 17):
        values[:, number - 1] = (first if number < 10 else second).signed(f"value_{number}")
    return RawArrays(
        line=first.line_numbers,
        family=first.family_rows(families),
        right=first.matrix[LAYOUTS[record].by_name["right"].first - 1],
        future_period=first.period("future_month", "future_day"),
        option_period=first.period("option_month", "option_day"),
        strike=strike,
        settlement=settlement,
        has_settlement=has_settlement,
        is_settlement_minus=second.is_minus("settlement_sign"),
        delta=second.signed("delta"),
        current_delta=second.signed("current_delta"),
        volatility=second.number("volatility"),
        volatility_exponent=second.signed("volatility_exponent"),
        value_factor=second.number("value_factor"),
        value_factor_exponent=second.signed("value_factor_exponent"),
        values=values,
    )


def _checked(source: Source, first: Columns, second: Columns) -> tuple[Columns, Columns]:
    """Return the pairs whose records both hold and name the same contract."""
    holds = first.check(source.faults) & second.check(source.faults)
    same = (first.matrix[KEY_COLUMNS] == second.matrix[KEY_COLUMNS]).all(axis=0)
    for position in np.flatnonzero(~same).tolist():
        _tell_other_contract(source, first, second, position)
    holds &= same
    for lines in (first.line_numbers, second.line_numbers):
        source.faults.lines.update(lines[~holds].tolist())
    return first.without(holds), second.without(holds)


def _tell_other_contract(source: Source, first: Columns, second: Columns, position: int) -> None:
    texts = [
        repr(columns.matrix[KEY_COLUMNS, position].tobytes().decode("ascii", "backslashreplace"))
        for columns in (second, first)
    ]
    line = int(second.rows[position]) + 1
    allowed = f"that of line {line - 1}, its first record: {texts[1]}"
    record = second.layout.record
    source.faults.add(Fault(line, record, "contract", 3, 54, texts[0], allowed))
