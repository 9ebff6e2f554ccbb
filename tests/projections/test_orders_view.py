"""The blotter: every state of design §6, in the order in which venues answer badly."""

import pytest

from fencang.messages import events as e
from fencang.messages.reasons import Reason
from fencang.projections.orders import Orders, OrderState
from tests.projections.desk_sample import DESK, NANOS, Pen, accepted, booked, terms


def working(order_id=1):
    return e.OrderWorking(order_id=order_id, venue_order_id="v")


def cancelled(order_id=1, was_requested=True):
    return e.OrderCancelled(order_id=order_id, was_requested=was_requested, text="")


CANCEL = e.CancelRequested(order_id=1, terms=terms())
REPLACE = e.ReplaceRequested(order_id=1, terms=terms(), quantity_lots=8, limit_price_nanos=None)
REPLACED = e.OrderReplaced(order_id=1, quantity_lots=8, limit_price_nanos=51 * NANOS)
DOUBT = e.OrderInDoubt(order_id=1, terms=terms())
RESEND = e.OrderRouted(order_id=1, terms=terms(), is_resend=True)


def status(filled, left):
    return e.OrderStatusConfirmed(order_id=1, filled_lots=filled, working_lots=left)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "pending new"),
        ([working()], "working"),
        ([working(), booked(1, 4, 50)], "partly filled"),
        ([booked(1, 4, 50), working()], "partly filled"),
        ([working(), booked(1, 10, 50)], "filled"),
        ([working(), CANCEL], "pending cancel"),
        ([CANCEL, working()], "pending cancel"),
        ([working(), CANCEL, booked(1, 4, 50)], "pending cancel"),
        ([working(), CANCEL, booked(1, 10, 50)], "filled"),
        ([working(), CANCEL, e.CancelRejected(order_id=1, text="late")], "working"),
        ([working(), CANCEL, cancelled()], "cancelled"),
        ([working(), cancelled(was_requested=False)], "cancelled"),
        ([working(), cancelled(), booked(1, 4, 50)], "cancelled"),
        ([working(), cancelled(), booked(1, 10, 50)], "cancelled"),
        ([working(), REPLACE, CANCEL, REPLACED], "pending cancel"),
        ([working(), CANCEL, DOUBT], "in doubt"),
        ([working(), CANCEL, DOUBT, status(0, 10)], "pending cancel"),
        ([working(), REPLACE], "pending replace"),
        ([working(), REPLACE, e.ReplaceRejected(order_id=1, text="no")], "working"),
        ([working(), booked(1, 8, 50), REPLACE, REPLACED], "filled"),
        ([e.OrderRejectedByVenue(order_id=1, text="no")], "rejected"),
        ([working(), e.OrderExpired(order_id=1)], "expired"),
        ([DOUBT], "in doubt"),
        ([DOUBT, booked(1, 4, 50)], "in doubt"),
        ([DOUBT, RESEND], "pending new"),
        ([DOUBT, status(0, 10)], "working"),
        ([DOUBT, booked(1, 4, 50), status(4, 6)], "partly filled"),
        ([DOUBT, booked(1, 4, 50), status(4, 0), cancelled()], "cancelled"),
        ([DOUBT, booked(1, 10, 50)], "filled"),
    ],
)
def test_the_state_follows_the_venues_word(events, state):
    pen = Pen(DESK, accepted(1))
    for event in events:
        pen.write(event)
    order = pen.view.orders.order(1)
    assert order.state == state
    assert order.state.is_closed is (order not in pen.view.orders.open_orders())
    assert pen.view.orders.counts()[OrderState(state)] == 1


def test_fills_are_averaged_and_an_over_fill_is_shown():
    pen = Pen(DESK, accepted(1), working(), booked(1, 4, 50), booked(1, 8, 53))
    order = pen.view.orders.order(1)
    assert (order.filled_lots, order.remaining_lots) == (12, 0)
    assert order.average_price_nanos == 52 * NANOS
    assert pen.view.orders.open_orders("A") == []


def test_a_replaced_order_shows_its_new_terms():
    pen = Pen(DESK, accepted(1), working(), REPLACE, REPLACED)
    order = pen.view.orders.order(1)
    assert (order.quantity_lots, order.limit_price_nanos) == (8, 51 * NANOS)
    assert order.remaining_lots == 8


def test_a_replace_that_was_not_asked_for_again_says_why_with_its_number():
    withheld = e.ReplaceRejected(order_id=1, text="A is halted", reason=Reason.TRADING_HALTED)
    pen = Pen(DESK, accepted(1), working(), REPLACE, withheld)
    order = pen.view.orders.order(1)
    assert (order.state, order.text) == ("working", "3010: A is halted")
    assert pen.view.rejections.counts() == {Reason.TRADING_HALTED: 1}


def test_closed_orders_are_bounded_and_the_first_closed_goes_first():
    pen = Pen(DESK)
    orders = Orders(closed_orders_max=2)
    for order_id in (1, 2, 3, 4):
        pen.write(accepted(order_id))
    for order_id in (3, 1, 2):
        pen.write(cancelled(order_id))
    pen.write(booked(3, 10, 50))
    for record in pen.records:
        orders.apply(record)
    assert [order.order_id for order in orders.closed_orders()] == [1, 2]
    assert [order.order_id for order in orders.open_orders()] == [4]
    assert orders.order(3) is None
