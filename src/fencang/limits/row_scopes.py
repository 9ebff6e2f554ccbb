"""Which rows of a kind an order stands under: node by node, the narrowest scope first."""

from collections.abc import Mapping
from typing import TypeVar

__all__ = ["ANY_SCOPE", "covering"]

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
