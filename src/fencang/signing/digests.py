"""Content-Digest (RFC 9530): the SHA-256 of a body's bytes as they travel.

One algorithm, one member, one spelling: ``sha-256=:…:``.  A digest of another algorithm is refused,
not passed over, because what is passed over protects nobody.
"""

import hashlib
import hmac

from fencang.signing.byte_sequences import parse_byte_sequence, serialise_byte_sequence
from fencang.signing.faults import DigestFault, quoted

__all__ = ["SHA256_BYTES", "check_content_digest", "content_digest", "parse_content_digest"]

SHA256_BYTES = 32
_PREFIX = "sha-256="


def content_digest(body: bytes) -> str:
    """Return the value of Content-Digest for a body, empty ones included."""
    return _PREFIX + serialise_byte_sequence(hashlib.sha256(body).digest())


def parse_content_digest(value: str) -> bytes:
    """Return the 32 bytes that a Content-Digest names.

    Raises:
        DigestFault: anything but one ``sha-256=:…:`` with its 32 bytes.
    """
    if not value.startswith(_PREFIX):
        raise DigestFault(f"content-digest is {quoted(value)}; write sha-256=:…: and nothing else")
    try:
        return parse_byte_sequence(value.removeprefix(_PREFIX), SHA256_BYTES)
    except ValueError as fault:
        raise DigestFault(f"content-digest: sha-256 {fault}") from None


def check_content_digest(value: str, body: bytes) -> None:
    """Refuse a body that is not the one its Content-Digest names; compared in constant time.

    Raises:
        DigestFault: unreadable, or the digest of other bytes.
    """
    if not hmac.compare_digest(parse_content_digest(value), hashlib.sha256(body).digest()):
        raise DigestFault("content-digest is not the SHA-256 of the body that came")
