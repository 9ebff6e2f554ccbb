"""Secrets as values that do not show themselves, and the marks by which they are found in a text.

A `Secret` has to be revealed by name, so that no print, format, log line or failed assertion does
it by accident.  Every secret that leaves the house begins with a mark of its kind: what ends up in
a log or a repository all the same can be searched for.
"""

import hashlib
import hmac
import re
from typing import Final, Never

__all__ = [
    "BEARER_MARK",
    "CSRF_MARK",
    "INVITE_MARK",
    "SECRET_BYTES",
    "SESSION_MARK",
    "Secret",
    "as_bytes",
]

SECRET_BYTES: Final = 32
"""Bytes of chance in a token, a session and a CSRF token: 256 bits cannot be guessed."""

BEARER_MARK: Final = "fcb_"
SESSION_MARK: Final = "fcs_"
INVITE_MARK: Final = "fci_"
CSRF_MARK: Final = "fcc_"

MARKED = re.compile(r"fc[bsic]_[A-Za-z0-9_.:/-]{0,80}[0-9a-fA-F]{16,}")
"""What any secret with a mark looks like, wherever it stands in a text."""

_HIDDEN = "Secret(…)"


def as_bytes(text: str) -> bytes:
    """Return a text as bytes, whatever a stranger made it of: half a pair of UTF-16 is no error."""
    return text.encode("utf-8", "surrogatepass")


class Secret:
    """One secret text; equal to nothing, not even itself: compare with `matches`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one place that needs it."""
        return self._text

    def sha256(self) -> bytes:
        """Return what is kept in its place."""
        return hashlib.sha256(as_bytes(self._text)).digest()

    def matches(self, text: str) -> bool:
        """Return whether the texts are equal, in a time that does not tell how much of it is."""
        return hmac.compare_digest(as_bytes(self._text), as_bytes(text))

    def __repr__(self) -> str:
        return _HIDDEN

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return _HIDDEN

    def __eq__(self, other: object) -> bool:
        raise TypeError("secrets are compared by matches(), in constant time")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not written anywhere by accident: reveal() it")
