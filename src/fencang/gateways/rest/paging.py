"""Pages of long lists: a cursor says after which row to go on, whatever came or went meanwhile."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Generic, TypeVar

import msgspec

from fencang.gateways.rest.operation import Parameter

__all__ = ["CURSOR", "LIMIT", "PAGE_ROWS", "PAGE_ROWS_MAX", "Page", "by_number", "page_of"]

PAGE_ROWS_MAX = 1_000
PAGE_ROWS = 100

LIMIT = Parameter(
    "limit",
    Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)],
    f"Rows on a page, {PAGE_ROWS} unless told.",
)
CURSOR = Parameter(
    "cursor",
    Annotated[str, msgspec.Meta(max_length=400)],
    "Where the page before ended: its `next_cursor`.",
)

RowT = TypeVar("RowT")


class Page(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """Rows of a list as of ``sequence``; ``next_cursor`` is None on the last page."""

    sequence: int
    rows: tuple[RowT, ...]
    next_cursor: str | None


def by_number(key: str) -> tuple[bool, int, str]:
    """Sort keys that are numbers by their value; a text that is none comes behind them all."""
    is_number = key.isascii() and key.isdecimal()
    return (not is_number, int(key) if is_number else 0, key)


def page_of(
    sequence: int,
    keyed: Iterable[tuple[str, RowT]],
    cursor: str | None,
    limit: int = PAGE_ROWS,
    sort: Callable[[str], object] = str,
) -> Page[RowT]:
    """Return the page after a cursor of rows that come sorted by ``sort`` of their key."""
    place = None if cursor is None else sort(cursor)
    rest = (
        (key, row)
        for key, row in keyed
        if place is None or sort(key) > place  # type: ignore[operator]
    )
    taken = list(islice(rest, limit + 1))
    more = len(taken) > limit
    taken = taken[:limit]
    return Page(
        sequence=sequence,
        rows=tuple(row for _, row in taken),
        next_cursor=taken[-1][0] if more else None,
    )
