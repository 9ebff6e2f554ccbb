"""What a replay counted from durable records, and how long the firings took on this machine.

For tables and JSON; nothing decides from it.  Counts do not depend on where a replay was resumed;
the times do, and never enter the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fencang.messages.events import (
    CommandRejected,
    FillBooked,
    OrderAccepted,
    OrderRejected,
    PlanApplied,
    PricesMarked,
    RuleFired,
)
from fencang.messages.record import Record

__all__ = ["FiringTime", "Tally"]


@dataclass(frozen=True, slots=True)
class FiringTime:
    """One firing: wall time from handing in the indicator to everything it made being durable."""

    sequence: int
    commit_us: int
    orders: int


@dataclass(slots=True)
class Tally:
    """Counts over a whole replay."""

    days: int = 0
    records: int = 0
    events: int = 0
    commits: int = 0
    orders: int = 0
    block_slices: int = 0
    fills: int = 0
    lots: int = 0
    marks: int = 0
    plans: int = 0
    firings: int = 0
    orders_rejected: dict[str, int] = field(default_factory=dict)
    commands_rejected: dict[str, int] = field(default_factory=dict)
    contracts: dict[str, int] = field(default_factory=dict)
    """Lots filled per contract."""
    firing_times: list[FiringTime] = field(default_factory=list)

    def count(self, records: Sequence[Record], commit_us: int | None = None) -> None:
        """Count the records of one round; ``commit_us`` None when they were read back."""
        self.commits += 1
        self.records += len(records)
        fired = 0
        orders_before = self.orders + self.block_slices
        for record in records:
            self.events += len(record.events)
            for event in record.events:
                match event:
                    case OrderAccepted(block_id=block_id):
                        if block_id:
                            self.block_slices += 1
                        else:
                            self.orders += 1
                    case FillBooked(contract_id=contract_id, quantity_lots=lots):
                        self.fills += 1
                        self.lots += lots
                        self.contracts[contract_id] = self.contracts.get(contract_id, 0) + lots
                    case PricesMarked(marks=marks):
                        self.marks += len(marks)
                    case OrderRejected(reason=reason):
                        _add(self.orders_rejected, reason.words)
                    case CommandRejected(reason=reason):
                        _add(
                            self.commands_rejected,
                            f"{type(record.command).__name__}: {reason.words}",
                        )
                    case RuleFired():
                        self.firings += 1
                        fired = record.sequence
                    case PlanApplied():
                        self.plans += 1
                    case _:
                        pass
        if fired and commit_us is not None:
            orders = self.orders + self.block_slices - orders_before
            self.firing_times.append(FiringTime(fired, commit_us, orders))


def _add(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
