"""Bytes in a structured field: base64 between colons (RFC 8941 §3.3.5, RFC 9651), read strictly.

RFC 8941 lets a reader accept sloppy base64; here one text stands for some bytes and no other does,
so that nobody can change a field that still means the same.
"""

import base64
import binascii

from fencang.signing.faults import quoted

__all__ = ["parse_byte_sequence", "serialise_byte_sequence"]


def serialise_byte_sequence(data: bytes) -> str:
    """Return ``:base64:`` of the bytes, with padding."""
    return f":{base64.b64encode(data).decode('ascii')}:"


def parse_byte_sequence(text: str, length: int) -> bytes:
    """Return the ``length`` bytes that ``:base64:`` stands for.

    Raises:
        ValueError: no colons, other characters, missing padding, bits that mean nothing, or
            another number of bytes; the message begins where the caller names the field.
    """
    expected = 4 * -(-length // 3) + 2
    if len(text) != expected or text[0] != ":" or text[-1] != ":":
        raise ValueError(f"is {quoted(text)}, not {length} bytes as base64 between colons")
    try:
        data = base64.b64decode(text[1:-1], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"is {quoted(text)}, not base64 between colons") from None
    if len(data) != length or serialise_byte_sequence(data) != text:
        raise ValueError(f"is {quoted(text)}, not the one way to write {length} bytes as base64")
    return data
