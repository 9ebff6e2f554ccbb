"""Ed25519 keys (RFC 8032): 32 bytes each, written as 64 hexadecimal digits.

A private key is its seed.  Making one takes chance, so the caller brings it:
``PrivateKey.from_seed(secrets.token_bytes(32))``.

Libraries take many 32 bytes for a public key, some even the point of order one, under which one and
the same 64 bytes are a signature of every message.  So a key is looked at before it is trusted:
its bytes must be the one encoding of a point of the curve, and the point must not be one of the
eight whose order divides eight.  A point with a part of small order beside its large one is let be:
what verifies under it still takes the private key of the large part.

Verifying is that of libsodium: S below the group's order, R not of small order and compared byte by
byte (RFC 8032 §5.1.7 without the cofactor), hence one answer for the same bytes on every machine.
It holds no lock of the interpreter, so that orders are decided while signatures are verified.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from fencang.signing.faults import KeyFault, quoted

__all__ = [
    "DECOY_PUBLIC_KEY_HEX",
    "PUBLIC_KEYS_MAX",
    "PUBLIC_KEY_BYTES",
    "SEED_BYTES",
    "SIGNATURE_BYTES",
    "PrivateKey",
    "PublicKey",
    "public_key_of",
    "verify",
]

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

DECOY_PUBLIC_KEY_HEX = "6b9d67f55dbe9810b16f6fff2452b5da942c9408ebf341cedb1e7167a4b4426e"
"""A key whose private half nobody knows: its point is a hash of words (a test derives it again).

What verifies against it takes as long as against any other key and is never true, so whoever does
not find a key asks this one and gives the same answer.
"""

PUBLIC_KEYS_MAX = 4_096
"""Parsed public keys that are remembered: looking at one takes as long as verifying with it."""
_HEX_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)

_P = 2**255 - 19
_D = -121_665 * pow(121_666, -1, _P) % _P
_Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_Y_OF_SMALL_ORDER = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point of the curve that signatures are verified against.

    Raises:
        KeyFault: not 32 bytes, not the encoding of a point, or a point of small order.
    """

    raw: bytes

    def __post_init__(self) -> None:
        """Look at the bytes before anybody trusts them."""
        _check_point(self.raw)

    @property
    def hex(self) -> str:
        """The key as 64 lower-case hexadecimal digits."""
        return self.raw.hex()

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Return whether ``signature`` is one of ``message`` under this key; never raises."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            crypto_sign_open(signature + message, self.raw)
        except BadSignatureError:
            return False
        return True


class PrivateKey:
    """What signs.  ``repr`` shows its public half only, and it cannot be pickled or compared."""

    __slots__ = ("_key", "public_key")

    def __init__(self, seed: bytes) -> None:
        public, self._key = crypto_sign_seed_keypair(seed)
        self.public_key = PublicKey(public)

    @classmethod
    def from_seed(cls, seed: bytes) -> "PrivateKey":
        """Return the key of 32 bytes of chance, such as ``secrets.token_bytes(32)``.

        Raises:
            KeyFault: not 32 bytes.
        """
        if len(seed) != SEED_BYTES:
            raise KeyFault(f"a private key is made from {SEED_BYTES} bytes, not {len(seed)}")
        return cls(seed)

    @classmethod
    def from_hex(cls, text: str) -> "PrivateKey":
        """Return the key whose seed is written as 64 lower-case hexadecimal digits.

        Raises:
            KeyFault: anything else; the text is not repeated, for it may be most of a key.
        """
        if _HEX_KEY.fullmatch(text) is None:
            raise KeyFault("a private key is written as 64 lower-case hexadecimal digits")
        return cls.from_seed(bytes.fromhex(text))

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature; the same message always gives the same ones."""
        return crypto_sign(message, self._key)[:SIGNATURE_BYTES]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled")

    def __repr__(self) -> str:
        return f"PrivateKey(of {self.public_key.hex})"


@lru_cache(maxsize=PUBLIC_KEYS_MAX)
def public_key_of(text: str) -> PublicKey:
    """Return the public key written as 64 lower-case hexadecimal digits; remembered once read.

    Raises:
        KeyFault: other text, no point of the curve, or a point of small order.
    """
    if _HEX_KEY.fullmatch(text) is None:
        raise KeyFault(f"{quoted(text)} is no public key: that is 64 lower-case hexadecimal digits")
    return PublicKey(bytes.fromhex(text))


def verify(public_key_hex: str, signature: bytes, message: bytes) -> bool:
    """Return whether ``signature`` is one of ``message`` under a key given as hex.

    Whatever text and bytes a stranger brings, the answer is True or False; a key that is none, or
    not to be trusted, has signed nothing.
    """
    try:
        key = public_key_of(public_key_hex)
    except KeyFault:
        return False
    return key.verify(signature, message)


def _check_point(raw: bytes) -> None:
    """Refuse bytes that encode no point of the curve, or one of small order (RFC 8032 §5.1.3)."""
    if len(raw) != PUBLIC_KEY_BYTES:
        raise KeyFault(f"a public key has {PUBLIC_KEY_BYTES} bytes, not {len(raw)}")
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    if y >= _P:
        raise KeyFault(f"{raw.hex()} is no public key: its number is not below 2^255 - 19")
    if y in _Y_OF_SMALL_ORDER:
        raise KeyFault(
            f"{raw.hex()} is a point of small order: one signature would verify for every message"
        )
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    # x² is their quotient; it is a square if and only if their product is one (Euler's criterion).
    if pow(numerator * denominator % _P, (_P - 1) // 2, _P) != 1:
        raise KeyFault(f"{raw.hex()} is no public key: it is no point of the curve")
