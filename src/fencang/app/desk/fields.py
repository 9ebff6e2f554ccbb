"""Reading one table of a desk file so that every fault is found, each with its key and its line.

A ``Fields`` takes values out of a table by key, in human units ("5.5 %", "10x", "3 d"), and keeps
the faults in one list instead of raising: whoever wrote the file sees all of them at once.  Keys
that nobody asked for are faults too, with the nearest known key.  What is faulty is read as its
default, so that one fault does not breed others.

Numbers are exact: TOML numbers arrive as text (``parse_float=str``) and never pass through a float.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from fencang.app.desk.faults import DeskFault, Lines, nearest
from fencang.basics.decimals import DecimalFault, parse_scaled
from fencang.basics.identifiers import IDENTIFIER_LENGTH_MAX

__all__ = ["Fields"]

Chosen = TypeVar("Chosen", bound=StrEnum)
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*")
_SPAN = re.compile(r"(\d+)\s*([a-z]+)")
_UNITS_NS = {
    "ms": 10**6,
    "s": 10**9,
    "min": 60 * 10**9,
    "h": 3_600 * 10**9,
    "d": 86_400 * 10**9,
}


class Fields:
    """One table of the file, its place, and the list that faults go to."""

    def __init__(
        self, table: dict[str, Any], path: str, faults: list[DeskFault], lines: Lines
    ) -> None:
        self.table = table
        self.path = path
        self._faults = faults
        self._lines = lines
        self._asked: list[str] = []
        self.is_faulty = False

    def fault(self, key: str, words: str) -> None:
        """Note a fault at a key of this table (or at the table itself when the key is empty)."""
        self.is_faulty = True
        place = f"{self.path}.{key}" if self.path and key else self.path or key
        self._faults.append(DeskFault(place, words, self._lines.line_of(place)))

    def _take(self, key: str, *, required: bool) -> object:
        self._asked.append(key)
        value = self.table.get(key)
        if value is None and required:
            self.fault(key, "is missing")
        return value

    def finish(self) -> None:
        """Refuse every key that nobody asked for."""
        known = list(dict.fromkeys(self._asked))
        for key in self.table:
            if key not in known:
                self.fault(key, f"is not a key of this table{nearest(key, known)}")

    def has(self, key: str) -> bool:
        """Return whether the table states this optional key."""
        self._asked.append(key)
        return key in self.table

    def stated(self, key: str, read: Callable[[str], int]) -> int | None:
        """Return what a key states, None where it states nothing."""
        return read(key) if self.has(key) else None

    def text(self, key: str, default: str | None = None) -> str:
        """Return free text of at most 400 characters."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or len(value) > 400:
            self.fault(key, f"{value!r} is not a text of at most 400 characters")
            return default or ""
        return value

    def identifier(self, key: str, default: str | None = None) -> str:
        """Return an identifier: letters, digits and ``_ . : / -``, at most 64 characters."""
        value = self._take(key, required=default is None)
        if value is None or not self._is_identifier(key, value):
            return default or ""
        return str(value)

    def identifiers(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of identifiers."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or ()
        if not isinstance(value, list):
            self.fault(key, f'{value!r} is not a list such as ["ES", "NQ"]')
            return default or ()
        good = [each for each in value if self._is_identifier(key, each)]
        for each in {str(each): None for each in good if good.count(each) > 1}:
            self.fault(key, f'names "{each}" twice')
        return tuple(good)

    def _is_identifier(self, key: str, value: object) -> bool:
        good = (
            isinstance(value, str)
            and len(value) <= IDENTIFIER_LENGTH_MAX
            and _IDENTIFIER.fullmatch(value) is not None
        )
        if not good:
            self.fault(key, f"{value!r} is not an identifier (letters, digits and _ . : / -)")
        return good

    def currency(self, key: str, default: str | None = None) -> str:
        """Return an ISO 4217 code."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or ""
        if not (isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value)):
            self.fault(key, f"{value!r} is not a three-letter currency code such as USD")
            return default or ""
        return value

    def country(self, key: str) -> str:
        """Return an ISO 3166 country code."""
        value = self._take(key, required=True)
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"[A-Z]{2}", value)):
            self.fault(key, f"{value!r} is not a two-letter country code such as US")
            return "US"
        return str(value or "US")

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._take(key, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, f"{value!r} is neither true nor false")
            return default
        return value

    def whole(
        self, key: str, default: int | None = None, *, low: int = 0, high: int = 10**7
    ) -> int:
        """Return a whole number within its bounds."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(key, f"{value!r} is not a whole number from {low:,} to {high:,}")
            return default or 0
        return value

    def wholes(self, key: str, default: tuple[int, ...], *, low: int, high: int) -> tuple[int, ...]:
        """Return a list of whole numbers within bounds."""
        value = self._take(key, required=False)
        if value is None:
            return default
        items = value if isinstance(value, list) else [None]
        good = all(type(each) is int and low <= each <= high for each in items)
        if not good:
            self.fault(key, f"{value!r} is not a list of whole numbers from {low} to {high}")
            return default
        return tuple(items)

    def decimal(
        self, key: str, places: int, default: int | None = None, *, low: int, high: int
    ) -> int:
        """Return an exact decimal as an integer count of 10^-``places``, bounds in that count."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or 0
        scaled = self._scaled(key, value, places, "such as 50.00")
        if scaled is None:
            return default or 0
        if not low <= scaled <= high:
            self.fault(key, f"{value} is out of range")
            return default or 0
        return scaled

    def percent(self, key: str, default: int | None = None, *, high: int = 10**9) -> int:
        """Return ``"5.5 %"`` as parts per million: 55_000."""
        return self._suffixed(key, default, suffix="%", places=4, example="5.5 %", high=high)

    def signed_percent(self, key: str, places: int, *, low: int, high: int) -> int:
        """Return ``"-0.5 %"`` as an integer: ``places`` decimals of the number, bounds in those."""
        value = self._take(key, required=True)
        body = value.strip() if isinstance(value, str) else ""
        if not body.endswith("%"):
            self.fault(key, f'"{value}" is not a number such as 0.0023 %')
            return 0
        scaled = self._scaled(key, body.removesuffix("%"), places, "such as 0.0023 %", value)
        if scaled is not None and not low <= scaled <= high:
            self.fault(key, f'"{value}" is out of range')
            return 0
        return scaled or 0

    def multiple(self, key: str, default: int | None = None, *, high: int = 10**9) -> int:
        """Return ``"10x"`` as parts per million: 10_000_000."""
        return self._suffixed(key, default, suffix="x", places=6, example="10x", high=high)

    def _suffixed(
        self, key: str, default: int | None, *, suffix: str, places: int, example: str, high: int
    ) -> int:
        value = self._take(key, required=default is None)
        if value is None:
            return default or 0
        body = value.strip() if isinstance(value, str) else ""
        if not body.endswith(suffix):
            self.fault(key, f'"{value}" is not a number such as {example}')
            return default or 0
        scaled = self._scaled(key, body.removesuffix(suffix), places, f"such as {example}", value)
        if scaled is None:
            return default or 0
        if not 0 <= scaled <= high:
            self.fault(key, f'"{value}" is out of range')
            return default or 0
        return scaled

    def _scaled(
        self, key: str, body: object, places: int, example: str, shown: object = None
    ) -> int | None:
        text = str(body).strip().replace("_", "").replace(",", "")
        if isinstance(body, bool) or not isinstance(body, (int, str)):
            self.fault(key, f'"{body}" is not a number {example}')
            return None
        try:
            return parse_scaled(text, places)
        except DecimalFault as fault:
            reason = f" ({fault})" if "beyond" in str(fault) else ""
            self.fault(
                key, f'"{body if shown is None else shown}" is not a number {example}{reason}'
            )
            return None

    def span_ns(self, key: str, default: int | None = None) -> int:
        """Return ``"3 d"``, ``"30 min"``, ``"5 s"`` as nanoseconds."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or 0
        match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or match[2] not in _UNITS_NS:
            self.fault(key, f'"{value}" is not a time span such as 3 d, 12 h, 30 min, 5 s, 20 ms')
            return default or 0
        return int(match[1]) * _UNITS_NS[match[2]]

    def day(self, key: str) -> date | None:
        """Return a calendar day, or None when the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return None
        parsed = self._as_day(value)
        if parsed is None:
            self.fault(key, f'"{value}" is not a day such as 2018-02-05')
        return parsed

    def days(self, key: str) -> tuple[date, ...]:
        """Return a list of calendar days, empty when the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(key, f"{value!r} is not a list of days such as [2018-12-25]")
            return ()
        parsed = [self._as_day(each) for each in value]
        for each, day in zip(value, parsed, strict=True):
            if day is None:
                self.fault(key, f'"{each}" is not a day such as 2018-02-05')
        return tuple(day for day in parsed if day is not None)

    @staticmethod
    def _as_day(value: object) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def choice(self, key: str, kind: type[Chosen], default: Chosen | None = None) -> Chosen:
        """Return one word of a closed list."""
        value = self._take(key, required=default is None)
        words = {member.value: member for member in kind}
        fallback = default if default is not None else next(iter(kind))
        if value is None:
            return fallback
        if value not in words:
            self.fault(key, f"{value!r} is not one of {', '.join(words)}")
            return fallback
        return words[str(value)]

    def pairs(self, key: str) -> dict[str, str]:
        """Return a table of names to identifiers or texts, such as routes."""
        value = self._take(key, required=False)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            self.fault(key, f'{value!r} is not a table of texts such as {{ CME = "FCM-1" }}')
            return {}
        return dict(value)

    def inner(self, key: str) -> "Fields":
        """Return the reader of a table inside this one; an absent table reads as empty."""
        value = self._take(key, required=False)
        path = f"{self.path}.{key}" if self.path else key
        if value is not None and not isinstance(value, dict):
            self.fault(key, "is not a table")
            value = None
        return Fields(value or {}, path, self._faults, self._lines)

    def each(self, key: str) -> Iterator["Fields"]:
        """Yield the reader of every table in a list of tables."""
        value = self._take(key, required=False)
        path = f"{self.path}.{key}" if self.path else key
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, f"is not a list of tables; write [[{path}]]")
            return
        for index, table in enumerate(value):
            yield Fields(table, f"{path}[{index}]", self._faults, self._lines)

    def over(self, table: dict[str, Any]) -> "Fields":
        """Return a reader of another table that stands at the same place of the file."""
        return Fields(table, self.path, self._faults, self._lines)

    def reference(self, key: str, value: str, known: Iterable[str], what: str) -> None:
        """Refuse a name that nothing defines."""
        choices = list(known)
        if value and value not in choices:
            self.fault(key, f'"{value}" is no {what} of this desk{nearest(value, choices)}')

    def checked(self, key: str, check: Callable[[], list[str]]) -> None:
        """Note every fault that a check of the finished value finds."""
        for words in check():
            self.fault(key, words)
