"""Durable acceptance: orders submitted to the threaded sequencer until their record is on disk.

``orders_per_s`` and ``p99_ms_sustained``: open loop at ``--rate`` (30,000 a second) for
``--seconds`` (30).  ``p50_us_5000``: open loop at 5,000 a second.  ``fdatasync_p50_us``: one bare
4 KiB write and fdatasync on the same disk, right before.  A latency runs from the moment the order
was meant to be sent, so a load generator that falls behind does not hide the wait it causes.
``refused_by_desk`` counts orders that were stored as refusals: there must be none.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.report import Figures, main, percentile
from benchmarks.workload import desk_commands, orders
from fencang.engine.machine import Machine
from fencang.journal.group_commit import SWITCH_INTERVAL_S, ThreadedSequencer
from fencang.journal.header import header_of_today
from fencang.journal.port import InboxFull
from fencang.journal.sequencer import Sequencer
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.commands import AnyCommand
from fencang.messages.record import Record

__all__ = ["Run", "open_loop"]

RATE_OF_P50 = 5_000
SECONDS_OF_P50 = 5
DISK_PROBES = 500
NAP_S_MIN = 0.000_5


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure on the disk of ``--folder``."""
    with tempfile.TemporaryDirectory(prefix="fencang-bench-", dir=arguments.folder) as folder:
        disk_us = _fdatasync_us(Path(folder))
        slow = _plain_desk(Path(folder) / "slow", RATE_OF_P50, SECONDS_OF_P50, arguments)
        fast = _plain_desk(Path(folder) / "fast", arguments.rate, arguments.seconds, arguments)
    return {
        "orders_per_s": fast.orders_per_s,
        "p99_ms_sustained": percentile(fast.latencies_us, 0.99) / 1_000,
        "p50_us_5000": percentile(slow.latencies_us, 0.50),
        "fdatasync_p50_us": disk_us,
        "p50_ms_sustained": percentile(fast.latencies_us, 0.50) / 1_000,
        "max_ms_sustained": max(fast.latencies_us) / 1_000,
        "p99_us_5000": percentile(slow.latencies_us, 0.99),
        "cpu_us_per_order": fast.cpu_us_per_order,
        "records_per_batch": fast.records_per_batch,
        "refused_inbox_full": fast.refused_inbox_full,
        "refused_by_desk": fast.refused_by_desk,
    }


def _fdatasync_us(folder: Path) -> float:
    handle = os.open(folder / "probe", os.O_RDWR | os.O_CREAT, 0o600)
    sync = getattr(os, "fdatasync", os.fsync)
    os.write(handle, bytes(1 << 20))
    os.fsync(handle)
    taken_us = []
    for number in range(DISK_PROBES):
        os.lseek(handle, number % 256 * 4_096, os.SEEK_SET)
        os.write(handle, bytes(4_096))
        before = time.perf_counter_ns()
        sync(handle)
        taken_us.append((time.perf_counter_ns() - before) / 1_000)
    os.close(handle)
    return percentile(taken_us, 0.50)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one open-loop run gave."""

    latencies_us: list[float]
    orders_per_s: float
    cpu_us_per_order: float
    records_per_batch: float
    refused_inbox_full: int
    refused_by_desk: int
    """Orders that the journal holds as refusals: the figures mean nothing unless there are none."""


def _plain_desk(path: Path, rate: int, seconds: float, arguments: argparse.Namespace) -> Run:
    commands = orders(int(rate * seconds), arguments.seed)
    interval = arguments.switch_interval
    return open_loop(path, Machine(), desk_commands(), commands, rate, switch_interval_s=interval)


def open_loop(
    path: Path,
    machine: Machine,
    opening: list[AnyCommand],
    commands: list[AnyCommand],
    rate: int,
    *,
    switch_interval_s: float = SWITCH_INTERVAL_S,
) -> Run:
    """Open a desk with a journal on disk and submit new orders at a rate, whatever it does."""
    journal = SqliteJournal.writer(path, header_of_today("benchmark"))
    Sequencer(machine, journal, time.time_ns).commit(opening)
    sequencer = ThreadedSequencer(machine, journal, time.time_ns)
    batches: list[int] = []
    durable_ns: list[int] = []
    sequencer.subscribe(lambda records: batches.append(len(records)))
    sequencer.start(switch_interval_s=switch_interval_s)
    cpu_before_ns = time.process_time_ns()
    begun_ns = time.perf_counter_ns() + 10_000_000
    intended_ns = _send(sequencer, commands, durable_ns, begun_ns, 1_000_000_000 / rate)
    sequencer.drain()
    cpu_ns = time.process_time_ns() - cpu_before_ns
    sequencer.stop()
    journal.close()
    stored = len(durable_ns)
    return Run(
        latencies_us=[
            (durable - intended) / 1_000
            for durable, intended in zip(durable_ns, intended_ns, strict=True)
        ],
        orders_per_s=stored / ((durable_ns[-1] - begun_ns) / 1e9),
        cpu_us_per_order=cpu_ns / 1_000 / stored,
        records_per_batch=stored / len(batches),
        refused_inbox_full=len(commands) - stored,
        refused_by_desk=stored - len(machine.state.orders),
    )


def _send(
    sequencer: ThreadedSequencer[Machine],
    commands: list[AnyCommand],
    durable_ns: list[int],
    begun_ns: int,
    interval_ns: float,
) -> list[float]:
    """Submit each command at its time, or at once when that has passed; return those taken."""
    clock, submit = time.perf_counter_ns, sequencer.submit
    taken_ns = []
    nap_s_min = NAP_S_MIN if interval_ns < NAP_S_MIN * 1e9 / 5 else 0.0

    def acknowledge(record: Record) -> None:  # noqa: ARG001 - order of records is order of sending
        durable_ns.append(clock())

    for number, command in enumerate(commands):
        intended_ns = begun_ns + number * interval_ns
        while (early_ns := intended_ns - clock()) > 0:
            # Exact at 5,000 a second; at 30,000 the generator sends what fell due meanwhile, for a
            # nap per order would take the interpreter lock from the desk 30,000 times a second.
            time.sleep(max(early_ns / 1e9, nap_s_min))
        try:
            submit(command, acknowledge)
        except InboxFull:
            continue
        taken_ns.append(intended_ns)
    return taken_ns


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=int, default=30_000, help="orders a second, sustained")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default 30)")
    parser.add_argument("--folder", default=None, help="a folder on the disk to measure")
    parser.add_argument("--switch-interval", type=float, default=SWITCH_INTERVAL_S)


if __name__ == "__main__":
    main("journal", measure, _arguments)
