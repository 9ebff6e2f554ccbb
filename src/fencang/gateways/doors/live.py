"""What is open right now: streams, sockets and sessions that end when their key or user does.

A gateway registers each connection with its caller and a way to close it.  Whoever revokes a key
drops them with one call; `drop_ended` finds those whose key or user ran out by the clock.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final

from fencang.gateways.caller import Caller
from fencang.gateways.doors.ports import Directory

__all__ = ["CONNECTIONS_MAX", "LiveConnections", "TooManyConnections"]

CONNECTIONS_MAX: Final = 10_000
"""Connections at a time."""
CONNECTIONS_OF_USER_MAX: Final = 500

Close = Callable[[], None]


class TooManyConnections(Exception):
    """No further connection of this user, or of anybody, is taken."""


class LiveConnections:
    """Open connections by number."""

    def __init__(self, connections_max: int = CONNECTIONS_MAX) -> None:
        self._connections_max = connections_max
        self._guard = threading.Lock()
        self._next = 1
        self._open: dict[int, tuple[Caller, Close]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def register(self, caller: Caller, close: Close) -> int:
        """Remember an open connection; return its number for `forget`.

        ``close`` may be called from any thread, once, and must not wait.

        Raises:
            TooManyConnections: of this user, or altogether.
        """
        with self._guard:
            own = sum(each.user_id == caller.user_id for each, _ in self._open.values())
            if len(self._open) >= self._connections_max or own >= CONNECTIONS_OF_USER_MAX:
                raise TooManyConnections(f"{caller.user_id} has {own} of {len(self._open)} open")
            number, self._next = self._next, self._next + 1
            self._open[number] = (caller, close)
            return number

    def forget(self, number: int) -> None:
        """Forget a connection that closed by itself."""
        with self._guard:
            self._open.pop(number, None)

    def drop_key(self, key_id: str) -> int:
        """Close every connection of a key; return how many."""
        return self._drop(n for n, caller in self._callers() if caller.key_id == key_id)

    def drop_user(self, user_id: str) -> int:
        """Close every connection of a user, whatever key it came by; return how many."""
        return self._drop(n for n, caller in self._callers() if caller.user_id == user_id)

    def drop_all(self) -> int:
        """Close every connection; return how many."""
        return self._drop(number for number, _ in self._callers())

    def drop_ended(self, directory: Directory, time_ns: int) -> int:
        """Close what no key or user stands behind any more; return how many."""
        return self._drop(
            number for number, caller in self._callers() if not _stands(caller, directory, time_ns)
        )

    def _callers(self) -> list[tuple[int, Caller]]:
        with self._guard:
            return [(number, caller) for number, (caller, _) in self._open.items()]

    def _drop(self, numbers: Iterable[int]) -> int:
        chosen = list(numbers)
        with self._guard:
            dropped = [self._open.pop(number, None) for number in chosen]
        found = [each for each in dropped if each is not None]
        for _, close in found:
            close()
        return len(found)


def _stands(caller: Caller, directory: Directory, time_ns: int) -> bool:
    user = directory.user(caller.user_id)
    if user is None or not user.acts_at(time_ns):
        return False
    if not caller.key_id:
        return True  # a session: its own book ends it
    key = directory.api_key(caller.key_id)
    return key is not None and key.user_id == caller.user_id and key.opens_at(time_ns)
