"""The layout of a batch, its encoder on the hot path and its verifying reader.

A blob is a row of frames ``u32 length (big-endian) | payload | 32-byte chain hash``, where
chain hash = SHA-256(previous chain hash ‖ payload).  Every record carries its own link, so damage
is named to the record: the first frame whose length, payload or hash was touched does not hold.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import Struct

from fencang.journal.port import Batch, JournalCorrupt, SequencedRecord
from fencang.messages.record import Record, encode_record

__all__ = [
    "FRAME_OVERHEAD_BYTES",
    "RECORD_BYTES_MAX",
    "ChainEncoder",
    "decode_batch",
    "make_batch",
    "verified_records",
]

RECORD_BYTES_MAX = 64 * 1024 * 1024
"""Largest stored record; what is larger is not a message but a file, and belongs to the blobs."""
HASH_BYTES = 32
LENGTH_BYTES = 4
FRAME_OVERHEAD_BYTES = LENGTH_BYTES + HASH_BYTES

_length = Struct(">I")
_pack_length = _length.pack


class ChainEncoder:
    """Turns records into frames, holding the end of the chain."""

    __slots__ = ("hash",)

    def __init__(self, previous_hash: bytes) -> None:
        self.hash = previous_hash

    def frame(self, record: Record) -> bytes:
        """Return the frame of the next record; the chain moves on."""
        payload = encode_record(record)
        assert len(payload) <= RECORD_BYTES_MAX, (record.sequence, len(payload))
        self.hash = link = sha256(self.hash + payload).digest()
        return _pack_length(len(payload)) + payload + link


def make_batch(previous_hash: bytes, records: Iterable[Record]) -> Batch:
    """Return consecutive records as one batch behind ``previous_hash``."""
    stored = tuple(records)
    assert stored, "a batch holds at least one record"
    encoder = ChainEncoder(previous_hash)
    blob = b"".join([encoder.frame(record) for record in stored])
    return Batch(
        first_sequence=stored[0].sequence,
        last_sequence=stored[-1].sequence,
        previous_hash=previous_hash,
        hash=encoder.hash,
        blob=blob,
    )


def decode_batch(batch: Batch) -> Iterator[SequencedRecord]:
    """Yield the records of a batch, each verified before it is shown.

    Raises:
        JournalCorrupt: names the first record whose frame does not hold.
    """
    blob, size, offset = batch.blob, len(batch.blob), 0
    link = batch.previous_hash
    sequence = batch.first_sequence
    while offset < size:
        start = offset + LENGTH_BYTES
        end = start + _length.unpack_from(blob, offset)[0] if start <= size else size + 1
        offset = end + HASH_BYTES
        if offset > size or sequence > batch.last_sequence:
            raise JournalCorrupt(sequence, "its length does not fit the batch")
        payload = blob[start:end]
        link = sha256(link + payload).digest()
        if link != blob[end:offset]:
            raise JournalCorrupt(sequence, "its bytes do not give its chain hash")
        yield SequencedRecord(sequence, payload, link)
        sequence += 1
    if sequence != batch.last_sequence + 1:
        raise JournalCorrupt(sequence, f"the batch ends before its record {batch.last_sequence}")
    if link != batch.hash:
        raise JournalCorrupt(batch.last_sequence, "the batch's own hash differs from the chain")


def verified_records(
    batches: Iterable[Batch], from_sequence: int, genesis_hash: bytes
) -> Iterator[SequencedRecord]:
    """Yield records from ``from_sequence`` on; ``batches`` begin with the one that holds it.

    The links between batches are verified too, so a batch that was removed, moved or put in is
    named.

    Raises:
        JournalCorrupt: names the first record that does not hold or is not there.
    """
    expected, link = 0, b""
    for batch in batches:
        if batch.first_sequence == 1 and batch.previous_hash != genesis_hash:
            raise JournalCorrupt(1, "the chain does not begin with this journal's header")
        if expected == 0 and batch.first_sequence > from_sequence:
            raise JournalCorrupt(from_sequence, "the batch that held it is missing")
        if expected and batch.first_sequence != expected:
            raise JournalCorrupt(expected, f"the next batch begins with {batch.first_sequence}")
        if expected and batch.previous_hash != link:
            raise JournalCorrupt(expected, "its batch does not continue the chain")
        for stored in decode_batch(batch):
            if stored.sequence >= from_sequence:
                yield stored
        expected, link = batch.last_sequence + 1, batch.hash
