"""Ratios, cancels, repetitions and like orders on a desk: what counts, what always passes."""

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.trade_flow import trade_flow_check, trade_flow_evaluations
from fencang.messages.events import CancelRequested, OperatorCalled, OrderAccepted, OrderRejected
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_events import DayCounted, DayLimitNeared, StrategyDisabled
from fencang.refdata.trade_flow import TRADE_FLOW_FIELDS
from tests.engine.desk import BUY, SELL, all_of, kinds, only, order
from tests.engine.firm import SECOND, TUESDAY, changed, define, sub_account
from tests.engine.flow_firm import FREE_TRADE_FLOW, reenable, trade_flow

MINUTE = 60 * SECOND


@pytest.fixture
def free(desk):
    desk.done(define(FREE_TRADE_FLOW))
    return desk


def limited(desk, node="ALPHA", scope="*", **fields):
    desk.done(define(trade_flow(node, scope, **fields), approved_by=""))
    return desk


def refusal(events, reason):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is reason, found
    return found


# ------------------------------------------------------------------------------ order-to-trade


def test_messages_beyond_the_ratio_are_refused_until_there_is_an_execution(free):
    """2 free messages, 3 for each execution: after one execution 5 are allowed."""
    limited(free, order_to_trade_max=3, free_messages=2)
    first = free.working("ALPHA", BUY, 1, at="20")
    second = free.working("ALPHA", BUY, 1, at="19")
    found = refusal(free.submit("ALPHA", BUY, 1, at="18"), Reason.ORDER_TO_TRADE)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 2, 3)
    free.fill(first, 1, "20")
    free.working("ALPHA", BUY, 1, at="18")
    assert only(free.cancel(second), CancelRequested)
    free.cancelled(second)
    free.working("ALPHA", BUY, 1, at="17")
    found = refusal(free.submit("ALPHA", BUY, 1, at="18"), Reason.ORDER_TO_TRADE)
    assert (found.limit, found.value) == (5, 6)
    free.accepted("BETA", BUY, 1, at="20")


def test_a_replacement_beyond_the_ratio_is_refused_unless_it_is_smaller(free):
    known = free.working("ALPHA", BUY, 3, at="20")
    limited(free, order_to_trade_max=0, free_messages=0)
    (found,) = free.replace(known, 3, at="19")
    assert found.reason is Reason.ORDER_TO_TRADE
    assert kinds(free.replace(known, 2)) == ["ReplaceRequested"]


def test_reductions_pass_beyond_the_ratio_and_are_counted(free):
    free.trade("ALPHA", BUY, 2, "20")
    limited(free, order_to_trade_max=0, free_messages=1)
    free.accepted("ALPHA", SELL, 1, at="21")
    found = refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)
    assert (found.limit, found.value) == (1, 2)
    free.accepted("ALPHA", SELL, 1, at="21")


def test_a_new_day_of_the_venue_counts_from_nothing(free):
    limited(free, order_to_trade_max=0, free_messages=1)
    free.accepted("ALPHA", BUY, 1, at="20")
    refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)
    free.next_day(TUESDAY)
    free.accepted("ALPHA", BUY, 1, at="20")
    refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)


def test_venues_are_counted_apart_and_contracts_where_a_row_says_so(free):
    limited(free, order_to_trade_max=0, free_messages=1)
    free.accepted("ALPHA", BUY, 1, at="20")
    found = refusal(free.submit("ALPHA", BUY, 1, "ESM0", at="3000"), Reason.ORDER_TO_TRADE)
    assert "in NYMEX" in found.detail
    free.accepted("ALPHA", BUY, 1, "FDAX", at="10000")
    limited(free, "BETA", order_to_trade_max=0, free_messages=1, of_each_contract=True)
    free.accepted("BETA", BUY, 1, at="20")
    free.accepted("BETA", BUY, 1, "ESM0", at="3000")
    found = refusal(free.submit("BETA", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)
    assert "in CLM0" in found.detail


def test_a_node_counts_what_stands_below_it_and_a_row_for_a_product_only_that(free):
    free.done(define(sub_account("NEST", parent="ALPHA")))
    free.fund("NEST", "100000")
    limited(free, "ALPHA", "CL", order_to_trade_max=0, free_messages=2)
    free.accepted("ALPHA", BUY, 1, at="20")
    free.accepted("NEST", BUY, 1, "CLN0", at="20")
    free.accepted("ALPHA", BUY, 1, "ESM0", at="3000")
    found = refusal(free.submit("NEST", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)
    assert (found.node_id, found.value) == ("ALPHA", 3)
    limited(free, "venue:EUREX", order_to_trade_max=0, free_messages=0)
    assert (
        refusal(free.submit("BETA", BUY, 1, "FDAX", at="10000"), Reason.ORDER_TO_TRADE).node_id
        == "venue:EUREX"
    )


# ------------------------------------------------------------------------------------- cancels


def test_new_orders_stop_at_the_cancels_of_the_day_and_cancels_never(free):
    limited(free, cancels_max=2)
    known = [free.working("ALPHA", BUY, 1, at="20") for _ in range(4)]
    free.cancel(known[0])
    free.accepted("ALPHA", BUY, 1, at="20")
    free.cancel(known[1])
    found = refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.CANCELS_MAX)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 2, 3)
    assert only(free.cancel(known[2]), CancelRequested)
    assert kinds(free.replace(known[3], 2)) == ["ReplaceRequested"]
    free.next_day(TUESDAY)
    free.accepted("ALPHA", BUY, 1, at="20")


def test_cancels_are_told_at_50_80_and_100_per_cent_once_a_day(free):
    limited(free, cancels_max=5)
    known = [free.working("ALPHA", BUY, 1, at="20") for _ in range(7)]
    told = []
    for each in known:
        told += [
            (near.per_cent, near.value)
            for near in all_of(free.cancel(each), DayLimitNeared)
            if near.counted is DayCounted.CANCELS
        ]
    assert told == [(50, 3), (80, 4), (100, 5)]
    free.next_day(TUESDAY)
    free.done(define(changed(FREE_TRADE_FLOW, cancels_max=2), approved_by=""))
    other = free.working("BETA", BUY, 1, at="20")
    near = only(free.cancel(other, "BETA"), DayLimitNeared)
    assert (near.node_id, near.counted_id, near.per_cent, near.limit) == ("MASTER", "NYMEX", 50, 2)


def test_messages_are_told_when_they_near_what_is_allowed(free):
    limited(free, order_to_trade_max=10, free_messages=4)
    told = [
        all_of(free.submit("ALPHA", BUY, 1, at=f"1{step}"), DayLimitNeared) for step in range(4)
    ]
    assert [[(near.per_cent, near.value) for near in each] for each in told] == [
        [],
        [(50, 2)],
        [],
        [(100, 4)],
    ]


# ------------------------------------------------------------------------- repeated executions


def repeat(desk, times, side=BUY, at="20"):
    """Let ALPHA's orders be executed so many times; return the events of the last fill."""
    events = []
    for _ in range(times):
        order_id = desk.accepted("ALPHA", side, 1, at=at)
        events = desk.fill(order_id, 1, at)
    return events


def test_a_strategy_that_repeats_itself_is_disabled_until_two_persons_enable_it(free):
    limited(free, repeated_executions_max=3, repeated_ns=MINUTE)
    assert all_of(repeat(free, 2), StrategyDisabled) == []
    working = free.working("ALPHA", BUY, 1, at="10")
    events = repeat(free, 1)
    disabled = only(events, StrategyDisabled)
    assert (disabled.sub_account_id, disabled.node_id) == ("ALPHA", "ALPHA")
    assert (disabled.executions, disabled.executions_max, disabled.side) == (3, 3, BUY)
    assert only(events, OperatorCalled).subject == "sub-account ALPHA"
    found = refusal(free.submit("ALPHA", BUY, 1, "ESM0", at="3000"), Reason.REPEATED_EXECUTION)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 3, 3)
    free.accepted("ALPHA", SELL, 1, at="20")
    (enlarged,) = free.replace(working, 2)
    assert enlarged.reason is Reason.REPEATED_EXECUTION
    assert only(free.cancel(working), CancelRequested)
    free.accepted("BETA", BUY, 1, at="20")
    free.now_ns += 3_600 * SECOND
    refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.REPEATED_EXECUTION)
    free.refused(reenable(approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    free.refused(reenable(approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    free.refused(reenable("NOBODY"), Reason.UNKNOWN_SUB_ACCOUNT)
    free.done(reenable())
    repeat(free, 2)
    assert only(repeat(free, 1), StrategyDisabled)


def test_executions_far_apart_or_of_both_sides_repeat_nothing(free):
    limited(free, repeated_executions_max=3, repeated_ns=MINUTE)
    for side in (BUY, SELL, BUY, SELL):
        repeat(free, 1, side)
    free.now_ns += 2 * MINUTE
    repeat(free, 2)
    free.now_ns += 2 * MINUTE
    repeat(free, 2)
    assert free.state.risk.trade_flow.disabled == {}


def test_an_order_counts_once_however_many_fills_it_takes(free):
    limited(free, repeated_executions_max=2, repeated_ns=MINUTE)
    order_id = free.accepted("ALPHA", BUY, 5, at="20")
    for _ in range(5):
        free.fill(order_id, 1, "20")
    assert free.state.risk.trade_flow.disabled == {}
    assert only(repeat(free, 1), StrategyDisabled)


# ------------------------------------------------------------------------------- like orders


def test_a_like_order_is_refused_within_its_time_and_any_other_passes(free):
    limited(free, duplicate_ns=10 * SECOND)
    free.accepted("ALPHA", BUY, 1, at="20")
    found = refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_REPEATED)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 10 * SECOND, SECOND)
    free.accepted("ALPHA", BUY, 2, at="20")
    free.accepted("ALPHA", BUY, 1, at="20.01")
    free.accepted("ALPHA", SELL, 1, at="20.02")
    free.accepted("ALPHA", BUY, 1, "CLN0", at="20")
    free.accepted("BETA", BUY, 1, at="20")
    free.now_ns += 4 * SECOND
    free.accepted("ALPHA", BUY, 1, at="20")


def test_a_refused_order_does_not_make_the_next_one_wait_longer(free):
    limited(free, duplicate_ns=3 * SECOND)
    free.accepted("ALPHA", BUY, 1, at="20")
    for _ in range(2):
        refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_REPEATED)
    free.accepted("ALPHA", BUY, 1, at="20")


def test_a_reduction_may_be_repeated(free):
    free.trade("ALPHA", BUY, 2, "20")
    limited(free, duplicate_ns=10 * SECOND)
    free.accepted("ALPHA", SELL, 1, at="21")
    assert isinstance(free.submit("ALPHA", SELL, 1, at="21")[0], OrderAccepted)


def test_what_was_sent_long_ago_is_forgotten(free):
    limited(free, duplicate_ns=10 * SECOND)
    for step in range(3):
        free.accepted("ALPHA", BUY, 1, at=f"1{step}")
    assert len(free.state.risk.trade_flow.sent) == 3
    free.now_ns += MINUTE
    free.accepted("ALPHA", BUY, 1, at="20")
    assert len(free.state.risk.trade_flow.sent) == 1


# ------------------------------------------------------------------------- rows and persons


def test_the_root_states_every_field(desk):
    found = desk.refused(define(trade_flow("ALPHA", cancels_max=1)), Reason.FAULTY_DEFINITION)
    assert "MASTER has no TradeFlowControl" in found.detail
    for field in TRADE_FLOW_FIELDS:
        refused = desk.refused(
            define(changed(FREE_TRADE_FLOW, **{field: None})), Reason.FAULTY_DEFINITION
        )
        assert f"{field} is open at the root" in refused.detail


TIGHT = trade_flow(
    "ALPHA",
    order_to_trade_max=5,
    free_messages=5,
    cancels_max=5,
    repeated_executions_max=5,
    repeated_ns=MINUTE,
    duplicate_ns=SECOND,
)


@pytest.mark.parametrize(
    ("field", "narrower", "wider"),
    [
        ("order_to_trade_max", 4, 6),
        ("free_messages", 4, 6),
        ("cancels_max", 4, None),
        ("repeated_executions_max", 4, 6),
        ("repeated_ns", 2 * MINUTE, SECOND),
        ("duplicate_ns", 2 * SECOND, None),
        ("of_each_contract", False, True),
    ],
)
def test_narrowing_needs_one_person_and_widening_two(free, field, narrower, wider):
    free.done(define(TIGHT, approved_by=""))
    free.done(define(changed(TIGHT, **{field: narrower}), approved_by=""))
    row = changed(TIGHT, **{field: wider})
    free.refused(define(row, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    free.done(define(row))


def test_a_row_that_is_narrowed_keeps_what_it_counted(free):
    limited(free, order_to_trade_max=0, free_messages=5, repeated_executions_max=9)
    repeat(free, 2)
    limited(free, order_to_trade_max=0, free_messages=2, repeated_executions_max=3)
    refusal(free.submit("ALPHA", BUY, 1, at="20"), Reason.ORDER_TO_TRADE)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"order_to_trade_max": 0, "free_messages": 1},
        {"cancels_max": 0},
        {"repeated_executions_max": 1},
        {"duplicate_ns": MINUTE},
    ],
)
def test_the_first_evaluation_that_fails_is_the_refusal(free, fields):
    free.trade("ALPHA", BUY, 1, "20")
    if fields:
        limited(free, **fields)
    if "cancels_max" not in fields:
        free.trade("ALPHA", BUY, 1, "20")
    free.state.begin(free.machine.sequence, free.now_ns)
    command = order("ALPHA", BUY, 1, at="20")
    line = free.state.subs["ALPHA"].lines["C1", "CLM0"]
    refused = trade_flow_check(ask_of_submit(free.state, command, line))
    found = list(trade_flow_evaluations(ask_of_submit(free.state, command, line)))
    failed = [each for each in found if not each.passes]
    if refused is None:
        assert failed == []
    else:
        first = failed[0]
        assert (first.reason, first.node_id, first.limit, first.value) == refused[:4]
    assert (refused is None) == (not fields)
