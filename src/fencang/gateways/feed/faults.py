"""Faults of feeds, and the collector that gathers them with their places.

FeedFault
├── FeedMissing        a file, a package or a time zone is not there; nothing was read
└── FeedContentFault   the source is there and wrong; every fault is listed, nothing of it is used
"""

from typing import NamedTuple, NoReturn

__all__ = ["FAULTS_MAX", "FaultList", "FeedContentFault", "FeedFault", "FeedMissing", "LineFault"]

FAULTS_MAX = 100
"""Reading stops after so many faults: the file is then of another kind altogether."""


class FeedFault(Exception):
    """A source cannot be used as market data."""


class FeedMissing(FeedFault):
    """A source is not there, or something it needs is not."""


class LineFault(NamedTuple):
    """One fault: ``line`` counts from 1 as an editor does, the header included."""

    source: str
    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}, column {self.column}: {self.what}"


class FeedContentFault(FeedFault):
    """A source holds faults; ``faults`` lists them in the order of the lines."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        self.faults = faults
        many = " (reading stopped there)" if len(faults) >= FAULTS_MAX else ""
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(
            f"{len(faults)} faults{many}; nothing of this source was used:\n{lines}"
            if len(faults) > 1
            else f"{faults[0]}; nothing of this source was used"
        )


class FaultList:
    """The faults of one source so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._faults: list[LineFault] = []

    def add(self, line: int, column: str, what: str) -> None:
        """Note a fault; the last one that is taken raises them all."""
        self._faults.append(LineFault(self.source, line, column, what))
        if len(self._faults) >= FAULTS_MAX:
            self._raise()

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if self._faults:
            self._raise()

    def _raise(self) -> NoReturn:
        raise FeedContentFault(tuple(self._faults))
