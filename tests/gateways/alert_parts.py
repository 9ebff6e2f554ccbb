"""What tests of alerts are made of: records, channels that fail on demand, clocks that jump."""

from concurrent.futures import Future

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.alert import Severity, StoredAlert
from fencang.gateways.alerts.dispatch import AlertDispatch
from fencang.gateways.alerts.feed import AlertFeed
from fencang.gateways.alerts.kinds import AlertTable
from fencang.gateways.alerts.message import ChannelFault, Message
from fencang.gateways.alerts.routes import Route, Routing
from fencang.gateways.alerts.store import AlertStore, DeliveryTerms
from fencang.messages.commands import AdvanceTime
from fencang.messages.events import OperatorCalled
from fencang.messages.record import Record

NOON_NS = 1_764_158_400 * SECOND_NS  # 2025-11-26 12:00 UTC
MINUTE_NS = 60 * SECOND_NS
DESK = "ab" * 32
TERMS = DeliveryTerms(attempts_max=4)
EVERYTHING = Routing([Route("all", ("desk",))])


class InlineExecutor:
    """Runs at once what it is given."""

    def submit(self, work, *arguments):
        future = Future()
        try:
            future.set_result(work(*arguments))
        except BaseException as fault:  # noqa: BLE001 - that is what an executor does
            future.set_exception(fault)
        return future


class HeldExecutor:
    """Runs nothing until it is told to."""

    def __init__(self):
        self.held = []

    def submit(self, work, *arguments):
        future = Future()
        self.held.append((future, work, arguments))
        return future

    def run(self):
        for future, work, arguments in self.held:
            future.set_result(work(*arguments))
        self.held = []


class NotedChannel:
    """Keeps what it is sent; the next tries fail while ``faults`` says so."""

    def __init__(self, faults=0):
        self.faults = faults
        self.messages = []
        self.tries = 0

    def send(self, message, _now_ns):
        self.tries += 1
        if self.faults > 0:
            self.faults -= 1
            raise ChannelFault("it did not listen")
        self.messages.append(message)

    @property
    def subjects(self):
        return [alert.subject for message in self.messages for alert in message.alerts]


class Records(list):
    """A journal in memory, and the source that alerts read it from."""

    def call(self, subject, time_ns=NOON_NS, detail="it needs a person"):
        self.add(OperatorCalled(subject=subject, detail=detail), time_ns=time_ns)

    def add(self, *events, time_ns=NOON_NS):
        sequence = len(self) + 1
        self.append(Record(sequence, time_ns + sequence, 1, AdvanceTime(), events))

    def records(self, from_sequence):
        yield from self[from_sequence - 1 :]


def open_store(folder, routing=EVERYTHING, terms=TERMS, **other):
    return AlertStore(folder / "alerts.sqlite", desk=DESK, routing=routing, terms=terms, **other)


def dispatch_of(store, channels, records=None, **other):
    parts = {
        "executor": InlineExecutor(),
        "desk_name": "DESK",
        "chance": lambda: 0.5,
        "feed": AlertFeed(),
        "source": records if records is not None else Records(),
        "table": AlertTable(),
    } | other
    return AlertDispatch(store, parts.pop("table"), channels, parts.pop("executor"), **parts)


def severities(store):
    return [Severity(alert.severity) for alert in store.alerts(only_open=False)]


def message_of(*alerts):
    return Message("DESK", "channel", alerts or (stored(),))


def stored(**other):
    values = {
        "alert_id": 7,
        "kind": "OperatorCalled",
        "severity": Severity.CRITICAL,
        "subject": "order 7",
        "title": "A person is needed",
        "words": "the venue does not know it",
        "runbook": "fills.md",
        "first_ns": NOON_NS,
        "last_ns": NOON_NS,
        "count": 1,
        "route_id": "all",
        "stage": 0,
        "escalate_ns": 0,
        "acknowledged_ns": 0,
        "acknowledged_by": "",
        "note": "",
    }
    return StoredAlert(**values | other)
