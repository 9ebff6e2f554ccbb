"""Ratios, cancels and repetitions as functions: exactly at the limit passes, one more does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.row_scopes import covering
from fencang.limits.trade_flow import (
    alert_per_cent,
    cancels_refusal,
    disabled_refusal,
    duplicate_refusal,
    messages_max,
    order_to_trade_refusal,
)
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.trade_flow import TradeFlowControl


def row(**fields):
    return TradeFlowControl(node_id="ALPHA", **fields)


def test_every_execution_allows_so_many_messages_beside_the_free_ones():
    limits = row(order_to_trade_max=4, free_messages=10)
    assert [messages_max(limits, executions) for executions in (0, 1, 3)] == [10, 14, 22]
    assert order_to_trade_refusal(limits, "NYMEX", 14, 1) is None
    refusal = order_to_trade_refusal(limits, "NYMEX", 15, 1)
    assert refusal[:4] == (Reason.ORDER_TO_TRADE, "ALPHA", 14, 15)
    assert "1 executions allow 14 messages" in refusal[4]


def test_what_a_row_does_not_state_is_not_asked():
    assert order_to_trade_refusal(row(free_messages=1), "NYMEX", 9, 0) is None
    assert cancels_refusal(row(), "NYMEX", 9_999) is None


def test_a_new_order_must_leave_room_for_its_cancel():
    limits = row(cancels_max=400)
    assert cancels_refusal(limits, "CU06", 400) is None
    refusal = cancels_refusal(limits, "CU06", 401)
    assert refusal[:4] == (Reason.CANCELS_MAX, "ALPHA", 400, 401)


def test_a_like_order_waits_for_its_time():
    assert duplicate_refusal("ALPHA", 500, None) is None
    assert duplicate_refusal("ALPHA", 500, 500) is None
    refusal = duplicate_refusal("ALPHA", 500, 499)
    assert refusal[:4] == (Reason.ORDER_REPEATED, "ALPHA", 500, 499)


def test_a_disabled_sub_account_is_told_what_it_repeated():
    refusal = disabled_refusal("MASTER", "CLM0", Side.SELL, 5, 5)
    assert refusal[:4] == (Reason.REPEATED_EXECUTION, "MASTER", 5, 5)
    assert "5 orders to sell CLM0" in refusal[4]


@pytest.mark.parametrize(
    ("count", "limit", "share"),
    [
        (199, 400, 0),
        (200, 400, 50),
        (319, 400, 50),
        (320, 400, 80),
        (399, 400, 80),
        (400, 400, 100),
        (900, 400, 100),
        (1, 3, 0),
        (2, 3, 50),
        (3, 3, 100),
        (7, 0, 0),
    ],
)
def test_shares_of_a_limit_are_told_when_they_are_reached(count, limit, share):
    assert alert_per_cent(count, limit) == share


@given(count=st.integers(0, 10**6), limit=st.integers(1, 10**6))
def test_a_share_never_falls_while_the_count_rises(count, limit):
    assert alert_per_cent(count, limit) <= alert_per_cent(count + 1, limit)


def test_rows_are_found_node_by_node_and_the_narrowest_scope_first():
    rows = {
        (node, scope): node + scope
        for node, scope in (("MASTER", "*"), ("ALPHA", "CL"), ("ALPHA", "CLM0"), ("BETA", "*"))
    }
    assert covering(rows, ("ALPHA", "MASTER"), ("CLM0", "CL")) == (
        "ALPHACLM0",
        "ALPHACL",
        "MASTER*",
    )
    assert covering(rows, ("GAMMA",), ("CLM0", "CL")) == ()
