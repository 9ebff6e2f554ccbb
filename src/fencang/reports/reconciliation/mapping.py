"""The map of a broker's statement, ``map.toml``: what its columns mean, what it calls contracts.

Every fault is collected with its line.  A key that nobody knows is a fault too, so that a tolerance
with a slip in its name is not silently none.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from fencang.basics.decimals import DecimalFault, parse_scaled
from fencang.projections.carrying_days import Movement
from fencang.reports.reconciliation.encodings import ENCODINGS
from fencang.reports.reconciliation.fields import NumberStyle, date_pattern
from fencang.reports.reconciliation.statement import FileFault, StatementFault

__all__ = ["COLUMNS", "SECTIONS", "SectionMap", "StatementMap", "Tolerances", "read_map"]

SECTIONS = ("positions", "fills", "cash", "margin")
MOVEMENTS = tuple(kind.value for kind in Movement)
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "positions": (
        ("contract",),
        ("day", "long", "short", "lots", "side", "long_today", "short_today"),
    ),
    "fills": (("contract", "side", "lots", "price"), ("day", "execution", "fee")),
    "cash": (
        ("currency",),
        ("day", "opening", "closing", *MOVEMENTS),
    ),
    "margin": (("currency", "requirement"), ("day", "commodity")),
}
"""Section → columns it must have, columns it may have."""
TOP_KEYS = (
    "account encoding delimiter decimal thousands date buy sell fees_are symbols tolerance".split()
)
_FEE_SIGNS = {"positive": 1, "negative": -1}
SECTION_KEYS = ("file", "title", "where", "columns")


class Tolerances(NamedTuple):
    """Up to which difference two figures count as equal."""

    cash_micros: int = 10_000
    fee_micros: int = 0
    margin_micros: int = 1_000_000
    price_nanos: int = 0
    lots: int = 0


_TOLERANCE_PLACES = {"cash": 6, "fee": 6, "margin": 6, "price": 9, "lots": 0}


class SectionMap(NamedTuple):
    """Where a section stands and which column means what."""

    section: str
    columns: dict[str, str]
    file: str = ""
    """Empty: the statement's own file."""
    title: str = ""
    """The line above the section's header line, in a file of several parts."""
    where: tuple[str, str] | None = None
    """Column and value that its rows have, in a file with one header line for all."""


class StatementMap(NamedTuple):
    """A whole map."""

    account: str
    encoding: str
    delimiter: str
    numbers: NumberStyle
    date_words: str
    buy: tuple[str, ...]
    sell: tuple[str, ...]
    fee_sign: int
    """+1 when costs are written as positive amounts."""
    symbols: Mapping[str, str]
    sections: tuple[SectionMap, ...]
    tolerances: Tolerances


class _MapReader:
    """One map being read, with its faults."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name
        self.faults: list[FileFault] = []

    def fault(self, table: str, key: str, words: str) -> None:
        where = f"[{table}] {key}" if table else key
        self.faults.append(FileFault(self._name, self._line_of(table, key), "", f"{where} {words}"))

    def _line_of(self, table: str, key: str) -> int:
        """Return the line of a key, of its table when it is not there, else 0."""
        found, start = self._lines_of(table, key)
        if not (found or start) and "." in table:
            above, _, own = table.rpartition(".")  # columns = { … } instead of [fills.columns]
            found, start = self._lines_of(above, own)
        return found or start

    def _lines_of(self, table: str, key: str) -> tuple[int, int]:
        """Return the lines of a key and of its table, 0 for what is not there."""
        here, start = not table, 0
        for number, line in enumerate(self._lines, 1):
            head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if head:
                here = head.group(1).strip("\"'") == table
                start = number if here else start
            elif here and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number, start
        return 0, start

    def text(self, table: str, values: dict[str, Any], key: str, default: str) -> str:
        value = values.get(key, default)
        if not isinstance(value, str):
            self.fault(table, key, f"= {value!r} is not a text")
            return default
        return value

    def texts(self, values: dict[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = values.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault("", key, f'= {value!r} is not a list of texts such as ["B"]')
            return default
        return tuple(value)

    def pairs(self, table: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault("", table, "is not a table")
            return {}
        for key, each in value.items():
            if not isinstance(each, str):
                self.fault(table, key, f"= {each!r} is not a text")
        return {key: each for key, each in value.items() if isinstance(each, str)}

    def unknown(self, table: str, values: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in values:
            if key not in known:
                self.fault(table, key, f"is not known here; known are {', '.join(known)}")


def read_map(text: str, name: str) -> StatementMap:
    """Return the map in a TOML text.

    Raises:
        StatementFault: every fault with its line.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise StatementFault([FileFault(name, 0, "", f"is no TOML: {fault}")]) from fault
    reader = _MapReader(text, name)
    reader.unknown("", values, (*TOP_KEYS, *SECTIONS))
    numbers, date_words = _styles(reader, values)
    found = StatementMap(
        account=reader.text("", values, "account", ""),
        encoding=_chosen(reader, values, "encoding", ENCODINGS),
        delimiter=_chosen(reader, values, "delimiter", (",", ";", "\t", "|")),
        numbers=numbers,
        date_words=date_words,
        buy=reader.texts(values, "buy", ("B", "BUY", "Buy")),
        sell=reader.texts(values, "sell", ("S", "SELL", "Sell")),
        fee_sign=_FEE_SIGNS[_chosen(reader, values, "fees_are", tuple(_FEE_SIGNS))],
        symbols=reader.pairs("symbols", values.get("symbols", {})),
        sections=tuple(
            _section(reader, section, values[section]) for section in SECTIONS if section in values
        ),
        tolerances=_tolerances(reader, values.get("tolerance", {})),
    )
    for word in found.buy:
        if word in found.sell:
            reader.fault("", "buy", f"and sell both name {word!r}")
    if not found.sections:
        reader.fault("", "sections", f"are missing; there may be {', '.join(SECTIONS)}")
    if reader.faults:
        raise StatementFault(reader.faults)
    return found


def _chosen(reader: _MapReader, values: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = values.get(key, allowed[0])
    if value not in allowed:
        words = ", ".join(repr(each) for each in allowed)
        reader.fault("", key, f"= {value!r} is not one of {words}")
        return allowed[0]
    return str(value)


def _styles(reader: _MapReader, values: dict[str, Any]) -> tuple[NumberStyle, str]:
    decimal = _chosen(reader, values, "decimal", (".", ","))
    thousands = _chosen(reader, values, "thousands", ("", ",", ".", "'", " ", "\u00a0"))
    if thousands == decimal:
        reader.fault("", "thousands", f"= {thousands!r} is the decimal sign too")
    words = reader.text("", values, "date", "YYYY-MM-DD")
    if date_pattern(words) is None:
        reader.fault("", "date", f"= {words!r} does not hold YYYY, MM and DD once each")
        words = "YYYY-MM-DD"
    return NumberStyle(decimal, thousands), words


def _section(reader: _MapReader, section: str, values: object) -> SectionMap:
    if not isinstance(values, dict):
        reader.fault("", section, "is not a table")
        return SectionMap(section, {})
    reader.unknown(section, values, SECTION_KEYS)
    if "columns" not in values:
        reader.fault(section, "columns", "is missing: which column means what")
    columns = reader.pairs(f"{section}.columns", values.get("columns", {}))
    required, optional = COLUMNS[section]
    reader.unknown(f"{section}.columns", columns, (*required, *optional))
    for key in required:
        if columns and key not in columns:
            reader.fault(f"{section}.columns", key, "is missing")
    if section == "positions" and columns and not _has_lots(columns):
        reader.fault(f"{section}.columns", "lots", "is missing, or long and short in its place")
    if section == "cash" and columns and not set(columns) - {"currency", "day"}:
        reader.fault(f"{section}.columns", "closing", "is missing, or any other amount")
    where = values.get("where")
    if where is not None:
        told = reader.pairs(f"{section}.where", where)
        if sorted(told) != ["column", "value"]:
            reader.fault(section, "where", 'is not of the form { column = "Type", value = "POS" }')
            where = None
        else:
            where = (told["column"], told["value"])
    return SectionMap(
        section=section,
        columns=columns,
        file=reader.text(section, values, "file", ""),
        title=reader.text(section, values, "title", ""),
        where=where,
    )


def _has_lots(columns: dict[str, str]) -> bool:
    return "lots" in columns or ("long" in columns and "short" in columns)


def _tolerances(reader: _MapReader, values: object) -> Tolerances:
    given: dict[str, int] = {}
    for key, text in reader.pairs("tolerance", values).items():
        if key not in _TOLERANCE_PLACES:
            known = ", ".join(_TOLERANCE_PLACES)
            reader.fault("tolerance", key, f"is not known here; known are {known}")
            continue
        try:
            given[key] = parse_scaled(text, _TOLERANCE_PLACES[key])
        except DecimalFault as fault:
            reader.fault("tolerance", key, str(fault))
            continue
        if not 0 <= given[key] <= 1 << 62:
            reader.fault("tolerance", key, f"= {text!r} is below zero or beyond all amounts")
    standard = Tolerances()
    return Tolerances(
        cash_micros=given.get("cash", standard.cash_micros),
        fee_micros=given.get("fee", standard.fee_micros),
        margin_micros=given.get("margin", standard.margin_micros),
        price_nanos=given.get("price", standard.price_nanos),
        lots=given.get("lots", standard.lots),
    )
