"""The sequencer: one thread of commands, each numbered, stamped, decided and made durable.

Law: nothing leaves before it is durable.  Records are released (returned, or given to subscribers)
only after the append of their batch came back.  If it does not, nothing of the batch is released,
the machine is discarded and the caller recovers by the ordinary start-up.

This is the synchronous sequencer; ``group_commit`` runs the same core on threads.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from fencang.journal.batch import ChainEncoder
from fencang.journal.port import Batch, JournalPort, Machine, SequencerStopped
from fencang.messages.commands import AnyCommand
from fencang.messages.origin import Origin
from fencang.messages.record import DECISION_VERSION, Record

__all__ = ["Clock", "Core", "OpenBatch", "Sequencer", "SequencerLimits", "Subscriber"]

Clock = Callable[[], int]
"""Nanoseconds UTC; it may stand still or step back, stamped times do not."""

Subscriber = Callable[[tuple[Record, ...]], None]
"""Hears the records of a batch once it is durable, in order."""

MachineT = TypeVar("MachineT", bound=Machine)


class SequencerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of a sequencer.

    A batch is closed when it has ``batch_records_max`` records or more than ``batch_bytes_max``
    bytes; more than ``inbox_commands_max`` waiting commands are refused.
    """

    batch_records_max: int = 4_096
    batch_bytes_max: int = 8 * 1024 * 1024
    inbox_commands_max: int = 65_536


class OpenBatch:
    """Decided records on their way to the disk."""

    __slots__ = ("bytes_count", "first_sequence", "frames", "previous_hash", "records")

    def __init__(self, first_sequence: int, previous_hash: bytes) -> None:
        self.first_sequence = first_sequence
        self.previous_hash = previous_hash
        self.records: list[Record] = []
        self.frames: list[bytes] = []
        self.bytes_count = 0

    def add(self, record: Record, frame: bytes) -> None:
        """Take the next record."""
        self.records.append(record)
        self.frames.append(frame)
        self.bytes_count += len(frame)

    def closed(self, chain_hash: bytes) -> Batch:
        """Return the batch to append; ``chain_hash`` is that of its last record."""
        return Batch(
            self.first_sequence,
            self.records[-1].sequence,
            self.previous_hash,
            chain_hash,
            b"".join(self.frames),
        )


class Core(Generic[MachineT]):
    """The machine with the place in the journal it stands at; used by one thread at a time."""

    __slots__ = ("_clock", "_encoder", "_machine", "_sequence", "_time_ns")

    def __init__(self, machine: MachineT, journal: JournalPort, clock: Clock) -> None:
        assert machine.sequence == journal.last_sequence, (
            f"the machine stands at {machine.sequence}, the journal at {journal.last_sequence}: "
            "recover first"
        )
        self._machine = machine
        self._sequence = machine.sequence
        self._time_ns = machine.time_ns
        self._clock = clock
        self._encoder = ChainEncoder(journal.last_hash)

    @property
    def machine(self) -> MachineT:
        """Return the machine; while a commit is in flight it is ahead of the disk."""
        return self._machine

    @property
    def sequence(self) -> int:
        """Return the sequence of the last decided command."""
        return self._sequence

    @property
    def chain_hash(self) -> bytes:
        """Return the chain hash after the last decided command."""
        return self._encoder.hash

    def decide(self, command: AnyCommand, origin: Origin | None = None) -> tuple[Record, bytes]:
        """Number, stamp and decide a command; return its record and frame."""
        sequence = self._sequence + 1
        time_ns = max(self._time_ns + 1, self._clock())
        events = self._machine.execute(command, sequence, time_ns)
        record = Record(sequence, time_ns, DECISION_VERSION, command, events, origin)
        frame = self._encoder.frame(record)
        self._sequence = sequence
        self._time_ns = time_ns
        return record, frame


class Sequencer(Generic[MachineT]):
    """Commits commands one call after another, on the caller's thread."""

    def __init__(
        self,
        machine: MachineT,
        journal: JournalPort,
        clock: Clock,
        limits: SequencerLimits = SequencerLimits(),  # noqa: B008 - frozen
    ) -> None:
        self._core: Core[MachineT] | None = Core(machine, journal, clock)
        self._journal = journal
        self._limits = limits
        self._subscribers: list[Subscriber] = []
        self._cause: BaseException | None = None
        self._is_committing = False

    @property
    def machine(self) -> MachineT:
        """Return the machine, which stands at the last durable record between commits.

        Raises:
            SequencerStopped: it was discarded.
        """
        return self._running().machine

    def subscribe(self, subscriber: Subscriber) -> None:
        """Let somebody hear every batch from here on, before ``commit`` returns."""
        self._subscribers.append(subscriber)

    def commit(self, commands: Sequence[AnyCommand]) -> tuple[Record, ...]:
        """Decide commands, make them durable and return their records.

        More than one batch is made when they are too many for one; subscribers then have heard the
        earlier batches when a later one fails.

        Raises:
            SequencerStopped: this or an earlier commit failed; ``__cause__`` says how.
        """
        core = self._running()
        assert not self._is_committing, "a subscriber must not commit: return, then commit"
        self._is_committing = True
        released: list[Record] = []
        try:
            position = 0
            while position < len(commands):
                batch = OpenBatch(core.sequence + 1, core.chain_hash)
                position = self._fill(core, batch, commands, position)
                self._journal.append(batch.closed(core.chain_hash), batch.first_sequence - 1)
                records = tuple(batch.records)
                for subscriber in self._subscribers:
                    subscriber(records)
                released += records
        except BaseException as cause:
            self._core, self._cause = None, cause
            raise SequencerStopped(_stop_text(cause)) from cause
        finally:
            self._is_committing = False
        return tuple(released)

    def _fill(
        self,
        core: Core[MachineT],
        batch: OpenBatch,
        commands: Sequence[AnyCommand],
        position: int,
    ) -> int:
        end = min(len(commands), position + self._limits.batch_records_max)
        bytes_max = self._limits.batch_bytes_max
        while position < end and batch.bytes_count <= bytes_max:
            record, frame = core.decide(commands[position])
            batch.add(record, frame)
            position += 1
        return position

    def _running(self) -> Core[MachineT]:
        if self._core is None:
            assert self._cause is not None
            raise SequencerStopped(_stop_text(self._cause)) from self._cause
        return self._core


def _stop_text(cause: BaseException) -> str:
    return (
        f"the sequencer stopped: {cause}. What was released before is durable; nothing of the "
        "failed batch was released and its machine is discarded. Recover from the journal."
    )
