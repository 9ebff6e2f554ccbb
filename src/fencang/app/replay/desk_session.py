"""A journal, a sequencer and a machine put together for one replay.

With records in the journal the session first hands those back, one round after another, comparing
each command with the one that was journaled: nothing is decided again, and a journal of another
replay is refused at the first difference.  When the journal ends, deciding begins.
"""

from collections.abc import Iterator, Sequence

from fencang.app.exit_status import JournalFault
from fencang.basics.time import format_time
from fencang.engine.machine import Machine
from fencang.journal.port import Batch, JournalPort, SequencedRecord
from fencang.journal.sequencer import Sequencer
from fencang.messages.commands import AnyCommand
from fencang.messages.record import Record

__all__ = ["DeskSession", "ForgetfulJournal"]


class ForgetfulJournal:
    """A journal that keeps only the end of its chain: for replays that nobody wants to keep."""

    def __init__(self) -> None:
        self._last: tuple[int, bytes] = (0, bytes(32))

    @property
    def genesis_hash(self) -> bytes:
        """Return the chain hash before the first record."""
        return bytes(32)

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the last record."""
        return self._last[0]

    @property
    def last_hash(self) -> bytes:
        """Return the chain hash after the last record."""
        return self._last[1]

    def append(self, batch: Batch, expected_sequence: int) -> None:
        """Note the new end of the chain."""
        assert expected_sequence == self._last[0], (expected_sequence, self._last[0])
        self._last = (batch.last_sequence, batch.hash)

    def read(self, from_sequence: int) -> Iterator[SequencedRecord]:
        """Yield nothing: a forgetful journal is only ever read when it is new."""
        assert from_sequence == 1, from_sequence
        assert self._last[0] == 0, self._last
        return iter(())

    def close(self) -> None:
        """Close the handle; nothing to let go."""


class DeskSession:
    """Commits rounds of commands; time is what the replayed data say."""

    def __init__(self, journal: JournalPort, machine: Machine | None = None) -> None:
        self._machine = machine if machine is not None else Machine()
        self._journal = journal
        self._time_ns = 0
        self._stored: Iterator[SequencedRecord] = journal.read(1)
        self._sequencer: Sequencer[Machine] | None = None
        self.records_resumed = 0
        if journal.last_sequence == 0:
            self._go_live()

    @property
    def machine(self) -> Machine:
        """Return the machine as of the last durable record."""
        return self._machine

    @property
    def is_live(self) -> bool:
        """Return whether the journal's records are used up and commands are decided."""
        return self._sequencer is not None

    def commit(self, commands: Sequence[AnyCommand], time_ns: int) -> tuple[Record, ...]:
        """Return the durable records of a round, stamped from ``time_ns`` on.

        Raises:
            JournalFault: the journal holds another command at this place.
            fencang.journal.port.JournalFault: the journal refused.
        """
        self._time_ns = time_ns
        resumed: list[Record] = []
        while self._sequencer is None and len(resumed) < len(commands):
            stored = next(self._stored, None)
            if stored is None:
                self._go_live()
            else:
                resumed.append(self._resume(stored.record(), commands[len(resumed)]))
        if len(resumed) == len(commands):
            return tuple(resumed)
        assert self._sequencer is not None
        return (*resumed, *self._sequencer.commit(commands[len(resumed) :]))

    def finish(self) -> None:
        """Assure that the journal holds nothing beyond what was replayed.

        Raises:
            JournalFault: it does.
        """
        if self._sequencer is None and next(self._stored, None) is not None:
            raise JournalFault(
                f"the journal goes on to record {self._journal.last_sequence}, this replay ends "
                f"with record {self._machine.sequence}: give a later --to. Nothing was changed."
            )

    def _resume(self, record: Record, command: AnyCommand) -> Record:
        time_ns = max(self._machine.time_ns + 1, self._time_ns)
        if record.command != command or record.time_ns != time_ns:
            raise JournalFault(
                "this journal belongs to another replay: the desk file, the prices or the first "
                "day are not those it was made with. Nothing was changed.",
                [
                    f"record {record.sequence}, {format_time(record.time_ns)}: "
                    + _short(record.command),
                    f"this replay, {format_time(time_ns)}: {_short(command)}",
                ],
            )
        self._machine.apply(record)
        self.records_resumed += 1
        return record

    def _go_live(self) -> None:
        self._sequencer = Sequencer(self._machine, self._journal, lambda: self._time_ns)


def _short(command: AnyCommand) -> str:
    text = repr(command)
    return text if len(text) <= 200 else f"{text[:200]}…"
