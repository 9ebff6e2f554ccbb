"""Events of position limits of jurisdictions: what is to be answered for, and what to report."""

from datetime import date
from enum import StrEnum

from fencang.messages.evasion_events import EvasionAlarm
from fencang.messages.message import Event
from fencang.messages.proposal_events import ProposalEvent

__all__ = [
    "LimitNotice",
    "LimitNoticeKind",
    "LimitStepApproached",
    "RegimeEvent",
    "ReportDutyArisen",
    "ReportDutyEnded",
]


class LimitNoticeKind(StrEnum):
    """Why an order beyond a number was sent all the same."""

    ACCOUNTABILITY = "accountability"
    """The exchange may ask about the position and have it reduced."""
    EXEMPTION = "exemption"
    """An exemption that was granted covers it."""


class LimitNotice(Event, tag="LimitNotice.1"):
    """The worst case of a group of persons, with an order just accepted, passed a number.

    Told once a day for each limit, group of persons and side.  ``persons_id`` is the first person
    of those who count as one.  Lots are the parent contract's, rounded up.
    """

    kind: LimitNoticeKind
    regime_id: str
    limit_id: str
    persons_id: str
    side: str
    quantity_lots_max: int
    worst_case_lots: int
    exemption_id: str = ""


class LimitStepApproached(Event, tag="LimitStepApproached.1"):
    """A limit steps down soon, below what a group of persons holds and has working now.

    Told once for each step, group and side.  ``days_left`` are the business days before
    ``from_day``, this one included; lots are the parent contract's, rounded up.
    """

    regime_id: str
    limit_id: str
    persons_id: str
    side: str
    from_day: date
    days_left: int
    quantity_lots_max: int
    worst_case_lots: int


class ReportDutyArisen(Event, tag="ReportDutyArisen.1"):
    """At a settlement a group of persons held what is to be reported, and did not before.

    ``month`` is empty where all months count together; ``due_days`` are business days.
    """

    threshold_id: str
    regime_id: str
    report_kind: str
    persons_id: str
    month: str
    side: str
    level_lots: int
    held_lots: int
    trading_day: date
    due_days: int


class ReportDutyEnded(Event, tag="ReportDutyEnded.1"):
    """At a settlement a group of persons held less than the level again, for the first time."""

    threshold_id: str
    persons_id: str
    month: str
    side: str
    trading_day: date


RegimeEvent = (
    LimitNotice
    | LimitStepApproached
    | ReportDutyArisen
    | ReportDutyEnded
    | ProposalEvent
    | EvasionAlarm
)
