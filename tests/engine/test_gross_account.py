"""A gross account keeps both sides: open, close, today's and yesterday's lots, frozen lots."""

import pytest

from fencang.messages.events import FillAllocated, FillSuspended, OrderAccepted
from fencang.messages.message import Offset
from fencang.messages.reasons import Reason
from tests.engine.desk import (
    BUY,
    CLOSE,
    CLOSE_TODAY,
    CLOSE_YESTERDAY,
    OPEN,
    SELL,
    assign,
    kinds,
    only,
    order,
)
from tests.engine.firm import TUESDAY, define, limit, money, sub_account

CU = "CU06"


def opened(desk, side, lots, at="40000", sub="ALPHA"):
    desk.trade(sub, side, lots, at, contract=CU, offset=OPEN)


def close(side, lots, offset=CLOSE, sub="ALPHA"):
    return order(sub, side, lots, CU, "40000", offset=offset)


def lots(desk, sub="ALPHA"):
    return desk.lots(sub, CU, "CN1")


def next_day(desk):
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")


def test_long_and_short_stand_side_by_side_and_both_are_margined(desk):
    opened(desk, BUY, 5)
    opened(desk, SELL, 3)
    assert lots(desk) == (5, 3)
    carrying = desk.state.carrying["CN1"].book.positions[CU]
    assert (carrying.long_lots, carrying.short_lots) == (5, 3)
    margin = 8 * money("2800")  # 10 % of 200,000 CNY at 0.14
    assert desk.requirement("ALPHA") == margin


def test_working_opens_are_margined_and_working_closes_earn_no_credit(desk):
    opened(desk, BUY, 5)
    before = desk.requirement("ALPHA")
    desk.accepted("ALPHA", SELL, 5, CU, "40000", offset=CLOSE)
    assert desk.requirement("ALPHA") == before
    desk.accepted("ALPHA", BUY, 2, CU, "40000", offset=OPEN)
    assert desk.requirement("ALPHA") == before * 7 // 5


def test_a_close_reduces_the_other_side_and_only_that(desk):
    opened(desk, BUY, 5)
    opened(desk, SELL, 3)
    desk.trade("ALPHA", SELL, 4, "40010", contract=CU, offset=CLOSE)
    assert lots(desk) == (1, 3)
    desk.trade("ALPHA", BUY, 3, "40010", contract=CU, offset=CLOSE)
    assert lots(desk) == (1, 0)


def test_a_close_beyond_the_own_lots_is_refused_whatever_others_hold(desk):
    opened(desk, BUY, 5)
    opened(desk, BUY, 50, sub="BETA")
    refusal = desk.refused(close(SELL, 6), Reason.CLOSE_LOTS_TOO_FEW)
    assert (refusal.limit, refusal.value) == (5, 6)


def test_lots_of_a_working_close_are_frozen(desk):
    opened(desk, BUY, 5)
    order_id = desk.working("ALPHA", SELL, 3, CU, "40000", offset=CLOSE)
    refusal = desk.refused(close(SELL, 3), Reason.CLOSE_LOTS_TOO_FEW)
    assert refusal.limit == 2
    desk.cancelled(order_id)
    desk.done(close(SELL, 5))


def test_todays_lots_become_yesterdays_with_the_session_of_the_next_day(desk):
    opened(desk, BUY, 5)
    desk.refused(close(SELL, 1, CLOSE_YESTERDAY), Reason.CLOSE_LOTS_TOO_FEW)
    next_day(desk)
    desk.refused(close(SELL, 1, CLOSE_TODAY), Reason.CLOSE_LOTS_TOO_FEW)
    opened(desk, BUY, 2)
    desk.refused(close(SELL, 3, CLOSE_TODAY), Reason.CLOSE_LOTS_TOO_FEW)
    desk.refused(close(SELL, 6, CLOSE_YESTERDAY), Reason.CLOSE_LOTS_TOO_FEW)
    desk.trade("ALPHA", SELL, 2, "40000", contract=CU, offset=CLOSE_TODAY)
    desk.refused(close(SELL, 1, CLOSE_TODAY), Reason.CLOSE_LOTS_TOO_FEW)
    desk.trade("ALPHA", SELL, 5, "40000", contract=CU, offset=CLOSE_YESTERDAY)
    assert lots(desk) == (0, 0)


def test_a_night_session_of_the_same_trading_day_keeps_todays_lots_todays(desk):
    opened(desk, BUY, 5)
    desk.next_day(desk_day(desk), "SHFE")
    desk.done(close(SELL, 5, CLOSE_TODAY))


def desk_day(desk):
    return TUESDAY.fromordinal(desk.state.venues["SHFE"].today)


@pytest.mark.parametrize(("first", "second"), [(CLOSE_TODAY, CLOSE), (CLOSE, CLOSE_TODAY)])
def test_closes_of_different_kinds_share_the_same_lots(desk, first, second):
    opened(desk, BUY, 5)
    desk.accepted("ALPHA", SELL, 4, CU, "40000", offset=first)
    desk.refused(close(SELL, 2, second), Reason.CLOSE_LOTS_TOO_FEW)
    desk.done(close(SELL, 1, second))


def test_a_close_today_pays_the_close_today_fee(desk):
    """10 CNY a lot to open or to close, nothing to close lots of the same day."""
    opened(desk, BUY, 5)
    order_id = desk.accepted("ALPHA", SELL, 3, CU, "40000", offset=CLOSE_TODAY)
    assert only(desk.fill(order_id, 3, "40000"), FillAllocated).fee_micros == 0
    assert desk.cash("ALPHA", "CNY") == -money("50")
    next_day(desk)
    order_id = desk.accepted("ALPHA", SELL, 2, CU, "40000", offset=CLOSE_YESTERDAY)
    assert only(desk.fill(order_id, 2, "40000"), FillAllocated).fee_micros == money("20")


def test_an_over_close_by_the_venue_goes_to_suspense_as_lots_owed(desk):
    opened(desk, BUY, 5)
    opened(desk, BUY, 5, sub="BETA")
    order_id = desk.working("ALPHA", SELL, 5, CU, "40000", offset=CLOSE)
    events = desk.fill(order_id, 7, "40000")
    assert only(events, FillAllocated).quantity_lots == 5
    suspended = only(events, FillSuspended)
    assert suspended.quantity_lots == 2
    assert (lots(desk), desk.suspended(CU, "CN1")) == ((0, 0), (-2, 0))
    desk.done(assign(suspended.execution_id, "BETA", 2, account="CN1"))
    assert (lots(desk, "BETA"), desk.suspended(CU, "CN1")) == ((3, 0), (0, 0))


def test_suspended_closes_never_take_lots_that_a_working_close_has_frozen(desk):
    opened(desk, BUY, 5)
    opened(desk, BUY, 5, sub="BETA")
    order_id = desk.working("ALPHA", SELL, 5, CU, "40000", offset=CLOSE)
    execution_id = only(desk.fill(order_id, 7, "40000"), FillSuspended).execution_id
    desk.working("BETA", SELL, 4, CU, "40000", offset=CLOSE)
    desk.refused(assign(execution_id, "BETA", 2, account="CN1"), Reason.SUSPENSE_LOTS_TOO_FEW)
    desk.done(assign(execution_id, "BETA", 1, account="CN1"))


def test_a_fill_with_another_offset_than_ordered_goes_to_suspense(desk):
    opened(desk, BUY, 5)
    order_id = desk.working("ALPHA", SELL, 5, CU, "40000", offset=CLOSE)
    events = desk.fill(order_id, 5, "40000", offset=OPEN)
    assert kinds(events) == ["FillBooked", "FillSuspended", "OperatorCalled"]
    assert (lots(desk), desk.suspended(CU, "CN1")) == ((5, 0), (0, 5))


def test_a_fill_without_an_offset_cannot_be_booked_in_a_gross_account(desk):
    opened(desk, BUY, 5)
    order_id = desk.working("ALPHA", SELL, 5, CU, "40000", offset=CLOSE)
    events = desk.fill(order_id, 5, "40000", offset=Offset.NET)
    assert kinds(events) == ["CommandRejected", "OperatorCalled"]
    assert events[0].reason is Reason.OFFSET_MISMATCH


def test_a_larger_close_needs_free_lots(desk):
    opened(desk, BUY, 5)
    order_id = desk.working("ALPHA", SELL, 3, CU, "40000", offset=CLOSE)
    assert desk.replace(order_id, 6)[0].reason is Reason.CLOSE_LOTS_TOO_FEW
    assert kinds(desk.replace(order_id, 5)) == ["ReplaceRequested"]


def test_a_larger_close_today_needs_todays_lots(desk):
    """A replacement is checked as a new order would be."""
    opened(desk, BUY, 5)
    next_day(desk)
    opened(desk, BUY, 2)
    order_id = desk.working("ALPHA", SELL, 2, CU, "40000", offset=CLOSE_TODAY)
    assert desk.replace(order_id, 3)[0].reason is Reason.CLOSE_LOTS_TOO_FEW


def test_one_contract_in_a_net_and_a_gross_account_is_limited_by_the_sum(desk):
    """A node's worst case does not depend on which account traded first."""
    desk.done(define(sub_account("BOTH", routes={"NYMEX": "CN1"}), limit("MASTER", "CLM0", 12)))
    desk.fund("BOTH", "1000000")
    desk.trade("BOTH", BUY, 5, "20", offset=OPEN)
    desk.trade("ALPHA", BUY, 5, "20")
    refusal = desk.refused(order("ALPHA", BUY, 3, at="20"), Reason.POSITION_LIMIT)
    assert (refusal.node_id, refusal.value) == ("MASTER", 13)
    assert isinstance(desk.submit("BOTH", BUY, 2, at="20", offset=OPEN)[0], OrderAccepted)
