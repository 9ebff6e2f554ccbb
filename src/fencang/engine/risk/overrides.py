"""Overrides of controls as the desk knows them: which there are, which hold, what they hide.

The tables of the controls hold the rows that are in force, so that nothing on the way of an order
knows of overrides.  ``hidden`` keeps the rows as they are stated; those are what a snapshot stores.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from fencang.basics.time import format_time
from fencang.refdata.definition import Definition
from fencang.refdata.override import ControlOverride

__all__ = ["NEVER_NS", "OVERRIDES_MAX", "OverrideBook", "place_of"]

OVERRIDES_MAX = 1_000
"""Overrides that wait or are in force at once."""
NEVER_NS = 1 << 63
"""Beyond any time that a command carries."""

Place = tuple[str, str, str]
"""Kind of row, node, scope."""
Row = TypeVar("Row", bound=Definition)


def place_of(row: object) -> Place:
    """Return what an override would name a row by."""
    return type(row).__name__, getattr(row, "node_id", ""), getattr(row, "scope_id", "*")


class OverrideBook:
    """All overrides of a desk that have not ended.

    ``items`` is primary state; whatever has begun by the time of the last command is in force.
    """

    __slots__ = ("due_ns", "hidden", "in_force", "items", "of_orders")

    def __init__(self) -> None:
        self.items: dict[str, ControlOverride] = {}
        self.in_force: set[str] = set()
        self.hidden: dict[Place, tuple[str, Any]] = {}
        """Place → the override in force, and the row as it is stated."""
        self.of_orders: dict[tuple[str, str], tuple[str, ...]] = {}
        """(sub-account, client order) → overrides in force for that order alone."""
        self.due_ns = NEVER_NS
        """When the next one begins or ends."""

    def all(self) -> list[ControlOverride]:
        """Return every override, by identifier."""
        return [self.items[key] for key in sorted(self.items)]

    def set(self, override: ControlOverride) -> None:
        """Define an override, or change its end."""
        self.items[override.override_id] = override
        self.refresh()

    def begin(self, override_id: str) -> ControlOverride:
        """Note that an override is in force."""
        self.in_force.add(override_id)
        self.refresh()
        return self.items[override_id]

    def end(self, override_id: str) -> ControlOverride:
        """Forget an override."""
        self.in_force.discard(override_id)
        ended = self.items.pop(override_id)
        self.refresh()
        return ended

    def refresh(self) -> None:
        """Find anew what is due next, and what is in force for single orders."""
        self.due_ns = min(
            (
                each.until_ns if each.override_id in self.in_force else each.from_ns
                for each in self.items.values()
            ),
            default=NEVER_NS,
        )
        self.of_orders = {}
        for each in self.all():
            if each.client_order_id and each.override_id in self.in_force:
                before = self.of_orders.get(each.order, ())
                self.of_orders[each.order] = (*before, each.override_id)

    def stated(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows as they are stated, whatever is in force."""
        for row in rows:
            hidden = self.hidden.get(place_of(row)) if self.hidden else None
            yield row if hidden is None else hidden[1]

    def covers(self, row: object) -> bool:
        """Return whether an override is in force over this row."""
        return bool(self.hidden) and place_of(row) in self.hidden

    def words(self, row_kind: str, node_id: str, scope_ids: Iterable[str]) -> str:
        """Return ``, under override X until …`` for the narrowest scope that has one in force."""
        for scope_id in scope_ids:
            found = self.hidden.get((row_kind, node_id, scope_id))
            if found is not None:
                until = format_time(self.items[found[0]].until_ns)
                return f", under override {found[0]} until {until}"
        return ""
