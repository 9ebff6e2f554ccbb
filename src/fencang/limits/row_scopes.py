"""Which rows of a kind an order stands under: node by node, the narrowest scope first."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

__all__ = ["ANY_SCOPE", "Bound", "covering", "stated_bounds"]

ANY_SCOPE = "*"
Row = TypeVar("Row")


def covering(
    rows: Mapping[tuple[str, str], Row], path: tuple[str, ...], scope_ids: tuple[str, ...]
) -> tuple[Row, ...]:
    """Return every row of the path's nodes for one of the scopes or for everything."""
    return tuple(
        rows[node_id, scope_id]
        for node_id in path
        for scope_id in (*scope_ids, ANY_SCOPE)
        if (node_id, scope_id) in rows
    )


class Bound(NamedTuple):
    """A number (a flag counts as one) and the node that set it."""

    value: int
    node_id: str


def stated_bounds(
    rows: Mapping[tuple[str, str], object],
    field: str,
    path: tuple[str, ...],
    scope_ids: tuple[str, ...],
) -> Iterator[Bound]:
    """Yield what each node of the path states of a field, by its narrowest scope that does."""
    for node_id in path:
        for scope_id in (*scope_ids, ANY_SCOPE):
            row = rows.get((node_id, scope_id))
            value = None if row is None else getattr(row, field)
            if value is not None:
                yield Bound(int(value), node_id)
                break
