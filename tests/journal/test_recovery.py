"""Recovery, snapshots, the follower and the verifier."""

import msgspec
import pytest

from fencang.journal.batch import make_batch
from fencang.journal.follower import follow
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import JournalCorrupt, SnapshotDamaged
from fencang.journal.recovery import recover
from fencang.journal.snapshots import Snapshot, SnapshotFolder, snapshots_beside
from fencang.journal.verify import verify
from fencang.messages.events import IndicatorReported
from fencang.messages.record import DECISION_VERSION
from tests.journal.counting_machine import CountingMachine
from tests.journal.storage import HEADER, append, records


@pytest.fixture
def journal():
    made = MemoryJournal(HEADER)
    for last in (10, 20, 30):
        append(made, last)
    return made


@pytest.fixture
def snapshots(tmp_path):
    return snapshots_beside(tmp_path / "desk.journal")


def _snapshot(journal, sequence):
    machine = CountingMachine()
    for stored in journal.read(1):
        machine.apply(stored.record())
        if machine.sequence == sequence:
            return Snapshot(sequence, stored.chain_hash, machine.dump())
    raise AssertionError(sequence)


def _undisturbed(journal):
    return recover(journal, None, CountingMachine)


@pytest.mark.parametrize("sequence", [1, 9, 10, 11, 20, 29, 30])
def test_snapshot_plus_tail_equals_full_replay(journal, snapshots, sequence):
    """Law: snapshot plus tail equals full replay."""
    snapshots.write(_snapshot(journal, sequence))
    recovered = recover(journal, snapshots, CountingMachine)
    whole = _undisturbed(journal)
    assert recovered.machine.state_hash() == whole.machine.state_hash()
    assert recovered.chain_hash == whole.chain_hash == journal.last_hash
    assert recovered.snapshot_sequence == sequence
    assert recovered.records_applied == 30 - sequence
    assert recovered.warnings == ()


def test_an_empty_journal_recovers_to_an_empty_machine(snapshots):
    recovered = recover(MemoryJournal(HEADER), snapshots, CountingMachine)
    assert (recovered.machine.sequence, recovered.records_applied) == (0, 0)


def test_a_damaged_snapshot_is_passed_over_and_named(journal, snapshots):
    snapshots.write(_snapshot(journal, 10))
    path = snapshots.write(_snapshot(journal, 25))
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 1
    path.write_bytes(stored)
    recovered = recover(journal, snapshots, CountingMachine)
    assert recovered.snapshot_sequence == 10
    assert recovered.machine.state_hash() == _undisturbed(journal).machine.state_hash()
    assert "snapshot-0000000000000025.bin is damaged" in recovered.warnings[0]


def test_snapshots_of_other_versions_of_other_journals_and_of_no_meaning_are_passed_over(
    journal, snapshots
):
    good = _snapshot(journal, 20)
    snapshots.write(msgspec.structs.replace(good, fencang_version="0.0.1"))
    snapshots.write(msgspec.structs.replace(_snapshot(journal, 21), chain_hash=bytes(32)))
    snapshots.write(msgspec.structs.replace(_snapshot(journal, 22), state=b"\xc1"))
    recovered = recover(journal, snapshots, CountingMachine)
    assert recovered.snapshot_sequence == 0
    assert len(recovered.warnings) == 3
    assert recovered.machine.sequence == 30


def test_a_snapshot_ahead_of_the_journal_proves_that_records_are_missing(journal, snapshots):
    snapshots.write(_snapshot(journal, 30))
    journal.batches.pop()
    with pytest.raises(JournalCorrupt, match=r"taken at record 30, but the journal ends with 20"):
        recover(journal, snapshots, CountingMachine)


def test_only_the_newest_snapshots_are_kept_and_only_their_owner_reads_them(journal, snapshots):
    paths = [snapshots.write(_snapshot(journal, sequence)) for sequence in (3, 6, 9, 12, 15)]
    assert snapshots.newest_first() == paths[:1:-1]
    assert paths[-1].stat().st_mode & 0o777 == 0o600
    assert paths[-1].parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_vanishes_while_it_is_read_is_a_damaged_snapshot(snapshots, journal):
    path = snapshots.write(_snapshot(journal, 3))
    path.unlink()
    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        snapshots.read(path)


def test_recovery_stops_at_a_damaged_record(journal):
    batch = journal.batches[2]
    journal.batches[2] = msgspec.structs.replace(batch, blob=batch.blob[:-1] + b"?")
    with pytest.raises(JournalCorrupt) as fault:
        recover(journal, None, CountingMachine)
    assert fault.value.sequence == 30


def test_the_follower_writes_snapshots_and_ends_at_the_journals_end(journal, snapshots):
    waits = []

    def wait():
        waits.append(journal.last_sequence)
        if len(waits) <= 3:
            append(journal, journal.last_sequence + 7)
        return len(waits) <= 3

    machine = follow(journal, snapshots, CountingMachine, snapshot_every_records=12, wait=wait)
    assert machine.sequence == 51
    assert machine.state_hash() == _undisturbed(journal).machine.state_hash()
    taken = [snapshots.read(path).sequence for path in snapshots.newest_first()]
    assert taken == [51, 42, 30]
    again = follow(
        journal, snapshots, CountingMachine, snapshot_every_records=12, wait=lambda: False
    )
    assert again.sequence == 51


def test_a_sound_journal_is_decided_again_byte_for_byte(journal):
    heard = []
    found = verify(journal, CountingMachine, lambda done, total: heard.append((done, total)))
    assert found.is_sound
    assert (found.records, found.decided_again, found.events) == (30, 30, 45)
    assert found.state_hash == _undisturbed(journal).machine.state_hash()
    assert found.chain_hash == journal.last_hash
    assert heard == [(30, 30)]


def test_the_first_record_that_is_decided_otherwise_is_named_with_both_versions(journal):
    """Law: verify names the first differing sequence; the chain alone would not notice."""
    forged = records(31, 40, machine=_undisturbed(journal).machine)
    wrong = IndicatorReported(indicator="VIX", value_nanos=1, is_close=False)
    forged[4] = msgspec.structs.replace(forged[4], events=(wrong,))
    journal.append(make_batch(journal.last_hash, forged), 30)
    found = verify(journal, CountingMachine)
    assert not found.is_sound
    assert found.difference.sequence == 35
    assert found.difference.expected.events == (wrong,)
    assert found.difference.actual.events[0].value_nanos == 35 * 7
    assert found.records == 34


def test_records_of_another_decision_version_are_named_and_applied(journal):
    machine = _undisturbed(journal).machine
    old = records(31, 34, decision_version=DECISION_VERSION + 1, machine=machine)
    new = records(35, 40, machine=machine)
    journal.append(make_batch(journal.last_hash, old + new), 30)
    found = verify(journal, CountingMachine)
    assert found.is_sound
    (other,) = found.other_versions
    assert (other.first_sequence, other.last_sequence, other.records) == (31, 34, 4)
    assert (found.records, found.decided_again) == (40, 36)
    assert found.state_hash == machine.state_hash()


def test_verify_names_damage_and_keeps_what_it_counted(journal):
    batch = journal.batches[1]
    journal.batches[1] = msgspec.structs.replace(batch, blob=b"\x7f" + batch.blob[1:])
    found = verify(journal, CountingMachine)
    assert not found.is_sound
    assert found.damage.sequence == 11
    assert found.records == 10


def test_time_that_does_not_move_on_is_damage(journal):
    late = msgspec.structs.replace(records(31, 31)[0], time_ns=5)
    journal.append(make_batch(journal.last_hash, [late]), 30)
    assert verify(journal, CountingMachine).damage.sequence == 31


def test_a_record_under_another_number_is_damage(journal):
    journal.append(
        msgspec.structs.replace(
            make_batch(journal.last_hash, records(32, 32)), first_sequence=31, last_sequence=31
        ),
        30,
    )
    with pytest.raises(JournalCorrupt, match="says it is 32"):
        recover(journal, None, CountingMachine)


def test_other_files_in_the_folder_are_not_snapshots(tmp_path):
    folder = SnapshotFolder(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".snapshot-0000000000000001.bin.77.part").write_text("torn")
    assert folder.newest_first() == []
