"""Power loss at any write, under the journal's real schema and statements (through apsw)."""

import random

import pytest

from fencang.journal.batch import make_batch
from fencang.journal.port import JournalFault, JournalFull
from fencang.journal.recovery import recover
from fencang.journal.sqlite import SqliteJournal
from tests.journal.counting_machine import CountingMachine
from tests.journal.losing_disk import ApswConnection, LosingDisk
from tests.journal.storage import HEADER, records

BATCHES = 60
CRASHES = 40


class _Lost(AssertionError):
    """An acknowledged batch is not there after the power loss."""


def _desk(tmp_path, name):
    disk = LosingDisk(name)

    def connect(path, is_read_only):
        return ApswConnection(path, is_read_only, name)

    return disk, SqliteJournal.writer(tmp_path / "desk.journal", HEADER, connect)


def _batch_sizes(chance):
    return [chance.choice((1, 2, 10, 60, 400, 1_000)) for _ in range(BATCHES)]


def _images(disk, journal, chance):
    """Commit batches; yield (disk image, acknowledged sequence, attempted sequence) of crashes."""
    taken = []
    acknowledged = attempted = 0

    def before_write():
        if chance.random() < CRASHES / (BATCHES * 25):
            taken.append((disk.image(chance), acknowledged, attempted))

    disk.before_write = before_write
    machine = CountingMachine()
    for size in _batch_sizes(chance):
        made = records(acknowledged + 1, acknowledged + size, machine=machine)
        attempted = acknowledged + size
        journal.append(make_batch(journal.last_hash, made), acknowledged)
        acknowledged = attempted
        taken.append((disk.image(chance), acknowledged, attempted))
    disk.before_write = lambda: None
    return taken


def _check(folder, image, acknowledged, attempted):
    """Bring a disk image back with the ordinary start-up and check what is there."""
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    journal = SqliteJournal.writer(folder / "desk.journal", HEADER)
    recovered = recover(journal, None, CountingMachine)
    stored = [stored.record() for stored in journal.read(1)]
    last = recovered.machine.sequence
    if last < acknowledged:
        raise _Lost(f"{acknowledged} was acknowledged, the journal ends with {last}")
    assert last in {acknowledged, attempted}, "a batch is there whole or not at all"
    assert stored == records(1, last)
    assert recovered.chain_hash == journal.last_hash
    journal.append(make_batch(journal.last_hash, records(last + 1, last + 3)), last)
    journal.close()


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (*range(2, 20), 41))]
)
def test_power_loss_at_any_write_loses_no_acknowledged_batch_and_tears_none(tmp_path, seed):
    """Law: every acknowledged batch survives, the chain is whole, at most the batch in flight is
    missing, and the desk starts by its ordinary start-up.
    """
    chance = random.Random(seed)
    disk, journal = _desk(tmp_path, f"losing-{seed}")
    taken = _images(disk, journal, chance)
    assert len(taken) > BATCHES
    in_flight = [crash for crash in taken if crash[1] != crash[2]]
    assert len(in_flight) > 5
    assert disk.checkpoints > 2, "the log was carried over and begun anew in between"
    checked = in_flight + chance.sample(taken, 25)
    for number, (image, acknowledged, attempted) in enumerate(checked):
        _check(tmp_path / f"crash-{number}", image, acknowledged, attempted)
    journal.close()


def test_power_loss_while_a_journal_is_made_leaves_one_that_can_be_made_anew(tmp_path):
    chance = random.Random(5)
    disk = LosingDisk("losing-new")
    taken = []
    disk.before_write = lambda: taken.extend(disk.image(chance) for _ in range(3))
    journal = SqliteJournal.writer(
        tmp_path / "desk.journal", HEADER, lambda path, ro: ApswConnection(path, ro, disk.name)
    )
    disk.before_write = lambda: None
    assert len(taken) > 15
    for number, image in enumerate(taken):
        _check(tmp_path / f"crash-{number}", image, 0, 0)
    journal.close()


def test_the_losing_disk_does_lose_what_was_not_synced(tmp_path):
    """The test above has teeth: without synchronous=FULL acknowledged batches do get lost."""
    chance = random.Random(1)
    disk, journal = _desk(tmp_path, "losing-unsynced")
    journal._connection.query("PRAGMA synchronous=NORMAL")
    lost = 0
    for number, crash in enumerate(_images(disk, journal, chance)[-30:]):
        try:
            _check(tmp_path / f"crash-{number}", *crash)
        except (_Lost, JournalFault):
            lost += 1
    assert lost > 10
    journal.close()


@pytest.mark.parametrize("space_bytes", [0, 100, 5_000, 60_000])
def test_a_disk_that_fills_in_the_middle_of_a_batch_keeps_everything_before_it(
    tmp_path, space_bytes
):
    """Law: JournalFull means nothing of the batch was stored (here SQLite's own writes fail)."""
    disk, journal = _desk(tmp_path, f"full-{space_bytes}")
    journal.append(make_batch(journal.last_hash, records(1, 10)), 0)
    disk.space_bytes = space_bytes
    large = make_batch(journal.last_hash, records(11, 1_000))
    with pytest.raises(JournalFull, match="records 11 to 1000 was stored"):
        journal.append(large, 10)
    assert [stored.record() for stored in journal.read(1)] == records(1, 10)
    image = disk.image(random.Random(space_bytes))
    _check(tmp_path / "crash", image, 10, 10)
    disk.space_bytes = None
    journal.append(large, 10)
    assert len(list(journal.read(1))) == 1_000
    journal.close()
