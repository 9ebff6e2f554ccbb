"""Events of reconciliation: statements compared, and the life of every break."""

from datetime import date

from fencang.messages.message import Event
from fencang.messages.reconciliation_commands import (
    BreakFound,
    Resolution,
    StatementSection,
    Tolerance,
)

__all__ = [
    "AnyReconciliationEvent",
    "BreakAssigned",
    "BreakCleared",
    "BreakOpened",
    "BreakResolved",
    "BreakSeenAgain",
    "ReconciliationReported",
]


class ReconciliationReported(Event, tag="ReconciliationReported.1"):
    """A statement of a day was compared; what it differs in follows as further events."""

    carrying_account_id: str
    trading_day: date
    sha256: str
    at_sequence: int
    sections: tuple[StatementSection, ...]
    tolerances: tuple[Tolerance, ...]
    lines_compared: int
    breaks_count: int
    entered_by: str


class BreakOpened(Event, tag="BreakOpened.1"):
    """A break is open from this day on, or again after it had been resolved."""

    carrying_account_id: str
    trading_day: date
    found: BreakFound
    is_reopened: bool


class BreakSeenAgain(Event, tag="BreakSeenAgain.1"):
    """An open break was found again; it ages, whatever its amounts are now.

    A break that a person explained or wrote off stays resolved while its difference stays.
    """

    carrying_account_id: str
    trading_day: date
    found: BreakFound
    is_resolved: bool


class BreakCleared(Event, tag="BreakCleared.1"):
    """An open break was not found any more: both books say the same now."""

    carrying_account_id: str
    trading_day: date
    break_id: str


class BreakAssigned(Event, tag="BreakAssigned.1"):
    """A person looks after a break."""

    carrying_account_id: str
    break_id: str
    owner: str
    reason: str
    entered_by: str


class BreakResolved(Event, tag="BreakResolved.1"):
    """Two persons ended a break; ``booked_sequence`` names the command that mended it, or 0."""

    carrying_account_id: str
    break_id: str
    resolution: Resolution
    booked_sequence: int
    reason: str
    entered_by: str
    approved_by: str


AnyReconciliationEvent = (
    ReconciliationReported
    | BreakOpened
    | BreakSeenAgain
    | BreakCleared
    | BreakAssigned
    | BreakResolved
)
