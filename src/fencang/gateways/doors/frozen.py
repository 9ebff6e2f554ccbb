"""Keys that were frozen because something about them looked wrong, until two persons thaw them.

Freezing is quick, alone and local: the gateway does it before anybody is asked, and it lasts over a
restart.  It changes nothing at the desk; a key that has leaked is revoked there, by one person and
for good.  Thawing loosens, so it takes two persons in two roles, neither of them the key's user;
on a desk with a single operator that one is both.
"""

from typing import Final, NamedTuple

from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.ports import Directory
from fencang.gateways.doors.two_persons import active_person_fault, pair_fault, person_fault

__all__ = ["FROZEN_SCHEMA", "FrozenKey", "FrozenKeys"]

FROZEN_SCHEMA = (
    (
        "CREATE TABLE IF NOT EXISTS frozen (key_id TEXT PRIMARY KEY, reason TEXT NOT NULL, "
        "time_ns INTEGER NOT NULL, thaw_by TEXT NOT NULL) STRICT"
    ),
)
_REASON_LENGTH_MAX: Final = 400


class FrozenKey(NamedTuple):
    """Why and since when a key is frozen, and who would thaw it; empty when nobody asked."""

    reason: str
    time_ns: int
    thaw_by: str


class FrozenKeys:
    """Frozen keys by name, in memory and in a file with `FROZEN_SCHEMA`."""

    def __init__(self, file: PrivateFile, directory: Directory) -> None:
        self._file = file
        self._directory = directory
        rows = file.query("SELECT key_id, reason, time_ns, thaw_by FROM frozen ORDER BY key_id")
        self._frozen = {row[0]: FrozenKey(*row[1:]) for row in rows}

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._frozen

    def all(self) -> dict[str, FrozenKey]:
        """Return what is frozen, by key."""
        return dict(sorted(self._frozen.items()))

    def freeze(self, key_id: str, reason: str, time_ns: int) -> None:
        """Freeze a key at once; a reason that it was frozen for before stays."""
        if key_id in self._frozen:
            return
        self._frozen[key_id] = FrozenKey(reason[:_REASON_LENGTH_MAX], time_ns, "")
        self._store(key_id)

    def ask_thaw(self, key_id: str, by: str, time_ns: int) -> str | None:
        """Say that one person would thaw the key; return why it may not, None when it is noted."""
        if key_id not in self._frozen:
            return f"{key_id} is not frozen"
        if fault := self._fault(key_id, (by,), time_ns):
            return fault
        self._frozen[key_id] = self._frozen[key_id]._replace(thaw_by=by)
        self._store(key_id)
        return None

    def agree_thaw(self, key_id: str, by: str, time_ns: int) -> str | None:
        """Thaw the key as a second person; return why it stays frozen, None when it does not."""
        found = self._frozen.get(key_id)
        if found is None or not found.thaw_by:
            return f"nobody asked to thaw {key_id}"
        if fault := self._fault(key_id, (found.thaw_by, by), time_ns):
            return fault
        self._file.change("DELETE FROM frozen WHERE key_id = ?", (key_id,))
        del self._frozen[key_id]
        return None

    def _fault(self, key_id: str, by: tuple[str, ...], time_ns: int) -> str | None:
        """Return why these persons may not thaw the key; the one operator of a desk is both."""
        if self._directory.authority().single_operator:
            faults = (active_person_fault(self._directory, each, time_ns) for each in by)
            return next((fault for fault in faults if fault), None)
        key = self._directory.api_key(key_id)
        owner = "" if key is None else key.user_id
        match by:
            case (first, second):
                return pair_fault(self._directory, first, second, owner, time_ns, roles_apart=False)
            case _:
                return person_fault(self._directory, by[0], owner, time_ns, roles_apart=False)

    def _store(self, key_id: str) -> None:
        self._file.change(
            "INSERT OR REPLACE INTO frozen VALUES (?, ?, ?, ?)", (key_id, *self._frozen[key_id])
        )
