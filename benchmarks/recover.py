"""Coming back: how fast records are read, verified and applied, and a large desk from a snapshot.

``events_per_s``: recovery of ``--orders`` (100,000) journaled commands without a snapshot.
``snapshot_s_10000``: recovery of a desk of 10,000 sub-accounts from its snapshot, reading the file
and checking it included.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.report import Figures, main
from benchmarks.workload import desk_commands, orders
from fencang.engine.machine import Machine
from fencang.journal.header import header_of_today
from fencang.journal.recovery import recover
from fencang.journal.sequencer import Sequencer
from fencang.journal.snapshots import Snapshot, snapshots_beside
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.commands import AnyCommand, DefineDesk
from fencang.refdata.account import SubAccount

SUB_ACCOUNTS = 10_000
RECORDS_AT_ONCE = 1_000


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure on the disk of ``--folder``."""
    with tempfile.TemporaryDirectory(prefix="fencang-bench-", dir=arguments.folder) as folder:
        return _replayed(Path(folder) / "orders.journal", arguments) | _loaded(
            Path(folder) / "large.journal"
        )


def _replayed(path: Path, arguments: argparse.Namespace) -> Figures:
    commands = [*desk_commands(), *orders(arguments.orders, arguments.seed)]
    written = _written(path, commands)
    journal = SqliteJournal.reader(path)
    before = time.perf_counter()
    recovered = recover(journal, None, Machine)
    taken_s = time.perf_counter() - before
    journal.close()
    assert recovered.machine.state_hash() == written.state_hash(), "recovery differs from the desk"
    return {
        "events_per_s": recovered.events_applied / taken_s,
        "records_per_s": recovered.records_applied / taken_s,
        "events": recovered.events_applied,
    }


def _loaded(path: Path) -> Figures:
    machine = _written(path, _large_desk())
    snapshots = snapshots_beside(path)
    journal = SqliteJournal.reader(path)
    snapshots.write(Snapshot(machine.sequence, journal.last_hash, machine.dump()))
    before = time.perf_counter()
    recovered = recover(journal, snapshots, Machine)
    taken_s = time.perf_counter() - before
    journal.close()
    assert recovered.snapshot_sequence == machine.sequence, recovered.warnings
    assert recovered.machine.state_hash() == machine.state_hash(), "the snapshot differs"
    return {
        "snapshot_s_10000": taken_s,
        "snapshot_mb": snapshots.newest_first()[0].stat().st_size / 1e6,
    }


def _large_desk() -> list[AnyCommand]:
    """Return the desk of the workload with its first sub-account copied until there are enough."""
    commands = desk_commands()
    definitions = [command for command in commands if isinstance(command, DefineDesk)]
    items = [item for definition in definitions for item in definition.items]
    pattern = next(item for item in items if isinstance(item, SubAccount))
    copies = (
        msgspec.structs.replace(pattern, sub_account_id=f"COPY-{number:05d}")
        for number in range(SUB_ACCOUNTS)
    )
    persons = {"entered_by": definitions[0].entered_by, "approved_by": definitions[0].approved_by}
    while some := tuple(itertools.islice(copies, 500)):
        commands.append(DefineDesk(items=some, **persons))
    return commands


def _written(path: Path, commands: list[AnyCommand]) -> Machine:
    journal = SqliteJournal.writer(path, header_of_today("benchmark"))
    machine = Machine()
    sequencer = Sequencer(machine, journal, time.time_ns)
    for start in range(0, len(commands), RECORDS_AT_ONCE):
        sequencer.commit(commands[start : start + RECORDS_AT_ONCE])
    journal.close()
    return machine


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=100_000, help="commands to recover from")
    parser.add_argument("--folder", default=None, help="a folder on the disk to measure")


if __name__ == "__main__":
    main("recover", measure, _arguments)
