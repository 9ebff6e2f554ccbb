"""Clients, deadlines and venue links of one desk, and the rows on losing them."""

from typing import Generic, NamedTuple, TypeVar

from fencang.limits.connection_limits import (
    ConnectionTerms,
    LinkTerms,
    connection_terms,
    link_terms,
)
from fencang.messages.connection_events import SilenceKind
from fencang.refdata.connection_control import ConnectionControl, LinkControl

__all__ = ["CLIENTS_MAX", "Client", "Connections", "NodeRows"]

CLIENTS_MAX = 10_000
"""Clients that a desk remembers at a time."""

Row = TypeVar("Row", ConnectionControl, LinkControl)


class NodeRows(Generic[Row]):
    """Rows by node, and which stand over a path."""

    __slots__ = ("_of_path", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._of_path: dict[tuple[str, ...], tuple[Row, ...]] = {}

    def set(self, row: Row) -> None:
        """Set or replace the row of a node."""
        self.rows[row.node_id] = row
        self._of_path.clear()

    def all(self) -> list[Row]:
        """Return every row, by node."""
        return [self.rows[key] for key in sorted(self.rows)]

    def over(self, path: tuple[str, ...]) -> tuple[Row, ...]:
        """Return the rows over a path, in its order."""
        found = self._of_path.get(path)
        if found is None:
            found = tuple(self.rows[node_id] for node_id in path if node_id in self.rows)
            self._of_path[path] = found
        return found


class Client(NamedTuple):
    """Who sends the orders of a node; ``gone_ns`` is when it was lost, 0 while it is there."""

    node_id: str
    gone_ns: int = 0


class Connections:
    """Rows, and what gateways reported.  All but the resolved terms is primary state."""

    __slots__ = ("_links", "clients", "controls", "deadlines", "link_rows", "links", "silent")

    def __init__(self) -> None:
        self.controls: NodeRows[ConnectionControl] = NodeRows()
        self.link_rows: NodeRows[LinkControl] = NodeRows()
        self.clients: dict[str, Client] = {}
        """Session → client."""
        self.deadlines: dict[str, int] = {}
        """Node → when its orders are cancelled."""
        self.links: dict[tuple[str, str], int] = {}
        """(carrying account, venue) → when the link last said that it is up; down ones are out."""
        self.silent: dict[tuple[SilenceKind, str], None] = {}
        """What was told to be silent."""
        self._links: dict[tuple[str, ...], LinkTerms] = {}

    def set(self, row: ConnectionControl | LinkControl) -> None:
        """Set or replace a row."""
        if isinstance(row, ConnectionControl):
            self.controls.set(row)
        else:
            self.link_rows.set(row)
            self._links.clear()

    def rows(self) -> list[ConnectionControl | LinkControl]:
        """Return every row, kind by kind."""
        return [*self.controls.all(), *self.link_rows.all()]

    def terms(self, path: tuple[str, ...]) -> ConnectionTerms:
        """Return what happens to an account's orders when its client is gone."""
        return connection_terms(self.controls.over(path))

    def link_terms(self, path: tuple[str, ...]) -> LinkTerms:
        """Return how long link and prices may be silent for an account."""
        found = self._links.get(path)
        if found is None:
            found = self._links[path] = link_terms(self.link_rows.over(path))
        return found
