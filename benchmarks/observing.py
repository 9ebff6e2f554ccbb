"""What an order costs by being watched: metrics and alerts on the commit thread, and its answer.

``order_ns`` is all of it: the batch observed, records looked at for alerts, and the answer
observed, which is on the event loop.  Batches of 32 orders as the engine decided them.
``prometheus_ns`` is one observation by prometheus-client's own histogram, of which an order would
need four and two counters more: why counting is our own.
"""

import argparse
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as ClientHistogram

from benchmarks.report import Figures, main
from benchmarks.workload import opened, orders
from fencang.gateways.alerts.feed import AlertFeed
from fencang.gateways.metrics import LATENCY_BOUNDS_NS, Metrics
from fencang.messages.record import DECISION_VERSION, Record

__all__: list[str] = []

BATCH_RECORDS = 32
ROUNDS = 50


def measure(arguments: argparse.Namespace) -> Figures:
    """Return nanoseconds per order of each part, and what a reading takes."""
    batches = _batches(arguments.orders, arguments.seed)
    count = sum(len(batch) for batch in batches)
    metrics, feed = Metrics(), AlertFeed()
    durable_ns = batches[-1][-1].time_ns + 300_000
    batch_ns = _median(lambda: [metrics.observe_batch(each, durable_ns) for each in batches], count)
    alerts_ns = _median(lambda: [feed.hear(each) for each in batches], count)
    answer_ns = _median(
        lambda: [
            metrics.observe_answer(time_ns, time_ns + 40_000, time_ns + 700_000, time_ns + 900_000)
            for time_ns in range(count)
        ],
        count,
    )
    before_ns = time.perf_counter_ns()
    metrics.exposition()
    exposition_ms = (time.perf_counter_ns() - before_ns) / 1_000_000
    return {
        "order_ns": batch_ns + alerts_ns + answer_ns,
        "batch_ns": batch_ns,
        "alerts_ns": alerts_ns,
        "answer_ns": answer_ns,
        "prometheus_ns": _prometheus_ns(count),
        "exposition_ms": exposition_ms,
    }


def _batches(count: int, seed: int) -> list[tuple[Record, ...]]:
    machine = opened()
    records = []
    for command in orders(count, seed):
        sequence, time_ns = machine.sequence + 1, machine.time_ns + 1_000
        events = machine.execute(command, sequence, time_ns)
        records.append(Record(sequence, time_ns, DECISION_VERSION, command, events))
    return [tuple(records[at : at + BATCH_RECORDS]) for at in range(0, len(records), BATCH_RECORDS)]


def _median(act: Callable[[], object], count: int) -> float:
    """Return nanoseconds per order: the median round of fifty, none left out of them."""
    taken = []
    for _ in range(ROUNDS):
        before_ns = time.perf_counter_ns()
        act()
        taken.append((time.perf_counter_ns() - before_ns) / count)
    return sorted(taken)[ROUNDS // 2]


def _prometheus_ns(count: int) -> float:
    bounds = [bound / 10**9 for bound in LATENCY_BOUNDS_NS]
    histogram = ClientHistogram("x", "x", registry=CollectorRegistry(), buckets=bounds)
    return _median(lambda: [histogram.observe(0.000_7) for _ in range(count)], count)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=3_200, help="orders of one round")


if __name__ == "__main__":
    main("observing", measure, _arguments)
