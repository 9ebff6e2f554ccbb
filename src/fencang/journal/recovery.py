"""Recovery: the newest snapshot that holds, then every event behind it, verified on the way.

Nothing is decided again and no clock is asked, so the machine that comes back is the one that was
lost.  This is the ordinary way to start; a crash has no path of its own.
"""

from typing import Generic, TypeVar

import msgspec

from fencang.journal.port import (
    JournalCorrupt,
    JournalPort,
    Machine,
    MachineFactory,
    SequencedRecord,
    SnapshotDamaged,
)
from fencang.journal.snapshots import Snapshot, SnapshotFolder

__all__ = ["Recovered", "recover"]

MachineT = TypeVar("MachineT", bound=Machine)


class Recovered(msgspec.Struct, Generic[MachineT], frozen=True, kw_only=True):
    """A machine that stands at the journal's end.

    ``snapshot_sequence`` is 0 when every record was applied from the first on; ``warnings`` tells
    which snapshots were passed over and why.
    """

    machine: MachineT
    chain_hash: bytes
    snapshot_sequence: int
    records_applied: int
    events_applied: int
    warnings: tuple[str, ...]


def recover(
    journal: JournalPort,
    snapshots: SnapshotFolder | None,
    machine_factory: MachineFactory[MachineT],
    until: int | None = None,
) -> Recovered[MachineT]:
    """Return the machine as of the journal's last record, or as of record ``until``.

    Raises:
        JournalCorrupt: a record behind the snapshot does not hold, or a snapshot proves that the
            journal once was longer.
    """
    warnings: list[str] = []
    machine, chain_hash = _newest(journal, snapshots, machine_factory, warnings, until)
    snapshot_sequence = machine.sequence
    events_count = 0
    for stored in journal.read(snapshot_sequence + 1):
        if until is not None and machine.sequence >= until:
            break
        record = stored.record()
        machine.apply(record)
        events_count += len(record.events)
        chain_hash = stored.chain_hash
    return Recovered(
        machine=machine,
        chain_hash=chain_hash,
        snapshot_sequence=snapshot_sequence,
        records_applied=machine.sequence - snapshot_sequence,
        events_applied=events_count,
        warnings=tuple(warnings),
    )


def _newest(
    journal: JournalPort,
    snapshots: SnapshotFolder | None,
    machine_factory: MachineFactory[MachineT],
    warnings: list[str],
    until: int | None,
) -> tuple[MachineT, bytes]:
    for path in snapshots.newest_first() if snapshots is not None else ():
        assert snapshots is not None
        try:
            snapshot = snapshots.read(path)
            if until is not None and snapshot.sequence > until:
                continue
            _require_link(journal, snapshot, path.name)
            machine = machine_factory.load(snapshot.state)
        except (SnapshotDamaged, ValueError, msgspec.MsgspecError) as fault:
            warnings.append(f"snapshot passed over: {fault}")
            continue
        assert machine.sequence == snapshot.sequence, (machine.sequence, snapshot.sequence)
        return machine, snapshot.chain_hash
    return machine_factory(), journal.genesis_hash


def _require_link(journal: JournalPort, snapshot: Snapshot, name: str) -> None:
    """Law: a snapshot is used only behind the very record it was taken at."""
    if snapshot.sequence > journal.last_sequence:
        raise JournalCorrupt(
            journal.last_sequence + 1,
            f"{name} was taken at record {snapshot.sequence}, but the journal ends with "
            f"{journal.last_sequence}: stored records are missing. If the folder belongs to "
            "another journal, remove it and start again",
        )
    stored: SequencedRecord = next(journal.read(snapshot.sequence))
    if stored.chain_hash != snapshot.chain_hash:
        raise SnapshotDamaged(f"{name} was not taken from this journal (its chain hash differs)")
