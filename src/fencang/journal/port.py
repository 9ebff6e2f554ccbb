"""What a journal is, whatever stores it: the port, its values and everything that can go wrong.

Law: a batch is stored whole or not at all, directly behind the record its writer believed to be
the last one; a journal never shows a record whose hash chain does not hold.

    JournalFault                    an operating fault of the journal
    ├── JournalMissing              there is no journal at that place
    ├── JournalForeign              the file is no journal, or that of another desk
    ├── JournalVersionUnknown       written by a version this program cannot read
    ├── JournalLocked               another process writes this journal
    ├── JournalDiverged             another writer got there first (fencing)
    ├── JournalFull                 the disk is full
    ├── JournalUnwritable           the disk or the database refused; the handle is of no more use
    ├── JournalCorrupt              stored bytes are not what was written (from ``sequence`` on)
    ├── JournalLogDamaged           the database's log is; opening would lose acknowledged batches
    ├── SnapshotDamaged             a snapshot cannot be used; the journal itself is untouched
    ├── BlobFault                   a content-addressed file
    │   ├── BlobMissing             was never stored, or was removed
    │   ├── BlobDamaged             its bytes do not have its hash
    │   └── BlobTooLarge            beyond the store's bound
    └── SequencerFault
        ├── InboxFull               too many commands wait; this one was not taken
        └── SequencerStopped        it no longer takes commands; ``__cause__`` says why
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar

import msgspec

from fencang.messages.commands import AnyCommand
from fencang.messages.events import AnyEvent
from fencang.messages.record import Record, RecordFault, decode_record

__all__ = [
    "Batch",
    "BlobDamaged",
    "BlobFault",
    "BlobMissing",
    "BlobTooLarge",
    "InboxFull",
    "JournalCorrupt",
    "JournalDiverged",
    "JournalFault",
    "JournalForeign",
    "JournalFull",
    "JournalLocked",
    "JournalLogDamaged",
    "JournalMissing",
    "JournalPort",
    "JournalUnwritable",
    "JournalVersionUnknown",
    "Machine",
    "MachineFactory",
    "SequencedRecord",
    "SequencerFault",
    "SequencerStopped",
    "SnapshotDamaged",
]


class JournalFault(Exception):
    """An operating fault of the journal; the message says what happened to the data."""


class JournalMissing(JournalFault):
    """There is no journal at that place."""


class JournalForeign(JournalFault):
    """The file is not a journal, or it belongs to another desk."""


class JournalVersionUnknown(JournalFault):
    """The journal was written in a format this program cannot read."""


class JournalLocked(JournalFault):
    """Another process writes this journal."""


class JournalDiverged(JournalFault):
    """The journal does not end where its writer believes: another writer got there first."""


class JournalFull(JournalFault):
    """The disk is full; nothing of the batch was stored."""


class JournalUnwritable(JournalFault):
    """The disk or the database refused; whether the last batch was stored shows on reopening."""


class JournalCorrupt(JournalFault):
    """Stored bytes are not what was written: ``sequence`` is the first record that is unsafe."""

    def __init__(self, sequence: int, detail: str) -> None:
        before = f"Records 1 to {sequence - 1} are" if sequence > 1 else "No record before it is"
        super().__init__(
            f"record {sequence} is damaged: {detail}. {before} safe to read; nothing was changed. "
            "Keep this file, and restore a copy that holds the record."
        )
        self.sequence = sequence
        self.detail = detail


class JournalLogDamaged(JournalFault):
    """The database's own log is damaged: opening the journal would lose acknowledged batches."""


class SnapshotDamaged(JournalFault):
    """A snapshot cannot be used; the journal itself is untouched."""


class BlobFault(JournalFault):
    """A fault of the content-addressed store."""


class BlobMissing(BlobFault):
    """No content of that hash is stored."""


class BlobDamaged(BlobFault):
    """The stored bytes do not have their hash."""


class BlobTooLarge(BlobFault):
    """The content is beyond the store's bound; nothing was stored."""


class SequencerFault(JournalFault):
    """The sequencer did not take a command."""


class InboxFull(SequencerFault):
    """Too many commands wait to be decided; this one was not taken and may be sent again."""


class SequencerStopped(SequencerFault):
    """The sequencer takes no more commands.  What was acknowledged is stored; recover and retry."""


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Records of one commit: frames in one blob, and the chain hash before and after them."""

    first_sequence: int
    last_sequence: int
    previous_hash: bytes
    hash: bytes
    blob: bytes


class SequencedRecord(msgspec.Struct, frozen=True, gc=False):
    """One stored record: its exact bytes and the chain hash up to and including it."""

    sequence: int
    payload: bytes
    chain_hash: bytes

    def record(self) -> Record:
        """Return the decoded record.

        Raises:
            JournalCorrupt: the bytes are whole, but no record of a known version at this place.
        """
        try:
            record = decode_record(self.payload)
        except RecordFault as fault:
            raise JournalCorrupt(self.sequence, str(fault)) from fault
        if record.sequence != self.sequence:
            raise JournalCorrupt(self.sequence, f"the record says it is {record.sequence}")
        return record


class JournalPort(Protocol):
    """A durable, hash-chained sequence of records with one writer and many readers."""

    @property
    def genesis_hash(self) -> bytes:
        """Return the chain hash before the first record: SHA-256 of the stored header."""
        ...

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the last durable record, 0 when there is none."""
        ...

    @property
    def last_hash(self) -> bytes:
        """Return the chain hash after the last durable record."""
        ...

    def append(self, batch: Batch, expected_sequence: int) -> None:
        """Make a batch durable directly behind ``expected_sequence``.  Returns once it is.

        Raises:
            JournalDiverged: the journal ends elsewhere; nothing was stored.
            JournalFull: no space; nothing was stored.
            JournalUnwritable: anything else the storage refused.
        """
        ...

    def read(self, from_sequence: int) -> Iterator[SequencedRecord]:
        """Yield the records from there on, verified; all before the first bad one come through.

        Raises:
            JournalCorrupt: at the first record that does not hold.
        """
        ...


class Machine(Protocol):
    """A deterministic machine: what it decides depends on its commands and nothing else."""

    @property
    def sequence(self) -> int:
        """Return the sequence of the last command, 0 before the first."""
        ...

    @property
    def time_ns(self) -> int:
        """Return the time of the last command, 0 before the first."""
        ...

    def execute(self, command: AnyCommand, sequence: int, time_ns: int) -> tuple[AnyEvent, ...]:
        """Decide a command and move on; an exception is a programmer error."""
        ...

    def apply(self, record: Record) -> None:
        """Move on by a record that was decided before."""
        ...

    def state_hash(self) -> str:
        """Return the hex hash of the canonical state."""
        ...

    def dump(self) -> bytes:
        """Return the whole state as a snapshot."""
        ...


_MachineT_co = TypeVar("_MachineT_co", bound=Machine, covariant=True)


class MachineFactory(Protocol[_MachineT_co]):
    """Where machines come from: an empty one, or one from a snapshot (a machine's class)."""

    def __call__(self) -> _MachineT_co:
        """Return an empty machine."""
        ...

    def load(self, snapshot: bytes, /) -> _MachineT_co:
        """Return the machine that ``dump`` wrote; raises ValueError when it cannot be read."""
        ...
