"""Events of capital plans."""

from fencang.messages.commands import PlanLine
from fencang.messages.message import Event

__all__ = ["PlanApplied", "PlanApproved", "PlanProposed", "PlanRejected"]


class PlanProposed(Event, tag="PlanProposed.1"):
    """A capital plan waits for approval."""

    plan_id: int
    model: str
    solver_version: str
    input_sha256: str
    at_sequence: int
    owner_id: str
    lines: tuple[PlanLine, ...]
    proposed_by: str


class PlanApproved(Event, tag="PlanApproved.1"):
    """A second person approved the plan."""

    plan_id: int
    approved_by: str


class PlanRejected(Event, tag="PlanRejected.1"):
    """The plan will not be applied."""

    plan_id: int
    rejected_by: str
    reason: str


class PlanApplied(Event, tag="PlanApplied.1"):
    """The plan's transfers were booked."""

    plan_id: int
