"""Passwords: what they have to be, and how they are kept (argon2id, RFC 9106).

The parameters are the second choice of RFC 9106 section 4: 64 MiB, three passes, four lanes, a salt
of 128 bits and a tag of 256.  Its first choice takes 2 GiB for each check, which a server beside an
engine does not have.  OWASP asks for 19 MiB and two passes at least.  A hash names its parameters:
after a change here each is made anew when its owner next logs in.
"""

import contextlib
import threading
import unicodedata
from collections.abc import Iterator
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from fencang.gateways.doors.faults import HashingBusy
from fencang.gateways.secret import Secret, as_bytes

__all__ = [
    "CHARACTERS_MAX",
    "CHARACTERS_MIN",
    "CHECKS_AT_ONCE_MAX",
    "PasswordHashing",
    "password_faults",
]

MEMORY_KIB: Final = 64 * 1024
PASSES: Final = 3
LANES: Final = 4
SALT_BYTES: Final = 16
TAG_BYTES: Final = 32

CHARACTERS_MIN: Final = 12
CHARACTERS_MAX: Final = 128
"""A longer text is not a better password, only a longer computation."""

CHECKS_AT_ONCE_MAX: Final = 2
"""Checks at a time, 64 MiB each: what strangers send cannot take the memory of the desk.

One more is kept for whoever comes from a place where it logged in before.
"""

_DIFFERENT_CHARACTERS_MIN: Final = 5


def _normalised(password: Secret) -> str:
    """Return one form of what several keyboards send differently (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password.reveal())


def password_faults(password: Secret, user_id: str) -> list[str]:
    """Return why a new password is refused, in plain words; empty when it is not.

    Length is what counts (NIST SP 800-63B): no rule asks for signs, digits or changes by the month.
    """
    text = _normalised(password)
    faults = []
    if len(text) < CHARACTERS_MIN:
        faults.append(f"it has {len(text)} characters; {CHARACTERS_MIN} are the fewest")
    if len(text) > CHARACTERS_MAX:
        faults.append(f"it has {len(text)} characters; {CHARACTERS_MAX} are the most")
    if len(set(text)) < _DIFFERENT_CHARACTERS_MIN:
        faults.append(f"it has fewer than {_DIFFERENT_CHARACTERS_MIN} different characters")
    if user_id.casefold() in text.casefold():
        faults.append("it contains the user's name")
    if not text.isprintable():
        faults.append("it contains signs that cannot be seen")
    return faults


class PasswordHashing:
    """Makes and checks hashes; smaller parameters are for tests only.

    A check takes a fifth of a second and lets other threads run: call it outside the event loop.
    """

    def __init__(
        self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=TAG_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )
        self._places = threading.BoundedSemaphore(CHECKS_AT_ONCE_MAX)
        self._kept_place = threading.BoundedSemaphore(1)
        self._nobody = self.hash(Secret("whoever is not enrolled has this"))

    def hash(self, password: Secret) -> str:
        """Return the hash with its salt and parameters.

        Raises:
            HashingBusy: too many at once.
        """
        with self._place():
            return self._hasher.hash(as_bytes(_normalised(password)))

    def matches(self, kept: str | None, password: Secret, *, is_known: bool = False) -> bool:
        """Return whether it is the password; for nobody's (None) it takes as long and is not.

        ``is_known`` says that it comes from where its user logged in before.

        Raises:
            HashingBusy: too many at once.
        """
        if (
            len(password.reveal()) > CHARACTERS_MAX
        ):  # no stored one is longer: its length is no secret
            return False
        text = as_bytes(_normalised(password))
        with self._place(is_known=is_known):
            try:
                found = self._hasher.verify(self._nobody if kept is None else kept, text)
            except (VerificationError, InvalidHashError):
                return False
        return found and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Return whether a hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(kept)

    @contextlib.contextmanager
    def _place(self, *, is_known: bool = False) -> Iterator[None]:
        """Take one of the few places for a check; there is no queue before them."""
        places = self._places
        if not places.acquire(blocking=False):
            places = self._kept_place
            if not is_known or not places.acquire(blocking=False):
                raise HashingBusy("too many passwords are being checked; try again in a second")
        try:
            yield
        finally:
            places.release()
