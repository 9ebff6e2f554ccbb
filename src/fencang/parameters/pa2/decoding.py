"""Passages that contracts and series share: prices by their family's format, factors, periods."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fencang.basics.rounding import divide_half_away
from fencang.parameters.faults import Fault
from fencang.parameters.pa2.families import Families, scaled_factor
from fencang.parameters.pa2.records.lines import Columns, Source, period_text
from fencang.parameters.prices import PriceFormat, decode_prices, value_factor_shift

__all__ = [
    "Ints",
    "Periods",
    "decoded_prices",
    "factor_shifts",
    "half_away",
    "is_option",
    "price_formats",
    "scaled",
    "scaled_factors",
    "tell",
]

Ints = NDArray[np.int64]


class Periods:
    """The periods of a file as rows of one sorted table."""

    def __init__(self, codes: Sequence[Ints]) -> None:
        found = np.unique(np.concatenate([np.zeros(0, np.int64), *(np.unique(c) for c in codes)]))
        texts = [period_text(int(code)) for code in found]
        self.texts = tuple(sorted(set(texts)))
        rows = {text: row for row, text in enumerate(self.texts)}
        self._codes = found
        self._rows = np.array([rows[text] for text in texts], dtype=np.int32)

    def rows(self, codes: Ints) -> NDArray[np.int32]:
        """Return the rows of period codes."""
        return self._rows[np.searchsorted(self._codes, codes)]


def is_option(families: Families) -> NDArray[np.bool_]:
    """Return by family row whether its contracts are options; the last entry is for row -1."""
    return np.array([family.kind.is_option for family in families.families] + [False])


def tell(source: Source, columns: Columns, name: str, bad: NDArray[np.bool_], allowed: str) -> None:
    """Tell a fault of one field for every line that ``bad`` marks."""
    field = columns.layout.by_name[name]
    places = np.flatnonzero(bad)

    def make(position: int) -> Fault:
        raw = columns.matrix[field.first - 1 : field.last, places[position]].tobytes()
        found = repr(raw.decode("ascii", "replace"))
        line = int(columns.rows[places[position]]) + 1
        return Fault(line, columns.layout.record, name, field.first, field.last, found, allowed)

    source.faults.add_many(columns.line_numbers[places].tolist(), make)


def price_formats(families: Families, which: str) -> list[PriceFormat]:
    """Return every family's ``settlement`` or ``strike`` price format."""
    return [
        PriceFormat(getattr(each, f"{which}_locator"), getattr(each, f"{which}_alignment"))
        for each in families.families
    ]


def factor_shifts(families: Families) -> Ints:
    """Return by family row the power of ten that divides its value factors (alignment 0)."""
    shifts = [value_factor_shift(each) for each in price_formats(families, "settlement")]
    return np.array([*shifts, 0], dtype=np.int64)


def decoded_prices(
    digits: Ints, family: NDArray[np.int32], families: Families, which: str
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return magnitudes in nanos by the formats of the rows' families, and which mean none."""
    formats = price_formats(families, which)
    distinct = sorted(set(formats))
    of_family = np.array([distinct.index(each) for each in formats] + [0], dtype=np.int64)
    of_row = of_family[family]
    nanos, bad = np.zeros(len(digits), np.int64), np.zeros(len(digits), np.bool_)
    for number, price_format in enumerate(distinct):
        at = np.flatnonzero(of_row == number)
        if len(at):
            nanos[at], bad[at] = decode_prices(digits[at], price_format)
    return nanos, bad


def scaled_factors(factor_e7: Ints, powers: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return value factors times powers of ten, and which are not exact or beyond bounds."""
    result, bad = np.zeros(len(factor_e7), np.int64), np.zeros(len(factor_e7), np.bool_)
    for power in np.unique(powers).tolist():
        at = np.flatnonzero(powers == power)
        if power == 0:
            result[at] = factor_e7[at]
            continue
        for position in at.tolist():
            value = scaled_factor(int(factor_e7[position]), power)
            result[position], bad[position] = value or 0, value is None
    return result, bad


def scaled(values: Ints, exponents: Ints) -> Ints:
    """Return values times a power of ten, rounded half away; exponents have two digits.

    A volatility that would pass int64 is cut to 10^18: no number that anybody computes with.
    """
    if not exponents.any():
        return values
    result = values.copy()
    for position in np.flatnonzero(exponents).tolist():
        value, exponent = int(values[position]), int(exponents[position])
        if exponent > 0:
            result[position] = min(value * 10**exponent, 10**18)
        else:
            result[position] = divide_half_away(value, 10**-exponent)
    return result


def half_away(values: Ints, divisor: int) -> Ints:
    """Return values of at least 0 divided, halves away from zero."""
    return (2 * values + divisor) // (2 * divisor)
