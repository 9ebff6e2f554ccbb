"""Pages of long lists: a cursor says after which row to go on, whatever was added meanwhile."""

import base64
import binascii
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Generic, TypeVar

import msgspec

from fencang.gateways.rest.operation import Parameter
from fencang.gateways.rest.problem import Fault, Refused

__all__ = ["CURSOR", "LIMIT", "PAGE_ROWS_MAX", "Page", "page_of", "read_cursor", "write_cursor"]

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


def write_cursor(key: str) -> str:
    """Return a row's key as a cursor: opaque, safe in a URL."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> str | None:
    """Return the key in a cursor.

    Raises:
        Refused: it is none that was given out.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as fault:
        what = Fault("query cursor", "is no cursor of this list; begin again without one")
        raise Refused.of(400, "faulty-parameters", "the cursor is faulty", (what,)) from fault


def page_of(
    sequence: int,
    keyed: Iterable[tuple[str, RowT]],
    cursor: str | None,
    limit: int = PAGE_ROWS,
    sort: Callable[[str], object] = str,
) -> Page[RowT]:
    """Return the page after a cursor of rows that come sorted by ``sort`` of their key."""
    after = read_cursor(cursor)
    try:
        place = None if after is None else sort(after)
    except ValueError as fault:
        what = Fault("query cursor", "is no cursor of this list; begin again without one")
        raise Refused.of(400, "faulty-parameters", "the cursor is faulty", (what,)) from fault
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
        next_cursor=write_cursor(taken[-1][0]) if more else None,
    )
