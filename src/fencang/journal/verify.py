"""``fencang verify``: read the whole journal, check its chain and decide every command again.

Records of this program's decision version must come out byte for byte as stored; those of other
versions are named and applied as stored.  Nothing is written.
"""

from collections.abc import Callable

import msgspec

from fencang.journal.port import (
    JournalCorrupt,
    JournalPort,
    Machine,
    MachineFactory,
    SequencedRecord,
)
from fencang.messages.record import DECISION_VERSION, Record, encode_record

__all__ = ["Difference", "OtherVersion", "Verification", "verify"]

PROGRESS_EVERY_RECORDS = 1_000


class OtherVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Records that another decision version decided: applied as stored, not decided again."""

    decision_version: int
    first_sequence: int
    last_sequence: int
    records: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The first record that is not decided again as it is stored."""

    sequence: int
    expected: Record
    actual: Record


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.  ``damage`` or ``difference`` ended the reading behind ``records``.

    ``state_hash`` is that of the machine after ``records``; after a ``difference`` it includes what
    was decided now.
    """

    records: int
    events: int
    decided_again: int
    other_versions: tuple[OtherVersion, ...]
    chain_hash: bytes
    state_hash: str
    difference: Difference | None
    damage: JournalCorrupt | None

    @property
    def is_sound(self) -> bool:
        """Return whether every record holds and is decided again as stored."""
        return self.difference is None and self.damage is None


class _Tally:
    """Counts while one machine walks through the journal."""

    def __init__(self, machine: Machine, chain_hash: bytes) -> None:
        self.machine = machine
        self.chain_hash = chain_hash
        self.records = self.events = self.decided_again = 0
        self.others: dict[int, OtherVersion] = {}

    def take(self, stored: SequencedRecord) -> Difference | None:
        record = stored.record()
        _require_later(record, self.machine.time_ns)
        if record.decision_version == DECISION_VERSION:
            actual = _decided_again(self.machine, record)
            if encode_record(actual) != stored.payload:
                return Difference(sequence=record.sequence, expected=record, actual=actual)
            self.decided_again += 1
        else:
            self.machine.apply(record)
            _count(self.others, record)
        self.records += 1
        self.events += len(record.events)
        self.chain_hash = stored.chain_hash
        return None


def verify(
    journal: JournalPort,
    machine_factory: MachineFactory[Machine],
    progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Verification:
    """Decide the journal again from its first record.

    ``progress`` hears (records done, records in all) now and then.
    """
    tally = _Tally(machine_factory(), journal.genesis_hash)
    total = journal.last_sequence
    difference: Difference | None = None
    damage: JournalCorrupt | None = None
    try:
        for stored in journal.read(1):
            difference = tally.take(stored)
            if difference is not None:
                break
            if tally.records % PROGRESS_EVERY_RECORDS == 0:
                progress(tally.records, total)
    except JournalCorrupt as fault:
        damage = fault
    progress(tally.records, total)
    return Verification(
        records=tally.records,
        events=tally.events,
        decided_again=tally.decided_again,
        other_versions=tuple(tally.others[version] for version in sorted(tally.others)),
        chain_hash=tally.chain_hash,
        state_hash=tally.machine.state_hash(),
        difference=difference,
        damage=damage,
    )


def _require_later(record: Record, time_ns: int) -> None:
    if record.time_ns <= time_ns:
        raise JournalCorrupt(record.sequence, "its time is not after that of the record before it")


def _decided_again(machine: Machine, record: Record) -> Record:
    try:
        events = machine.execute(record.command, record.sequence, record.time_ns)
    except Exception as fault:
        fault.add_note(f"while record {record.sequence} was decided again; nothing was written")
        raise
    return msgspec.structs.replace(record, events=events)


def _count(others: dict[int, OtherVersion], record: Record) -> None:
    version = record.decision_version
    seen = others.get(version)
    others[version] = OtherVersion(
        decision_version=version,
        first_sequence=record.sequence if seen is None else seen.first_sequence,
        last_sequence=record.sequence,
        records=1 if seen is None else seen.records + 1,
    )
