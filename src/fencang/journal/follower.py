"""The follower: a second machine that reads the journal and writes snapshots, so the desk never
pauses for one.  It runs in a process of its own and opens the journal for reading only.

It applies what was decided and decides nothing; killing it at any point costs a snapshot at most.
"""

from collections.abc import Callable
from typing import TypeVar

from fencang.journal.port import JournalPort, Machine, MachineFactory
from fencang.journal.recovery import recover
from fencang.journal.snapshots import Snapshot, SnapshotFolder

__all__ = ["follow"]

MachineT = TypeVar("MachineT", bound=Machine)


def follow(
    journal: JournalPort,
    snapshots: SnapshotFolder,
    machine_factory: MachineFactory[MachineT],
    *,
    snapshot_every_records: int,
    wait: Callable[[], bool],
) -> MachineT:
    """Apply records as they become durable; write a snapshot every so many of them.

    ``wait`` is called whenever nothing new is there: it sleeps a little and returns whether to go
    on.  Returns the machine, at the last record seen, after a last snapshot.
    """
    assert snapshot_every_records >= 1, snapshot_every_records
    recovered = recover(journal, snapshots, machine_factory)
    machine, chain_hash = recovered.machine, recovered.chain_hash
    written = recovered.snapshot_sequence

    def write() -> None:
        nonlocal written
        if machine.sequence > written:
            snapshot = Snapshot(machine.sequence, chain_hash, machine.dump())
            snapshots.write(snapshot)
            written = machine.sequence

    going_on = True
    while going_on:
        if machine.sequence - written >= snapshot_every_records:
            write()
        before = machine.sequence
        for stored in journal.read(before + 1):
            machine.apply(stored.record())
            chain_hash = stored.chain_hash
            if machine.sequence - written >= snapshot_every_records:
                write()
        if machine.sequence == before:
            going_on = wait()
    write()
    return machine
