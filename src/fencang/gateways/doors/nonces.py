"""Nonces of signed requests: each is taken once, whatever happens to the process in between.

A signature names the second it was created in and a nonce.  It is taken while it is young, and
once: the nonces of that time are in memory, where asking costs a microsecond.  To write each of
them down before its request goes on would cost every order a sync of the disk beside that of the
journal.

What is written instead is a **ceiling**, a second that lies a little ahead and is durable before
any signature created up to it is taken.  A store that was closed wrote its nonces down and goes on
where it was.  One that was killed takes nothing created up to its ceiling ever again: it does not
know what it took, so it took it.  Fresh requests are refused until the ceiling has passed, two
seconds after the crash where clocks agree, and only have to be signed anew.

The same holds for everything else that is forgotten: whatever makes the store forget nonces raises
the **floor**, at and below which nothing is taken.  So no clock that is set, no flood and no crash
lets a signature in twice.
"""

import hashlib
import threading
from enum import Enum
from typing import Final, NamedTuple

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.files import PrivateFile

__all__ = [
    "CEILING_STEP_S",
    "NONCES_MAX",
    "NONCES_OF_KEY_MAX",
    "NONCE_SCHEMA",
    "NonceAnswer",
    "NonceBook",
    "NonceWindow",
]

CEILING_STEP_S: Final = 2
"""How far the ceiling moves ahead of what was asked for: at most one sync in this time."""

NONCES_MAX: Final = 200_000
"""Nonces remembered; beyond it the oldest second is forgotten and the floor raised."""

NONCES_OF_KEY_MAX: Final = 50_000
"""Nonces of one key: 1,600 requests a second for as long as a signature is young."""

_DIGEST_BYTES: Final = 16
NONCE_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS nonces (created_s INTEGER, key_id TEXT, digest BLOB) STRICT",
    (
        "CREATE TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY CHECK (id = 1), "
        "floor_s INTEGER NOT NULL, ceiling_s INTEGER NOT NULL, is_closed INTEGER NOT NULL) STRICT"
    ),
)


class NonceAnswer(Enum):
    """What becomes of a signature's nonce."""

    TAKEN = "taken"
    """It was not there before, and is now."""
    USED = "used"
    """It was taken before: a replay, or a client that repeats itself."""
    STALE = "stale"
    """Created too long ago."""
    AHEAD = "ahead"
    """Created later than clocks may differ."""
    FORGOTTEN = "forgotten"
    """Created at a time whose nonces are forgotten; it may have been taken."""
    TOO_MANY = "too many"
    """The key has used up what may be remembered of one key."""


class NonceWindow(NamedTuple):
    """How old a signature may be, and how far ahead the clock that it was created by.

    The same numbers as in the policy that signatures are verified under.
    """

    age_s_max: int = 30
    ahead_s_max: int = 5


class NonceBook:
    """The nonces of one server, in a file with `NONCE_SCHEMA` that one process alone has open.

    ``time_ns`` is the time of the start: a new file takes nothing created before it.

    Raises:
        StoreUnusable: the file cannot be written; nothing was taken.
    """

    def __init__(self, file: PrivateFile, time_ns: int, window: NonceWindow | None = None) -> None:
        self._window = NonceWindow() if window is None else window
        self._file = file
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._by_second: dict[int, dict[bytes, str]] = {}
        self._of_key: dict[str, int] = {}
        self._count = 0
        self._is_closed = False
        self._floor_s, self._ceiling_s = self._recovered(time_ns // SECOND_NS)

    def __len__(self) -> int:
        return self._count

    @property
    def floor_s(self) -> int:
        """Return the second up to which nothing is taken any more, which is shown to operators."""
        return self._floor_s

    def take(self, key_id: str, nonce: str, created_s: int, time_ns: int) -> NonceAnswer:
        """Take a nonce of a signature that was verified, and say whether it may go on.

        Only what is ``TAKEN`` may; everything else is refused.  One sync of the disk at most every
        `CEILING_STEP_S`, and none where `advance` runs beside it.
        """
        now_s = time_ns // SECOND_NS
        digest = hashlib.sha256(f"{key_id}\0{nonce}".encode()).digest()[:_DIGEST_BYTES]
        if created_s > now_s + self._window.ahead_s_max:
            return NonceAnswer.AHEAD
        if created_s > self._ceiling_s:
            self._raise_ceiling(max(created_s, now_s) + CEILING_STEP_S)
        with self._guard:
            self._forget_before(now_s - self._window.age_s_max)
            assert not self._is_closed, "a nonce taken after the close would not be remembered"
            if created_s < now_s - self._window.age_s_max:
                return NonceAnswer.STALE
            if created_s <= self._floor_s:
                return NonceAnswer.FORGOTTEN
            second = self._by_second.get(created_s)
            if second is not None and digest in second:
                return NonceAnswer.USED
            if self._of_key.get(key_id, 0) >= NONCES_OF_KEY_MAX:
                return NonceAnswer.TOO_MANY
            self._remember(key_id, digest, created_s)
            return NonceAnswer.TAKEN

    def wait_s(self, time_ns: int) -> int:
        """Return after how many seconds what is signed then is no longer below the floor."""
        return max(self._floor_s + 1 - time_ns // SECOND_NS, 0)

    def advance(self, time_ns: int) -> None:
        """Move the ceiling ahead, durably, where it is near; any thread may do so.

        A server that calls this every second beside its event loop lets no request wait for a disk.
        """
        now_s = time_ns // SECOND_NS
        if self._ceiling_s <= now_s + 1:
            self._raise_ceiling(now_s + CEILING_STEP_S)

    def close(self) -> None:
        """Write the nonces down, so that the next start goes on where this ended.

        Nothing is taken from here on; the file is its owner's to close.
        """
        with self._writing, self._guard:
            rows = [
                (created_s, key_id, digest)
                for created_s, second in self._by_second.items()
                for digest, key_id in second.items()
            ]
            with self._file.transaction():
                self._file.change_many("INSERT INTO nonces VALUES (?, ?, ?)", rows)
                self._file.change("UPDATE marks SET floor_s = ?, is_closed = 1", (self._floor_s,))
            self._is_closed = True

    def _raise_ceiling(self, ceiling_s: int) -> None:
        with self._writing:
            if ceiling_s > self._ceiling_s:
                self._file.change("UPDATE marks SET ceiling_s = ?", (ceiling_s,))
                self._ceiling_s = ceiling_s

    def _recovered(self, now_s: int) -> tuple[int, int]:
        """Return floor and ceiling, and mark the file as open, in one transaction."""
        with self._file.transaction():
            marks = self._file.query("SELECT floor_s, ceiling_s, is_closed FROM marks")
            if not marks:
                # A new file. If somebody took the old one away, what was before stays shut.
                floor_s, ceiling_s = now_s - 1, now_s - 1
                self._file.change("INSERT INTO marks VALUES (1, ?, ?, 0)", (floor_s, ceiling_s))
                return floor_s, ceiling_s
            floor_s, ceiling_s, is_closed = marks[0]
            if is_closed:
                found = self._file.query("SELECT created_s, key_id, digest FROM nonces")
                for created_s, key_id, digest in sorted(found):
                    self._remember(key_id, digest, created_s)
            else:
                floor_s = ceiling_s
            self._file.change("DELETE FROM nonces")
            self._file.change("UPDATE marks SET floor_s = ?, is_closed = 0", (floor_s,))
        return floor_s, ceiling_s

    def _remember(self, key_id: str, digest: bytes, created_s: int) -> None:
        if self._count >= NONCES_MAX:
            self._forget_second(min(self._by_second))
        self._by_second.setdefault(created_s, {})[digest] = key_id
        self._of_key[key_id] = self._of_key.get(key_id, 0) + 1
        self._count += 1

    def _forget_before(self, second_s: int) -> None:
        """Forget what is stale anyway; few seconds are kept, so this looks at few."""
        for created_s in [each for each in self._by_second if each < second_s]:
            self._forget_second(created_s)

    def _forget_second(self, created_s: int) -> None:
        for key_id in self._by_second.pop(created_s).values():
            self._count -= 1
            self._of_key[key_id] -= 1
            if self._of_key[key_id] == 0:
                del self._of_key[key_id]
        self._floor_s = max(self._floor_s, created_s)
