"""Every reference value as it was defined last, and in which record: the version of a value."""

from typing import NamedTuple

from fencang.messages.events import DeskDefined
from fencang.messages.record import Record
from fencang.projections.projection import Projection
from fencang.refdata.desk import DeskItem
from fencang.refdata.item_key import item_name

__all__ = ["Defined", "Definitions"]


class Defined(NamedTuple):
    """A value, what identifies it in its kind, and the sequence of the record that defined it."""

    key: str
    item: DeskItem
    sequence: int


class Definitions(Projection):
    """Values by kind (the name of their class) and key."""

    __slots__ = ("_of_kind",)

    def __init__(self) -> None:
        self._of_kind: dict[str, dict[str, Defined]] = {}

    def apply(self, record: Record) -> None:
        """Fold in definitions."""
        for event in record.events:
            if isinstance(event, DeskDefined):
                for item in event.items:
                    kind, key = type(item).__name__, item_name(item)
                    self._of_kind.setdefault(kind, {})[key] = Defined(key, item, record.sequence)

    def content(self) -> object:
        """Return every value with its version."""
        return self._of_kind

    def kinds(self) -> list[str]:
        """Return the kinds that the desk has values of, sorted."""
        return sorted(self._of_kind)

    def of_kind(self, kind: str) -> list[Defined]:
        """Return the values of a kind, sorted by key."""
        return [found for _, found in sorted(self._of_kind.get(kind, {}).items())]

    def get(self, kind: str, key: str) -> Defined | None:
        """Return one value; None when there is none."""
        return self._of_kind.get(kind, {}).get(key)
