"""What the server counts of itself, in the form that Prometheus reads.

Counting is on the path of every order, so it is plain integers in lists made beforehand, each with
one thread that writes it; a reader copies them.  prometheus-client only writes the text.  Nothing
is kept in the process at large: each ``Metrics`` has a registry of its own.

No label names a sub-account, a person, a key or an order: every label is of a closed list, so that
the number of series is bounded by the program, not by its users.
"""

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from fencang import __version__
from fencang.basics.compiled import core_name
from fencang.basics.time import SECOND_NS
from fencang.messages.commands import COMMAND_TYPES
from fencang.messages.events import CommandRejected, OrderRejected, ReplaceRejected
from fencang.messages.reasons import Reason
from fencang.messages.record import Record

if TYPE_CHECKING:
    from prometheus_client import Metric

__all__ = [
    "LATENCY_BOUNDS_NS",
    "DoorRefusal",
    "Histogram",
    "Metrics",
    "Readings",
]

LATENCY_BOUNDS_NS = (
    *(step * 10**power for power in range(3, 9) for step in (10, 15, 20, 30, 50, 70)),
    10 * SECOND_NS,
)
"""10 µs to 10 s, six steps a decade: a quantile read from them is off by a half at most."""
BATCH_BOUNDS = tuple(2**power for power in range(13))
"""1 to 4,096 records, the largest batch there is."""


class DoorRefusal(StrEnum):
    """Why a request got no further than the door: a closed list."""

    UNSIGNED = "unsigned"
    """Neither signed as it has to be nor with a token."""
    CREDENTIALS = "credentials"
    """Unknown key, wrong signature, wrong password or code: strangers are told no more."""
    CLOSED = "closed"
    """The key or its user opens nothing: revoked, frozen, expired, not yet valid, not active."""
    ADDRESS = "address"
    REPLAYED = "replayed"
    STALE = "stale"
    THROTTLED = "throttled"
    SCOPE = "scope"

    @classmethod
    def of_cause(cls, cause: str) -> "DoorRefusal":
        """Return the word for a cause that the doors give; one nobody knows counts as unsigned."""
        if cause.startswith(("too many", "nonce too many")):
            return cls.THROTTLED
        return _WHY.get(cause, cls.UNSIGNED)


_WHY = {
    "unknown key": DoorRefusal.CREDENTIALS,
    "wrong signature": DoorRefusal.CREDENTIALS,
    "revoked": DoorRefusal.CLOSED,
    "frozen": DoorRefusal.CLOSED,
    "expired": DoorRefusal.CLOSED,
    "not yet valid": DoorRefusal.CLOSED,
    "user not active": DoorRefusal.CLOSED,
    "address not allowed": DoorRefusal.ADDRESS,
    "nonce used": DoorRefusal.REPLAYED,
    "nonce stale": DoorRefusal.STALE,
    "nonce ahead": DoorRefusal.STALE,
    "nonce forgotten": DoorRefusal.STALE,
    "stale": DoorRefusal.STALE,
}


class Histogram:
    """Counts by upper bounds, the bound included; one thread observes, any thread reads."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[int]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0

    def observe(self, value: int) -> None:
        """Count one value; below zero (a clock that was set back) counts as zero."""
        if value > 0:
            self.counts[bisect_left(self.bounds, value)] += 1
            self.total += value
        else:
            self.counts[0] += 1


class Readings(NamedTuple):
    """What is asked when somebody reads, not counted before; each may be called on any thread."""

    inbox_commands: Callable[[], int] = lambda: 0
    durable_sequence: Callable[[], int] = lambda: 0
    journal_bytes: Callable[[], int] = lambda: 0
    alerts_open: Callable[[], int] = lambda: 0
    alerts_waiting: Callable[[], int] = lambda: 0


_REFUSALS = frozenset({OrderRejected, CommandRejected, ReplaceRejected})


class Metrics:
    """All counts of one server.

    ``observe_batch`` belongs to the commit thread, ``alert_…`` to the alerts' thread, everything
    else to the event loop.
    """

    def __init__(self, readings: Readings = Readings()) -> None:  # noqa: B008 - frozen
        from prometheus_client import CollectorRegistry, ProcessCollector

        self.readings = readings
        self.last_durable_ns = 0
        """When the batch that is being released was durable; acknowledgements may read it."""
        self.received_to_decided = Histogram(LATENCY_BOUNDS_NS)
        self.decided_to_durable = Histogram(LATENCY_BOUNDS_NS)
        self.durable_to_out = Histogram(LATENCY_BOUNDS_NS)
        self.received_to_out = Histogram(LATENCY_BOUNDS_NS)
        self.decided_to_told = Histogram(LATENCY_BOUNDS_NS)
        self.batch_records = Histogram(BATCH_BOUNDS)
        self.commands: dict[type, int] = dict.fromkeys(COMMAND_TYPES, 0)
        self.refusals: dict[Reason, int] = dict.fromkeys(Reason, 0)
        self.door_refusals: dict[DoorRefusal, int] = dict.fromkeys(DoorRefusal, 0)
        self.stream_clients = 0
        self.stream_conflations = 0
        self.stream_disconnects = 0
        self.alerts_sent = 0
        self.alert_faults = 0
        self.alerts_given_up = 0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Counts(self))
        ProcessCollector(registry=self._registry)

    # ------------------------------------------------------------------------------- counting

    def observe_batch(self, records: Sequence[Record], durable_ns: int) -> None:
        """Count the records of one durable batch; ``durable_ns`` is of the sequencer's clock."""
        self.last_durable_ns = durable_ns
        self.batch_records.observe(len(records))
        commands, refusals, events_that_refuse = self.commands, self.refusals, _REFUSALS
        latency = self.decided_to_durable
        counts, bounds, total = latency.counts, latency.bounds, 0
        for record in records:
            commands[type(record.command)] += 1
            waited_ns = durable_ns - record.time_ns
            if waited_ns > 0:
                counts[bisect_left(bounds, waited_ns)] += 1
                total += waited_ns
            else:
                counts[0] += 1
            for event in record.events:
                if type(event) in events_that_refuse:
                    reason: Reason | None = event.reason  # type: ignore[union-attr,assignment]
                    if reason is not None:
                        refusals[reason] += 1
        latency.total += total

    def observe_answer(
        self, received_ns: int, decided_ns: int, durable_ns: int, out_ns: int
    ) -> None:
        """Count one answer: read from the socket, decided, durable, written to the socket.

        All four are of one clock, the sequencer's; ``decided_ns`` is the record's time.
        """
        self.received_to_decided.observe(decided_ns - received_ns)
        self.durable_to_out.observe(out_ns - durable_ns)
        self.received_to_out.observe(out_ns - received_ns)

    def door_refused(self, why: DoorRefusal) -> None:
        """Count a request that got no further than the door."""
        self.door_refusals[why] += 1

    def alert_delivered(self, alerts: int) -> None:
        """Count alerts that a channel took."""
        self.alerts_sent += alerts

    def alert_attempt_failed(self, given_up: int) -> None:
        """Count a try that came to nothing, and the alerts that were given up with it."""
        self.alert_faults += 1
        self.alerts_given_up += given_up

    # -------------------------------------------------------------------------------- reading

    async def read(self) -> tuple[bytes, str]:
        """Return what `exposition` does, for whoever also waits for other processes."""
        return self.exposition()

    def exposition(self) -> tuple[bytes, str]:
        """Return everything as text, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _Counts:
    """The collector: makes families of what was counted when somebody reads."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable["Metric"]:
        """Return nothing beforehand: names are unique by construction."""
        return ()

    def collect(self) -> Iterator["Metric"]:
        """Yield every family."""
        yield from self._build()
        yield from self._latencies()
        yield from self._commands()
        yield from self._edges()
        yield from self._readings()

    def _build(self) -> Iterator["Metric"]:
        from prometheus_client.core import InfoMetricFamily

        python = ".".join(str(number) for number in sys.version_info[:3])
        words = {"version": __version__, "core": core_name(), "python": python}
        yield InfoMetricFamily(
            "fencang_build", "What runs: version, core (compiled or python), Python.", words
        )

    def _latencies(self) -> Iterator["Metric"]:
        metrics = self._metrics
        for name, words, histogram in (
            (
                "received_to_decided",
                "From the socket to the decision.",
                metrics.received_to_decided,
            ),
            (
                "decided_to_durable",
                "From the decision to the disk, of every command.",
                metrics.decided_to_durable,
            ),
            ("durable_to_out", "From the disk to the socket.", metrics.durable_to_out),
            ("received_to_out", "From socket to socket.", metrics.received_to_out),
            (
                "decided_to_told",
                "From the decision to a stream client, of each message's oldest change.",
                metrics.decided_to_told,
            ),
        ):
            yield _family(f"fencang_{name}_seconds", words, histogram, SECOND_NS)
        yield _family("fencang_batch_records", "Records of one commit.", metrics.batch_records, 1)

    def _commands(self) -> Iterator["Metric"]:
        from prometheus_client.core import CounterMetricFamily

        commands = CounterMetricFamily(
            "fencang_commands", "Durable commands by type.", labels=["type"]
        )
        for kind, count in self._metrics.commands.items():
            if count:
                commands.add_metric([kind.__name__], count)
        yield commands
        refusals = CounterMetricFamily(
            "fencang_refusals", "Refusals by numbered reason.", labels=["reason", "name"]
        )
        for reason, count in self._metrics.refusals.items():
            if count:
                refusals.add_metric([str(reason.value), reason.name], count)
        yield refusals

    def _edges(self) -> Iterator["Metric"]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        metrics = self._metrics
        doors = CounterMetricFamily(
            "fencang_door_refusals", "Requests refused at the door, by why.", labels=["why"]
        )
        for why, count in metrics.door_refusals.items():
            doors.add_metric([why.value], count)
        yield doors
        yield GaugeMetricFamily(
            "fencang_stream_clients", "Stream clients now.", metrics.stream_clients
        )
        for name, words, count in (
            ("stream_conflations", "Updates merged for slow clients.", metrics.stream_conflations),
            (
                "stream_disconnects",
                "Clients disconnected for slowness.",
                metrics.stream_disconnects,
            ),
            ("alerts_sent", "Alerts that a channel took.", metrics.alerts_sent),
            ("alert_faults", "Tries of a channel that came to nothing.", metrics.alert_faults),
            ("alerts_given_up", "Alerts that a channel gave up.", metrics.alerts_given_up),
        ):
            yield CounterMetricFamily(f"fencang_{name}", words, count)

    def _readings(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        readings = self._metrics.readings
        for name, words, read in (
            ("inbox_commands", "Commands that wait to be decided.", readings.inbox_commands),
            ("durable_sequence", "The last durable record.", readings.durable_sequence),
            ("journal_bytes", "Size of the journal's files.", readings.journal_bytes),
            ("alerts_open", "Alerts that nobody acknowledged.", readings.alerts_open),
            ("alerts_waiting", "Deliveries that wait.", readings.alerts_waiting),
        ):
            yield GaugeMetricFamily(f"fencang_{name}", words, read())


def _family(name: str, words: str, histogram: Histogram, unit: int) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily

    counts = list(histogram.counts)  # a copy: its own sum is the count that is told
    bounds = [*(str(bound / unit) for bound in histogram.bounds), "+Inf"]
    buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
    return HistogramMetricFamily(name, words, buckets, histogram.total / unit)
