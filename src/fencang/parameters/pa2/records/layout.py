"""What a record layout is, and how one line becomes values and values become the line again.

Columns are counted from 1 and include both ends, as CME's tables count them.  Law: for a line that
holds, ``format_record(parse_record(line))`` is the line, byte for byte.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

__all__ = ["Field", "Kind", "Layout", "Record", "RecordFault", "format_record", "layout", "repeat"]


class Kind(Enum):
    """How the bytes of a field are meant."""

    TEXT = "text"
    """Printable ASCII, blank to the right."""
    NUMBER = "digits"
    """Digits without a sign; blank is not stated and counts as 0."""
    LOCATOR = "digits, or - and digits"
    """A decimal locator: digits, or a minus in the first byte and digits."""
    SIGN = "+, - or blank"
    """Sign of the number before it; blank is plus."""


class Field(NamedTuple):
    """One field: ``first`` and ``last`` column, both included."""

    name: str
    first: int
    last: int
    kind: Kind

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return self.last - self.first + 1


class Layout(NamedTuple):
    """All fields of one record type, in the order of their columns."""

    record: str
    fields: tuple[Field, ...]
    by_name: dict[str, Field]

    @property
    def width(self) -> int:
        """Return the last column that carries a field."""
        return self.fields[-1].last


class RecordFault(ValueError):
    """A line that does not hold; ``field`` is None for the line as a whole."""

    def __init__(self, field: Field | None, found: str, allowed: str) -> None:
        super().__init__(f"{field.name if field else 'line'}: found {found}, allowed is {allowed}")
        self.field, self.found, self.allowed = field, found, allowed


class Record(NamedTuple):
    """Values of one line by field name: text or integers, None for a number that is not stated.

    ``width`` is the line's own length: files cut trailing blanks, but not everywhere.
    """

    layout: Layout
    values: dict[str, str | int | None]
    width: int = 0


def repeat(
    count: int, step: int, fields: Iterable[tuple[str, int, int, Kind]]
) -> list[tuple[str, int, int, Kind]]:
    """Return ``count`` slots of the same fields, each ``step`` columns behind the last.

    A ``{}`` in a name becomes the number of the slot, counted from 1.
    """
    slots = list(fields)
    return [
        (name.format(slot + 1), first + slot * step, last + slot * step, kind)
        for slot in range(count)
        for name, first, last, kind in slots
    ]


def layout(record: str, rows: Iterable[tuple[str, int, int, Kind]]) -> Layout:
    """Return the layout of a record type from its table; fields must not overlap."""
    fields = tuple(sorted((Field(*row) for row in rows), key=lambda field: field.first))
    free = 3
    for field in fields:
        assert field.first >= free, (record, field)
        assert field.last >= field.first, (record, field)
        free = field.last + 1
    by_name = {field.name: field for field in fields}
    assert len(by_name) == len(fields), record
    return Layout(record, fields, by_name)


def parse_record(layout: Layout, line: str) -> Record:
    """Return the values of one line (without its line end).

    Raises:
        RecordFault: names the first field that does not hold.
    """
    if line[:2].rstrip() != layout.record:
        raise RecordFault(None, repr(line[:2]), f"record type {layout.record}")
    padded = line.ljust(layout.width)
    values = {
        field.name: parse_field(field, padded[field.first - 1 : field.last])
        for field in layout.fields
    }
    return Record(layout, values, len(line))


def parse_field(field: Field, raw: str) -> str | int | None:
    """Return the value of a field's own columns."""
    if not (raw.isascii() and raw.isprintable()):
        raise RecordFault(field, repr(raw), "printable ASCII")
    if field.kind is Kind.TEXT:
        return raw.rstrip()
    text = raw.strip()
    if field.kind is Kind.SIGN:
        if text not in {"", "+", "-"}:
            raise RecordFault(field, repr(raw), field.kind.value)
        return text
    if not text:
        return None
    digits = text[1:] if field.kind is Kind.LOCATOR and text[0] == "-" else text
    if not digits.isdecimal() or raw != raw.rstrip():
        raise RecordFault(field, repr(raw), f"{field.width} {field.kind.value}")
    return int(text)


def format_record(record: Record) -> str:
    """Return the line of a record: fields that are not named are blank, trailing blanks are cut.

    Raises:
        RecordFault: a value that does not fit its columns.
    """
    layout = record.layout
    unknown = sorted(set(record.values) - set(layout.by_name))
    assert not unknown, (layout.record, unknown)
    line = [layout.record.ljust(2)]
    column = 3
    for field in layout.fields:
        line.append(" " * (field.first - column))
        line.append(format_field(field, record.values.get(field.name)))
        column = field.last + 1
    text = "".join(line).rstrip()
    assert record.width == 0 or len(text) <= record.width, (text, record.width)
    return text.ljust(record.width)


def format_field(field: Field, value: str | int | None) -> str:
    """Return the columns of one field."""
    if value is None:
        return " " * field.width
    if isinstance(value, str):
        assert field.kind in {Kind.TEXT, Kind.SIGN}, (field, value)
        if len(value) > field.width or not (value.isascii() and value.isprintable()):
            raise RecordFault(field, repr(value), f"{field.width} printable ASCII characters")
        return value.ljust(field.width)
    assert field.kind in {Kind.NUMBER, Kind.LOCATOR}, (field, value)
    if value < 0 and field.kind is Kind.NUMBER:
        raise RecordFault(field, str(value), "at least 0")
    sign = "-" if value < 0 else ""
    text = sign + str(abs(value)).rjust(field.width - len(sign), "0")
    if len(text) > field.width:
        raise RecordFault(field, str(value), f"{field.width} {field.kind.value}")
    return text
