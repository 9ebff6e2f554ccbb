"""The synchronous sequencer: numbers, times, batches, and nothing released before it is durable."""

import pytest

from fencang.journal.memory import MemoryJournal
from fencang.journal.port import JournalDiverged, JournalFull, SequencerStopped
from fencang.journal.sequencer import Sequencer, SequencerLimits
from fencang.messages.commands import CancelOrder, RejectPlan
from fencang.messages.events import CommandRejected
from tests.journal.counting_machine import CountingMachine, TickingClock, report
from tests.journal.storage import HEADER, append


def _sequencer(journal, machine=None, clock=None, **limits):
    return Sequencer(
        machine or CountingMachine(), journal, clock or TickingClock(), SequencerLimits(**limits)
    )


def test_commands_are_numbered_stamped_decided_and_durable_on_return():
    journal = MemoryJournal(HEADER)
    sequencer = _sequencer(journal)
    first = sequencer.commit([report(2), report(3)])
    second = sequencer.commit([report(4)])
    assert [record.sequence for record in first + second] == [1, 2, 3]
    assert [len(record.events) for record in first + second] == [1, 2, 1]
    assert [stored.record() for stored in journal.read(1)] == list(first + second)
    assert sequencer.machine.total == 9
    assert len(journal.batches) == 2


def test_no_commands_make_no_batch():
    journal = MemoryJournal(HEADER)
    assert _sequencer(journal).commit([]) == ()
    assert journal.batches == []


def test_time_moves_on_even_when_the_clock_stands_still_or_steps_back():
    """Law: time = max(last + 1, clock)."""
    readings = iter([500, 500, 20, 500, 900])
    sequencer = _sequencer(MemoryJournal(HEADER), clock=lambda: next(readings))
    made = sequencer.commit([report(1)] * 5)
    assert [record.time_ns for record in made] == [500, 501, 502, 503, 900]


def test_a_refusal_is_a_record_like_any_other():
    sequencer = _sequencer(MemoryJournal(HEADER))
    (record,) = sequencer.commit([RejectPlan(plan_id=1, rejected_by="risk")])
    assert isinstance(record.events[0], CommandRejected)
    assert sequencer.commit([report(1)])[0].sequence == 2


def test_batches_are_split_at_their_bounds():
    journal = MemoryJournal(HEADER)
    sequencer = _sequencer(journal, batch_records_max=4)
    heard = []
    sequencer.subscribe(lambda records: heard.append([record.sequence for record in records]))
    assert len(sequencer.commit([report(2)] * 10)) == 10
    assert heard == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
    small = MemoryJournal(HEADER)
    _sequencer(small, batch_bytes_max=1).commit([report(2)] * 3)
    assert len(small.batches) == 3


def test_nothing_of_a_batch_that_was_not_stored_is_released():
    """Law: nothing leaves before it is durable; a failed append ends the sequencer."""
    journal = MemoryJournal(HEADER)
    sequencer = _sequencer(journal)
    heard = []
    sequencer.subscribe(heard.extend)
    durable = sequencer.commit([report(2)])
    journal._bytes_max = 0
    with pytest.raises(SequencerStopped, match="Recover") as stopped:
        sequencer.commit([report(4), report(6)])
    assert isinstance(stopped.value.__cause__, JournalFull)
    assert heard == list(durable)
    assert journal.last_sequence == 1
    with pytest.raises(SequencerStopped):
        sequencer.commit([report(8)])
    with pytest.raises(SequencerStopped):
        sequencer.machine  # noqa: B018 - it is ahead of the disk: nobody may look at it


def test_a_writer_that_was_fenced_off_stops():
    journal = MemoryJournal(HEADER)
    sequencer = _sequencer(journal)
    sequencer.commit([report(2)])
    append(MemoryJournal(HEADER, journal.batches), 5)
    with pytest.raises(SequencerStopped) as stopped:
        sequencer.commit([report(4)])
    assert isinstance(stopped.value.__cause__, JournalDiverged)


def test_a_programmer_error_stores_nothing_of_its_batch():
    journal = MemoryJournal(HEADER)
    sequencer = _sequencer(journal)
    with pytest.raises(SequencerStopped) as stopped:
        sequencer.commit([report(2), CancelOrder(sub_account_id="S1", order_id=1)])
    assert isinstance(stopped.value.__cause__, AssertionError)
    assert journal.last_sequence == 0


def test_a_machine_that_does_not_stand_at_the_journals_end_is_not_started():
    journal = MemoryJournal(HEADER)
    append(journal, 5)
    with pytest.raises(AssertionError, match="the machine stands at 0, the journal at 5"):
        _sequencer(journal)
