"""Capital plans with their state and lines; the oldest finished ones are forgotten first."""

from dataclasses import dataclass
from enum import StrEnum

from fencang.messages.commands import PlanLine
from fencang.messages.events import PlanApplied, PlanApproved, PlanProposed, PlanRejected
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["PLANS_MAX", "PlanState", "PlanView", "Plans"]

PLANS_MAX = 1_000


class PlanState(StrEnum):
    """Where a plan stands; applied and rejected are final."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(slots=True)
class PlanView:
    """One plan: what it says, who proposed and decided it, and when it last changed."""

    plan_id: int
    model: str
    solver_version: str
    input_sha256: str
    at_sequence: int
    owner_id: str
    lines: tuple[PlanLine, ...]
    proposed_by: str
    proposed_ns: int
    changed_ns: int
    state: PlanState = PlanState.PROPOSED
    decided_by: str = ""
    reason: str = ""


class Plans(Projection):
    """All plans by number, as far as remembered."""

    __slots__ = ("_plans", "plans_max")

    def __init__(self, plans_max: int = PLANS_MAX) -> None:
        self.plans_max = plans_max
        self._plans: dict[int, PlanView] = {}

    def apply(self, record: Record) -> None:
        """Fold in proposals and decisions."""
        for event in record.events:
            match event:
                case PlanProposed():
                    self._propose(event, record.time_ns)
                case PlanApproved() | PlanRejected() | PlanApplied():
                    self._decide(event, record.time_ns)
                case _:
                    pass

    def content(self) -> object:
        """Return the plans by number."""
        return [self._plans, self.plans_max]

    def plan(self, plan_id: int) -> PlanView | None:
        """Return one plan; None when it never was, or was forgotten."""
        return self._plans.get(plan_id)

    def plans(self, state: PlanState | None = None) -> list[PlanView]:
        """Return plans in the order of proposal, of one state or of all."""
        return [plan for plan in self._plans.values() if state is None or plan.state is state]

    def _propose(self, event: PlanProposed, time_ns: int) -> None:
        self._plans[event.plan_id] = PlanView(
            plan_id=event.plan_id,
            model=event.model,
            solver_version=event.solver_version,
            input_sha256=event.input_sha256,
            at_sequence=event.at_sequence,
            owner_id=event.owner_id,
            lines=event.lines,
            proposed_by=event.proposed_by,
            proposed_ns=time_ns,
            changed_ns=time_ns,
        )
        if len(self._plans) > self.plans_max:
            finished = (
                number
                for number, plan in self._plans.items()
                if plan.state in {PlanState.APPLIED, PlanState.REJECTED}
            )
            del self._plans[next(finished, next(iter(self._plans)))]

    def _decide(self, event: PlanApproved | PlanRejected | PlanApplied, time_ns: int) -> None:
        plan = self._plans.get(event.plan_id)
        if plan is None:
            return
        plan.changed_ns = time_ns
        match event:
            case PlanApproved(approved_by=person):
                plan.state, plan.decided_by = PlanState.APPROVED, person
            case PlanRejected(rejected_by=person, reason=reason):
                plan.state, plan.decided_by, plan.reason = PlanState.REJECTED, person, reason
            case PlanApplied():
                plan.state = PlanState.APPLIED
