"""The sequencer on threads: batches grow while the disk is busy, order and durability hold."""

import gc
import sys
import threading

import pytest

from fencang.journal.group_commit import ThreadedSequencer
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import InboxFull, JournalFull, SequencerStopped
from fencang.journal.sequencer import SequencerLimits
from fencang.messages.commands import CancelOrder
from fencang.messages.origin import Origin
from tests.journal.counting_machine import CountingMachine, TickingClock, report
from tests.journal.storage import HEADER

WAIT_S = 20


class GatedJournal(MemoryJournal):
    """A journal whose disk is busy until it is let go; it tells when an append has begun."""

    def __init__(self):
        super().__init__(HEADER)
        self.has_begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def append(self, batch, expected_sequence):
        self.has_begun.release()
        assert self.may_end.acquire(timeout=WAIT_S)
        super().append(batch, expected_sequence)


@pytest.fixture
def started():
    running = []

    def start(journal, **limits):
        sequencer = ThreadedSequencer(
            CountingMachine(), journal, TickingClock(), SequencerLimits(**limits)
        )
        running.append(sequencer)
        return sequencer

    yield start
    for sequencer in running:
        try:
            sequencer.stop()
        except SequencerStopped:
            continue


def test_commands_that_arrive_during_a_commit_form_the_next_batch(started):
    """Law: group commit; one blob for what arrived while the disk was busy."""
    journal = GatedJournal()
    sequencer = started(journal)
    sequencer.start()
    sequencer.submit(report(1))
    assert journal.has_begun.acquire(timeout=WAIT_S)
    for value in range(2, 12):
        sequencer.submit(report(value))
    journal.may_end.release(2)
    sequencer.drain()
    assert [(b.first_sequence, b.last_sequence) for b in journal.batches] == [(1, 1), (2, 11)]


def test_nothing_is_acknowledged_or_shown_before_it_is_durable(started):
    """Law: nothing leaves before it is durable."""
    journal = GatedJournal()
    sequencer = started(journal)
    heard = []
    sequencer.subscribe(lambda records: heard.extend(("shown", r.sequence) for r in records))
    sequencer.start()
    for value in (1, 2, 3):
        sequencer.submit(report(value), lambda record: heard.append(("acked", record.sequence)))
    assert journal.has_begun.acquire(timeout=WAIT_S)
    assert heard == []
    assert sequencer.durable_sequence == 0
    journal.may_end.release(3)
    sequencer.drain()
    assert [number for what, number in heard if what == "shown"] == [1, 2, 3]
    assert [number for what, number in heard if what == "acked"] == [1, 2, 3]
    assert all(heard.index(("shown", n)) < heard.index(("acked", n)) for n in (1, 2, 3))
    assert sequencer.durable_sequence == 3


def test_commands_of_many_threads_are_each_taken_once_and_keep_their_threads_order(started):
    journal = MemoryJournal(HEADER)
    sequencer = started(journal)
    acked = []
    sequencer.start()

    def submit(name):
        for value in range(1, 501):
            sequencer.submit(report(value, name), acked.append)

    threads = [threading.Thread(target=submit, args=(name,)) for name in ("A", "B", "C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    machine = sequencer.stop()
    stored = [stored.record() for stored in journal.read(1)]
    assert stored == acked
    assert machine.sequence == len(stored) == 1_500
    for name in ("A", "B", "C"):
        values = [r.command.value_nanos for r in stored if r.command.indicator == name]
        assert values == list(range(1, 501))


def test_a_full_inbox_refuses_and_says_so(started):
    journal = GatedJournal()
    sequencer = started(journal, inbox_commands_max=5, batch_records_max=2)
    sequencer.start()
    sequencer.submit(report(1))
    assert journal.has_begun.acquire(timeout=WAIT_S)
    taken, refusals = 1, []
    while taken < 100 and not refusals:
        try:
            sequencer.submit(report(2), lane=1)
            taken += 1
        except InboxFull as refusal:
            refusals.append(str(refusal))
    assert "was not taken and may be sent again" in refusals[0]
    assert taken <= 1 + 2 + 5, "in flight, decided and waiting, in the inbox"
    sequencer.submit(report(3))  # the venue's word comes in all the same
    taken += 1
    journal.may_end.release(100)
    sequencer.drain()
    assert journal.last_sequence == taken


def test_a_batch_is_never_larger_than_its_bound(started):
    journal = GatedJournal()
    journal.may_end.release(10_000)
    sequencer = started(journal, batch_records_max=8)
    sequencer.start()
    for _ in range(1_000):
        sequencer.submit(report(1))
    sequencer.stop()
    assert journal.last_sequence == 1_000
    assert max(b.last_sequence - b.first_sequence + 1 for b in journal.batches) <= 8


def test_a_failed_append_releases_nothing_and_stops_everything(started):
    """Law: if an append fails, nothing of that batch is released and the machine is discarded."""
    journal = GatedJournal()
    sequencer = started(journal)
    acked, causes = [], []
    stopped = threading.Event()
    sequencer.start(on_stopped=lambda cause: (causes.append(cause), stopped.set()))
    sequencer.submit(report(1), acked.append)
    assert journal.has_begun.acquire(timeout=WAIT_S)
    sequencer.submit(report(2), acked.append)
    journal.may_end.release()
    assert journal.has_begun.acquire(timeout=WAIT_S)
    sequencer.submit(report(3), acked.append)
    journal._bytes_max = 0
    journal.may_end.release()
    assert stopped.wait(WAIT_S)
    assert [record.sequence for record in acked] == [1]
    assert journal.last_sequence == 1
    assert isinstance(causes[0], JournalFull)
    for refused in (lambda: sequencer.submit(report(4)), sequencer.drain, sequencer.stop):
        with pytest.raises(SequencerStopped, match="Recover from the journal") as fault:
            refused()
        assert fault.value.__cause__ is causes[0]


def test_draining_ends_when_the_sequencer_fails_meanwhile(started):
    journal = GatedJournal()
    journal._bytes_max = 0
    sequencer = started(journal)
    sequencer.start()
    sequencer.submit(report(1))
    journal.may_end.release()
    with pytest.raises(SequencerStopped):
        sequencer.drain()


def test_a_programmer_error_stops_the_sequencer(started):
    journal = MemoryJournal(HEADER)
    sequencer = started(journal)
    sequencer.start()
    sequencer.submit(report(1))
    sequencer.drain()
    sequencer.submit(CancelOrder(sub_account_id="S1", order_id=1))
    with pytest.raises(SequencerStopped) as fault:
        sequencer.drain()
    assert isinstance(fault.value.__cause__, AssertionError)
    assert journal.last_sequence == 1


def test_a_callback_that_fails_stops_the_sequencer(started):
    sequencer = started(MemoryJournal(HEADER))
    sequencer.start()

    def fails(record):
        raise ValueError(record.sequence)

    sequencer.submit(report(1), fails)
    with pytest.raises(SequencerStopped) as fault:
        sequencer.drain()
    assert isinstance(fault.value.__cause__, ValueError)


def test_stopping_makes_everything_durable_and_puts_the_process_back(started):
    interval_s = sys.getswitchinterval()
    journal = MemoryJournal(HEADER)
    sequencer = started(journal)
    sequencer.start()
    assert not gc.isenabled()
    for _ in range(100):
        sequencer.submit(report(2))
    assert sequencer.stop().total == 200
    assert journal.last_sequence == 100
    assert gc.isenabled()
    assert sys.getswitchinterval() == pytest.approx(interval_s)
    with pytest.raises(SequencerStopped, match="not running"):
        sequencer.submit(report(1))
    assert sequencer.stop().total == 200, "stopping twice changes nothing"


def test_a_sequencer_that_was_not_started_takes_nothing(started):
    with pytest.raises(SequencerStopped, match="not running"):
        started(MemoryJournal(HEADER)).submit(report(1))


# ------------------------------------------------------------------------------------- questions


def test_an_answer_waits_until_what_it_saw_is_durable(started):
    """Law: nobody hears of a state that the disk does not have."""
    journal = GatedJournal()
    sequencer = started(journal)
    sequencer.start()
    answers = []
    answered = threading.Event()

    def hear(answer, cause):
        answers.append((answer, cause))
        answered.set()

    sequencer.submit(report(1))
    assert journal.has_begun.acquire(timeout=WAIT_S)
    sequencer.submit(report(2))
    sequencer.ask(lambda machine: machine.sequence, hear)
    assert not answered.wait(0.05)
    journal.may_end.release()
    assert journal.has_begun.acquire(timeout=WAIT_S)
    assert not answered.wait(0.05)
    journal.may_end.release()
    assert answered.wait(WAIT_S)
    assert answers == [(2, None)]
    assert journal.last_sequence == 2


def test_a_question_that_fails_is_told_and_stops_nobody(started):
    sequencer = started(MemoryJournal(HEADER))
    sequencer.start()
    causes = []
    answered = threading.Event()

    def hear(answer, cause):
        causes.append((answer, type(cause)))
        answered.set()

    sequencer.ask(lambda machine: machine.sequence // 0, hear)
    assert answered.wait(WAIT_S)
    assert causes == [(None, ZeroDivisionError)]
    sequencer.submit(report(1))
    sequencer.drain()
    assert sequencer.durable_sequence == 1


def test_a_record_keeps_where_its_command_came_from(started):
    journal = MemoryJournal(HEADER)
    sequencer = started(journal)
    sequencer.start()
    origin = Origin("ann", "key-1", "rest", "127.0.0.1", "request-1", bytes(32))
    sequencer.submit(report(1), origin=origin)
    sequencer.submit(report(2))
    sequencer.drain()
    assert [stored.record().origin for stored in journal.read(1)] == [origin, None]
