"""Calls about plans.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import (
    ComputedPlan,
    GivenSeries,
    InverseVolatility,
    Outcome,
    PlanExplained,
    PlanLine,
    PlanRow,
)

__all__ = [
    "PlansResource",
    "apply_plan",
    "approve_plan",
    "compute_plan",
    "explain_plan",
    "get_plan",
    "list_plans",
    "propose_plan",
    "reject_plan",
]

_LIST_PLANS = Operation(
    name="list_plans",
    method="GET",
    path="/plans",
    answer=Page[PlanRow],
    in_query={"state": "state", "owner_id": "owner_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_plans(
    *,
    state: str | None = None,
    owner_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[PlanRow]]:
    """Capital plans.

    ``state``: Rows in this state.
    ``owner_id``: Rows of this owner.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_PLANS.ask(locals())


_PROPOSE_PLAN = Operation(
    name="propose_plan", method="POST", path="/plans", answer=Outcome, has_body=True, is_write=True
)


def propose_plan(
    *,
    model: str,
    solver_version: str,
    input_sha256: str,
    at_sequence: int,
    owner_id: str,
    lines: Sequence[PlanLine],
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Propose a move of capital.

    Propose a move of capital computed from the state at ``at_sequence``.
    """
    return _PROPOSE_PLAN.ask(locals())


_COMPUTE_PLAN = Operation(
    name="compute_plan", method="POST", path="/plans/compute", answer=ComputedPlan, has_body=True
)


def compute_plan(
    *, owner_id: str, policy: InverseVolatility, series: GivenSeries | None = None
) -> Ask[ComputedPlan]:
    """How capital would be spread now, and why; nothing is entered.

    How an owner's capital would be spread now; nothing is entered.

    Without ``series`` volatilities come from the desk's own settled days.
    """
    return _COMPUTE_PLAN.ask(locals())


_GET_PLAN = Operation(name="get_plan", method="GET", path="/plans/{plan_id}", answer=PlanRow)


def get_plan(plan_id: int) -> Ask[PlanRow]:
    """One capital plan."""
    return _GET_PLAN.ask(locals())


_EXPLAIN_PLAN = Operation(
    name="explain_plan", method="GET", path="/plans/{plan_id}/explanation", answer=PlanExplained
)


def explain_plan(plan_id: int) -> Ask[PlanExplained]:
    """Why a plan moves what it moves: the computation, done again from its input."""
    return _EXPLAIN_PLAN.ask(locals())


_APPROVE_PLAN = Operation(
    name="approve_plan",
    method="POST",
    path="/plans/{plan_id}/approve",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def approve_plan(plan_id: int, *, idempotency_key: str | None = None) -> Ask[Outcome]:
    """Approve a plan.

    Approve a proposed plan as a second person.
    """
    return _APPROVE_PLAN.ask(locals())


_REJECT_PLAN = Operation(
    name="reject_plan",
    method="POST",
    path="/plans/{plan_id}/reject",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def reject_plan(
    plan_id: int, *, reason: str = "", idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Reject a plan.

    Reject a proposed or approved plan.
    """
    return _REJECT_PLAN.ask(locals())


_APPLY_PLAN = Operation(
    name="apply_plan",
    method="POST",
    path="/plans/{plan_id}/apply",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def apply_plan(plan_id: int, *, idempotency_key: str | None = None) -> Ask[Outcome]:
    """Apply an approved plan.

    Apply an approved plan as transfers, all or none.
    """
    return _APPLY_PLAN.ask(locals())


class PlansResource(Resource[TransportT]):
    """Calls about plans."""

    list = Listing(list_plans)
    page = Method(list_plans)
    propose = Method(propose_plan)
    compute = Method(compute_plan)
    get = Method(get_plan)
    explain = Method(explain_plan)
    approve = Method(approve_plan)
    reject = Method(reject_plan)
    apply = Method(apply_plan)
    __call__ = Listing(list_plans)
