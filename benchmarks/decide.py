"""``decide`` + ``evolve`` of one command, wall time inside one process, nothing trimmed.

The stream is 60 % new orders, 20 % cancels, 20 % fills with N orders working in the same contracts
(N = 100, 1,000, 10,000); between segments, untimed cancels bring the level back to N.
``new_p50_us_N`` is the order alone.  ``span_…`` is the same with a SPAN file in force: every
contract in a combined commodity of its own, joined by inter-commodity spreads.
``python_call_ns`` times a plain Python method call in the same run: the yardstick for machines of
other speed.
"""

import argparse
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.report import Figures, main, percentile
from benchmarks.span_desk import span_machine
from benchmarks.workload import Stream, opened
from fencang.engine.machine import Machine
from fencang.messages.commands import ReportOrderCancelled, SubmitOrder
from fencang.messages.events import OrderRejected

__all__ = ["Taken", "measure_level", "quiet_garbage"]

LEVELS = (100, 1_000, 10_000)
SEGMENT = 500


class _Counter:
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def step(self) -> None:
        self.count += 1


def _python_call_ns() -> float:
    counter = _Counter()
    before = time.perf_counter_ns()
    for _ in range(1_000_000):
        counter.step()
    return (time.perf_counter_ns() - before) / 1_000_000


def _execute_untimed(machine: Machine, stream: Stream, command: object) -> None:
    stream.note(machine.execute(command, machine.sequence + 1, machine.time_ns + 1))


def _level(machine: Machine, stream: Stream, working: int) -> None:
    while len(stream.working) < working:
        _execute_untimed(machine, stream, stream.new_order())
    while len(stream.working) > working:
        order_id = stream.working.pop().order_id
        _execute_untimed(machine, stream, ReportOrderCancelled(order_id=order_id))


class Taken(NamedTuple):
    """Microseconds that each command took, and those of new orders alone."""

    everything_us: list[float]
    news_us: list[float]


def measure_level(machine: Machine, stream: Stream, working: int, commands: int) -> Taken:
    """Execute commands of a stream with so many orders working."""
    taken = Taken([], [])
    clock = time.perf_counter_ns
    for _ in range(commands // SEGMENT):
        _level(machine, stream, working)
        for _ in range(SEGMENT):
            command = stream.next()
            sequence, time_ns = machine.sequence + 1, machine.time_ns + 1
            before = clock()
            events = machine.execute(command, sequence, time_ns)
            taken_us = (clock() - before) / 1_000
            taken.everything_us.append(taken_us)
            if type(command) is SubmitOrder:
                taken.news_us.append(taken_us)
            assert type(events[0]) is not OrderRejected, events[0]
            stream.note(events)
    return taken


@contextmanager
def quiet_garbage() -> Iterator[None]:
    """Keep the garbage collector quiet, as in the running desk."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure every level."""
    figures: Figures = {}
    with quiet_garbage():
        for prefix, made in (("", opened), ("span_", span_machine)):
            for working in LEVELS:
                stream = Stream(arguments.seed)
                taken = measure_level(made(), stream, working, arguments.commands)
                figures[f"{prefix}p50_us_{working}"] = percentile(taken.everything_us, 0.50)
                figures[f"{prefix}p99_us_{working}"] = percentile(taken.everything_us, 0.99)
                figures[f"{prefix}new_p50_us_{working}"] = percentile(taken.news_us, 0.50)
        figures["python_call_ns"] = _python_call_ns()
    return figures


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commands", type=int, default=100_000, help="per level")


if __name__ == "__main__":
    main("decide", measure, _arguments)
