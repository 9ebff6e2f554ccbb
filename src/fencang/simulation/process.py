"""One life of the desk's process: recovery, commits, releases, and the places where it may die.

It is put together from the real journal, engine and gateway, in the order of the real start-up;
only clock, disk and chance are simulated.  When it dies, everything in here is gone.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from fencang.engine.machine import Machine
from fencang.gateways.ports import VenueLink
from fencang.gateways.routing import EffectRouting
from fencang.journal.recovery import recover
from fencang.journal.sequencer import Sequencer, SequencerLimits
from fencang.journal.snapshots import Snapshot, SnapshotFolder
from fencang.messages.commands import AnyCommand, RestartDesk
from fencang.messages.record import Record
from fencang.simulation.disk import SimulatedDisk

__all__ = ["GATEWAY", "DeskProcess", "KeptSnapshots"]

GATEWAY = "venue"


class KeptSnapshots(SnapshotFolder):
    """A snapshot folder in memory."""

    def __init__(self) -> None:
        super().__init__(Path("simulated"))
        self._kept: dict[Path, Snapshot] = {}

    def write(self, snapshot: Snapshot) -> Path:
        """Keep a snapshot."""
        path = Path(f"snapshot-{snapshot.sequence:016d}.bin")
        self._kept[path] = snapshot
        return path

    def newest_first(self) -> list[Path]:
        """Return the names, the newest first."""
        return sorted(self._kept, reverse=True)

    def read(self, path: Path) -> Snapshot:
        """Return a kept snapshot."""
        return self._kept[path]


class _Cursor:
    """Where the gateway's cursor stood when the process came up."""

    def __init__(self, machine: Machine) -> None:
        self._cursors = dict(machine.state.cursors)

    def handled_sequence(self, gateway_id: str) -> int:
        return self._cursors.get(gateway_id, 0)


class DeskProcess:
    """A running desk."""

    def __init__(
        self,
        *,
        disk: SimulatedDisk,
        snapshots: KeptSnapshots,
        clock: Callable[[], int],
        link: VenueLink,
        may_die: Callable[[str], None],
        on_durable: Callable[[Sequence[Record]], None],
        batch_max: int,
    ) -> None:
        self._disk, self._may_die, self._on_durable = disk, may_die, on_durable
        recovered = recover(disk, snapshots, Machine)
        self._sequencer = Sequencer(
            recovered.machine, disk, clock, SequencerLimits(batch_records_max=batch_max)
        )
        cursor = _Cursor(recovered.machine)
        self._routing = EffectRouting(GATEWAY, link, cursor)
        if disk.last_sequence:
            self._restart(cursor.handled_sequence(GATEWAY))

    @property
    def machine(self) -> Machine:
        """Return the machine; between commits it stands at the last durable record."""
        return self._sequencer.machine

    def _restart(self, handled: int) -> None:
        old = [stored.record() for stored in self._disk.read(handled + 1)]
        restarted = self._sequencer.commit([RestartDesk()])
        self._on_durable(restarted)
        self._may_die("after RestartDesk was durable")
        moved = self._routing.recover(old)
        if moved is not None:
            self._commit_cursor([moved])
        self._release(restarted)

    def commit(self, commands: Sequence[AnyCommand]) -> tuple[Record, ...]:
        """Make commands durable, then let their effects out.

        Raises:
            Crash: the process died on the way.
            SequencerStopped: the disk did not take the batch.
        """
        records = self._sequencer.commit(commands)
        self._on_durable(records)
        self._may_die("before sending")
        self._release(records)
        return records

    def _release(self, records: Sequence[Record]) -> None:
        moved = None
        for record in records:
            moved = self._routing.release([record]) or moved
            self._may_die("between two sendings")
        if moved is not None:
            self._may_die("after sending, before the cursor")
            self._commit_cursor([moved])

    def _commit_cursor(self, commands: Sequence[AnyCommand]) -> None:
        self._on_durable(self._sequencer.commit(commands))
