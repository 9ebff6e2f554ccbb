"""The full ladder before an order leaves: five levels, SPAN what-if, every control stated.

The desk is ``ladder_desk``'s: owner, master account, groups, accounts, books.  ``p50_us`` and
``p99_us`` are decide + evolve of one command with 100 orders working: 60 % new, 20 % cancels,
20 % fills, nothing trimmed; ``new_p50_us_100`` is the order alone, ``controls_asked`` says by how
many.  The same with one thing larger: ``p50_us_10000_orders`` working; ``p50_us_10000_subs`` books
that have traded every contract before (the first order in a contract costs ``first_order_p50_us``);
``p50_us_1000_limits`` rows of position limits instead of ten.  ``durable_orders_per_s``: open loop
at ``--rate`` (15,000 a second) through the threaded sequencer until the record is on disk, as
``journal`` does it.

``--nautilus PYTHON`` (or the environment's FENCANG_BENCH_NAUTILUS) names an interpreter with
``nautilus_trader`` 1.221.0: its order path then runs beside, the median per order with 100, 400 and
1,000 orders working in the same 20 contracts (``nautilus_us_…``) and in one
(``nautilus_one_contract_us_…``); ``nautilus_checks_us_…`` ends before its exchange takes the order.
``benchmarks/nautilus_orders.py`` says what is timed.  ``new_p50_us_…`` is fencang's own order at
the same levels: every check, and the margin reserved.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.decide import Taken, measure_level, quiet_garbage
from benchmarks.envelopes import orders_inside_us
from benchmarks.journal import open_loop
from benchmarks.ladder_desk import NEAREST_TICKS, ladder_commands, ladder_machine
from benchmarks.report import Figures, main, percentile
from benchmarks.workload import Stream, contract_ids, executed, orders, sub_ids
from fencang.engine.decide.ladder import LADDER, stated_controls
from fencang.engine.machine import Machine
from fencang.messages.commands import ReportOrderCancelled
from fencang.messages.events import OrderAccepted

NAUTILUS_VARIABLE = "FENCANG_BENCH_NAUTILUS"
NAUTILUS_VERSION = "1.221.0"
NO_NAUTILUS = f"name a Python with nautilus_trader {NAUTILUS_VERSION}: --nautilus PYTHON"
NAUTILUS_LEVELS = (100, 400, 1_000)
WORKING, WORKING_MAX = NAUTILUS_LEVELS[0], 10_000
BOOKS, CONTRACTS = 30, 20
LIMITS_MIN, LIMITS_MAX = 10, 1_000
SECONDS_MAX = 600
"""The peer that takes longer hangs."""


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure the ladder, what may not slow it down, the disk and the peer."""
    durable = _durable(arguments)
    with quiet_garbage():
        taken = {**_ladder(arguments), **_inside(arguments), **_flatness(arguments)}
    return {**taken, **durable, **_nautilus(arguments)}


def _taken(machine: Machine, working: int, arguments: argparse.Namespace) -> Taken:
    stream = Stream(arguments.seed, nearest_ticks=NEAREST_TICKS)
    return measure_level(machine, stream, working, arguments.commands)


def _ladder(arguments: argparse.Namespace) -> Figures:
    """Measure at the first level, in wall and in processor time."""
    machine = ladder_machine(BOOKS, seed=arguments.seed)
    before_ns = time.process_time_ns()
    taken = _taken(machine, WORKING, arguments)
    spent_us = (time.process_time_ns() - before_ns) / 1_000
    everything = taken.everything_us
    return {
        "p50_us": percentile(everything, 0.50),
        "p99_us": percentile(everything, 0.99),
        "new_p50_us_100": percentile(taken.news_us, 0.50),
        "new_p99_us_100": percentile(taken.news_us, 0.99),
        "mean_us": sum(everything) / len(everything),
        "cpu_us_per_command": spent_us / len(everything),
        **_controls(machine),
    }


def _inside(arguments: argparse.Namespace) -> Figures:
    """Measure orders inside envelopes on the same desk, and the same orders outside."""
    machine = ladder_machine(BOOKS, seed=arguments.seed)
    count = max(1, arguments.commands // 10)
    inside, outside = orders_inside_us(
        machine, sub_ids(BOOKS), list(contract_ids(CONTRACTS)), count
    )
    return {
        "envelope_p50_us": percentile(inside, 0.50),
        "outside_p50_us": percentile(outside, 0.50),
    }


def _controls(machine: Machine) -> Figures:
    """Count the controls that an order is asked, and name those that the desk does not state."""
    asked = [control.name for control in stated_controls(machine.state)]
    missing = [control.name for control in LADDER if control.name not in asked]
    figures: Figures = {"controls_asked": len(asked)}
    if missing:
        figures["controls_missing"] = f"the desk states no {', '.join(missing)}"
    return figures


def _flatness(arguments: argparse.Namespace) -> Figures:
    """Measure with one thing larger at a time."""
    figures: Figures = {}
    for working in (*NAUTILUS_LEVELS[1:], WORKING_MAX):
        machine = ladder_machine(BOOKS, seed=arguments.seed)
        taken = _taken(machine, working, arguments)
        figures[f"p50_us_{working}_orders"] = percentile(taken.everything_us, 0.50)
        figures[f"new_p50_us_{working}"] = percentile(taken.news_us, 0.50)
    for limits in (LIMITS_MIN, LIMITS_MAX):
        taken = _taken(ladder_machine(BOOKS, limits, arguments.seed), WORKING, arguments)
        figures[f"p50_us_{limits}_limits"] = percentile(taken.everything_us, 0.50)
    books = arguments.books
    machine = ladder_machine(books, seed=arguments.seed)
    stream = Stream(arguments.seed, subs=books, nearest_ticks=NEAREST_TICKS)
    figures["first_order_p50_us"] = percentile(_trade_everything(machine, stream, books), 0.50)
    taken = measure_level(machine, stream, WORKING, arguments.commands)
    figures[f"p50_us_{books}_subs"] = percentile(taken.everything_us, 0.50)
    return figures


def _trade_everything(machine: Machine, stream: Stream, books: int) -> list[float]:
    """Let every book have an order of every contract cancelled; return what each order took."""
    taken_us = []
    for sub_id in sub_ids(books):
        for contract_id in contract_ids(CONTRACTS):
            order = stream.new_order(sub_id, contract_id)
            sequence, time_ns = machine.sequence + 1, machine.time_ns + 1
            before_ns = time.perf_counter_ns()
            events = machine.execute(order, sequence, time_ns)
            taken_us.append((time.perf_counter_ns() - before_ns) / 1_000)
            accepted = events[0]
            assert type(accepted) is OrderAccepted, accepted
            executed(machine, [ReportOrderCancelled(order_id=accepted.order_id)])
    return taken_us


def _durable(arguments: argparse.Namespace) -> Figures:
    commands = orders(int(arguments.rate * arguments.seconds), arguments.seed, NEAREST_TICKS)
    maker, opening = ladder_commands(BOOKS, seed=arguments.seed)
    with tempfile.TemporaryDirectory(prefix="fencang-bench-", dir=arguments.folder) as folder:
        run = open_loop(Path(folder) / "journal", maker(), opening, commands, arguments.rate)
    return {
        "durable_orders_per_s": run.orders_per_s,
        "durable_p50_ms": percentile(run.latencies_us, 0.50) / 1_000,
        "durable_p99_ms": percentile(run.latencies_us, 0.99) / 1_000,
        "durable_cpu_us_per_order": run.cpu_us_per_order,
        "durable_refused": run.refused_inbox_full + run.refused_by_desk,
    }


def _nautilus(arguments: argparse.Namespace) -> Figures:
    """Run the peer in its own environment, or say why it did not."""
    figures: Figures = {}
    for name, kind, contracts in (
        ("nautilus_us", "path", CONTRACTS),
        ("nautilus_checks_us", "checks", CONTRACTS),
        ("nautilus_one_contract_us", "path", 1),
    ):
        found = _nautilus_medians(arguments, kind, contracts)
        for level in NAUTILUS_LEVELS:
            figures[f"{name}_{level}"] = found if isinstance(found, str) else found[level]
    return figures


def _nautilus_medians(
    arguments: argparse.Namespace, kind: str, contracts: int
) -> dict[int, float] | str:
    """Return the median per level, or in plain words why there is none."""
    if not arguments.nautilus:
        return NO_NAUTILUS
    command = [
        arguments.nautilus,
        str(Path(__file__).with_name("nautilus_orders.py")),
        f"--kind={kind}",
        f"--levels={','.join(map(str, NAUTILUS_LEVELS))}",
        f"--contracts={contracts}",
        f"--orders={arguments.nautilus_orders}",
        f"--seed={arguments.seed}",
    ]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
        )
    except OSError as fault:
        return f"{arguments.nautilus}: {fault.strerror}"
    except subprocess.CalledProcessError as fault:
        return (fault.stderr.strip().splitlines() or [f"ended with {fault.returncode}"])[-1]
    said = json.loads(run.stdout)
    if said["version"] != NAUTILUS_VERSION:
        return f"that Python has nautilus_trader {said['version']}, not {NAUTILUS_VERSION}"
    return {int(level): percentile(taken, 0.50) for level, taken in said["taken_us"].items()}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commands", type=int, default=100_000, help="per level")
    parser.add_argument("--books", type=int, default=10_000, help="of the larger tree")
    parser.add_argument("--rate", type=int, default=15_000, help="durable orders a second")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default 30)")
    parser.add_argument("--folder", default=None, help="a folder on the disk to measure")
    parser.add_argument(
        "--nautilus",
        default=os.environ.get(NAUTILUS_VARIABLE, ""),
        metavar="PYTHON",
        help=f"a Python with nautilus_trader {NAUTILUS_VERSION} (or {NAUTILUS_VARIABLE})",
    )
    parser.add_argument("--nautilus-orders", type=int, default=2_000, help="per level")


if __name__ == "__main__":
    main("pretrade", measure, _arguments)
