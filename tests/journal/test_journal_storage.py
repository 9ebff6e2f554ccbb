"""The one suite every storage of the journal has to pass."""

import pytest

from fencang.journal.batch import make_batch
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import Batch, JournalCorrupt, JournalDiverged, JournalFull
from fencang.journal.schema import INSERT_BATCH
from fencang.journal.sqlite import SqliteJournal
from tests.journal.storage import HEADER, append, records


class MemoryStorage:
    def __init__(self):
        self.batches = []

    def writer(self):
        return MemoryJournal(HEADER, self.batches)

    reader = writer

    def store_behind_its_back(self, batch):
        self.batches.append(batch)

    def damage(self, index, change):
        self.batches[index] = change(self.batches[index])

    def remove(self, index):
        del self.batches[index]

    def fill_up(self, journal):
        journal._bytes_max = 0

    def make_space(self, journal):
        journal._bytes_max = 1 << 40


class SqliteStorage:
    def __init__(self, path):
        self.path = path
        self.journal = None

    def writer(self):
        if self.journal is not None:
            self.journal.close()
        self.journal = SqliteJournal.writer(self.path, HEADER)
        return self.journal

    def reader(self):
        return SqliteJournal.reader(self.path)

    def store_behind_its_back(self, batch):
        row = (batch.first_sequence, batch.last_sequence, batch.previous_hash)
        rest = (batch.hash, batch.blob, batch.first_sequence - 1)
        assert self.journal._connection.change(INSERT_BATCH, row + rest) == 1

    def damage(self, index, change):
        connection = self.journal._connection
        rows = connection.query("SELECT * FROM batches ORDER BY first_sequence")
        batch = change(Batch(*rows[index]))
        connection.change(
            "UPDATE batches SET last_sequence = ?, previous_hash = ?, hash = ?, blob = ?"
            " WHERE first_sequence = ?",
            (batch.last_sequence, batch.previous_hash, batch.hash, batch.blob, rows[index][0]),
        )

    def remove(self, index):
        connection = self.journal._connection
        rows = connection.query("SELECT first_sequence FROM batches ORDER BY first_sequence")
        connection.change("DELETE FROM batches WHERE first_sequence = ?", rows[index])

    def fill_up(self, journal):
        # SQLite itself refuses to grow the file: SQLITE_FULL, as a full disk does
        journal._connection.query("PRAGMA max_page_count=1")

    def make_space(self, journal):
        journal._connection.query("PRAGMA max_page_count=1000000")


@pytest.fixture(params=["memory", "sqlite"])
def storage(request, tmp_path):
    made = (
        MemoryStorage() if request.param == "memory" else SqliteStorage(tmp_path / "desk.journal")
    )
    yield made
    if isinstance(made, SqliteStorage) and made.journal is not None:
        made.journal.close()


def test_a_new_journal_is_empty_and_its_chain_begins_with_its_header(storage):
    journal = storage.writer()
    assert (journal.last_sequence, journal.last_hash) == (0, journal.genesis_hash)
    assert list(journal.read(1)) == []


def test_records_come_back_as_they_were_written(storage):
    journal = storage.writer()
    for last in (1, 40, 41, 100):
        append(journal, last)
    assert [stored.record() for stored in storage.reader().read(1)] == records(1, 100)
    assert journal.last_sequence == 100


@pytest.mark.parametrize("start", [1, 2, 10, 11, 15, 20, 21, 30, 31])
def test_reading_may_begin_inside_between_and_behind_batches(storage, start):
    journal = storage.writer()
    for last in (10, 20, 30):
        append(journal, last)
    assert [stored.sequence for stored in journal.read(start)] == list(range(start, 31))


def test_a_reopened_journal_goes_on_where_it_ended(storage):
    batch = append(storage.writer(), 10)
    journal = storage.writer()
    assert (journal.last_sequence, journal.last_hash) == (10, batch.hash)
    append(journal, 12)
    assert len(list(journal.read(1))) == 12


def test_a_writer_who_comes_second_is_fenced_off(storage):
    """Law: append refuses when another writer got there first, and stores nothing."""
    journal = storage.writer()
    append(journal, 10)
    late = make_batch(journal.last_hash, records(11, 12))
    storage.store_behind_its_back(make_batch(journal.last_hash, records(11, 15)))
    with pytest.raises(JournalDiverged, match=r"ends with record 15.*Nothing|nothing"):
        journal.append(late, 10)
    assert [stored.sequence for stored in storage.reader().read(1)] == list(range(1, 16))


def test_a_batch_of_another_chain_is_refused(storage):
    journal = storage.writer()
    append(journal, 3)
    stranger = make_batch(bytes(32), records(4, 5))
    with pytest.raises(JournalDiverged):
        journal.append(stranger, 3)
    assert storage.reader().last_sequence == 3


def test_a_full_disk_stores_nothing_of_the_batch_and_keeps_what_was(storage):
    """Law: a batch is stored whole or not at all."""
    journal = storage.writer()
    append(journal, 10)
    storage.fill_up(journal)
    large = make_batch(journal.last_hash, records(11, 2_000))
    with pytest.raises(JournalFull, match="records 11 to 2000"):
        journal.append(large, 10)
    assert len(list(storage.reader().read(1))) == 10
    storage.make_space(journal)
    journal.append(large, 10)
    assert len(list(storage.writer().read(1))) == 2_000


def _flip(blob, offset):
    return blob[:offset] + bytes([blob[offset] ^ 0x40]) + blob[offset + 1 :]


def _frame(batch, sequence):
    """Return (start of the frame, start of its hash, end) of one record of a batch."""
    offset = 0
    for _ in range(sequence - batch.first_sequence):
        offset += 4 + int.from_bytes(batch.blob[offset : offset + 4], "big") + 32
    length = int.from_bytes(batch.blob[offset : offset + 4], "big")
    return offset, offset + 4 + length, offset + 4 + length + 32


@pytest.mark.parametrize("sequence", [11, 15, 20])
@pytest.mark.parametrize("place", ["length-high", "length-low", "payload", "payload-end", "hash"])
def test_a_flipped_byte_is_named_and_the_records_before_it_stay_readable(storage, sequence, place):
    """Law: a journal never shows a record whose chain does not hold."""
    journal = storage.writer()
    for last in (10, 20, 30):
        append(journal, last)

    def flipped(batch):
        start, hash_start, end = _frame(batch, sequence)
        offsets = {"length-high": start, "length-low": start + 3, "payload": start + 4}
        offsets |= {"payload-end": hash_start - 1, "hash": end - 1}
        fields = {name: getattr(batch, name) for name in batch.__struct_fields__}
        return Batch(**{**fields, "blob": _flip(batch.blob, offsets[place])})

    storage.damage(1, flipped)
    read = []
    with pytest.raises(JournalCorrupt, match=f"record {sequence} is damaged") as fault:
        read.extend(stored.record() for stored in storage.reader().read(1))
    assert fault.value.sequence == sequence
    assert read == records(1, sequence - 1)


@pytest.mark.parametrize(
    ("field", "value", "sequence"),
    [
        ("hash", bytes(32), 20),
        ("previous_hash", bytes(32), 11),
        ("last_sequence", 19, 20),
        ("last_sequence", 21, 21),
        ("blob", b"", 11),
        ("blob", b"\x00\x00", 11),
    ],
)
def test_damage_beside_the_frames_is_named_too(storage, field, value, sequence):
    journal = storage.writer()
    for last in (10, 20, 30):
        append(journal, last)
    fields = lambda batch: {name: getattr(batch, name) for name in batch.__struct_fields__}  # noqa: E731
    storage.damage(1, lambda batch: Batch(**{**fields(batch), field: value}))
    with pytest.raises(JournalCorrupt) as fault:
        list(storage.reader().read(1))
    assert fault.value.sequence == sequence


@pytest.mark.parametrize(("index", "sequence"), [(0, 1), (1, 11)])
def test_a_removed_batch_is_named(storage, index, sequence):
    journal = storage.writer()
    for last in (10, 20, 30):
        append(journal, last)
    storage.remove(index)
    with pytest.raises(JournalCorrupt, match=f"record {sequence} is damaged") as fault:
        list(storage.reader().read(1))
    assert fault.value.sequence == sequence


def test_a_reader_sees_what_was_appended_after_it_opened(storage):
    journal = storage.writer()
    reader = storage.reader()
    append(journal, 5)
    assert reader.last_sequence == 5
    assert len(list(reader.read(1))) == 5
