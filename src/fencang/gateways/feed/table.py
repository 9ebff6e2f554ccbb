"""CSV files as rows with line numbers: opening, header, length and dates.

Knows no prices.  ``.gz`` files are read as they are.  A line with too few or too many fields, a
missing column, a date that is none or does not ascend is a fault.
"""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from fencang.gateways.feed.faults import FaultList, FeedMissing
from fencang.gateways.feed.series import ROWS_MAX, FeedCounts

__all__ = ["Table", "day_number"]

_EPOCH = date(1970, 1, 1).toordinal()


class Table:
    """One CSV file; its faults go to ``faults`` and its rows are counted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults = FaultList(path.name)
        self.counts = FeedCounts()
        self._days: dict[str, int] = {}

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the fields named by ``columns``, in their order.

        Raises:
            FeedMissing: the file is not there or cannot be opened.
            FeedContentFault: the header lacks a column, or too many faults.
        """
        try:
            with self._open() as text:
                yield from self._read(text, columns)
        except (gzip.BadGzipFile, zlib.error, EOFError) as fault:
            self.faults.add(1, "-", f"not a whole gzip file: {fault}")
        except UnicodeDecodeError as fault:
            self.faults.add(self.counts.rows + 2, "-", f"not UTF-8 text: {fault.reason}")
        except OSError as fault:
            raise FeedMissing(f"{self.path} cannot be read: {fault.strerror or fault}") from fault

    def day(self, line: int, column: str, text: str) -> int | None:
        """Return the days since 1970-01-01 of an ISO date; note a fault and return None if none."""
        number = self._days.get(text)
        if number is None:
            try:
                number = self._days[text] = day_number(text)
            except ValueError:
                self.faults.add(line, column, f"{text!r} is no date; write it as 2018-02-05")
        return number

    def _open(self) -> TextIO:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rt", encoding="utf-8-sig", newline="")
        return self.path.open(encoding="utf-8-sig", newline="")

    def _read(self, text: TextIO, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(text)
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in columns if name not in header]
        for name in missing:
            found = ", ".join(header) or "an empty file"
            self.faults.add(1, name, f"the column is missing; the header has: {found}")
        if missing:
            self.faults.settle()
        places = [header.index(name) for name in columns]
        length = len(header)
        try:
            for fields in reader:
                if len(fields) == length:
                    self.counts.rows += 1
                    yield reader.line_num, [fields[place] for place in places]
                elif fields:
                    what = f"{len(fields)} fields where the header has {length}"
                    self.faults.add(reader.line_num, "-", what)
                if self.counts.rows > ROWS_MAX:
                    self.faults.add(reader.line_num, "-", f"more than {ROWS_MAX:,} rows")
                    self.faults.settle()
        except csv.Error as fault:
            self.faults.add(reader.line_num, "-", f"not CSV: {fault}")


def day_number(text: str) -> int:
    """Return the days since 1970-01-01.  Raises ValueError when it is no ISO date."""
    return date.fromisoformat(text.strip()).toordinal() - _EPOCH
