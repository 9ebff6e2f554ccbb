"""A disk that dies on demand: before a batch is durable, after it, or because it is full.

It is the journal in memory behind the same port, with a fuse.  Law: what ``append`` returned from
is there after every crash; what it did not return from may or may not be, but never in part.
"""

from collections.abc import Iterator
from enum import Enum, auto

from fencang.journal.memory import MemoryJournal
from fencang.journal.port import Batch, JournalFull, SequencedRecord

__all__ = ["Crash", "Fuse", "SimulatedDisk"]


class Crash(Exception):
    """The desk's process ends here; only the disk and the world outside survive."""


class Fuse(Enum):
    """What happens at the next append."""

    NONE = auto()
    LOSE = auto()
    KEEP = auto()
    FULL = auto()


class SimulatedDisk:
    """A journal port over batches and snapshots that outlive every process of the desk."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.journal = journal
        self.fuse = Fuse.NONE
        self.snapshots: list[tuple[int, bytes]] = []

    @property
    def genesis_hash(self) -> bytes:
        """Return the chain hash before the first record."""
        return self.journal.genesis_hash

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the last durable record."""
        return self.journal.last_sequence

    @property
    def last_hash(self) -> bytes:
        """Return the chain hash after the last durable record."""
        return self.journal.last_hash

    def append(self, batch: Batch, expected_sequence: int) -> None:
        """Make a batch durable, or die before, or die after, or refuse.

        Raises:
            Crash: the process ends; whether the batch is there only the disk knows.
            JournalFull: nothing of the batch is there.
        """
        fuse, self.fuse = self.fuse, Fuse.NONE
        if fuse is Fuse.LOSE:
            raise Crash("before the batch was durable")
        if fuse is Fuse.FULL:
            raise JournalFull("the simulated disk is full; nothing of the batch was stored")
        self.journal.append(batch, expected_sequence)
        if fuse is Fuse.KEEP:
            raise Crash("after the batch was durable, before anybody heard")

    def read(self, from_sequence: int) -> Iterator[SequencedRecord]:
        """Yield durable records from there on."""
        return self.journal.read(from_sequence)
