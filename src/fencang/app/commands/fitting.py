"""Tables that fit the width of a terminal, so that no figure is cut off.

A table with more columns than fit is told in several ones, each with the columns that name a row.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

__all__ = ["Column", "fitting"]

GAP = 1


class Column(NamedTuple):
    """A heading and what stands below it; the words of a heading may stand below each other."""

    heading: str
    texts: Sequence[str]
    is_number: bool = True

    @property
    def width(self) -> int:
        """Return the cells that it needs with the gap behind it."""
        return GAP + max(map(cell_len, (*self.heading.split(), *self.texts)), default=0)


def fitting(
    width: int,
    title: str,
    names: Sequence[Column],
    columns: Sequence[Column],
    *,
    last_is_sum: bool = False,
) -> Iterator[Table]:
    """Yield one table, or as many as its columns need beside those that name a row.

    ``width`` is that of the terminal; all columns have one text a row.  A line stands above the
    last row where it is a sum.
    """
    left = width - sum(column.width for column in names)
    groups: list[list[Column]] = [[]]
    used = 0
    for column in columns:
        if groups[-1] and used + column.width > left:
            groups.append([])
            used = 0
        groups[-1].append(column)
        used += column.width
    for number, group in enumerate(groups):
        words = f"{title} (continued)" if number else title
        yield _table(words, (*names, *group), last_is_sum=last_is_sum)


def _table(title: str, columns: Sequence[Column], *, last_is_sum: bool) -> Table:
    table = Table(
        title=escape(title), title_justify="left", box=None, padding=(0, GAP, 0, 0), pad_edge=False
    )
    for column in columns:
        table.add_column(
            escape(column.heading),
            justify="right" if column.is_number else "left",
            no_wrap=column.is_number,
            overflow="fold",
        )
    rows = list(zip(*(column.texts for column in columns), strict=True))
    for number, row in enumerate(rows):
        if last_is_sum and number == len(rows) - 1:
            table.add_row(*("─" * (column.width - GAP) for column in columns))
        table.add_row(*map(escape, row))
    return table
