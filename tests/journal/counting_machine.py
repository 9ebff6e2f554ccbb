"""A machine small enough to be seen through: it adds up the indicator levels it is told.

Every odd value is answered with two events, every even one with one; ``CancelOrder`` is a
programmer error, ``RejectPlan`` a refusal.
"""

import hashlib

import msgspec

from fencang.messages.commands import AdvanceTime, CancelOrder, RejectPlan, ReportIndicator
from fencang.messages.events import CommandRejected, IndicatorReported, OperatorCalled
from fencang.messages.reasons import Reason


class CountingMachine:
    def __init__(self, sequence=0, time_ns=0, total=0, reports=0):
        self.sequence = sequence
        self.time_ns = time_ns
        self.total = total
        self.reports = reports

    def execute(self, command, sequence, time_ns):
        assert sequence == self.sequence + 1
        assert time_ns > self.time_ns
        events = self._decide(command)
        self._evolve(sequence, time_ns, events)
        return events

    def apply(self, record):
        assert record.sequence == self.sequence + 1
        self._evolve(record.sequence, record.time_ns, record.events)

    def state_hash(self):
        return hashlib.sha256(self.dump()).hexdigest()

    def dump(self):
        return msgspec.msgpack.encode([self.sequence, self.time_ns, self.total, self.reports])

    @classmethod
    def load(cls, snapshot):
        return cls(*msgspec.msgpack.decode(snapshot, type=tuple[int, int, int, int]))

    def _decide(self, command):
        assert not isinstance(command, CancelOrder), "a programmer error"
        if isinstance(command, AdvanceTime):
            return ()
        if isinstance(command, RejectPlan):
            return (CommandRejected(reason=Reason.PLAN_UNKNOWN, detail="there are no plans"),)
        reported = IndicatorReported(
            indicator=command.indicator, value_nanos=command.value_nanos, is_close=False
        )
        if command.value_nanos % 2:
            return (reported, OperatorCalled(subject=command.indicator, detail="odd"))
        return (reported,)

    def _evolve(self, sequence, time_ns, events):
        self.sequence, self.time_ns = sequence, time_ns
        for event in events:
            if isinstance(event, IndicatorReported):
                self.total += event.value_nanos
                self.reports += 1


def report(value, indicator="VIX"):
    return ReportIndicator(indicator=indicator, value_nanos=value)


class TickingClock:
    """A clock that moves by itself, a microsecond a look."""

    def __init__(self, now_ns=1_000_000):
        self.now_ns = now_ns

    def __call__(self):
        self.now_ns += 1_000
        return self.now_ns
