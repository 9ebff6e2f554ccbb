"""The journal in one SQLite file: the embedded default.

Write-ahead log with synchronous=FULL, one row per batch, one writer (held by a lock file for life),
any number of readers in other processes.  SQLite's own checks guard its pages, the hash chain
guards every record, whoever touched the file.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from fencang.journal import schema
from fencang.journal.batch import decode_batch, verified_records
from fencang.journal.files import WriterLock, sync_folder
from fencang.journal.header import (
    FORMAT_VERSION,
    JournalHeader,
    decode_header,
    encode_header,
    genesis_hash_of,
)
from fencang.journal.port import (
    Batch,
    JournalCorrupt,
    JournalDiverged,
    JournalFault,
    JournalForeign,
    JournalFull,
    JournalLogDamaged,
    JournalMissing,
    JournalUnwritable,
    JournalVersionUnknown,
    SequencedRecord,
)
from fencang.journal.wal import commits_lost

__all__ = ["Connect", "SqliteJournal", "StandardConnection", "connect_standard"]

BUSY_MS_MAX = 5_000
"""How long a statement waits for another process's short lock (recovery, checkpoint)."""

Connect = Callable[[Path, bool], schema.SqlConnection]
"""Opens a file; the second argument says whether for reading only."""


class StandardConnection:
    """SQLite through Python's own module."""

    def __init__(self, path: Path, is_read_only: bool) -> None:  # noqa: FBT001 - as Connect says
        self._path = path
        mode = "ro" if is_read_only else "rwc"
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,  # every statement is a transaction of its own
                timeout=BUSY_MS_MAX / 1_000,
                check_same_thread=False,  # the commit thread is not the one that opened it
            )
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def change(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Return how many rows were changed, once that is durable."""
        try:
            return self._connection.execute(statement, parameters).rowcount
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _translated(self, fault: sqlite3.Error) -> JournalFault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        if code == sqlite3.SQLITE_FULL:
            return JournalFull(f"{self._path}: the disk is full")
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return JournalForeign(f"{self._path}: {fault}")
        return JournalUnwritable(f"{self._path}: {fault}")


def connect_standard(path: Path, is_read_only: bool) -> schema.SqlConnection:  # noqa: FBT001
    """Open a file with Python's own SQLite."""
    return StandardConnection(path, is_read_only)


class SqliteJournal:
    """One journal file, opened by ``writer`` or ``reader``."""

    def __init__(
        self,
        path: Path,
        connection: schema.SqlConnection,
        connect: Connect,
        lock: WriterLock | None = None,
    ) -> None:
        self._path = path
        self._connection = connection
        self._connect = connect
        self._lock = lock
        self._reading = connection if lock is None else None  # a writer reads through another one
        self._reading_guard = threading.Lock()
        self._refusal: JournalFault | None = None
        stored = connection.query(schema.READ_HEADER)[0][0]
        self.header: JournalHeader = decode_header(stored)
        self._genesis_hash = genesis_hash_of(stored)
        self._last = self._read_last(connection)

    @classmethod
    def writer(
        cls, path: Path, new: JournalHeader | None = None, connect: Connect = connect_standard
    ) -> Self:
        """Open for writing; make the journal from ``new`` when there is none.

        Raises:
            JournalLocked: another process writes it.
            JournalMissing: there is none and ``new`` is None.
            JournalForeign: not a journal, or not that of ``new``'s desk.
            JournalVersionUnknown: of a format this program cannot read.
            JournalCorrupt: its last batch is damaged.
            JournalLogDamaged: opening it would lose acknowledged batches.
        """
        if new is None and not path.exists():
            raise JournalMissing(f"there is no journal at {path}")
        lock = WriterLock(path.with_name(path.name + ".lock"))
        connection: schema.SqlConnection | None = None
        try:
            path.touch(mode=0o600)  # SQLite gives its other files the mode of this one
            _require_whole_log(path)
            connection = connect(path, False)
            if _is_empty(connection):
                _create(connection, path, new)
            _require_journal(connection, path)
            _make_durable(connection, path)
            journal = cls(path, connection, connect, lock)
            journal._require_desk(new)
            journal._verify_last_batch()
        except BaseException:
            if connection is not None:
                connection.close()
            lock.release()
            raise
        return journal

    @classmethod
    def reader(cls, path: Path, connect: Connect = connect_standard) -> Self:
        """Open for reading, beside a writer in this or another process.

        Raises:
            JournalMissing, JournalForeign, JournalVersionUnknown: as for ``writer``.
        """
        if not path.exists():
            raise JournalMissing(f"there is no journal at {path}")
        connection = connect(path, True)
        try:
            _require_journal(connection, path)
            return cls(path, connection, connect)
        except BaseException:
            connection.close()
            raise

    @property
    def genesis_hash(self) -> bytes:
        """Return the chain hash before the first record."""
        return self._genesis_hash

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the last durable record (a reader asks the file anew)."""
        return self._tail()[0]

    @property
    def last_hash(self) -> bytes:
        """Return the chain hash after the last durable record."""
        return self._tail()[1]

    def append(self, batch: Batch, expected_sequence: int) -> None:
        """Make a batch durable directly behind ``expected_sequence``."""
        assert self._lock is not None, "opened for reading"
        assert batch.first_sequence == expected_sequence + 1, expected_sequence
        if self._refusal is not None:
            raise JournalUnwritable(
                f"{self._path} refused a batch before and must be opened anew: {self._refusal}"
            ) from self._refusal
        if self._last == (expected_sequence, batch.previous_hash):
            try:
                row = (batch.first_sequence, batch.last_sequence, batch.previous_hash)
                rest = (batch.hash, batch.blob, expected_sequence)
                stored = self._connection.change(schema.INSERT_BATCH, row + rest)
            except JournalFault as fault:
                raise self._refused(batch, fault) from fault
            if stored == 1:
                self._last = (batch.last_sequence, batch.hash)
                return
        raise JournalDiverged(
            f"{self._path} ends with record {self._read_last(self._connection)[0]}, this writer "
            f"expected {expected_sequence}: another writer got there first. Nothing was stored."
        )

    def read(self, from_sequence: int) -> Iterator[SequencedRecord]:
        """Yield the records from there on, verified; one batch is in memory at a time."""
        return verified_records(self._batches(from_sequence), from_sequence, self._genesis_hash)

    def close(self) -> None:
        """Close the file and let the next writer in."""
        if self._reading is not None:
            self._reading.close()
        if self._reading is not self._connection:
            self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def _refused(self, batch: Batch, fault: JournalFault) -> JournalFault:
        what = f"records {batch.first_sequence} to {batch.last_sequence}"
        if isinstance(fault, JournalFull):  # SQLite rolled the statement back; space may be made
            return JournalFull(f"{fault}; nothing of {what} was stored, everything before is safe")
        self._refusal = fault  # after a failed sync the system may have dropped the pages: no retry
        return JournalUnwritable(
            f"{fault}; {what} are not acknowledged, reopening shows whether they were stored"
        )

    def _tail(self) -> tuple[int, bytes]:
        return self._last if self._lock is not None else self._read_last(self._connection)

    def _read_last(self, connection: schema.SqlConnection) -> tuple[int, bytes]:
        rows = connection.query(schema.READ_LAST)
        return (rows[0][0], rows[0][1]) if rows else (0, self._genesis_hash)

    def _batches(self, from_sequence: int) -> Iterator[Batch]:
        after = from_sequence
        batch = self._read_batch(schema.READ_BATCH_HOLDING, from_sequence, after)
        if batch is not None:
            yield batch
            after = batch.first_sequence
            expected = batch.last_sequence + 1
        else:
            expected = from_sequence
        while (batch := self._read_batch(schema.READ_BATCHES_AFTER, after, expected)) is not None:
            yield batch
            after, expected = batch.first_sequence, batch.last_sequence + 1

    def _read_batch(self, statement: str, key: int, expected: int) -> Batch | None:
        with self._reading_guard:
            if self._reading is None:
                self._reading = self._connect(self._path, True)
            try:
                rows = self._reading.query(statement, (key,))
            except JournalForeign as fault:  # malformed pages: it was a journal when we opened it
                raise JournalCorrupt(expected, str(fault)) from fault
        return Batch(*rows[0]) if rows else None

    def _require_desk(self, new: JournalHeader | None) -> None:
        if new is not None and new.desk_id != self.header.desk_id:
            raise JournalForeign(
                f"{self._path} is the journal of desk {self.header.desk_id!r}, "
                f"not of {new.desk_id!r}; nothing was changed"
            )

    def _verify_last_batch(self) -> None:
        last_sequence = self._last[0]
        if last_sequence == 0:
            return
        batch = self._read_batch(schema.READ_BATCH_HOLDING, last_sequence, last_sequence)
        assert batch is not None, last_sequence
        for _ in decode_batch(batch):
            pass


def _require_whole_log(path: Path) -> None:
    """Refuse a log that SQLite would end before its time: acknowledged batches would be lost."""
    lost = commits_lost(path)
    if lost > 1:
        raise JournalLogDamaged(
            f"the write-ahead log {path}-wal is damaged: {lost} commits behind the damage could "
            "not be read. Nothing was changed. Keep both files and restore a copy that holds them."
        )


def _is_empty(connection: schema.SqlConnection) -> bool:
    return connection.query("SELECT count(*) FROM sqlite_master") == [(0,)]


def _create(connection: schema.SqlConnection, path: Path, new: JournalHeader | None) -> None:
    if new is None:
        raise JournalMissing(f"{path} is empty: its journal was never finished being made")
    _make_durable(connection, path)
    connection.change("BEGIN IMMEDIATE")
    for statement in schema.CREATE:
        connection.query(statement)
    connection.change(schema.WRITE_HEADER, (encode_header(new),))
    connection.change("COMMIT")
    sync_folder(path.parent)


def _require_journal(connection: schema.SqlConnection, path: Path) -> None:
    if connection.query("PRAGMA application_id") != [(schema.APPLICATION_ID,)]:
        raise JournalForeign(f"{path} is an SQLite file, but not a journal; nothing was changed")
    version = connection.query("PRAGMA user_version")[0][0]
    if version != FORMAT_VERSION:
        raise JournalVersionUnknown(
            f"{path} has format {version}; this program reads format {FORMAT_VERSION}. "
            "Nothing was changed."
        )


def _make_durable(connection: schema.SqlConnection, path: Path) -> None:
    for statement in schema.DURABLE:
        connection.query(statement)
    for question, wanted in schema.DURABLE_CHECKS:
        answer = connection.query(question)[0][0]
        if answer != wanted:
            raise JournalUnwritable(
                f"{path}: {question} answers {answer!r} instead of {wanted!r}; on this file system "
                "the journal would not survive a power loss, so it is not opened"
            )
