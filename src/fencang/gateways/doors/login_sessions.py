"""Sessions of people in a browser: random identifiers, kept as hashes, with two ends in time.

An identifier has 256 bits of chance and is new at every login, so that none that somebody planted
before is ever worth anything.  A session ends when it is idle, when it is old, when its user logs
out, and all of a user's at once when the password changes or the user leaves.  It survives a
restart.  What another process changes in the file, as the command line does, holds here at once.
"""

import hmac
import threading
from hashlib import sha256
from typing import Final, NamedTuple

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.secret import CSRF_MARK, SECRET_BYTES, SESSION_MARK, Secret, as_bytes

__all__ = [
    "LOGIN_SESSIONS_MAX",
    "SESSIONS_OF_USER_MAX",
    "SESSION_SCHEMA",
    "LoginSession",
    "LoginSessionLife",
    "LoginSessions",
    "OwnSession",
    "csrf_matches",
    "csrf_token",
    "session_cookie",
    "session_name",
    "session_of_cookie",
]

LOGIN_SESSIONS_MAX: Final = 10_000
"""Sessions at a time; beyond it the one that was idle longest ends."""
SESSIONS_OF_USER_MAX: Final = 10
"""Sessions of one user at a time; beyond it the one that was idle longest ends."""
COOKIES_BYTES_MAX: Final = 8_192

SESSION_SCHEMA = (
    (
        "CREATE TABLE IF NOT EXISTS sessions (hash BLOB PRIMARY KEY, user_id TEXT NOT NULL, "
        "begun_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL) STRICT, WITHOUT ROWID"
    ),
)
_NAME_LENGTH = 16
_SEEN_STEP_NS = 300 * SECOND_NS
"""How much older the stored time of the last request may be: not every request is a write."""


class LoginSessionLife(NamedTuple):
    """When sessions end: half an hour without a request, twelve hours whatever happens.

    NIST SP 800-63B asks for these two at the level of two factors.
    """

    idle_ns_max: int = 1_800 * SECOND_NS
    whole_ns_max: int = 43_200 * SECOND_NS


class LoginSession(NamedTuple):
    """Who logged in when, and was last seen when."""

    user_id: str
    begun_ns: int
    seen_ns: int


class OwnSession(NamedTuple):
    """A session as its user sees it, named by the beginning of its hash, which opens nothing."""

    name: str
    begun_ns: int
    seen_ns: int


class LoginSessions:
    """All sessions, in memory and in the file; the file must have `SESSION_SCHEMA`."""

    def __init__(self, file: PrivateFile, life: LoginSessionLife | None = None) -> None:
        self._file = file
        self._life = LoginSessionLife() if life is None else life
        self._guard = threading.RLock()
        self._sessions: dict[bytes, LoginSession] = {}
        self._stored_seen_ns: dict[bytes, int] = {}
        self._version = -1
        self._follow_file()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(
        self, user_id: str, time_ns: int, chance: bytes, previous: Secret | None = None
    ) -> Secret:
        """Begin a session and return what its cookie holds; the one brought along ends."""
        assert len(chance) == SECRET_BYTES, len(chance)
        token = Secret(SESSION_MARK + chance.hex())
        with self._guard:
            if previous is not None:
                self.end(previous)
            self._make_room(user_id, time_ns)
            self._file.change(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (token.sha256(), user_id, time_ns, time_ns),
            )
            self._sessions[token.sha256()] = LoginSession(user_id, time_ns, time_ns)
            self._stored_seen_ns[token.sha256()] = time_ns
        return token

    def find(self, token: Secret, time_ns: int) -> LoginSession | None:
        """Return the session and keep it awake; None when it ended or never was.

        The look-up is by hash, so its time tells nothing about any identifier.
        """
        key = token.sha256()
        with self._guard:
            self._follow_file()
            session = self._sessions.get(key)
            if session is None:
                return None
            if not self._lives(session, time_ns):
                self._drop([key])
                return None
            session = session._replace(seen_ns=max(session.seen_ns, time_ns))
            self._sessions[key] = session
            if session.seen_ns - self._stored_seen_ns[key] >= _SEEN_STEP_NS:
                self._file.change(
                    "UPDATE sessions SET seen_ns = ? WHERE hash = ?", (session.seen_ns, key)
                )
                self._stored_seen_ns[key] = session.seen_ns
            return session

    def end(self, token: Secret) -> None:
        """End one session: its user logs out."""
        with self._guard:
            self._drop([key for key in (token.sha256(),) if key in self._sessions])

    def end_all(self, user_id: str, but: Secret | None = None) -> int:
        """End all sessions of a user, but one where it is named; return how many ended."""
        kept = None if but is None else but.sha256()
        with self._guard:
            self._follow_file()
            keys = [key for key, each in self._sessions.items() if each.user_id == user_id]
            keys = [key for key in keys if key != kept]
            self._drop(keys)
            return len(keys)

    def of_user(self, user_id: str, time_ns: int) -> list[OwnSession]:
        """Return the sessions of a user that live, the one that was used last first."""
        with self._guard:
            self._follow_file()
            found = [
                OwnSession(_name(key), each.begun_ns, each.seen_ns)
                for key, each in self._sessions.items()
                if each.user_id == user_id and self._lives(each, time_ns)
            ]
        return sorted(found, key=lambda each: (-each.seen_ns, each.name))

    def end_named(self, user_id: str, name: str) -> bool:
        """End one of a user's own sessions by its name; return whether there was one."""
        with self._guard:
            keys = [
                key
                for key, each in self._sessions.items()
                if each.user_id == user_id and _name(key) == name
            ]
            self._drop(keys)
            return bool(keys)

    def forget_ended(self, time_ns: int) -> int:
        """Drop what is idle or old; return how many. A server calls this now and then."""
        with self._guard:
            keys = [key for key, each in self._sessions.items() if not self._lives(each, time_ns)]
            self._drop(keys)
            return len(keys)

    def _follow_file(self) -> None:
        """Take over what another process changed."""
        version = self._file.foreign_version()
        if version == self._version:
            return
        self._version = version
        rows = self._file.query(
            "SELECT hash, user_id, begun_ns, seen_ns FROM sessions ORDER BY seen_ns"
        )
        stored = {row[0]: LoginSession(*row[1:]) for row in rows}
        for key in [key for key in self._sessions if key not in stored]:
            del self._sessions[key], self._stored_seen_ns[key]
        for key, session in stored.items():
            self._sessions.setdefault(key, session)
            self._stored_seen_ns[key] = session.seen_ns

    def _lives(self, session: LoginSession, time_ns: int) -> bool:
        is_awake = time_ns - session.seen_ns < self._life.idle_ns_max
        return is_awake and 0 <= time_ns - session.begun_ns < self._life.whole_ns_max

    def _make_room(self, user_id: str, time_ns: int) -> None:
        own = [key for key, each in self._sessions.items() if each.user_id == user_id]
        if len(own) >= SESSIONS_OF_USER_MAX:
            self._drop([min(own, key=self._seen)])
        if len(self._sessions) >= LOGIN_SESSIONS_MAX and self.forget_ended(time_ns) == 0:
            self._drop([min(self._sessions, key=self._seen)])

    def _seen(self, key: bytes) -> tuple[int, bytes]:
        return self._sessions[key].seen_ns, key

    def _drop(self, keys: list[bytes]) -> None:
        """Forget first, then store: a disk that fails keeps nobody logged in."""
        for key in keys:
            del self._sessions[key], self._stored_seen_ns[key]
        if keys:
            with self._file.transaction():
                self._file.change_many(
                    "DELETE FROM sessions WHERE hash = ?", [(key,) for key in keys]
                )


def session_name(session: Secret) -> str:
    """Return the name of a session, as `LoginSessions.of_user` tells it."""
    return _name(session.sha256())


def _name(key: bytes) -> str:
    return key.hex()[:_NAME_LENGTH]


def csrf_token(session: Secret) -> Secret:
    """Return what a page sends along with every act, so that no other site can act for its user.

    It is a function of the session: nothing has to be kept, and it ends with it.
    """
    digest = hmac.new(as_bytes(session.reveal()), b"fencang csrf 1", sha256).hexdigest()
    return Secret(CSRF_MARK + digest)


def csrf_matches(session: Secret, presented: str) -> bool:
    """Return whether the text is the token of this session, in constant time."""
    return csrf_token(session).matches(presented)


def session_cookie(session: Secret | None, *, is_secure: bool = True) -> str:
    """Return the Set-Cookie value that keeps a session, or with None takes it away.

    No script reads it, no other site sends it, and with ``is_secure`` no plain text carries it and
    no other host sets it (the prefix ``__Host-``).  Only a server on loopback goes without.
    """
    value = "" if session is None else session.reveal()
    ending = "; Max-Age=0" if session is None else ""
    attributes = "Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if is_secure else "")
    return f"{_cookie_name(is_secure=is_secure)}={value}; {attributes}{ending}"


def session_of_cookie(header: str, *, is_secure: bool = True) -> Secret | None:
    """Return the session of a Cookie header; None where there is none, or more than one."""
    if len(header) > COOKIES_BYTES_MAX:
        return None
    pairs = [pair.strip().partition("=") for pair in header.split(";")]
    name = _cookie_name(is_secure=is_secure)
    values = [value for found, _, value in pairs if found == name]
    is_one = len(values) == 1 and values[0].startswith(SESSION_MARK)
    return Secret(values[0]) if is_one else None


def _cookie_name(*, is_secure: bool) -> str:
    return "__Host-fencang" if is_secure else "fencang"
