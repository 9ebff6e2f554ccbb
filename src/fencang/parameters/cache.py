"""Parsed parameter files, found again by the hash of the file.

A cache file holds the structure of a set as MessagePack and its columns as raw arrays, each in the
smallest integers that hold it, behind a checksum of its own.  It is written beside its place,
synchronised and renamed, so it is there whole or not at all.  Law: a cache never changes what is
read; one that is damaged, of another parser version or of another shape is made anew, one that
cannot be written is done without.  Only files without a fault are kept.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.frozen import Frozen
from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractTable,
    CurrencyRate,
    InterSpread,
    ProductFamily,
    ScanPoint,
    Series,
    SpanHeader,
    SpanParameters,
)
from fencang.parameters.faults import ParseReport
from fencang.parameters.pa2.reader import PARSER_VERSION, read_pa2
from fencang.parameters.spn import read_spn

__all__ = ["load_span", "parser_version_of", "read_cached", "write_cached"]

CACHE_VERSION = 1
"""Raised whenever the shape of a cache file changes."""

SPN_PARSER_VERSION = 1
"""Raised whenever the same XML would give another set."""

_MAGIC = b"FCSPAN1\n"
_DIGEST_BYTES, _LENGTH_BYTES, _ALIGNMENT = 32, 8, 64
_SMALLEST = (np.int8, np.int16, np.int32)


class StoredColumn(Frozen):
    """Where a column of the contract table stands, from the first array on, in bytes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int


class StoredSet(Frozen):
    """Everything of a set but the numbers of its contracts."""

    header: SpanHeader
    scan_points: tuple[ScanPoint, ...]
    commodities: tuple[CombinedCommodity, ...]
    families: tuple[ProductFamily, ...]
    series: tuple[Series, ...]
    inter_spreads: tuple[InterSpread, ...]
    combinations: dict[int, tuple[CombinationLeg, ...]]
    currency_rates: tuple[CurrencyRate, ...]
    sha256: str
    report: ParseReport
    periods: tuple[str, ...]
    columns: tuple[StoredColumn, ...]


_decoder = msgspec.msgpack.Decoder(StoredSet)


def parser_version_of(parameters: SpanParameters) -> int:
    """Return the version of the parser that made a set from its file."""
    return PARSER_VERSION if parameters.header.file_format == "U2" else SPN_PARSER_VERSION


def load_span(
    path: str | os.PathLike[str], cache_folder: str | os.PathLike[str], *, lenient: bool = False
) -> tuple[SpanParameters, ParseReport]:
    """Return the set of a ``.pa2`` or ``.spn`` file and what was met in it.

    The file is read and hashed; the parse comes from the cache when this parser version has kept
    one, else the file is parsed and the parse kept.

    Raises:
        ParameterFileFault: the file is refused; its report lists every damaged place.
        OSError: the file cannot be read.
    """
    with Path(path).open("rb") as stream:
        is_xml = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    parser = f"spn{SPN_PARSER_VERSION}" if is_xml else f"pa2.{PARSER_VERSION}"
    folder, ending = Path(cache_folder), f".{parser}.{CACHE_VERSION}.span"
    cached = read_cached(folder / f"{sha256}{ending}", sha256)
    if cached is not None:
        return cached
    if is_xml:
        parameters, report = read_spn(Path(path), lenient=lenient)
    else:
        parameters, report = read_pa2(path, lenient=lenient)
    # Of the bytes that were parsed: the file may have been replaced since it was hashed.
    place = folder / f"{parameters.sha256}{ending}"
    if not report.faults_total:
        try:
            write_cached(place, parameters, report)
        except OSError as fault:
            note = f"the parse could not be kept: {fault.strerror or fault}"
            report = report._replace(notes=(*report.notes, note))
    return parameters, report


def write_cached(place: Path, parameters: SpanParameters, report: ParseReport) -> None:
    """Keep a parse at ``place``, whole or not at all.

    Raises:
        OSError: the folder cannot be made or written.
    """
    columns, arrays, offset = [], [], 0
    for name in ContractTable.COLUMNS:
        array = _smallest(getattr(parameters.contracts, name))
        columns.append(
            StoredColumn(name=name, dtype=array.dtype.str, shape=array.shape, offset=offset)
        )
        padded = array.tobytes() + bytes(-array.nbytes % _ALIGNMENT)
        arrays.append(padded)
        offset += len(padded)
    stored = StoredSet(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=parameters.commodities,
        families=parameters.families,
        series=parameters.series,
        inter_spreads=parameters.inter_spreads,
        combinations=parameters.combinations,
        currency_rates=parameters.currency_rates,
        sha256=parameters.sha256,
        report=report,
        periods=parameters.contracts.periods,
        columns=tuple(columns),
    )
    structure = msgspec.msgpack.encode(stored)
    parts = (len(structure).to_bytes(_LENGTH_BYTES, "big"), structure, *arrays)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    _replace(place, (_MAGIC, digest.digest(), *parts))


def _replace(place: Path, parts: tuple[bytes, ...]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".unfinished")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        Path(unfinished).replace(place)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_cached(place: Path, sha256: str) -> tuple[SpanParameters, ParseReport] | None:
    """Return a kept parse of the file of that hash; None when there is none that holds."""
    try:
        raw = place.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST_BYTES
    body = memoryview(raw)[start:]
    digest = hashlib.sha256(body).digest()
    if raw[:start] != _MAGIC + digest:
        return None
    length = int.from_bytes(body[:_LENGTH_BYTES], "big")
    first = _LENGTH_BYTES + length
    try:
        stored = _decoder.decode(body[_LENGTH_BYTES:first])
    except msgspec.MsgspecError:  # kept by a program whose values had another shape
        return None
    names = [column.name for column in stored.columns]
    if stored.sha256 != sha256 or tuple(names) != ContractTable.COLUMNS:
        return None
    columns = {column.name: _array(body, first, column) for column in stored.columns}
    parameters = SpanParameters(
        header=stored.header,
        scan_points=stored.scan_points,
        commodities=stored.commodities,
        families=stored.families,
        series=stored.series,
        contracts=ContractTable(stored.periods, columns),
        inter_spreads=stored.inter_spreads,
        combinations=stored.combinations,
        currency_rates=stored.currency_rates,
        sha256=stored.sha256,
    )
    return parameters, stored.report


def _smallest(array: NDArray[Any]) -> NDArray[Any]:
    if not array.size:
        return array
    lowest, highest = int(array.min()), int(array.max())
    for kind in _SMALLEST:
        limits = np.iinfo(kind)
        if limits.min <= lowest and highest <= limits.max:
            return array.astype(kind)
    return array


def _array(body: memoryview, first: int, column: StoredColumn) -> NDArray[Any]:
    size = 1
    for length in column.shape:
        size *= length
    flat: NDArray[Any] = np.frombuffer(body, column.dtype, size, first + column.offset)
    return flat.reshape(column.shape)
