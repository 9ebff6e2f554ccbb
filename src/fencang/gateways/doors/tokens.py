"""What strangers hand in as text: bearer tokens made and taken apart, never kept.

A token names its key (``fcb_KEY.SECRET``), so that one look-up finds what it is compared with, and
begins with a mark that scanners of repositories find.  The desk keeps the SHA-256 of the whole
text. That needs no salt and no slow hash: 256 bits of chance are in no list of guesses.
"""

import hashlib
import hmac
import re
from typing import Final, NamedTuple

from fencang.gateways.secret import BEARER_MARK, SECRET_BYTES, Secret

__all__ = ["NewToken", "is_token_of", "new_bearer_token", "token_key_id"]

_TOKEN: Final = re.compile(
    rf"{BEARER_MARK}([A-Za-z0-9][A-Za-z0-9_.:/-]{{0,63}})\.[0-9a-f]{{{2 * SECRET_BYTES}}}"
)
_NOBODYS_PROOF = hashlib.sha256(b"no token has this hash").hexdigest()


class NewToken(NamedTuple):
    """A token, which is shown once, and what the desk keeps of it."""

    token: Secret
    proof_hex: str


def new_bearer_token(key_id: str, chance: bytes) -> NewToken:
    """Return the token of a new key, made of 32 bytes of chance."""
    assert len(chance) == SECRET_BYTES, len(chance)
    text = f"{BEARER_MARK}{key_id}.{chance.hex()}"
    return NewToken(Secret(text), hashlib.sha256(text.encode()).hexdigest())


def token_key_id(token: Secret) -> str | None:
    """Return the key that a token names, None when it is no token of ours."""
    match = _TOKEN.fullmatch(token.reveal())
    return None if match is None else match[1]


def is_token_of(token: Secret, proof_hex: str | None) -> bool:
    """Return whether the token has this hash; for no key (None) it takes as long and has not."""
    expected = _NOBODYS_PROOF if proof_hex is None else proof_hex
    found = hmac.compare_digest(token.sha256(), bytes.fromhex(expected))
    return found and proof_hex is not None
