"""Capital plans: proposed at a named sequence, approved by a second person, then transferred."""

from fencang.engine.decide.refusal import rejected
from fencang.engine.flows.standing import uncovered_micros
from fencang.engine.plans import Plan, PlanState
from fencang.engine.state import DeskState
from fencang.ledger.book import reserve_id
from fencang.messages.commands import ApplyPlan, ApprovePlan, PlanLine, ProposePlan, RejectPlan
from fencang.messages.events import (
    AnyEvent,
    CapitalTransferred,
    CommandRejected,
    PlanApplied,
    PlanApproved,
    PlanProposed,
    PlanRejected,
)
from fencang.messages.reasons import Reason

__all__ = ["decide_apply", "decide_approve", "decide_propose", "decide_reject"]


def decide_propose(state: DeskState, command: ProposePlan) -> list[AnyEvent]:
    """Record a plan whose lines name known sub-accounts of one owner, each once."""
    refusal = _lines_refusal(state, command)
    if refusal is not None:
        return [refusal]
    return [
        PlanProposed(
            plan_id=state.new_order_id(),
            model=command.model,
            solver_version=command.solver_version,
            input_sha256=command.input_sha256,
            at_sequence=command.at_sequence,
            owner_id=command.owner_id,
            lines=command.lines,
            proposed_by=command.entered_by,
        )
    ]


def _lines_refusal(state: DeskState, command: ProposePlan) -> CommandRejected | None:
    if command.at_sequence >= state.sequence:
        detail = f"sequence {command.at_sequence} is not decided yet"
        return rejected(Reason.PLAN_SEQUENCE_AHEAD, detail)
    pool = state.pools.get(command.owner_id)
    if pool is None:
        return rejected(Reason.UNKNOWN_REFERENCE, f"no legal person {command.owner_id}")
    seen = set()
    for line in command.lines:
        sub = state.subs.get(line.sub_account_id)
        if sub is None:
            return rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {line.sub_account_id}")
        if sub.definition.owner_id != command.owner_id:
            detail = f"{line.sub_account_id} is not owned by {command.owner_id}"
            return rejected(Reason.OWNERS_DIFFER, detail)
        if line.sub_account_id in seen:
            return rejected(Reason.PLAN_LINE_TWICE, f"{line.sub_account_id} stands twice")
        seen.add(line.sub_account_id)
        if line.new_micros < 0:
            detail = f"{line.sub_account_id}: new capital {line.new_micros} is below zero"
            return rejected(Reason.PLAN_UNBALANCED, detail)
    if pool.is_over_granted:
        return rejected(Reason.PLAN_FROZEN_OVER_GRANTED, f"{command.owner_id} is over-granted")
    return None


def _plan(state: DeskState, plan_id: int, *allowed: PlanState) -> Plan | CommandRejected:
    plan = state.plans.get(plan_id)
    if plan is None:
        return rejected(Reason.PLAN_UNKNOWN, f"no plan {plan_id}")
    if plan.state not in allowed:
        return rejected(Reason.PLAN_STATE, f"plan {plan_id} is {plan.state}")
    return plan


def decide_approve(state: DeskState, command: ApprovePlan) -> list[AnyEvent]:
    """Approve as somebody other than the proposer."""
    plan = _plan(state, command.plan_id, PlanState.PROPOSED)
    if not isinstance(plan, Plan):
        return [plan]
    if plan.proposed_by == command.approved_by:
        detail = f"{command.approved_by} proposed it and cannot approve it too"
        return [rejected(Reason.SECOND_PERSON_IS_THE_FIRST, detail)]
    return [PlanApproved(plan_id=plan.plan_id, approved_by=command.approved_by)]


def decide_reject(state: DeskState, command: RejectPlan) -> list[AnyEvent]:
    """Reject a plan that was not applied."""
    plan = _plan(state, command.plan_id, PlanState.PROPOSED, PlanState.APPROVED)
    if not isinstance(plan, Plan):
        return [plan]
    return [
        PlanRejected(plan_id=plan.plan_id, rejected_by=command.rejected_by, reason=command.reason)
    ]


def decide_apply(state: DeskState, command: ApplyPlan) -> list[AnyEvent]:
    """Book every transfer of an approved plan, or none."""
    plan = _plan(state, command.plan_id, PlanState.APPROVED)
    if not isinstance(plan, Plan):
        return [plan]
    refusal = _apply_refusal(state, plan)
    if refusal is not None:
        return [refusal]
    reserve = reserve_id(plan.owner_id)
    changes = [(line.new_micros - line.old_micros, line) for line in plan.lines]
    # Money comes back before it goes out, so the reserve is never below zero on the way.
    events: list[AnyEvent] = [
        _transfer(line.sub_account_id, reserve, -change, plan)
        for change, line in changes
        if change < 0
    ]
    events += [
        _transfer(reserve, line.sub_account_id, change, plan)
        for change, line in changes
        if change > 0
    ]
    return [*events, PlanApplied(plan_id=plan.plan_id)]


def _transfer(source: str, target: str, amount_micros: int, plan: Plan) -> CapitalTransferred:
    return CapitalTransferred(
        from_book_id=source,
        to_book_id=target,
        amount_micros=amount_micros,
        reason=f"plan {plan.plan_id}",
    )


def _apply_refusal(state: DeskState, plan: Plan) -> CommandRejected | None:
    age = state.time_ns - plan.proposed_at_ns
    if age > state.settings.plan_age_ns_max:
        detail = f"plan {plan.plan_id} is {age} ns old, at most {state.settings.plan_age_ns_max}"
        return rejected(Reason.PLAN_TOO_OLD, detail)
    pool = state.pool(plan.owner_id)
    if pool.is_over_granted:
        return rejected(Reason.PLAN_FROZEN_OVER_GRANTED, f"{plan.owner_id} is over-granted")
    for line in plan.lines:
        refusal = _line_refusal(state, line)
        if refusal is not None:
            return refusal
    taken = sum(line.new_micros - line.old_micros for line in plan.lines)
    held = pool.reserve.cash.get(state.rates.base_currency, 0)
    covered = -uncovered_micros(state, pool)
    if taken > min(held, covered):
        detail = f"plan {plan.plan_id} needs {taken} micros, the reserve has {min(held, covered)}"
        return rejected(Reason.RESERVE_TOO_SMALL, detail)
    return None


def _line_refusal(state: DeskState, line: PlanLine) -> CommandRejected | None:
    taken = line.old_micros - line.new_micros
    if taken <= 0:
        return None
    available = state.subs[line.sub_account_id].standing.available_micros(state.rates)
    if taken > available:
        detail = (
            f"{line.sub_account_id} can spare {max(0, available)} micros beyond its margin "
            f"requirement, the plan takes {taken}"
        )
        return rejected(Reason.PLAN_CAPITAL_CHANGED, detail)
    return None
