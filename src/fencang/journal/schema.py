"""The journal's tables and every SQL statement on them; no other module contains SQL.

The statements are kept apart from the library that runs them: tests run the same ones under
another library, on a disk that loses power.
"""

from typing import Any, Protocol

from fencang.journal.header import FORMAT_VERSION

__all__ = [
    "APPLICATION_ID",
    "CREATE",
    "DURABLE",
    "DURABLE_CHECKS",
    "INSERT_BATCH",
    "READ_BATCHES_AFTER",
    "READ_BATCH_HOLDING",
    "READ_HEADER",
    "READ_LAST",
    "WRITE_HEADER",
    "SqlConnection",
]

APPLICATION_ID = 0x46434A31
"""'FCJ1' in the file's header, so that `file` and we know a journal when we see one."""

DURABLE = (
    "PRAGMA page_size=4096",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=1",
    "PRAGMA checkpoint_fullfsync=1",
    "PRAGMA trusted_schema=0",
    "PRAGMA wal_autocheckpoint=250",
)
"""How a writer opens: every commit is synced (FULL; fullfsync is macOS's real one).  A checkpoint
every megabyte costs about 3 ms on the commit path; every four megabytes it was 10 to 20 ms."""

DURABLE_CHECKS = (("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", 2))
"""Read back after opening: SQLite answers a setting it cannot give with silence."""

_CREATE_BATCHES = """
    CREATE TABLE batches (
        first_sequence INTEGER PRIMARY KEY CHECK (first_sequence >= 1),
        last_sequence INTEGER NOT NULL CHECK (last_sequence >= first_sequence),
        previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        blob BLOB NOT NULL
    )
"""
CREATE = (
    "CREATE TABLE header (only INTEGER PRIMARY KEY CHECK (only = 1), content BLOB NOT NULL)",
    _CREATE_BATCHES,
    f"PRAGMA application_id={APPLICATION_ID}",
    f"PRAGMA user_version={FORMAT_VERSION}",
)
WRITE_HEADER = "INSERT INTO header (only, content) VALUES (1, ?)"
READ_HEADER = "SELECT content FROM header"

READ_LAST = "SELECT last_sequence, hash FROM batches ORDER BY first_sequence DESC LIMIT 1"  # by key
INSERT_BATCH = (
    "INSERT INTO batches (first_sequence, last_sequence, previous_hash, hash, blob)"
    " SELECT ?1, ?2, ?3, ?4, ?5"
    " WHERE coalesce((SELECT last_sequence FROM batches ORDER BY first_sequence DESC LIMIT 1), 0)"
    " = ?6"
    " AND coalesce((SELECT hash FROM batches ORDER BY first_sequence DESC LIMIT 1), ?3) = ?3"
)
"""Fencing and storing in one statement: it takes the write lock before it reads, as BEGIN IMMEDIATE
would, and is its own transaction.  Four statements would hand over the interpreter lock four times
as often, each time behind a busy core thread."""

_COLUMNS = "first_sequence, last_sequence, previous_hash, hash, blob"
READ_BATCH_HOLDING = (
    f"SELECT {_COLUMNS} FROM batches WHERE first_sequence ="  # noqa: S608 - constants only
    " (SELECT max(first_sequence) FROM batches WHERE first_sequence <= ?)"
)
READ_BATCHES_AFTER = (
    f"SELECT {_COLUMNS} FROM batches WHERE first_sequence > ?"  # noqa: S608 - constants only
    " ORDER BY first_sequence LIMIT 1"
)
"""One batch at a time: a long read would keep the write-ahead log from being used anew."""


class SqlConnection(Protocol):
    """What a library must do to run these statements.

    Both calls run one statement to its end, in a transaction of its own unless BEGIN came first,
    and translate the library's errors: full disk → JournalFull, malformed or foreign file →
    JournalForeign, anything else → JournalUnwritable.
    """

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        ...

    def change(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Return how many rows were changed, once that is durable."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
