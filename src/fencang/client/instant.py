"""A moment to the nanosecond; ``datetime`` keeps microseconds only and would lose the rest."""

from datetime import UTC, datetime, timedelta
from functools import total_ordering

from fencang.basics.time import format_time, parse_time

__all__ = ["Instant"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@total_ordering
class Instant:
    """A moment: ``ns`` are nanoseconds since 1970-01-01 UTC.  It never changes.

    ``str()`` gives the desk's own text, RFC 3339 with nine fractional digits, so two instants are
    equal if and only if their texts are.
    """

    # No dataclass: msgspec reads and writes those as objects, and this is text to a desk.
    __slots__ = ("_ns",)

    def __init__(self, ns: int) -> None:
        self._ns = ns

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """Return the moment that RFC 3339 text names, exact to the nanosecond.

        Raises:
            ValueError: not RFC 3339, without an offset, or with more than nine fractional digits.
        """
        return cls(parse_time(text))

    @classmethod
    def of(cls, moment: datetime) -> "Instant":
        """Return the moment of an aware ``datetime``.

        Raises:
            ValueError: it has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone; say datetime(..., tzinfo=UTC)")
        return cls((moment - _EPOCH) // timedelta(microseconds=1) * 1_000)

    @property
    def ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC."""
        return self._ns

    @property
    def datetime(self) -> datetime:
        """The moment in UTC with its nanoseconds cut off at the microsecond."""
        return _EPOCH + timedelta(microseconds=self._ns // 1_000)

    def __str__(self) -> str:
        return format_time(self._ns)

    def __repr__(self) -> str:
        return f"Instant({self._ns}: {self})"

    def __eq__(self, other: object) -> bool:
        return self._ns == other._ns if isinstance(other, Instant) else NotImplemented

    def __lt__(self, other: "Instant") -> bool:
        return self._ns < other._ns

    def __hash__(self) -> int:
        return hash(self._ns)
