"""The stored record: one sequenced command with the events decided from it, and its codec.

A record is the unit of truth: what a batch of the journal holds, what the hash chain links, what
recovery applies.  Decoding validates every type and every bound of a command; events are our own
words and are held by the hash chain.  Bytes of strangers never do more than raise ``RecordFault``.
"""

from typing import Annotated

import msgspec

from fencang.messages.commands import AnyCommand
from fencang.messages.events import AnyEvent
from fencang.messages.origin import Origin

__all__ = ["DECISION_VERSION", "Record", "RecordFault", "decode_record", "encode_record"]

DECISION_VERSION = 1
"""Version of ``decide``: raised when the same state and command decide other events."""


class RecordFault(ValueError):
    """Bytes are not a record of a known version."""


class Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One command at its place in the journal, with everything decided from it.

    ``origin`` is None for what the desk's own programs enter; such records are stored without it.
    """

    sequence: Annotated[int, msgspec.Meta(ge=1)]
    time_ns: Annotated[int, msgspec.Meta(ge=1)]
    decision_version: Annotated[int, msgspec.Meta(ge=1)]
    command: AnyCommand
    events: tuple[AnyEvent, ...]
    origin: Origin | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def encode_record(record: Record) -> bytes:
    """Return the stored bytes of a record (msgpack arrays; each message carries tag.version)."""
    if record.origin is None:
        fields = record.sequence, record.time_ns, record.decision_version
        return _encoder.encode((*fields, record.command, record.events))
    return _encoder.encode(record)


def decode_record(payload: bytes) -> Record:
    """Return the record in stored bytes.

    Raises:
        RecordFault: not msgpack, an unknown message, or a field outside its bounds.
    """
    try:
        return _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise RecordFault(f"not a record of this version: {fault}") from fault
