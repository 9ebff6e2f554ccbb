"""What can be wrong with a calendar file: every fault with its place, and nothing half-read."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["CalendarFault", "CalendarFileFault"]


class CalendarFault(NamedTuple):
    """One fault: the file, the place in it such as ``[[special]] #3 date``, and what is wrong."""

    file: str
    place: str
    words: str

    def __str__(self) -> str:
        """Return the fault as one line for a person."""
        return f"{self.file}: {self.place}: {self.words}" if self.place else self.words


class CalendarFileFault(Exception):
    """A calendar file is refused as a whole; ``faults`` lists every damaged place."""

    def __init__(self, file: str, faults: Sequence[CalendarFault]) -> None:
        lines = "\n".join(str(fault) for fault in faults)
        super().__init__(f"{file}: {len(faults)} faults\n{lines}")
        self.file = file
        self.faults = tuple(faults)
