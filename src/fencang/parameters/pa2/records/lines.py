"""A file as lines by record type, and the lines of one type as columns of numbers and texts.

Bytes stay bytes: the lines of a type are gathered into a matrix, one row of the matrix for each
column of the record, and every field of all lines is checked and decoded at once.  Which line and
field is at fault is asked only when there is a fault.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from fencang.parameters.faults import Fault, FaultList
from fencang.parameters.pa2.records.layout import Field, Kind, Layout
from fencang.parameters.pa2.records.layouts import LAYOUTS

__all__ = ["LINES_PER_PART", "PADDING", "Columns", "LineIndex", "Rows", "Source", "period_text"]

LINES_PER_PART = 16_384
"""Lines decoded at once: their matrix stays inside a processor's cache."""

PADDING = 512
"""Bytes behind the text, so that a window may reach beyond the last line."""

_NEWLINE, _RETURN, _BLANK = 10, 13, 32
_SEARCH_BYTES = 1 << 23


class LineIndex:
    """Where the lines of a text are and of what type; lines count from 1.

    ``types`` maps record types (``81``, ``B``) to the rows of ``starts`` and ``lengths``.
    """

    def __init__(self, text: NDArray[np.uint8], size: int) -> None:
        assert len(text) >= size + PADDING, (len(text), size)
        assert bool((text[size:] == _BLANK).all()), "the padding is blank"
        self.text = text
        self.size = size
        ends = _newlines(text[:size])
        self.is_cut = size > 0 and (not len(ends) or int(ends[-1]) != size - 1)
        if self.is_cut:
            ends = np.append(ends, size)
        self.starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))[: len(ends)]
        lengths = ends - self.starts
        has_return = (lengths > 0) & (text[np.maximum(ends - 1, 0)] == _RETURN)
        self.lengths = lengths - has_return
        self.types = self._types()

    def __len__(self) -> int:
        return len(self.starts)

    def _types(self) -> dict[str, NDArray[np.int64]]:
        if not len(self):
            return {}
        second = np.where(self.lengths > 1, self.text[self.starts + 1], _BLANK)
        codes = self.text[self.starts].astype(np.uint16) * 256 + second
        codes[self.lengths == 0] = 0
        order = np.argsort(codes, kind="stable")
        found, firsts = np.unique(codes[order], return_index=True)
        groups = np.split(order, firsts[1:])
        names = [bytes(divmod(int(code), 256)).decode("latin-1").rstrip() for code in found]
        return {name: rows for code, name, rows in zip(found, names, groups, strict=True) if code}

    def line_text(self, row: int) -> str:
        """Return one line, for a message."""
        start = int(self.starts[row])
        raw = self.text[start : start + int(self.lengths[row])].tobytes()
        return raw.decode("ascii", "backslashreplace")

    def parts(
        self, rows: NDArray[np.int64], layout: Layout, size: int = LINES_PER_PART
    ) -> Iterator["Columns"]:
        """Yield the lines of ``rows`` as columns, ``size`` lines at a time."""
        for first in range(0, len(rows), size):
            yield self.columns(rows[first : first + size], layout)

    def columns(self, rows: NDArray[np.int64], layout: Layout) -> "Columns":
        """Return the lines of ``rows`` as columns of one layout."""
        return Columns(self._matrix(rows, layout.width), layout, rows)

    def _matrix(self, rows: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        # A window of `width` bytes for every byte of the text; indexing it copies whole lines.
        windows = np.ndarray(
            (len(self.text) - width + 1,), dtype=f"V{width}", buffer=self.text, strides=(1,)
        )
        lines = windows[self.starts[rows]].view(np.uint8).reshape(len(rows), width)
        lengths = self.lengths[rows]
        short = np.flatnonzero(lengths < width)
        if len(short):
            behind = np.arange(width) >= lengths[short, None]
            lines[short] = np.where(behind, np.uint8(_BLANK), lines[short])
        return np.ascontiguousarray(lines.T)


class Columns:
    """Lines of one record type: ``matrix[column - 1, line]``.

    ``check`` must have found no fault, or ``without`` have left the damaged lines out, before
    numbers are asked for.
    """

    def __init__(self, matrix: NDArray[np.uint8], layout: Layout, rows: NDArray[np.int64]) -> None:
        self.matrix = matrix
        self.layout = layout
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def line_numbers(self) -> NDArray[np.int64]:
        """Return the number of each line in its file."""
        return self.rows + 1

    def check(self, faults: FaultList) -> NDArray[np.bool_]:
        """Return which lines hold no fault in any field; tell the others."""
        holds = np.ones(len(self), dtype=np.bool_)
        strange = (self.matrix - np.uint8(_BLANK)) > 94
        if strange.any():
            for field in self.layout.fields:
                if field.kind is Kind.TEXT:
                    bad = _any(strange[field.first - 1 : field.last])
                    self._tell(faults, field, bad, "printable ASCII")
                    holds &= ~bad
        for field in self.layout.fields:
            if field.kind is Kind.TEXT:
                continue
            wrong = _wrong(self._bytes(field), field.kind)
            if wrong is not None and wrong.any():
                width = "" if field.kind is Kind.SIGN else f"{field.width} "
                self._tell(faults, field, wrong, f"{width}{field.kind.value}")
                holds &= ~wrong
        return holds

    def without(self, holds: NDArray[np.bool_]) -> "Columns":
        """Return only the lines that hold."""
        if holds.all():
            return self
        matrix = np.ascontiguousarray(self.matrix[:, holds])
        return Columns(matrix, self.layout, self.rows[holds])

    def _tell(self, faults: FaultList, field: Field, bad: NDArray[np.bool_], allowed: str) -> None:
        places = np.flatnonzero(bad)

        def make(position: int) -> Fault:
            raw = self._bytes(field)[:, places[position]].tobytes()
            found = repr(raw.decode("ascii", "backslashreplace"))
            line = int(self.rows[places[position]]) + 1
            return Fault(
                line, self.layout.record, field.name, field.first, field.last, found, allowed
            )

        faults.add_many((self.rows[places] + 1).tolist(), make)

    def _bytes(self, field: Field) -> NDArray[np.uint8]:
        return self.matrix[field.first - 1 : field.last]

    def number(self, name: str) -> NDArray[np.int64]:
        """Return a number of every line; one that is not stated is 0."""
        field = self.layout.by_name[name]
        raw = self._bytes(field)
        # The low four bits of a digit are its value, those of a blank are zero.
        digits = raw & np.uint8(15)
        if field.kind is Kind.LOCATOR:
            digits[0][raw[0] == ord("-")] = 0
        kind = np.int32 if field.width <= 9 else np.int64
        value = digits[0].astype(kind)
        for digit in digits[1:]:
            value *= 10
            value += digit
        result: NDArray[np.int64] = value.astype(np.int64)
        if field.kind is Kind.LOCATOR:
            np.negative(result, out=result, where=raw[0] == ord("-"))
        return result

    def signed(self, name: str) -> NDArray[np.int64]:
        """Return a number with the sign that stands in its field of signs."""
        value = self.number(name)
        np.negative(value, out=value, where=self.is_minus(f"{name}_sign"))
        return value

    def is_minus(self, name: str) -> NDArray[np.bool_]:
        """Return where a field of one byte holds a minus."""
        field = self.layout.by_name[name]
        return _equal(self.matrix[field.first - 1], ord("-"))

    def is_letter(self, name: str, letter: str) -> NDArray[np.bool_]:
        """Return where a field of one byte holds ``letter``."""
        field = self.layout.by_name[name]
        return _equal(self.matrix[field.first - 1], ord(letter))

    def is_stated(self, name: str) -> NDArray[np.bool_]:
        """Return where a field is not blank."""
        return _any(self._bytes(self.layout.by_name[name]) != _BLANK)

    def text(self, name: str) -> list[str]:
        """Return a text of every line without its trailing blanks."""
        field = self.layout.by_name[name]
        raw = np.ascontiguousarray(self._bytes(field).T).view(f"S{field.width}")
        return [value.decode("latin-1").rstrip(" \0") for value in raw.ravel().tolist()]

    def family_rows(self, rows: Mapping[tuple[str, str, str], int]) -> NDArray[np.int32]:
        """Return the row of each line's product family, -1 for one that ``rows`` does not name."""
        names = ("exchange", "code", "kind")
        raw = np.concatenate([self._bytes(self.layout.by_name[name]) for name in names])
        assert len(raw) == 16, "two machine words"
        words = np.ascontiguousarray(raw.T).view(np.uint64)
        changes = np.flatnonzero((words[1:] != words[:-1]).any(axis=1)) + 1
        firsts = np.concatenate((np.zeros(1, np.int64), changes))[: len(self)]
        found = [
            rows.get((key[:3].rstrip(), key[3:13].rstrip(), key[13:].rstrip()), -1)
            for key in (raw[:, first].tobytes().decode("latin-1") for first in firsts)
        ]
        lengths = np.diff(np.append(firsts, len(self)))
        return np.repeat(np.array(found, dtype=np.int32), lengths)

    def period(self, month: str, day: str) -> NDArray[np.int64]:
        """Return a contract month and its day code as one number, see ``period_text``."""
        code = self._bytes(self.layout.by_name[day]).astype(np.int64)
        period: NDArray[np.int64] = (self.number(month) * 256 + code[0]) * 256 + code[1]
        return period


class Rows:
    """Lines of one record type that hold, for records of which there are few thousands.

    ``numbers`` and ``texts`` hold one list for each field, ``lines`` the line numbers.
    """

    def __init__(self, columns: Columns) -> None:
        fields = columns.layout.fields
        self.record = columns.layout.record
        self.lines: list[int] = columns.line_numbers.tolist()
        self.numbers: dict[str, list[int]] = {
            field.name: columns.number(field.name).tolist()
            for field in fields
            if field.kind in {Kind.NUMBER, Kind.LOCATOR}
        }
        self.texts: dict[str, list[str]] = {
            field.name: columns.text(field.name)
            for field in fields
            if field.kind in {Kind.TEXT, Kind.SIGN}
        }

    def __len__(self) -> int:
        return len(self.lines)


class Source:
    """The lines of one file and the faults found in it so far."""

    def __init__(self, index: LineIndex) -> None:
        self.index = index
        self.faults = FaultList()
        self.notes: list[str] = []
        self.types = dict(index.types)

    def leave_out(self, row: int) -> None:
        """Take a line out of its type, so that nothing reads it."""
        for record, rows in self.types.items():
            self.types[record] = rows[rows != row]

    def rows(self, record: str) -> Rows:
        """Return the lines of a type that hold; faults of the others are told."""
        columns = self.index.columns(self.types.get(record, np.zeros(0, np.int64)), LAYOUTS[record])
        return Rows(columns.without(columns.check(self.faults)))

    def fault(self, record: str, line: int, field: str, found: str, allowed: str) -> None:
        """Tell a fault of one field."""
        place = LAYOUTS[record].by_name[field]
        self.faults.add(Fault(line, record, field, place.first, place.last, found, allowed))

    def line_fault(self, record: str, line: int, found: str, allowed: str) -> None:
        """Tell a fault of a line as a whole."""
        self.faults.add(Fault(line, record, "line", 0, 0, found, allowed))


def period_text(code: int) -> str:
    """Return a period as text: ``CCYYMM`` and the day code; empty where no month is stated."""
    month, day = code >> 16, code & 0xFFFF
    tail = bytes((day >> 8, day & 255)).decode("latin-1").strip()
    return f"{month:06d}{tail}" if month or tail else ""


def _newlines(text: NDArray[np.uint8]) -> NDArray[np.int64]:
    # In pieces, so that no mask of the whole file is held.
    found = [
        np.flatnonzero(text[first : first + _SEARCH_BYTES] == _NEWLINE) + first
        for first in range(0, len(text), _SEARCH_BYTES)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _any(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for which lines any column of the mask holds."""
    found: NDArray[np.bool_] = np.logical_or.reduce(mask, axis=0)
    return found


def _equal(column: NDArray[np.uint8], byte: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column == byte
    return found


def _wrong(raw: NDArray[np.uint8], kind: Kind) -> NDArray[np.bool_] | None:
    """Return which lines hold no number (no sign) there; None when all do."""
    if kind is Kind.SIGN:
        wrong: NDArray[np.bool_] = (raw[0] != ord("+")) & (raw[0] != ord("-")) & (raw[0] != _BLANK)
        return wrong
    is_digit = (raw - np.uint8(ord("0"))) <= 9
    if is_digit.all():
        return None
    is_blank = raw == _BLANK
    is_allowed = is_digit | is_blank
    if kind is Kind.LOCATOR:
        is_allowed[0] |= (raw[0] == ord("-")) & is_digit[1:].all(axis=0)
    # Blanks may stand before the digits, never among or behind them: that is a number cut short.
    if len(raw) > 1:
        is_allowed[1:] &= ~(is_blank[1:] & ~is_blank[:-1])
    return _any(~is_allowed)
