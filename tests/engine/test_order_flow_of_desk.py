"""Throttle and working-order limits on a desk: what counts, what never does, what survives."""

import pytest

from fencang.messages.events import CancelRequested, OrderAccepted, OrderRejected
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FLOW_FIELDS, FlowControl
from tests.engine.control_firm import FREE_FLOW
from tests.engine.desk import BUY, SELL, only
from tests.engine.firm import SECOND, changed, define

HOUR = 3_600 * SECOND


def flow(node="MASTER", **fields):
    return FlowControl(node_id=node, **fields)


@pytest.fixture
def throttled(desk):
    """Three messages in an hour for ALPHA, two orders at work."""
    desk.done(define(FREE_FLOW))
    desk.done(define(flow("ALPHA", messages_max=3, messages_ns=HOUR, working_orders_max=2)))
    return desk


def refusal(events, reason):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is reason, found
    return found


def test_orders_and_replaces_are_messages_and_cancels_never(throttled):
    first = throttled.working("ALPHA", BUY, 1, at="20")
    throttled.replace(first, 2)
    assert only(throttled.cancel(first), CancelRequested)
    throttled.cancelled(first)
    throttled.accepted("ALPHA", BUY, 1, at="20")
    found = refusal(throttled.submit("ALPHA", BUY, 1, at="20"), Reason.MESSAGE_RATE)
    assert (found.node_id, found.limit) == ("ALPHA", 3)
    throttled.accepted("BETA", BUY, 1, at="20")


def test_a_throttle_opens_again_and_reductions_never_wait(throttled):
    throttled.trade("ALPHA", BUY, 3, "20")
    throttled.trade("ALPHA", BUY, 1, "20")
    throttled.trade("ALPHA", BUY, 1, "20")
    refusal(throttled.submit("ALPHA", BUY, 1, at="20"), Reason.MESSAGE_RATE)
    assert isinstance(throttled.submit("ALPHA", SELL, 1, at="20")[0], OrderAccepted)
    throttled.now_ns += HOUR
    throttled.accepted("ALPHA", BUY, 1, at="20")


def test_working_orders_are_counted_until_they_end(throttled):
    first = throttled.working("ALPHA", BUY, 1, at="20")
    throttled.working("ALPHA", BUY, 1, at="20")
    throttled.now_ns += HOUR
    found = refusal(throttled.submit("ALPHA", BUY, 1, at="20"), Reason.WORKING_ORDERS_MAX)
    assert (found.limit, found.value) == (2, 3)
    throttled.fill(first, 1, "20")
    throttled.accepted("ALPHA", BUY, 1, at="20")


def test_orders_that_work_when_the_first_row_comes_are_counted(desk):
    desk.working("ALPHA", BUY, 1, at="20")
    desk.done(define(FREE_FLOW))
    desk.done(define(flow("ALPHA", working_orders_max=1)))
    refusal(desk.submit("ALPHA", BUY, 1, at="20"), Reason.WORKING_ORDERS_MAX)


def test_the_root_states_both(desk):
    found = desk.refused(define(flow("ALPHA", messages_max=1)), Reason.FAULTY_DEFINITION)
    assert "MASTER has no FlowControl" in found.detail
    for field in FLOW_FIELDS:
        refused = desk.refused(
            define(changed(FREE_FLOW, **{field: None})), Reason.FAULTY_DEFINITION
        )
        assert f"{field} is open at the root" in refused.detail


def test_narrowing_needs_one_person_and_widening_two(throttled):
    tight = changed(FREE_FLOW, messages_max=10)
    throttled.done(define(tight, approved_by=""))
    throttled.done(define(flow("BETA", messages_max=1, working_orders_max=1), approved_by=""))
    for wider in (
        FREE_FLOW,
        changed(tight, messages_ns=1),
        flow("ALPHA", messages_max=3, messages_ns=HOUR),
    ):
        throttled.refused(define(wider, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
