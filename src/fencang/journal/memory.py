"""A journal in memory: the same port and the same verification, for tests and simulations.

It keeps nothing when the process ends.  ``bytes_max`` makes it a disk that fills up.
"""

from collections.abc import Iterator

from fencang.journal.batch import verified_records
from fencang.journal.header import JournalHeader, encode_header, genesis_hash_of
from fencang.journal.port import Batch, JournalDiverged, JournalFull, SequencedRecord

__all__ = ["MemoryJournal"]


class MemoryJournal:
    """Batches in a list; several handles may share one list, as several writers share a disk."""

    def __init__(
        self,
        header: JournalHeader,
        batches: list[Batch] | None = None,
        bytes_max: int = 1 << 40,
    ) -> None:
        self.header = header
        self.batches = [] if batches is None else batches
        self._genesis_hash = genesis_hash_of(encode_header(header))
        self._bytes_max = bytes_max

    @property
    def genesis_hash(self) -> bytes:
        """Return the chain hash before the first record."""
        return self._genesis_hash

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the last record, 0 when there is none."""
        return self.batches[-1].last_sequence if self.batches else 0

    @property
    def last_hash(self) -> bytes:
        """Return the chain hash after the last record."""
        return self.batches[-1].hash if self.batches else self._genesis_hash

    def append(self, batch: Batch, expected_sequence: int) -> None:
        """Keep a batch directly behind ``expected_sequence``."""
        assert batch.first_sequence == expected_sequence + 1, expected_sequence
        if self.last_sequence != expected_sequence or self.last_hash != batch.previous_hash:
            raise JournalDiverged(
                f"the journal ends with record {self.last_sequence}, this writer expected "
                f"{expected_sequence}; nothing was stored"
            )
        if sum(len(kept.blob) for kept in self.batches) + len(batch.blob) > self._bytes_max:
            raise JournalFull(
                f"no space for records {batch.first_sequence} to {batch.last_sequence}; "
                "nothing of them was stored"
            )
        self.batches.append(batch)

    def read(self, from_sequence: int) -> Iterator[SequencedRecord]:
        """Yield the records from there on, verified."""
        held = (batch for batch in self.batches if batch.last_sequence >= from_sequence)
        return verified_records(held, from_sequence, self._genesis_hash)

    def close(self) -> None:
        """Close the handle; nothing to let go."""
