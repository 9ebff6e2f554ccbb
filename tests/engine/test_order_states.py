"""The states of an order; lots stay reserved until the venue, not the wish, frees them."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import (
    CancelRequested,
    FillAllocated,
    OperatorCalled,
    OrderCancelled,
    OrderReplaced,
)
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL, assign, kinds, only, order
from tests.engine.firm import price


def test_an_accepted_order_reserves_its_lots_and_goes_to_the_venue(desk):
    events = desk.submit("ALPHA", BUY, 10, at="20")
    assert kinds(events) == ["OrderAccepted", "OrderRouted"]
    assert desk.order_state(events[0].order_id) == "PENDING_NEW"
    assert desk.reserved("ALPHA") == (10, 0)
    assert desk.requirement("ALPHA") == 10 * 2_000_000_000  # 10 % of 20 × 1,000 a lot


def test_a_venue_works_fills_in_part_and_fills_an_order(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    assert desk.order_state(order_id) == "WORKING"
    desk.fill(order_id, 4, "19.99")
    assert desk.order_state(order_id) == "PARTLY_FILLED"
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (4, (6, 0))
    desk.fill(order_id, 6, "20")
    assert desk.order_state(order_id) == "FILLED"
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (10, (0, 0))


def test_a_fill_may_come_before_the_word_that_the_order_works(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    desk.fill(order_id, 4, "20")
    desk.done(cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"))
    assert desk.order_state(order_id) == "PARTLY_FILLED"


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (lambda order_id: cmd.ReportOrderRejected(order_id=order_id, text="no"), "REJECTED"),
        (lambda order_id: cmd.ReportOrderExpired(order_id=order_id), "EXPIRED"),
        (lambda order_id: cmd.ReportOrderCancelled(order_id=order_id), "CANCELLED"),
    ],
)
def test_the_venues_end_of_an_order_frees_its_lots(desk, report, state):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    desk.done(report(order_id))
    assert desk.order_state(order_id) == state
    assert desk.reserved("ALPHA") == (0, 0)
    assert desk.requirement("ALPHA") == 0
    desk.refused(report(order_id), Reason.ORDER_NOT_WORKING)


def test_a_refusal_after_fills_calls_a_person(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.fill(order_id, 4, "20")
    events = desk.done(cmd.ReportOrderRejected(order_id=order_id, text="late thought"))
    assert kinds(events) == ["OrderRejectedByVenue", "OperatorCalled"]
    assert desk.net("ALPHA") == 4


def test_a_cancel_frees_lots_on_the_venues_answer_not_on_the_wish(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    assert kinds(desk.cancel(order_id)) == ["CancelRequested"]
    assert desk.reserved("ALPHA") == (10, 0)
    assert only(desk.cancelled(order_id), OrderCancelled).was_requested
    assert desk.reserved("ALPHA") == (0, 0)


def test_a_refused_cancel_leaves_the_order_as_it_stood(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.cancel(order_id)
    desk.done(cmd.ReportCancelRejected(order_id=order_id, text="too late"))
    assert (desk.order_state(order_id), desk.reserved("ALPHA")) == ("WORKING", (10, 0))
    assert kinds(desk.cancel(order_id)) == ["CancelRequested"]


def test_a_fill_between_cancel_and_its_answer_is_booked(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.cancel(order_id)
    assert kinds(desk.fill(order_id, 3, "20")) == ["FillBooked", "FillAllocated"]
    assert desk.reserved("ALPHA") == (7, 0)
    desk.cancelled(order_id)
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (3, (0, 0))


def test_a_fill_after_the_cancel_is_booked_and_calls_a_person(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.cancel(order_id)
    desk.cancelled(order_id)
    assert kinds(desk.fill(order_id, 3, "20")) == ["FillBooked", "FillAllocated", "OperatorCalled"]
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (3, (0, 0))
    assert desk.order_state(order_id) == "CANCELLED"


def test_an_over_fill_is_booked_whole_and_calls_a_person(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    events = desk.fill(order_id, 12, "20")
    assert only(events, FillAllocated).quantity_lots == 12
    assert "2 lots more than ordered" in only(events, OperatorCalled).detail
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (12, (0, 0))


def test_an_unsolicited_cancel_says_that_nobody_asked(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    assert not only(desk.cancelled(order_id), OrderCancelled).was_requested
    assert desk.reserved("ALPHA") == (0, 0)


def test_a_larger_quantity_is_reserved_at_the_wish_and_a_smaller_one_at_the_answer(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15, at="20.01")
    assert desk.reserved("ALPHA") == (15, 0)
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=15))
    assert desk.reserved("ALPHA") == (15, 0)
    desk.replace(order_id, 5)
    assert desk.reserved("ALPHA") == (15, 0)
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=5))
    assert desk.reserved("ALPHA") == (5, 0)


def test_a_refused_replace_frees_what_it_asked_for(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    desk.done(cmd.ReportReplaceRejected(order_id=order_id, text="no"))
    assert desk.reserved("ALPHA") == (10, 0)
    assert kinds(desk.replace(order_id, 12)) == ["ReplaceRequested"]


def test_a_replacement_takes_the_venues_price_or_keeps_the_old_one(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 10, at="20.05")
    new_price = price("20.04")
    report = cmd.ReportOrderReplaced(
        order_id=order_id, quantity_lots=10, limit_price_nanos=new_price
    )
    assert only(desk.done(report), OrderReplaced).limit_price_nanos == new_price
    silent = cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=9)
    assert only(desk.done(silent), OrderReplaced).limit_price_nanos == new_price


def test_fills_that_overtake_a_smaller_replacement_end_the_order(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 5)
    desk.fill(order_id, 7, "20")
    assert desk.reserved("ALPHA") == (3, 0)
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=5))
    assert (desk.order_state(order_id), desk.reserved("ALPHA")) == ("FILLED", (0, 0))


def test_fills_during_a_larger_replacement_come_off_the_larger_need(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    desk.fill(order_id, 4, "20")
    assert desk.reserved("ALPHA") == (11, 0)
    desk.done(cmd.ReportReplaceRejected(order_id=order_id, text="no"))
    assert desk.reserved("ALPHA") == (6, 0)


def test_a_cancel_over_a_pending_replace_keeps_the_larger_need_until_the_venue_answers(desk):
    """The venue may work the larger quantity before the cancel reaches it."""
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    assert kinds(desk.cancel(order_id)) == ["CancelRequested"]
    assert desk.reserved("ALPHA") == (15, 0)
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=15))
    assert desk.reserved("ALPHA") == (15, 0)
    assert only(desk.cancelled(order_id), OrderCancelled).was_requested
    assert desk.reserved("ALPHA") == (0, 0)


def test_a_cancel_refused_over_a_pending_replace_still_lets_the_replace_come(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    desk.cancel(order_id)
    desk.done(cmd.ReportCancelRejected(order_id=order_id, text="replacing"))
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=15))
    assert desk.reserved("ALPHA") == (15, 0)


def test_a_duplicate_fill_changes_nothing(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.fill(order_id, 4, "20", execution_id="same")
    assert kinds(desk.fill(order_id, 4, "20", execution_id="same")) == ["DuplicateFillIgnored"]
    assert desk.net("ALPHA") == 4


@pytest.mark.parametrize(
    "changes",
    [{"carrying_account_id": "OMNI"}, {"contract_id": "CLN0"}, {"side": SELL}],
)
def test_a_fill_that_contradicts_its_order_goes_to_suspense(desk, changes):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    events = desk.fill(order_id, 4, "20", **changes)
    assert kinds(events) == ["FillBooked", "FillSuspended", "OperatorCalled"]
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (0, (10, 0))


@pytest.mark.parametrize("order_id", [None, 7, 0])
def test_a_fill_of_an_unknown_order_goes_to_suspense_and_can_be_assigned(desk, order_id):
    """Law: nothing a venue executed is ever dropped."""
    fill = cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="lost",
        order_id=order_id,
        contract_id="CLM0",
        side=BUY,
        quantity_lots=4,
        price_nanos=price("19"),
    )
    assert kinds(desk.do(fill)) == ["FillBooked", "FillSuspended", "OperatorCalled"]
    assert desk.suspended() == (4, 0)
    desk.done(assign("lost", "ALPHA", 3))
    assert (desk.suspended(), desk.net("ALPHA")) == ((1, 0), 3)
    assert desk.equity("ALPHA") == 1_003_000_000_000  # 3 lots, bought at 19, marked at 20
    desk.done(assign("lost", "BETA", 1))
    assert (desk.suspended(), desk.net("BETA")) == ((0, 0), 1)
    desk.refused(assign("lost", "BETA", 1), Reason.SUSPENSE_ITEM_UNKNOWN)


def test_a_cancel_passes_when_everything_else_is_stopped(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.done(
        cmd.SetTradingState(node_id="MASTER", trading_state=2, reason="storm", entered_by="risk")
    )
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    assert only(desk.cancel(order_id), CancelRequested).order_id == order_id


def test_a_client_order_identifier_is_used_once(desk):
    desk.done(order("ALPHA", BUY, 1, at="20", client_order_id="mine"))
    again = order("ALPHA", BUY, 1, at="20", client_order_id="mine")
    desk.refused(again, Reason.DUPLICATE_ORDER)
    desk.done(order("BETA", BUY, 1, at="20", client_order_id="mine"))
