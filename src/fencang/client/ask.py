"""One question or order to a desk, ready to be sent: which operation, with what, as bytes.

``operations`` has a function for each; what they return can be kept, shown and sent later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from fencang.client.wire import encoded_body, text_of

__all__ = ["Ask", "Operation", "Page", "RowsAnswer"]

AnswerT_co = TypeVar("AnswerT_co", covariant=True)
RowT = TypeVar("RowT")
RowT_co = TypeVar("RowT_co", covariant=True)

PATH_PREFIX = "/v1"


class RowsAnswer(Protocol[RowT_co]):
    """An answer that has rows, and perhaps more of them behind it."""

    @property
    def rows(self) -> tuple[RowT_co, ...]:
        """The rows of this page."""
        ...

    @property
    def next_cursor(self) -> str | int | None:
        """Where the next page begins, None on the last one."""
        ...


class Page(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """Rows of a list as of ``sequence``; ``next_cursor`` is None on the last page."""

    sequence: int
    rows: tuple[RowT, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[AnswerT_co]):
    """One operation of the API: where it is, what it takes, and what it answers.

    ``in_query`` and ``in_headers`` map a parameter's name here to its name there; what is neither
    there nor in the path is in the body, where ``exact`` names those that are decimal text.
    ``cursor`` is the parameter by which a list goes on.
    """

    name: str
    method: str
    path: str
    answer: type[AnswerT_co]
    in_query: Mapping[str, str] = field(default_factory=dict)
    in_headers: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    has_body: bool = False
    is_write: bool = False
    cursor: str = ""

    def ask(self, given: Mapping[str, Any]) -> "Ask[AnswerT_co]":
        """Return the request with these parameters; in path, query and headers None is left out.

        Raises:
            BadRequest: values that cannot be said exactly.
        """
        rest = dict(given)
        key = rest.pop("idempotency_key", None)
        path = self.path
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        in_path = tuple((name, rest.pop(name)) for name in names)
        for name, value in in_path:
            path = path.replace(f"{{{name}}}", quote(text_of(name, value), safe=""))
        query, headers = [], []
        for name, there in self.in_query.items():
            value = rest.pop(name)
            if value is not None:
                query.append((there, text_of(name, value)))
        for name, there in self.in_headers.items():
            value = rest.pop(name)
            if value is not None:
                headers.append(_header(there, text_of(name, value)))
        return Ask(
            operation=self,
            path=PATH_PREFIX + path,
            in_path=in_path,
            query=tuple(query),
            headers=tuple(headers),
            body=encoded_body(rest, self.exact) if self.has_body else b"",
            idempotency_key=key or "",
        )


def _header(there: str, text: str) -> tuple[str, str]:
    """Return a header; a version is said as HTTP has it, and 0 for what shall be new."""
    if there != "If-Match":
        return there, text
    return ("If-None-Match", "*") if text == "0" else (there, f'"{text}"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Generic[AnswerT_co]):
    """One request; ``idempotency_key`` is empty where the client shall make one."""

    operation: Operation[AnswerT_co]
    path: str
    in_path: tuple[tuple[str, Any], ...]
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    idempotency_key: str

    @property
    def target(self) -> str:
        """Path and query as they stand on the request line."""
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path

    def after(self, cursor: str | int) -> "Ask[AnswerT_co]":
        """Return the same list from a cursor on."""
        there = self.operation.in_query[self.operation.cursor]
        kept = [pair for pair in self.query if pair[0] != there]
        return replace(self, query=(*kept, (there, str(cursor))))
