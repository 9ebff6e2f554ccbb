"""What only the SQLite journal can show: files, locks, other processes, other programs' files."""

import sqlite3
import stat
import subprocess
import sys

import msgspec
import pytest

from fencang.journal.header import header_of_today
from fencang.journal.port import (
    JournalCorrupt,
    JournalForeign,
    JournalLocked,
    JournalLogDamaged,
    JournalMissing,
    JournalVersionUnknown,
)
from fencang.journal.sqlite import SqliteJournal
from tests.journal.storage import HEADER, append, records


@pytest.fixture
def path(tmp_path):
    return tmp_path / "desk.journal"


def _written(path, *lasts):
    journal = SqliteJournal.writer(path, HEADER)
    for last in lasts:
        append(journal, last)
    journal.close()


def test_every_commit_is_synced(path):
    journal = SqliteJournal.writer(path, HEADER)
    assert journal._connection.query("PRAGMA synchronous") == [(2,)]
    assert journal._connection.query("PRAGMA journal_mode") == [("wal",)]
    journal.close()


def test_a_second_process_that_wants_to_write_is_refused_and_a_reader_is_not(path):
    _written(path, 3)
    program = (
        "import sys, pathlib; from fencang.journal.sqlite import SqliteJournal;"
        "journal = SqliteJournal.writer(pathlib.Path(sys.argv[1]));"
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(JournalLocked, match=rf"another process \(number {other.pid}\)"):
            SqliteJournal.writer(path)
        reader = SqliteJournal.reader(path)
        assert len(list(reader.read(1))) == 3
        reader.close()
    finally:
        other.kill()  # SIGKILL: the system itself must let the lock go
        other.communicate()
    journal = SqliteJournal.writer(path)
    append(journal, 4)
    journal.close()


def test_a_second_handle_in_the_same_process_is_refused(path):
    journal = SqliteJournal.writer(path, HEADER)
    with pytest.raises(JournalLocked):
        SqliteJournal.writer(path)
    journal.close()
    SqliteJournal.writer(path).close()


def test_a_missing_journal_is_said_to_be_missing_and_nothing_is_made(path):
    with pytest.raises(JournalMissing, match=r"there is no journal at .*desk\.journal"):
        SqliteJournal.writer(path)
    with pytest.raises(JournalMissing):
        SqliteJournal.reader(path)
    assert list(path.parent.iterdir()) == []


def test_a_journal_whose_making_was_interrupted_is_made_anew(path):
    sqlite3.connect(path).execute("PRAGMA journal_mode=WAL").close()
    with pytest.raises(JournalForeign):
        SqliteJournal.reader(path)
    with pytest.raises(JournalMissing, match="never finished"):
        SqliteJournal.writer(path)
    journal = SqliteJournal.writer(path, HEADER)
    assert journal.header == HEADER
    journal.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one " * 100, None])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(path, content):
    if content is None:
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE accounts (id)")
        other.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    for opening in (lambda: SqliteJournal.writer(path, HEADER), lambda: SqliteJournal.reader(path)):
        with pytest.raises(JournalForeign):
            opening()
    assert path.read_bytes() == before


def test_the_journal_of_another_desk_is_refused(path):
    _written(path, 2)
    with pytest.raises(JournalForeign, match="desk 'desk-1', not of 'desk-2'"):
        SqliteJournal.writer(path, msgspec.structs.replace(HEADER, desk_id="desk-2"))
    journal = SqliteJournal.writer(path, header_of_today("desk-1"))
    assert journal.header == HEADER, "the stored header stands, whatever version opens it"
    journal.close()


def test_a_journal_of_an_unknown_format_is_refused(path):
    _written(path, 2)
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=2")
    other.close()
    with pytest.raises(JournalVersionUnknown, match="has format 2; this program reads format 1"):
        SqliteJournal.writer(path)
    with pytest.raises(JournalVersionUnknown):
        SqliteJournal.reader(path)


def test_only_the_owner_may_read_the_journal(path):
    journal = SqliteJournal.writer(path, HEADER)
    append(journal, 2)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    journal.close()


def test_a_journal_in_a_folder_with_odd_signs_opens(tmp_path):
    folder = tmp_path / "分仓 50% #1?"
    folder.mkdir()
    _written(folder / "a b.journal", 2)
    assert SqliteJournal.reader(folder / "a b.journal").last_sequence == 2


def test_a_byte_flipped_in_the_file_never_passes(path):
    """Law: whatever byte of a record is touched on disk, the record is named, not shown."""
    _written(path, 50, 100)
    whole = path.read_bytes()
    expected = records(1, 100)
    start = whole.index(b"ReportIndicator")
    named = set()
    for offset in range(start, len(whole), 997):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :])
        read, safe = [], len(expected)  # a byte that belongs to no record changes nothing
        try:
            reader = SqliteJournal.reader(path)
            read.extend(stored.record() for stored in reader.read(1))
        except JournalCorrupt as fault:
            safe = fault.sequence - 1
            named.add(fault.sequence)
        except JournalForeign:
            safe = 0
        assert read == expected[:safe]
    assert len(named) > 5


def test_a_damaged_last_batch_is_noticed_on_opening(path):
    _written(path, 5, 9)
    other = sqlite3.connect(path)
    other.execute("UPDATE batches SET blob = zeroblob(length(blob)) WHERE first_sequence = 6")
    other.commit()
    other.close()
    with pytest.raises(JournalCorrupt, match="Records 1 to 5 are safe to read") as fault:
        SqliteJournal.writer(path)
    assert fault.value.sequence == 6
    SqliteJournal.reader(path).close()  # the lock and the file were let go


def test_reading_beside_the_writer_does_not_hold_the_log_back(path):
    journal = SqliteJournal.writer(path, HEADER)
    append(journal, 10)
    reading = journal.read(1)
    next(reading)
    for last in range(500, 12_000, 500):
        append(journal, last)
    assert len(list(reading)) == 11_499
    assert path.with_name(path.name + "-wal").stat().st_size < 3_000_000
    journal.close()


def _killed(tmp_path, path, *lasts):
    """Return the path of a journal as kill -9 leaves it: the log not carried over."""
    journal = SqliteJournal.writer(path, HEADER)
    for last in lasts:
        append(journal, last)
    (tmp_path / "killed").mkdir()
    for file in tmp_path.glob("desk.journal*"):
        if file.suffix != ".lock" and not file.name.endswith("-shm"):
            (tmp_path / "killed" / file.name).write_bytes(file.read_bytes())
    journal.close()
    return tmp_path / "killed" / path.name


def test_a_byte_flipped_in_the_log_of_a_killed_desk_never_passes(tmp_path, path):
    """Law: SQLite ends its log silently at damage; acknowledged batches must not vanish with it."""
    killed = _killed(tmp_path, path, *range(2, 42, 2))
    log = killed.with_name(killed.name + "-wal")
    database, whole = killed.read_bytes(), log.read_bytes()
    refusals = []
    for offset in (0, 17, 25, *range(32, 60, 3), *range(60, len(whole), len(whole) // 60)):
        killed.write_bytes(database)
        log.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :])
        killed.with_name(killed.name + "-shm").unlink(missing_ok=True)
        try:
            journal = SqliteJournal.writer(killed, HEADER)
        except JournalLogDamaged as fault:
            refusals.append(str(fault))
            unchanged = killed.read_bytes() == database
            assert unchanged
            continue
        assert journal.last_sequence >= 38, "only the last commit may have been in flight"
        journal.close()
    assert len(refusals) > 60
    assert all("Nothing was changed" in refusal for refusal in refusals)


def test_an_undamaged_log_of_a_killed_desk_is_taken_over(tmp_path, path):
    killed = _killed(tmp_path, path, *range(50, 6_000, 50))  # the log was begun anew in between
    journal = SqliteJournal.writer(killed, HEADER)
    assert [stored.record() for stored in journal.read(1)] == records(1, 5_950)
    journal.close()
