"""Reads a SPAN XML file (fileFormat 4.00) into a parameter set: one pass, bounded memory.

Law: nothing is guessed and nothing half-read.  What the file states in vain, twice or not at all
is a fault with its line and path; with faults the file is refused, unless ``lenient`` leaves out
what is damaged: a contract, a month, a spread, a family, a combined commodity.  Amounts are exact;
the unit of each combined commodity follows from the decimals in use.
"""

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from io import BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from fencang.margin.span.parameters import SpanParameters
from fencang.parameters.faults import (
    Fault,
    FaultList,
    ParameterFileDamaged,
    ParameterFileForeign,
    ParseReport,
)
from fencang.parameters.spn.assembly import assemble
from fencang.parameters.spn.collected import FileRead
from fencang.parameters.spn.scanner import Position, ScanStopped, scan
from fencang.parameters.spn.texts import Texts

__all__ = ["read_spn"]

FILE_FORMAT = "4.00"
FOUND_CHARS_MAX = 80
"""Length to which a fault repeats what it found."""


def read_spn(
    source: str | PathLike[str] | bytes | BinaryIO, *, lenient: bool = False
) -> tuple[SpanParameters, ParseReport]:
    """Return the set of a ``.spn`` file and what was met in it.

    Args:
        source: path of the file, its bytes, or a stream of them.
        lenient: leave damaged parts out (each is in the report) instead of refusing the file.  A
            file that is no SPAN XML, is cut off or breaks a bound is refused all the same.

    Raises:
        ParameterFileFault: the file is refused; its report lists every place.
        OSError: the file cannot be read.
    """
    name, opened = _opened(source)
    tally = _Tally()
    read = FileRead(Texts(tally.fault))
    try:
        with opened as stream:
            scan(
                stream,
                read.consumers(),
                fault=tally.fault,
                skipped=tally.skip,
                seen=tally.seen,
            )
    except ScanStopped as stop:
        tally.fault(stop.position, stop.found, stop.allowed)
        raise stop.kind(name, tally.report(read)) from None
    if not _is_complete(read):
        raise ParameterFileForeign(name, tally.report(read))
    parameters = assemble(read, tally.digest.hexdigest())
    report = tally.report(read)
    if report.faults_total and not lenient:
        raise ParameterFileDamaged(name, report)
    return parameters, report


def _opened(
    source: str | PathLike[str] | bytes | BinaryIO,
) -> tuple[str, AbstractContextManager[BinaryIO]]:
    if isinstance(source, bytes):
        return "bytes", nullcontext(BytesIO(source))
    if isinstance(source, str | PathLike):
        return fspath(source), Path(source).open("rb")
    return "stream", nullcontext(source)


class _Tally:
    """Counts what is no part of the set: faults, unknown elements, lines, the hash."""

    def __init__(self) -> None:
        self.faults = FaultList()
        self.skipped: Counter[str] = Counter()
        self.digest = sha256()
        self.lines = 0

    def fault(self, position: Position, found: str, allowed: str) -> None:
        """Take one fault."""
        shown = found if len(found) <= FOUND_CHARS_MAX else found[: FOUND_CHARS_MAX - 1] + "…"
        self.faults.add(
            Fault(
                line=position.line,
                record=position.path,
                field=position.leaf or position.path.rpartition("/")[2],
                first_column=position.column,
                last_column=position.column,
                found=shown,
                allowed=allowed,
            )
        )

    def skip(self, what: str) -> None:
        """Count one unknown element."""
        self.skipped[what] += 1

    def seen(self, chunk: bytes) -> None:
        """Take bytes of the file as they come by."""
        self.digest.update(chunk)
        self.lines += chunk.count(b"\n")

    def report(self, read: FileRead) -> ParseReport:
        """Return what was met."""
        return ParseReport(
            lines=self.lines,
            records=dict(sorted(read.records.items())),
            skipped=dict(sorted(self.skipped.items())),
            unused=dict(sorted(item for item in read.unused.items() if item[1])),
            faults=self.faults.in_order(),
            faults_total=self.faults.total,
            lines_left_out=len(self.faults.lines),
        )


def _is_complete(read: FileRead) -> bool:
    """Return whether the file is of our format and has a point in time; say it when not."""
    root = read.root
    assert root is not None
    if root.fields.get("fileFormat") != FILE_FORMAT:
        found = root.fields.get("fileFormat", "nothing")
        read.texts.fault(root.position("fileFormat"), found, FILE_FORMAT)
        return False
    for name, parts in (
        ("pointInTime", read.points_in_time),
        ("clearingOrg", read.clearing_organisations),
    ):
        if not parts:
            read.texts.missing(root, name)
            return False
    return True
