"""SHA-256 over canonical bytes: equal values give equal bytes, whatever order maps were built in.

Maps become pairs sorted by key, so neither insertion order nor PYTHONHASHSEED shows in a hash.
"""

import hashlib
from collections.abc import Mapping

import msgspec

__all__ = ["ZERO_HASH", "canonical", "chain", "sha256_canonical"]

ZERO_HASH = bytes(32)
_encoder = msgspec.msgpack.Encoder()


def canonical(value: object) -> object:
    """Return ``value`` with every map replaced by its key-sorted list of pairs, recursively."""
    assert not isinstance(value, (set, frozenset)), "a set has no order to hash"
    if isinstance(value, Mapping):
        keys = sorted(value)
        return [[canonical(key), canonical(value[key])] for key in keys]
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    return value


def sha256_canonical(value: object) -> str:
    """Return the hex SHA-256 of the canonical form of plain values (int, str, list, map, None)."""
    return hashlib.sha256(_encoder.encode(canonical(value))).hexdigest()


def chain(previous: bytes, payload: bytes) -> bytes:
    """Return the next link of a hash chain: SHA-256(previous ‖ payload)."""
    return hashlib.sha256(previous + payload).digest()
