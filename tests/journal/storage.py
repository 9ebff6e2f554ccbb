"""What journal tests share: making journals and filling them."""

from fencang.journal.batch import make_batch
from fencang.journal.header import JournalHeader
from fencang.messages.record import DECISION_VERSION, Record
from tests.journal.counting_machine import CountingMachine, report

HEADER = JournalHeader(
    format_version=1,
    desk_id="desk-1",
    decision_version=1,
    fencang_version="0.1.0",
    python_version="3.11.7",
    numpy_version="2.4.0",
    numba_version="0.68.1",
    msgspec_version="0.22.0",
)


def records(first, last, decision_version=DECISION_VERSION, machine=None):
    """Return decided records; ``machine`` (or a fresh one) stands just before ``first``."""
    machine = machine or CountingMachine(sequence=first - 1, time_ns=(first - 1) * 1_000)
    made = []
    for sequence in range(first, last + 1):
        command = report(sequence * 7)
        events = machine.execute(command, sequence, sequence * 1_000)
        made.append(Record(sequence, sequence * 1_000, decision_version, command, events))
    return made


def append(journal, last):
    """Append records up to ``last`` as one batch and return it."""
    batch = make_batch(journal.last_hash, records(journal.last_sequence + 1, last))
    journal.append(batch, batch.first_sequence - 1)
    return batch
