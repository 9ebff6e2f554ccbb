"""Files of a statement to values by a map: all of it, or every fault and nothing.

A line is a row of a section; which one is told by its file, by a title line above the section's
header, or by a column of the row.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from fencang.messages.message import Side
from fencang.projections.carrying_days import Movement
from fencang.reports.reconciliation.encodings import decoded
from fencang.reports.reconciliation.fields import (
    FieldFault,
    date_of,
    date_pattern,
    lots_of,
)
from fencang.reports.reconciliation.mapping import SectionMap, StatementMap
from fencang.reports.reconciliation.statement import (
    BrokerCash,
    BrokerFill,
    BrokerMargin,
    BrokerPosition,
    BrokerStatement,
    FileFault,
    StatementFault,
)

__all__ = ["FAULTS_MAX", "LINES_MAX", "files_of", "read_statement"]

FAULTS_MAX = 100
LINES_MAX = 1_000_000
"""Lines of one file; more are refused rather than read until memory ends."""
_LINE_END = re.compile(r"\r\n|\n|\r")
Value = TypeVar("Value")


class _Lines(Protocol):
    """A csv reader: rows, and the number of the last line of the row."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class _Row(NamedTuple):
    """One line of a section: its fields by what they mean."""

    line: int
    fields: dict[str, str]


class _Reading:
    """One statement being read, with its faults."""

    def __init__(self, map_: StatementMap, contracts: Iterable[str]) -> None:
        self.map = map_
        self.contracts = frozenset(contracts)
        self.faults: list[FileFault] = []
        self.days: dict[date, tuple[str, int]] = {}
        pattern = date_pattern(map_.date_words)
        assert pattern is not None
        self._pattern = pattern
        self._sides = dict.fromkeys(map_.buy, Side.BUY) | dict.fromkeys(map_.sell, Side.SELL)
        self._file = ""
        self._section = SectionMap("", {})
        self._said: dict[tuple[str, str], int] = {}
        self._last_day = ""

    def begin(self, file: str, section: SectionMap) -> None:
        self._file, self._section, self._said = file, section, {}

    def once(self, row: _Row, currency: str, commodity: str = "") -> None:
        """Note a fault when a line says again what another one said."""
        before = self._said.setdefault((currency, commodity), row.line)
        if before != row.line:
            name = f"{currency} {commodity}".strip()
            self.fault(row, "currency", f"{name} stands on line {before} too")

    def fault(self, row: _Row, key: str, words: str) -> None:
        column = self._section.columns.get(key, key)
        self.faults.append(FileFault(self._file, row.line, column, words))

    def take(self, row: _Row, key: str, parse: Callable[[str], Value], default: Value) -> Value:
        """Return a field parsed, the default with a fault noted."""
        try:
            return parse(row.fields[key])
        except FieldFault as fault:
            self.fault(row, key, str(fault))
            return default

    def lots(self, row: _Row, key: str) -> int:
        return self.take(row, key, lambda text: lots_of(self.map.numbers, text), 0)

    def lots_or_none(self, row: _Row, key: str) -> int | None:
        return self.lots(row, key) if key in row.fields else None

    def money(self, row: _Row, key: str) -> int:
        return self.take(row, key, lambda text: self.map.numbers.scaled(text, 6), 0)

    def money_or_none(self, row: _Row, key: str) -> int | None:
        return self.money(row, key) if key in row.fields else None

    def side(self, row: _Row) -> Side:
        text = row.fields["side"].strip()
        found = self._sides.get(text)
        if found is None:
            words = ", ".join(repr(each) for each in self._sides)
            self.fault(row, "side", f"{text!r} is no side; the map knows {words}")
            return Side.BUY
        return found

    def symbol(self, row: _Row) -> tuple[str, str]:
        """Return what the broker calls a contract, and what we do; empty when nobody knows."""
        symbol = row.fields["contract"].strip()
        if not symbol:
            self.fault(row, "contract", "is empty")
        known = self.map.symbols.get(symbol, symbol)
        return symbol, known if known in self.contracts else ""

    def currency(self, row: _Row) -> str:
        text = row.fields["currency"].strip()
        if len(text) != 3 or not text.isascii() or not text.isupper():
            self.fault(row, "currency", f"{text!r} is not a currency such as USD")
        return text

    def see_day(self, row: _Row) -> None:
        if "day" not in row.fields:
            return
        text = row.fields["day"]
        if text == self._last_day:
            return
        self._last_day = text
        try:
            day = date_of(self._pattern, self.map.date_words, text)
        except FieldFault as fault:
            self.fault(row, "day", str(fault))
            return
        self.days.setdefault(day, (self._file, row.line))


def files_of(map_: StatementMap, statement: str) -> list[str]:
    """Return the names of the files that a statement consists of, its own first."""
    return list(dict.fromkeys([statement, *(each.file for each in map_.sections if each.file)]))


def read_statement(
    files: Mapping[str, bytes],
    statement: str,
    map_: StatementMap,
    *,
    account: str,
    contracts: Iterable[str],
    asked_day: date | None,
) -> BrokerStatement:
    """Return the statement in the files, ``statement`` being the name of its own.

    Raises:
        StatementFault: a missing column, another encoding, a field that cannot be read, another
            day than asked for; every place is named, up to ``FAULTS_MAX``.
    """
    reading = _Reading(map_, contracts)
    texts = {name: decoded(payload, map_.encoding, name) for name, payload in files.items()}
    found = {
        section.section: _values(reading, section.file or statement, texts, section)
        for section in map_.sections
    }
    day = _day(reading, statement, asked_day)
    if reading.faults or day is None:
        raise StatementFault(reading.faults)
    read = BrokerStatement(
        carrying_account_id=account,
        trading_day=day,
        sha256=_hash_of(files, statement),
        positions=_of(found, "positions", BrokerPosition),
        fills=_of(found, "fills", BrokerFill),
        cash=_of(found, "cash", BrokerCash),
        margins=_of(found, "margin", BrokerMargin),
        lines=sum(len(own) for own in found.values()),
    )
    if not read.sections:
        words = "states nothing that could be compared: every section of the map is without lines"
        raise StatementFault([FileFault(statement, 0, "", words)])
    return read


def _values(
    reading: _Reading, name: str, texts: Mapping[str, str], section: SectionMap
) -> list[object]:
    """Return what the rows of a section state; too many faults end the reading."""
    reading.begin(name, section)
    make = _MAKERS[section.section]
    made: list[object] = []
    for row in _rows(reading, name, texts[name], section):
        reading.see_day(row)
        made.append(make(reading, row))
        if len(reading.faults) >= FAULTS_MAX:
            raise StatementFault(reading.faults)
    return made


def _of(found: dict[str, list[object]], section: str, kind: type[Value]) -> list[Value] | None:
    if section not in found:
        return None
    return [each for each in found[section] if isinstance(each, kind)]


def _hash_of(files: Mapping[str, bytes], statement: str) -> str:
    """Return the SHA-256 of the file, or of several files' hashes by name."""
    if len(files) == 1:
        return hashlib.sha256(files[statement]).hexdigest()
    parts = (f"{name} {hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _day(reading: _Reading, statement: str, asked: date | None) -> date | None:
    """Return the statement's day; several, another than asked or none are faults."""
    days = sorted(reading.days)
    if len(days) > 1:
        for day in days[1:]:
            file, line = reading.days[day]
            first_file, first_line = reading.days[days[0]]
            words = f"is of {day}; line {first_line} of {first_file} is of {days[0]}"
            reading.faults.append(FileFault(file, line, "", words))
    elif days and asked is not None and days[0] != asked:
        file, line = reading.days[days[0]]
        words = f"is of {days[0]}, asked for is {asked}: the statement of another day"
        reading.faults.append(FileFault(file, line, "", words))
    elif not days and asked is None:
        words = "no column of the map states the day; ask for one with --date"
        reading.faults.append(FileFault(statement, 0, "", words))
    return days[0] if days else asked


def _rows(reading: _Reading, name: str, text: str, section: SectionMap) -> Iterator[_Row]:
    """Yield the rows of a section; a missing column or a row of another width is a fault."""
    lines = csv.reader(_LINE_END.split(text), delimiter=reading.map.delimiter, strict=True)
    try:
        yield from _section_rows(reading, name, lines, section)
    except csv.Error as fault:
        words = f"cannot be split into columns: {fault}"
        reading.faults.append(FileFault(name, lines.line_num, "", words))


def _section_rows(
    reading: _Reading, name: str, lines: _Lines, section: SectionMap
) -> Iterator[_Row]:
    header = _header(lines, section)
    if header is None:
        words = f"has no line {section.title!r}" if section.title else "is empty"
        reading.faults.append(FileFault(name, 0, "", f"{words}; [{section.section}] begins there"))
        return
    places = _places(reading, name, lines.line_num, header, section)
    if places is None:
        return
    where = header.index(section.where[0]) if section.where else None
    for row in lines:
        if lines.line_num > LINES_MAX:
            words = f"has more than {LINES_MAX:,} lines"
            reading.faults.append(FileFault(name, 0, "", words))
            return
        if not any(field.strip() for field in row):
            if section.title:
                return
            continue
        if section.title and len(row) == 1 and len(header) > 1:
            return
        if len(row) != len(header):
            words = f"has {len(row)} fields, its header has {len(header)}"
            reading.faults.append(FileFault(name, lines.line_num, "", words))
            continue
        if where is not None and section.where and row[where].strip() != section.where[1]:
            continue
        yield _Row(lines.line_num, {key: row[place] for key, place in places.items()})


def _header(lines: _Lines, section: SectionMap) -> list[str] | None:
    """Return the header line, below the section's title when it has one."""
    if section.title:
        for row in lines:
            first, *others = row or [""]
            if first.strip() == section.title and not any(part.strip() for part in others):
                break
        else:
            return None
    for row in lines:
        if any(field.strip() for field in row):
            return [field.strip() for field in row]
    return None


def _places(
    reading: _Reading, name: str, line: int, header: list[str], section: SectionMap
) -> dict[str, int] | None:
    """Return where each wanted column stands; None when one is missing or stands twice."""
    wanted = dict(section.columns)
    if section.where is not None:
        wanted["where"] = section.where[0]
    faults = len(reading.faults)
    for key, column in wanted.items():
        if header.count(column) == 1:
            continue
        told = ", ".join(header)
        words = (
            f"stands twice; [{section.section}] {key} cannot mean both"
            if column in header
            else f"is missing; [{section.section}] {key} needs it, the file has: {told}"
        )
        reading.faults.append(FileFault(name, line, column, words))
    if len(reading.faults) > faults:
        return None
    return {key: header.index(column) for key, column in section.columns.items()}


# --------------------------------------------------------------------------------- rows to values


def _position(reading: _Reading, row: _Row) -> BrokerPosition:
    symbol, contract = reading.symbol(row)
    if "lots" in row.fields:
        lots = reading.lots(row, "lots")
        if "side" in row.fields:
            lots = abs(lots) * reading.side(row).sign if lots else 0
        long_lots, short_lots = max(lots, 0), max(-lots, 0)
    else:
        long_lots = reading.lots(row, "long")
        short_lots = abs(reading.lots(row, "short"))
    return BrokerPosition(
        symbol=symbol,
        contract_id=contract,
        long_lots=long_lots,
        short_lots=short_lots,
        long_today_lots=reading.lots_or_none(row, "long_today"),
        short_today_lots=reading.lots_or_none(row, "short_today"),
    )


def _fill(reading: _Reading, row: _Row) -> BrokerFill:
    symbol, contract = reading.symbol(row)
    lots = abs(reading.lots(row, "lots"))
    if not lots:
        reading.fault(row, "lots", "0 is no fill")
    fee = reading.money_or_none(row, "fee")
    return BrokerFill(
        execution_id=row.fields.get("execution", "").strip(),
        symbol=symbol,
        contract_id=contract,
        side=reading.side(row),
        quantity_lots=lots,
        price_nanos=reading.take(row, "price", lambda text: reading.map.numbers.scaled(text, 9), 0),
        fee_micros=None if fee is None else fee * reading.map.fee_sign,
        line=row.line,
    )


def _cash(reading: _Reading, row: _Row) -> BrokerCash:
    movements = {
        kind: reading.money(row, kind.value) for kind in Movement if kind.value in row.fields
    }
    if Movement.FEES in movements:
        movements[Movement.FEES] *= -reading.map.fee_sign
    currency = reading.currency(row)
    reading.once(row, currency)
    return BrokerCash(
        currency=currency,
        opening_micros=reading.money_or_none(row, "opening"),
        closing_micros=reading.money_or_none(row, "closing"),
        movements=movements,
    )


def _margin(reading: _Reading, row: _Row) -> BrokerMargin:
    currency, commodity = reading.currency(row), row.fields.get("commodity", "").strip()
    reading.once(row, currency, commodity)
    return BrokerMargin(
        currency=currency,
        commodity=commodity,
        requirement_micros=reading.money(row, "requirement"),
    )


_MAKERS: dict[str, Callable[[_Reading, _Row], object]] = {
    "positions": _position,
    "fills": _fill,
    "cash": _cash,
    "margin": _margin,
}
