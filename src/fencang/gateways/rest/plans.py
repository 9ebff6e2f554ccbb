"""Operations about capital plans: compute one, look at it, see why; entering one is a command.

A plan is proposed by its content: who signs the request signs the very amounts.  What calls itself
computed must be what was computed, line by line, so what was explained is what is proposed.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from fencang.basics.money import format_money, parse_money
from fencang.gateways.computed_plans import (
    BODY,
    ComputationAsked,
    ComputedPlan,
    ComputePlan,
    PlanAsked,
)
from fencang.gateways.forms.forms import form_of, read_body
from fencang.gateways.rest.margin import asker_of
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.problem import Fault, Refused
from fencang.gateways.rest.sight import require_common
from fencang.messages.commands import ProposePlan
from fencang.planning.computation import MODEL, SOLVER_VERSION
from fencang.projections.tables.board import Board
from fencang.projections.tables.rows import PlanRow
from fencang.refdata.authority import Authority

__all__ = ["PLANS", "PlanExplained", "require_as_computed", "with_authority"]

_PLAN_ID = Parameter("plan_id", Annotated[int, msgspec.Meta(ge=0, le=1 << 53)], "Its number.", True)


class PlanExplained(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with the computation behind it, done again from its kept input.

    ``is_as_computed``: every line is what the computation gives.  ``computed`` is None where the
    plan was stated by somebody, or its input is not kept here; ``detail`` says which.
    """

    plan: PlanRow
    is_as_computed: bool
    computed: ComputedPlan | None
    detail: str


async def _compute(call: Call) -> Reply:
    require_common(call.caller.sub_tree, "plans", is_of_books=False)
    asked = read_body(ComputePlan, call.body)
    answer = await call.desk.questions.compute_plan(PlanAsked(asked, asker_of(call)))
    if answer.computed is None:
        faults = tuple(Fault(each.where, each.what) for each in answer.faults)
        raise Refused.of(422, "no-plan", answer.detail, faults)
    return Reply(with_authority(call.desk.board, answer.computed))


def with_authority(board: Board, found: ComputedPlan) -> ComputedPlan:
    """Return a computed plan that says whether two persons must sign its approval."""
    defined = board.definitions.of_kind(Authority.__name__)
    stated = next((each.item for each in defined if isinstance(each.item, Authority)), None)
    if stated is None or stated.single_operator:
        return found
    return msgspec.structs.replace(
        found,
        needs_second_person=parse_money(found.moved) > stated.plan_micros_max,
        second_person_above=format_money(stated.plan_micros_max),
    )


def _plan(call: Call) -> PlanRow:
    require_common(call.caller.sub_tree, "plans", is_of_books=False)
    number = call.parameters["plan_id"]
    row = call.desk.board.tables["plans"].get(str(number))
    if row is None:
        detail = f"no plan {number} is among the last ones; the audit trail holds older ones"
        raise Refused.of(404, "not-found", detail)
    assert isinstance(row, PlanRow)
    return row


async def _get(call: Call) -> Reply:
    return Reply(_plan(call))


async def _explain(call: Call) -> Reply:
    plan = _plan(call)
    if not _is_computed(plan.model, plan.solver_version):
        detail = f"{plan.proposed_by} stated it ({plan.model}); its lines say why"
        return Reply(PlanExplained(plan=plan, is_as_computed=False, computed=None, detail=detail))
    answer = await call.desk.questions.computed_plan(
        ComputationAsked(plan.input_sha256, asker_of(call))
    )
    if answer.computed is None:
        detail = f"{answer.detail}; the lines say why"
        return Reply(PlanExplained(plan=plan, is_as_computed=False, computed=None, detail=detail))
    found = with_authority(call.desk.board, answer.computed)
    differing = _differing(plan.lines, found)
    if (plan.at_sequence, plan.owner_id) != (found.at_sequence, found.owner_id):
        differing.append("the owner or the record that it was computed at")
    detail = (
        f"not what was computed: {', '.join(differing)}"
        if differing
        else "computed again from its kept input, it is the same in every line"
    )
    return Reply(
        PlanExplained(plan=plan, is_as_computed=not differing, computed=found, detail=detail)
    )


def _is_computed(model: str, solver_version: str) -> bool:
    return model == MODEL or solver_version == SOLVER_VERSION


def _differing(lines: Sequence[Any], found: ComputedPlan) -> list[str]:
    """Return the sub-accounts whose lines are not those of a computation."""
    stated, computed = _told(lines), _told(found.proposal.lines)
    return [name for name in sorted({*stated, *computed}) if stated.get(name) != computed.get(name)]


def _told(lines: Sequence[Any]) -> dict[str, tuple[str, str, int, str]]:
    return {each.sub_account_id: (each.old, each.new, each.weight_ppm, each.why) for each in lines}


async def require_as_computed(call: Call, plan: ProposePlan) -> None:
    """Let a plan that calls itself computed be proposed only as it was computed.

    Raises:
        Refused: its input is not kept here, or a line says something else.
    """
    if not _is_computed(plan.model, plan.solver_version):
        return
    asked = ComputationAsked(plan.input_sha256, asker_of(call), is_proposed=True)
    answer = await call.desk.questions.computed_plan(asked)
    found = answer.computed
    again = "compute it again, or state the move under a model of your own"
    if found is None:
        detail = f"{answer.detail}; nothing was proposed: {again}"
        raise Refused.of(422, "not-computed", detail)
    stated: Any = BODY.from_domain(plan)
    faults = [
        Fault(f"$.{name}", f"was computed as {getattr(found.proposal, name)}")
        for name in ("model", "solver_version", "at_sequence", "owner_id")
        if getattr(stated, name) != getattr(found.proposal, name)
    ]
    names = _differing(stated.lines, found)
    faults += [Fault("$.lines", f"{name} was computed otherwise") for name in names]
    if faults:
        detail = f"the plan is not what was computed; nothing was proposed: {again}"
        raise Refused.of(422, "not-as-computed", detail, tuple(faults))


PLANS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/plans/compute",
        name="compute_plan",
        tag="plans",
        summary="How capital would be spread now, and why; nothing is entered",
        description=(ComputePlan.__doc__ or "").strip(),
        scope="plans:read",
        handler=_compute,
        answer=ComputedPlan,
        body=form_of(ComputePlan, is_tagged=False).form,
        statuses=(400, 422, 503),
    ),
    Operation(
        method="GET",
        path="/plans/{plan_id}",
        name="get_plan",
        tag="plans",
        summary="One capital plan",
        scope="plans:read",
        handler=_get,
        answer=PlanRow,
        parameters=(_PLAN_ID,),
        statuses=(400, 404),
    ),
    Operation(
        method="GET",
        path="/plans/{plan_id}/explanation",
        name="explain_plan",
        tag="plans",
        summary="Why a plan moves what it moves: the computation, done again from its input",
        scope="plans:read",
        handler=_explain,
        answer=PlanExplained,
        parameters=(_PLAN_ID,),
        statuses=(400, 404, 503),
    ),
)
