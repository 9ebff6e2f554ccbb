"""What can be wrong with something signed.

    SigningFault (a ValueError)
    ├── KeyFault         text or bytes that are no key to trust
    ├── DigestFault      a Content-Digest that is no SHA-256, or not that of the body
    ├── SignatureFault   a request whose signature is missing, unreadable, stale or false: a cause
    └── DraftFault       words that cannot stand in the text a person signs

A fault is raised before anything is done, so nothing is ever half-applied.  Its text quotes at most
the first characters of what a stranger sent, and never any part of a private key.
"""

import enum

__all__ = [
    "Cause",
    "DigestFault",
    "DraftFault",
    "KeyFault",
    "SignatureFault",
    "SigningFault",
    "quoted",
]

_QUOTED_LENGTH_MAX = 80


class SigningFault(ValueError):
    """Something signed, or to be signed, is not as it has to be."""


class KeyFault(SigningFault):
    """The bytes are no key, or one under which anything verifies."""


class DigestFault(SigningFault):
    """A Content-Digest is unreadable, or not the digest of the body."""


class DraftFault(SigningFault):
    """A draft's words cannot stand in the text that is signed."""


class Cause(enum.StrEnum):
    """Why a request's signature does not count; the word for metrics and logs."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    UNCOVERED = "uncovered"
    FOREIGN = "foreign"
    STALE = "stale"
    DIGEST = "digest"
    MISMATCH = "mismatch"


class SignatureFault(SigningFault):
    """A request is not signed as it has to be.

    Every cause but MISMATCH follows from the request and the time alone, so it may be told to a
    stranger.  Whoever tells MISMATCH must say the same of a key nobody knows.
    """

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


def quoted(text: str) -> str:
    """Return a stranger's text for a message: escaped, and cut where it is long."""
    if len(text) <= _QUOTED_LENGTH_MAX:
        return ascii(text)
    return f"{text[:_QUOTED_LENGTH_MAX]!a}… ({len(text)} characters)"
