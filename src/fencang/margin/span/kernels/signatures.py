"""What kernels are called with: tables of a file, findings of an account, notes of spreads."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import from_dtype, njit, types

from fencang.margin.span.tables import layout

__all__ = [
    "BOOL",
    "CREDIT_MAX",
    "E4",
    "E5",
    "E10",
    "E12",
    "INT",
    "INTS",
    "LOG",
    "OUT",
    "OUTS",
    "PAIR",
    "PPM",
    "QUADRUPLE",
    "TABLES",
    "TOTALS",
    "WORK",
    "Ints",
    "Log",
    "Records",
    "Tables",
    "Work",
    "kernel",
]

Records = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

CREDIT_MAX = 1 << 60
E4 = 10_000
E5 = 100_000
E10 = 10_000_000_000
E12 = 1_000_000_000_000
PPM = 1_000_000
TOTALS = 6
"""Columns of totals: maintenance, initial, option value counted against each, option value, number
of combined commodities."""


class Tables(NamedTuple):
    """What the file states (read-only)."""

    rows: Records
    values: Ints
    combination_legs: Records
    pairs: Ints
    commodities: Records
    month_tiers: Ints
    factors: Ints
    """(commodities, account types, 4): numerator and denominator of maintenance, of initial."""
    ranges: Records
    calendars: Records
    intra_legs: Records
    deliveries: Records
    inters: Records
    inter_legs: Records
    steps: Records
    """Ranges of each leg in each step; ``first`` is ``WHOLE`` for all months."""
    joins: Ints


class Work(NamedTuple):
    """What is found for one account; zero where nothing was found yet."""

    commodities: Records
    months: Records
    tiers: Records
    minima: Records
    vectors: Ints


class Log(NamedTuple):
    """Spreads formed; ``counts`` goes on where the arrays are full, so the caller sees it."""

    formed: Records
    legs: Records
    counts: Ints


kernel = partial(njit, cache=True, nogil=True, _nrt=False)
"""The decorator of every kernel.  None of them allocates, so none counts references: counting those
of twenty arrays at every call took most of the time.  (The option is numba's own affair, whose
version is locked.)"""


def _table(
    dtype: np.dtype[np.void] | None, dimensions: int = 1, *, readonly: bool = True
) -> types.Type:
    held = types.int64 if dtype is None else from_dtype(dtype)
    return types.Array(held, dimensions, "C", readonly=readonly)


BOOL = types.boolean
INT = types.int64
TABLES = types.NamedTuple(  # type: ignore[no-untyped-call]
    (
        _table(layout.ROW),
        _table(None, 2),
        _table(layout.COMBINATION_LEG),
        _table(None),
        _table(layout.COMMODITY),
        _table(None),
        _table(None, 3),
        _table(layout.RANGE),
        _table(layout.CALENDAR),
        _table(layout.INTRA_LEG),
        _table(layout.DELIVERY),
        _table(layout.INTER),
        _table(layout.INTER_LEG),
        _table(layout.RANGE),
        _table(None),
    ),
    Tables,
)
WORK = types.NamedTuple(  # type: ignore[no-untyped-call]
    (
        _table(layout.COMMODITY_STATE, readonly=False),
        _table(layout.MONTH_STATE, readonly=False),
        _table(layout.TIER_STATE, readonly=False),
        _table(layout.MINIMUM_STATE, readonly=False),
        _table(None, 2, readonly=False),
    ),
    Work,
)
LOG = types.NamedTuple(  # type: ignore[no-untyped-call]
    (
        _table(layout.FORMED, readonly=False),
        _table(layout.LEG_FORMED, readonly=False),
        _table(None, readonly=False),
    ),
    Log,
)
PAIR = types.UniTuple(INT, 2)  # type: ignore[no-untyped-call]
QUADRUPLE = types.UniTuple(INT, 4)  # type: ignore[no-untyped-call]
INTS = _table(None)
OUT = _table(None, 2, readonly=False)
OUTS = _table(None, 3, readonly=False)
