"""What all read models share: they fold records, dump themselves, and compare by what they dump."""

from abc import ABC, abstractmethod

import msgspec

from fencang.basics.hashing import canonical, sha256_canonical
from fencang.messages.record import Record

__all__ = ["Projection"]


class Projection(ABC):
    """A read model; two are equal when they would answer every question alike."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    @abstractmethod
    def apply(self, record: Record) -> None:
        """Fold in the next durable record."""

    @abstractmethod
    def content(self) -> object:
        """Return everything the answers depend on, as containers and frozen values."""

    def dump(self) -> object:
        """Return the content as plain values: maps as sorted pairs, structures as lists."""
        return canonical(msgspec.to_builtins(canonical(self.content())))

    def digest(self) -> str:
        """Return the hex SHA-256 of the dump."""
        return sha256_canonical(self.dump())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Projection)
        return bool(self.dump() == other.dump())
