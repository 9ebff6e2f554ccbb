"""Plans move capital: proposed by one, approved by another, applied whole or not at all."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import CapitalTransferred
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DeskSettings
from tests.engine.acts import apply, approve, approved, line, plan, proposed
from tests.engine.desk import BUY, all_of, kinds, transfer
from tests.engine.firm import DAY, define, money

LINES = (line("ALPHA", "1000000", "400000"), line("BETA", "1000000", "1500000"))


def test_a_plan_is_proposed_approved_and_applied(desk):
    plan_id = approved(*LINES)(desk)
    assert desk.cash("ALPHA") == money("1000000")
    events = desk.done(apply(plan_id))
    assert kinds(events) == ["CapitalTransferred", "CapitalTransferred", "PlanApplied"]
    assert (desk.cash("ALPHA"), desk.cash("BETA")) == (money("400000"), money("1500000"))
    assert desk.reserve() == money("7100000")
    desk.refused(apply(plan_id), Reason.PLAN_STATE)


def test_money_comes_back_before_it_goes_out(desk):
    """Law: the reserve is never negative, on the way neither."""
    desk.done(transfer(None, "GAMMA", "7000000"))
    plan_id = approved(line("BETA", "1000000", "1600000"), line("ALPHA", "1000000", "400000"))(desk)
    moves = all_of(desk.done(apply(plan_id)), CapitalTransferred)
    assert [move.from_book_id for move in moves] == ["ALPHA", "@reserve:FUND"]
    assert desk.reserve() == 0


def test_a_plan_that_needs_more_than_the_reserve_is_refused_whole(desk):
    desk.done(transfer(None, "GAMMA", "7000000"))
    plan_id = approved(line("ALPHA", "1000000", "400000"), line("BETA", "1000000", "1600001"))(desk)
    desk.refused(apply(plan_id), Reason.RESERVE_TOO_SMALL)


def test_the_proposer_does_not_approve(desk):
    plan_id = proposed(*LINES)(desk)
    desk.refused(approve(plan_id, by="planner"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.refused(apply(plan_id), Reason.PLAN_STATE)
    desk.done(approve(plan_id))


@pytest.mark.parametrize(
    "setup", [proposed(*LINES), approved(*LINES)], ids=["proposed", "approved"]
)
def test_a_rejected_plan_is_at_its_end(desk, setup):
    plan_id = setup(desk)
    reject = cmd.RejectPlan(plan_id=plan_id, rejected_by="cio", reason="no")
    desk.done(reject)
    for command in (reject, approve(plan_id), apply(plan_id)):
        desk.refused(command, Reason.PLAN_STATE)


@pytest.mark.parametrize(("late_ns", "is_late"), [(0, False), (1, True)])
def test_a_plan_is_applied_up_to_its_age(desk, late_ns, is_late):
    desk.done(define(DeskSettings(plan_age_ns_max=DAY)))
    plan_id = proposed(*LINES)(desk)
    proposed_ns = desk.now_ns
    desk.done(approve(plan_id))
    rest = proposed_ns + DAY + late_ns - desk.now_ns
    if is_late:
        desk.refused(apply(plan_id), Reason.PLAN_TOO_OLD, after_ns=rest)
    else:
        desk.done(apply(plan_id), after_ns=rest)


def test_capital_that_margin_needs_by_now_is_not_taken(desk):
    plan_id = approved(*LINES)(desk)
    desk.accepted("ALPHA", BUY, 201, at="20")  # 402,000 of margin; the plan leaves 400,000
    desk.refused(apply(plan_id), Reason.PLAN_CAPITAL_CHANGED)


def test_a_plan_names_each_sub_account_of_one_owner_once(desk):
    desk.refused(plan(LINES[0], LINES[0]), Reason.PLAN_LINE_TWICE)
    desk.refused(plan(line("CLIENT1", "0", "1")), Reason.OWNERS_DIFFER)
    desk.refused(plan(LINES[0], owner="CLIENT"), Reason.OWNERS_DIFFER)
    desk.refused(plan(line("ALPHA", "0", "-0.000001")), Reason.PLAN_UNBALANCED)


def test_a_plan_of_nobody_is_refused_and_stops_nothing(desk):
    """Without lines nothing else would have named an owner that there is."""
    desk.refused(plan(owner="NOBODY"), Reason.UNKNOWN_REFERENCE)
    desk.refused(plan(*LINES, owner="NOBODY"), Reason.UNKNOWN_REFERENCE)


def test_a_plan_is_computed_from_what_was_decided(desk):
    last = desk.machine.sequence
    desk.refused(plan(*LINES, at_sequence=last + 1), Reason.PLAN_SEQUENCE_AHEAD)
    desk.done(plan(*LINES, at_sequence=last + 1))


def test_a_line_without_change_moves_nothing(desk):
    plan_id = approved(line("ALPHA", "1000000", "1000000"))(desk)
    assert kinds(desk.done(apply(plan_id))) == ["PlanApplied"]
