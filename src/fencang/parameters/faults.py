"""What can be wrong with a parameter file, said so that a person can find and mend it.

Law: a file is a set as a whole or it is refused; every damaged place is listed, to a bound, and
counted beyond it.  Reading with ``lenient=True`` leaves the damaged lines out and says so.

    ParameterFileFault                  the file is refused; ``report`` lists every place
    ├── ParameterFileForeign            it is no file of this format (no header, another format)
    ├── ParameterFileTruncated          it ends too soon (a line cut, a record without its second)
    └── ParameterFileDamaged            lines that do not hold, or that do not hold together
    ParametersNotExpressible            a set that a file format cannot state (writing)
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

__all__ = [
    "FAULTS_MAX",
    "Fault",
    "FaultList",
    "ParameterFileDamaged",
    "ParameterFileFault",
    "ParameterFileForeign",
    "ParameterFileTruncated",
    "ParametersNotExpressible",
    "ParseReport",
]

FAULTS_MAX = 200
"""Faults told one by one; those beyond are counted."""


class Fault(NamedTuple):
    """One damaged place: a line (counted from 1) and, where it is known, the field in it.

    Columns are counted from 1 and include both ends; 0 means the line as a whole.
    """

    line: int
    record: str
    field: str
    first_column: int
    last_column: int
    found: str
    allowed: str

    def __str__(self) -> str:
        """Return the fault as a sentence."""
        columns = f" (columns {self.first_column}-{self.last_column})" if self.first_column else ""
        place = f"line {self.line}, record {self.record}" if self.line else f"record {self.record}"
        return f"{place}, {self.field}{columns}: found {self.found}, allowed is {self.allowed}"


class ParseReport(NamedTuple):
    """What a reader met: lines by record type, unknown types, and the faults.

    ``skipped`` counts lines of types that the format does not define; ``unused`` those that are
    understood but have no part in the calculation.  ``lines_left_out`` is above zero only after a
    lenient reading.
    """

    lines: int
    records: Mapping[str, int]
    skipped: Mapping[str, int]
    unused: Mapping[str, int]
    faults: tuple[Fault, ...] = ()
    faults_total: int = 0
    lines_left_out: int = 0
    notes: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return the faults, one a line, and how many more there are."""
        told = [str(fault) for fault in self.faults]
        if self.faults_total > len(told):
            told.append(f"and {self.faults_total - len(told)} more")
        return "\n".join(told)


class FaultList:
    """Collects faults to a bound, counts the rest, and remembers which lines to leave out."""

    def __init__(self) -> None:
        self.told: list[Fault] = []
        self.total = 0
        self.lines: set[int] = set()
        self.is_truncated = False

    def add(self, fault: Fault) -> None:
        """Take one fault; its line counts as damaged."""
        self.total += 1
        self.lines.add(fault.line)
        if len(self.told) < FAULTS_MAX:
            self.told.append(fault)

    def add_many(self, lines: list[int], make: Callable[[int], Fault]) -> None:
        """Take a fault for each line; ``make(position)`` is asked only for those that are told."""
        room = max(0, FAULTS_MAX - len(self.told))
        self.told.extend(make(position) for position in range(min(room, len(lines))))
        self.total += len(lines)
        self.lines.update(lines)

    def __bool__(self) -> bool:
        return self.total > 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.told)

    def in_order(self) -> tuple[Fault, ...]:
        """Return the told faults by line and column."""
        return tuple(sorted(self.told, key=lambda fault: (fault.line, fault.first_column)))


class ParameterFileFault(Exception):
    """A parameter file is refused as a whole; ``report`` lists every damaged place."""

    def __init__(self, source: str, report: ParseReport) -> None:
        super().__init__(f"{source}: {report.faults_total} faults\n{report.describe()}")
        self.source = source
        self.report = report


class ParameterFileForeign(ParameterFileFault):
    """The file is no file of this format."""


class ParameterFileTruncated(ParameterFileFault):
    """The file ends too soon."""


class ParameterFileDamaged(ParameterFileFault):
    """Lines of the file do not hold, or do not hold together."""


class ParametersNotExpressible(Exception):
    """A set cannot be stated in a file format; ``reasons`` says where."""

    def __init__(self, file_format: str, reasons: list[str]) -> None:
        super().__init__(f"{file_format} cannot state this set:\n" + "\n".join(reasons))
        self.file_format = file_format
        self.reasons = tuple(reasons)
