"""The rows of people in ``secrets.sqlite``: hashes, sealed seeds, invitations, recoveries, places.

Plain reading and writing; who may do what is decided by `people.py` and `enrolment.py`.  Every
method that changes something is durable when it returns, or part of the caller's transaction.
"""

from typing import Final, NamedTuple

from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.login_sessions import SESSION_SCHEMA

__all__ = [
    "PEOPLE_SCHEMA",
    "PLACES_MAX",
    "BegunRecovery",
    "Credentials",
    "Invitation",
    "PeopleRows",
]

PLACES_MAX: Final = 8
"""Addresses remembered of a user; beyond it the one that was used longest ago is forgotten."""

PEOPLE_SCHEMA = (
    *SESSION_SCHEMA,
    (
        "CREATE TABLE IF NOT EXISTS credentials (user_id TEXT PRIMARY KEY, "
        "password_hash TEXT NOT NULL, sealed_seed BLOB NOT NULL, last_step INTEGER NOT NULL, "
        "changed_ns INTEGER NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE IF NOT EXISTS invitations (user_id TEXT PRIMARY KEY, "
        "first_hash BLOB NOT NULL, second_hash BLOB NOT NULL, until_ns INTEGER NOT NULL, "
        "password_hash TEXT, sealed_seed BLOB) STRICT"
    ),
    (
        "CREATE TABLE IF NOT EXISTS recoveries (user_id TEXT PRIMARY KEY, begun_by TEXT NOT NULL, "
        "first_hash BLOB NOT NULL, until_ns INTEGER NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE IF NOT EXISTS places (user_id TEXT, address TEXT, seen_ns INTEGER NOT NULL, "
        "PRIMARY KEY (user_id, address)) STRICT"
    ),
)


class Credentials(NamedTuple):
    """What proves a person: hash, sealed seed, and the last step whose code was used."""

    password_hash: str
    sealed_seed: bytes
    last_step: int

    def __repr__(self) -> str:
        return "Credentials(…)"


class Invitation(NamedTuple):
    """Hashes of the two halves of a code, its end, and what was entered with it so far."""

    first_hash: bytes
    second_hash: bytes
    until_ns: int
    password_hash: str | None
    sealed_seed: bytes | None

    def __repr__(self) -> str:
        return f"Invitation(until_ns={self.until_ns})"


class BegunRecovery(NamedTuple):
    """A recovery that one person began: by whom, until when a second one may join."""

    begun_by: str
    first_hash: bytes
    until_ns: int

    def __repr__(self) -> str:
        return f"BegunRecovery(begun_by={self.begun_by!r}, until_ns={self.until_ns})"


class PeopleRows:
    """The tables of `PEOPLE_SCHEMA` in a private file."""

    def __init__(self, file: PrivateFile) -> None:
        self.file = file

    def credentials(self, user_id: str) -> Credentials | None:
        """Return what proves the user, None when nothing does."""
        rows = self.file.query(
            "SELECT password_hash, sealed_seed, last_step FROM credentials "
            "WHERE user_id = ? AND password_hash != ''",
            (user_id,),
        )
        return Credentials(*rows[0]) if rows else None

    def was_enrolled(self, user_id: str) -> bool:
        """Return whether the user has credentials, or had some that two persons took away."""
        return bool(self.file.query("SELECT 1 FROM credentials WHERE user_id = ?", (user_id,)))

    def enrolled(self) -> list[str]:
        """Return who was ever enrolled and is not forgotten, sorted."""
        rows = self.file.query("SELECT user_id FROM credentials ORDER BY user_id")
        return [user_id for (user_id,) in rows]

    def put_credentials(self, user_id: str, new: Credentials, time_ns: int) -> None:
        """Store what proves the user, in the place of what did."""
        self.file.change(
            "INSERT OR REPLACE INTO credentials VALUES (?, ?, ?, ?, ?)", (user_id, *new, time_ns)
        )

    def put_password(self, user_id: str, password_hash: str, time_ns: int) -> None:
        """Store another hash of the user's password."""
        self.file.change(
            "UPDATE credentials SET password_hash = ?, changed_ns = ? WHERE user_id = ?",
            (password_hash, time_ns, user_id),
        )

    def use_step(self, user_id: str, step: int) -> bool:
        """Mark a step's code as used; return False where this or a later one was used before.

        One statement, so that of two who bring the same code at once one comes in.
        """
        changed = self.file.change(
            "UPDATE credentials SET last_step = ? WHERE user_id = ? AND last_step < ?",
            (step, user_id, step),
        )
        return changed == 1

    def invitation(self, user_id: str) -> Invitation | None:
        """Return the user's invitation, None when there is none."""
        rows = self.file.query(
            "SELECT first_hash, second_hash, until_ns, password_hash, sealed_seed "
            "FROM invitations WHERE user_id = ?",
            (user_id,),
        )
        return Invitation(*rows[0]) if rows else None

    def put_invitation(self, user_id: str, new: Invitation) -> None:
        """Store an invitation in the place of an older one."""
        self.file.change(
            "INSERT OR REPLACE INTO invitations VALUES (?, ?, ?, ?, ?, ?)", (user_id, *new)
        )

    def drop_invitation(self, user_id: str) -> int:
        """Take an invitation away; return whether there was one."""
        return self.file.change("DELETE FROM invitations WHERE user_id = ?", (user_id,))

    def recovery(self, user_id: str) -> BegunRecovery | None:
        """Return the recovery of the user that was begun, None when there is none."""
        rows = self.file.query(
            "SELECT begun_by, first_hash, until_ns FROM recoveries WHERE user_id = ?", (user_id,)
        )
        return BegunRecovery(*rows[0]) if rows else None

    def put_recovery(self, user_id: str, new: BegunRecovery) -> None:
        """Store a recovery in the place of an older one."""
        self.file.change("INSERT OR REPLACE INTO recoveries VALUES (?, ?, ?, ?)", (user_id, *new))

    def drop_recovery(self, user_id: str) -> int:
        """Take a recovery away; return whether there was one."""
        return self.file.change("DELETE FROM recoveries WHERE user_id = ?", (user_id,))

    def void_credentials(self, user_id: str) -> None:
        """Take away what proves the user; the trace stays that it was enrolled."""
        self.file.change(
            "UPDATE credentials SET password_hash = '', sealed_seed = x'' WHERE user_id = ?",
            (user_id,),
        )

    def drop_credentials(self, user_id: str) -> None:
        """Forget that the user was ever enrolled."""
        self.file.change("DELETE FROM credentials WHERE user_id = ?", (user_id,))

    def is_known_place(self, user_id: str, address: str) -> bool:
        """Return whether the user logged in from this address before."""
        rows = self.file.query(
            "SELECT 1 FROM places WHERE user_id = ? AND address = ?", (user_id, address)
        )
        return bool(rows)

    def remember_place(self, user_id: str, address: str, time_ns: int) -> None:
        """Remember from where the user logged in."""
        with self.file.transaction():
            self.file.change(
                "INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (user_id, address, time_ns)
            )
            self.file.change(
                "DELETE FROM places WHERE user_id = ?1 AND address NOT IN (SELECT address FROM "
                "places WHERE user_id = ?1 ORDER BY seen_ns DESC, address LIMIT ?2)",
                (user_id, PLACES_MAX),
            )

    def drop_user(self, user_id: str, *, keeps_trace: bool) -> None:
        """Take away everything of a user, recoveries of others that it began included."""
        with self.file.transaction():
            self.void_credentials(user_id)
            if not keeps_trace:
                self.drop_credentials(user_id)
            self.drop_invitation(user_id)
            self.file.change(
                "DELETE FROM recoveries WHERE user_id = ?1 OR begun_by = ?1", (user_id,)
            )
            self.file.change("DELETE FROM places WHERE user_id = ?", (user_id,))
