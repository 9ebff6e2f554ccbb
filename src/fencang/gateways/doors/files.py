"""Private SQLite files of the doors: mode 0600, write-ahead log, synced at every commit.

The file is made by its owner before SQLite opens it, because SQLite gives its log the mode of its
file and would make both by the mask of the process.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

from fencang.gateways.doors.faults import StoreInUse, StoreUnusable

__all__ = ["PRIVATE_MODE", "PrivateFile", "make_private", "sync_folder"]

PRIVATE_MODE: Final = 0o600
BUSY_S_MAX: Final = 5.0
"""How long a statement waits for another process's short lock."""


def make_private(path: Path) -> None:
    """Make the file with mode 0600, or give an older one that mode.

    Raises:
        StoreUnusable: it is no ordinary file of ours, or its folder is not there.
    """
    try:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(path, flags, PRIVATE_MODE)
        try:
            path.chmod(PRIVATE_MODE)
        finally:
            os.close(handle)
    except OSError as fault:
        raise StoreUnusable(f"{path} cannot be opened: {fault.strerror}") from fault


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class PrivateFile:
    """One SQLite file; ``is_sole`` keeps every other process out until it is closed."""

    def __init__(self, path: Path, schema: tuple[str, ...], *, is_sole: bool = False) -> None:
        make_private(path)
        self._path = path
        self._guard = threading.RLock()  # a transaction of one thread has no statement of another
        try:
            self._connection = sqlite3.connect(
                path,
                isolation_level=None,  # every statement is a transaction of its own
                timeout=0 if is_sole else BUSY_S_MAX,
                check_same_thread=False,
            )
            if is_sole:
                self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA secure_delete = ON")  # what was a secret is zeroed
            with self.transaction():
                for statement in schema:
                    self._connection.execute(statement)
        except (sqlite3.Error, StoreUnusable, StoreInUse) as fault:
            if (connection := getattr(self, "_connection", None)) is not None:
                connection.close()
            raise self._translated(fault) if isinstance(fault, sqlite3.Error) else fault from fault

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        try:
            with self._guard:
                return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def change(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Return how many rows were changed, once that is durable or part of a transaction."""
        try:
            with self._guard:
                return self._connection.execute(statement, parameters).rowcount
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def change_many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement for each row."""
        try:
            with self._guard:
                self._connection.executemany(statement, rows)
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    def foreign_version(self) -> int:
        """Return a number that changes whenever another process changed the file."""
        found: int = self.query("PRAGMA data_version")[0][0]
        return found

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within are durable together at the end, or none is."""
        with self._guard:
            self.change("BEGIN IMMEDIATE")
            try:
                yield
                self.change("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _translated(self, fault: sqlite3.Error) -> StoreUnusable | StoreInUse:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return StoreInUse(f"{self._path} is in use by another process; nothing was changed")
        return StoreUnusable(f"{self._path}: {fault}; nothing was changed")
