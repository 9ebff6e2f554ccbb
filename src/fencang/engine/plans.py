"""Capital plans as the engine keeps them."""

from enum import StrEnum

from fencang.messages.commands import PlanLine

__all__ = ["Plan", "PlanState"]


class PlanState(StrEnum):
    """A plan's way: proposed, approved, then applied; or rejected."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"


class Plan:
    """A proposed move of capital with its lines and where it stands."""

    __slots__ = (
        "approved_by",
        "lines",
        "owner_id",
        "plan_id",
        "proposed_at_ns",
        "proposed_by",
        "state",
    )

    def __init__(
        self,
        plan_id: int,
        owner_id: str,
        proposed_by: str,
        proposed_at_ns: int,
        lines: tuple[PlanLine, ...],
    ) -> None:
        self.plan_id = plan_id
        self.owner_id = owner_id
        self.proposed_by = proposed_by
        self.proposed_at_ns = proposed_at_ns
        self.lines = lines
        self.state = PlanState.PROPOSED
        self.approved_by = ""
