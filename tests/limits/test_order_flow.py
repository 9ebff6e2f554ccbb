"""The flow of orders: bursts, refills, no bucket that stays shut, the level that refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.order_flow import OrderFlow
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FlowControl

PATH = ("ALPHA", "MASTER")
SECOND = 10**9


def flow(*rows):
    found = OrderFlow()
    for node, messages, working in rows:
        row = FlowControl(node_id=node, messages_max=messages, working_orders_max=working)
        found.set(row)
    return found


def sent(found, moments):
    """Return which of the moments a message got through at."""
    through = []
    for now in moments:
        if found.message_refusal(PATH, now) is None:
            found.spend(PATH, now)
            through.append(now)
    return through


def test_a_whole_burst_may_go_at_once_and_no_more():
    assert len(sent(flow(("MASTER", 5, None)), [SECOND] * 9)) == 5


def test_one_more_is_free_after_a_fifth_of_the_period():
    found = flow(("MASTER", 5, None))
    sent(found, [SECOND] * 5)
    refused = found.message_refusal(PATH, SECOND + 199_999_999)
    assert refused[:3] == (Reason.MESSAGE_RATE, "MASTER", 5)
    assert "free in 1 ns" in refused[4]
    assert found.message_refusal(PATH, SECOND + 200_000_000) is None


def test_the_strictest_level_refuses_and_is_named():
    found = flow(("ALPHA", 2, None), ("MASTER", 5, None))
    assert len(sent(found, [0] * 9)) == 2
    assert found.message_refusal(PATH, 0)[1] == "ALPHA"
    assert found.message_refusal(("BETA", "MASTER"), 0) is None


def test_none_at_all_is_none():
    assert flow(("MASTER", 0, None)).message_refusal(PATH, SECOND) is not None


@given(
    messages=st.integers(1, 50),
    gaps=st.lists(st.integers(0, 3 * 10**8), max_size=200),
)
def test_no_window_of_a_period_lets_twice_the_burst_through(messages, gaps):
    """Law: in any period at most a burst and what was refilled meanwhile; and it opens again."""
    found, now, moments = flow(("MASTER", messages, None)), 0, []
    for gap in gaps:
        now += gap
        moments.append(now)
    through = sent(found, moments)
    for place, first in enumerate(through):
        inside = [moment for moment in through[place:] if moment < first + SECOND]
        assert len(inside) <= 2 * messages
    assert len(sent(found, [now + 2 * SECOND] * (messages + 1))) == messages


def test_working_orders_are_counted_at_every_level():
    found = flow(("ALPHA", None, 2), ("MASTER", None, 3))
    found.count(PATH, 2)
    refused = found.working_refusal(PATH)
    assert refused[:4] == (Reason.WORKING_ORDERS_MAX, "ALPHA", 2, 3)
    assert found.working_refusal(("BETA", "MASTER")) is None
    found.count(("BETA", "MASTER"), 1)
    assert found.working_refusal(("BETA", "MASTER"))[1] == "MASTER"
    found.count(PATH, -1)
    assert found.working_refusal(PATH) is None


@pytest.mark.parametrize("messages", [1, 3, 7])
def test_an_interval_is_rounded_up(messages):
    """Never more than the period's messages in the long run."""
    found = flow(("MASTER", messages, None))
    moments = [step * 10**7 for step in range(1_001)]
    assert len(sent(found, moments)) <= 10 * messages + messages


@given(
    st.integers(0, 5),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30),
)
def test_a_bucket_refuses_what_its_count_says(messages, period_ns, steps):
    """Twin: what every order asks is counted out once; ``spent`` counts for an explanation."""
    flow = OrderFlow()
    row = FlowControl(node_id="BOOK", messages_max=messages, messages_ns=period_ns)
    flow.set(row)
    time_ns = 1
    for passed_ns, is_sent in steps:
        time_ns += passed_ns
        refusal = flow.message_refusal(("BOOK", "MASTER"), time_ns)
        assert (refusal is not None) == (flow.spent(row, time_ns)[0] > messages)
        if is_sent:
            flow.spend(("BOOK", "MASTER"), time_ns)
