"""Reads a whole ``.pa2`` file into ``SpanParameters``, or says everything that is wrong with it.

Law: the set stands for all lines of the file or it is refused.  With ``lenient=True`` damaged lines
are left out and the report counts them; a file without header or of another format is always
refused.
"""

import hashlib
import os
from collections import Counter
from datetime import date

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import ScanPoint, SpanHeader, SpanParameters
from fencang.parameters.faults import (
    Fault,
    ParameterFileDamaged,
    ParameterFileForeign,
    ParameterFileTruncated,
    ParseReport,
)
from fencang.parameters.pa2.arrays import read_arrays
from fencang.parameters.pa2.commodities import build_commodities, risk_units
from fencang.parameters.pa2.contracts import build_contracts, months_of
from fencang.parameters.pa2.families import Families, read_families
from fencang.parameters.pa2.records.layouts import LAYOUTS, UNUSED_RECORDS
from fencang.parameters.pa2.records.lines import PADDING, LineIndex, Source
from fencang.parameters.pa2.series import RawSeries, build_series, read_series
from fencang.parameters.pa2.spreads import (
    build_combinations,
    build_inter_spreads,
    read_currency_rates,
)

__all__ = [
    "BYTES_MAX",
    "FILE_FORMAT",
    "PARSER_VERSION",
    "SCAN_POINTS",
    "read_pa2",
]

PARSER_VERSION = 1
"""Raised whenever the same bytes would give another set: caches of other versions are not read."""

FILE_FORMAT = "U2"
BYTES_MAX = 2 << 30
"""Largest file that is read; a day of CME has 86 MB."""


def _scan_points() -> tuple[ScanPoint, ...]:
    """Return the sixteen scenarios that the positional formats take for granted (CME SPAN)."""
    moves = [(0, 1), (1, 3), (-1, 3), (2, 3), (-2, 3), (1, 1), (-1, 1)]
    points = [
        ScanPoint(
            number=2 * pair + 1 + down,
            price_numerator=numerator,
            price_denominator=denominator,
            volatility_numerator=-1 if down else 1,
            volatility_denominator=1,
            weight_ppm=1_000_000,
            paired_number=2 * pair + 2 - down,
        )
        for pair, (numerator, denominator) in enumerate(moves)
        for down in (0, 1)
    ]
    # Multiple and cover of the extreme moves are stated per series (record B); these are CME's.
    extremes = [
        ScanPoint(
            number=number,
            price_numerator=numerator,
            price_denominator=1,
            volatility_numerator=0,
            volatility_denominator=1,
            weight_ppm=330_000,
            paired_number=number,
        )
        for number, numerator in ((15, 3), (16, -3))
    ]
    return (*points, *extremes)


SCAN_POINTS = _scan_points()


def read_pa2(
    source: str | os.PathLike[str] | bytes, *, lenient: bool = False
) -> tuple[SpanParameters, ParseReport]:
    """Return the set of a file (a path, or its bytes) and what was met in it.

    Raises:
        ParameterFileFault: the file is refused; its report lists every damaged place.
        OSError: the file cannot be read.
    """
    name, text, size = _loaded(source)
    index = LineIndex(text, size)
    lines = Source(index)
    header = _header(name, lines)
    if index.is_cut:
        last = len(index) - 1
        found = f"the file ends inside {index.line_text(last)[-40:]!r}"
        allowed = "a line end behind the last line"
        lines.line_fault(index.line_text(last)[:2].rstrip(), last + 1, found, allowed)
        lines.faults.is_truncated = True
        lines.leave_out(last)
    parameters = _built(lines, header, hashlib.sha256(text[:size].data).hexdigest())
    report = _report(lines)
    if lines.faults and not lenient:
        kind = ParameterFileTruncated if lines.faults.is_truncated else ParameterFileDamaged
        raise kind(name, report)
    return parameters, report


def _loaded(source: str | os.PathLike[str] | bytes) -> tuple[str, NDArray[np.uint8], int]:
    """Return name, bytes with blank padding, and size of a file."""
    if isinstance(source, bytes):
        text = np.full(len(source) + PADDING, ord(" "), dtype=np.uint8)
        text[: len(source)] = np.frombuffer(source, dtype=np.uint8)
        return "bytes", text, len(source)
    with open(source, "rb") as stream:  # noqa: PTH123 -- a path-like is all that is asked for
        size = os.fstat(stream.fileno()).st_size
        if size > BYTES_MAX:
            _refuse_foreign(os.fspath(source), f"{size} bytes", f"at most {BYTES_MAX}")
        text = np.empty(size + PADDING, dtype=np.uint8)
        size = stream.readinto(text[: len(text) - PADDING].data)
    text[size:] = ord(" ")
    return os.fspath(source), text, size


def _built(source: Source, header: SpanHeader, sha256: str) -> SpanParameters:
    rates = read_currency_rates(source)
    currencies = {rate.from_currency for rate in rates} | {rate.to_currency for rate in rates}
    families = read_families(source, currencies)
    arrays = read_arrays(source, families.rows)
    raw_series = read_series(source, families)
    units = risk_units(source, families, _scan_exponents(raw_series, families))
    months = months_of(arrays, families)
    commodities = build_commodities(source, families, units, months, header.business_date)
    raw_series, series = build_series(source, raw_series, families, units, commodities)
    contracts = build_contracts(source, arrays, raw_series, series, families, units)
    listed = tuple(families.families)
    for record in sorted(UNUSED_RECORDS - {"Y"}):
        source.rows(record)
    return SpanParameters(
        header=header,
        scan_points=SCAN_POINTS,
        commodities=commodities,
        families=listed,
        series=series,
        contracts=contracts,
        inter_spreads=build_inter_spreads(source, families, commodities),
        combinations=build_combinations(source, listed, contracts),
        currency_rates=rates,
        sha256=sha256,
    )


def _scan_exponents(raw: RawSeries, families: Families) -> dict[int, int]:
    """Return the least exponent of a price scan range by the row of the commodity."""
    found: dict[int, int] = {}
    below = np.flatnonzero(raw.price_scan_exponent < 0)
    for family, exponent in zip(
        raw.family[below].tolist(), raw.price_scan_exponent[below].tolist(), strict=True
    ):
        row = families.commodity[family]
        found[row] = min(found.get(row, 0), exponent)
    return found


def _header(name: str, source: Source) -> SpanHeader:
    rows = source.types.get("0")
    if rows is None or int(rows[0]) != 0:
        first = source.index.line_text(0)[:40] if len(source.index) else ""
        _refuse_foreign(name, repr(first) if first else "an empty file", "a header record 0")
    assert rows is not None
    headers = source.rows("0")
    if not len(headers) or headers.lines[0] != 1:
        raise ParameterFileForeign(name, _report(source))
    file_format = headers.texts["file_format"][0]
    if file_format != FILE_FORMAT:
        found = f"file format {file_format!r}"
        _refuse_foreign(name, found, f"{FILE_FORMAT}, the expanded unpacked format")
    day = headers.numbers["business_date"][0]
    try:
        date(day // 10_000, day // 100 % 100, day % 100)
    except ValueError:
        _refuse_foreign(name, f"business date {day:08d}", "a day as CCYYMMDD")
    for line, other in zip(headers.lines[1:], headers.numbers["business_date"][1:], strict=True):
        found = f"a second header, of {other:08d}"
        source.line_fault("0", line, found, f"one header; the file is of {day:08d}")
    texts = headers.texts
    # CME's own files hold Y and N in columns 38 and 39, where layouts disagree about the order of
    # gross or net and the cap; G is gross in either, and only a Y in 39 caps every commodity.
    return SpanHeader(
        clearing_organisation=texts["clearing_organisation"][0],
        business_date=f"{day:08d}",
        file_format=FILE_FORMAT,
        is_settlement=texts["settlement_or_intraday"][0] != "I",
        cycle=texts["cycle"][0],
        is_gross="G" in {texts["gross_or_net"][0], texts["caps_option_value"][0]},
        caps_option_value=texts["caps_option_value"][0] == "Y",
        account_kind=texts["account_kind"][0],
        account_class=texts["account_class"][0],
        requirement_kind=texts["requirement_kind"][0],
    )


def _refuse_foreign(name: str, found: str, allowed: str) -> None:
    fault = Fault(1, "0", "file", 0, 0, found, allowed)
    raise ParameterFileForeign(name, ParseReport(0, {}, {}, {}, (fault,), 1))


def _report(source: Source) -> ParseReport:
    counts = Counter({name: len(rows) for name, rows in source.index.types.items()})
    known = {name: count for name, count in counts.items() if name in LAYOUTS}
    faults = source.faults
    return ParseReport(
        lines=len(source.index),
        records=dict(sorted(known.items())),
        skipped=dict(sorted((name, n) for name, n in counts.items() if name not in known)),
        unused=dict(sorted((name, n) for name, n in known.items() if name in UNUSED_RECORDS)),
        faults=faults.in_order(),
        faults_total=faults.total,
        lines_left_out=len(faults.lines),
        notes=tuple(source.notes),
    )
