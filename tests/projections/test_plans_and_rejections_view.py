"""Plans with their states, and refusals counted by reason."""

from fencang.messages.commands import PlanLine
from fencang.messages.events import (
    CommandRejected,
    OrderRejected,
    OrderRejectedByVenue,
    PlanApplied,
    PlanApproved,
    PlanProposed,
    PlanRejected,
)
from fencang.messages.reasons import Reason
from fencang.projections.plans import Plans, PlanState
from tests.projections.desk_sample import NANOS, Pen


def proposed(plan_id):
    return PlanProposed(
        plan_id=plan_id,
        model="inverse volatility",
        solver_version="1",
        input_sha256="00",
        at_sequence=3,
        owner_id="FUND",
        lines=(PlanLine("A", 1, 2, 1_000_000, "why"),),
        proposed_by="planner",
    )


def test_a_plan_goes_from_proposed_to_applied():
    pen = Pen(proposed(1))
    pen.write(PlanApproved(plan_id=1, approved_by="ann"))
    pen.write(PlanApplied(plan_id=1))
    plan = pen.view.plans.plan(1)
    assert (plan.state, plan.decided_by) == (PlanState.APPLIED, "ann")
    assert (plan.proposed_ns, plan.changed_ns) == (NANOS, 3 * NANOS)
    assert plan.lines[0].new_micros == 2


def test_finished_plans_are_forgotten_first():
    pen = Pen(proposed(1), proposed(2))
    pen.write(PlanRejected(plan_id=2, rejected_by="bob", reason="no"))
    pen.write(proposed(3))
    plans = Plans(plans_max=2)
    for record in pen.records:
        plans.apply(record)
    assert [plan.plan_id for plan in plans.plans()] == [1, 3]
    assert pen.view.plans.plans(PlanState.REJECTED)[0].reason == "no"


def test_refusals_are_counted_per_reason_and_account():
    refused = OrderRejected(
        sub_account_id="A",
        client_order_id="c",
        contract_id="CLH8",
        reason=Reason.LEVERAGE,
        node_id="A",
        limit=1,
        value=2,
        detail="too much",
    )
    pen = Pen(refused, CommandRejected(reason=Reason.SAME_BOOK, detail="same"))
    pen.write(refused, OrderRejectedByVenue(order_id=1, text="no"))
    rejections = pen.view.rejections
    assert rejections.counts() == {Reason.SAME_BOOK: 1, Reason.LEVERAGE: 2}
    assert rejections.counts_of("A") == {Reason.LEVERAGE: 2}
    assert rejections.venue_count == 1
    assert [item.detail for item in rejections.recent()] == ["too much", "same", "too much"]
