"""A reduction that is replaced by more than it could close opens, and is asked what opens."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.connection_commands import StopAction
from fencang.messages.events import ReplaceRequested
from fencang.messages.reasons import Reason
from tests.engine.connection_acts import stop
from tests.engine.control_firm import APART, FREE_FLOW, WIDE, control
from tests.engine.desk import BUY, SELL, kinds
from tests.engine.firm import DAY, SECOND, changed, define
from tests.engine.flow_firm import FREE_TRADE_FLOW

LONG = 5


def bigger(order_id, lots):
    return cmd.ReplaceOrder(sub_account_id="ALPHA", order_id=order_id, quantity_lots=lots)


@pytest.fixture
def reducing(desk):
    """ALPHA is long and sells one lot at a working order."""
    desk.done(define(WIDE, FREE_FLOW, FREE_TRADE_FLOW))
    desk.mark(CLM0="20")
    desk.trade("ALPHA", BUY, LONG, "20")
    return desk, desk.working("ALPHA", SELL, 1, at="21")


def repeated(desk):
    once = changed(FREE_TRADE_FLOW, repeated_executions_max=1, repeated_ns=DAY)
    desk.done(define(once))
    desk.trade("ALPHA", BUY, 1, "20")


CONTROLS = {
    "restricted": (
        lambda desk: desk.done(define(control("ALPHA", "CLM0", is_restricted=True))),
        Reason.RESTRICTED,
    ),
    "an old mark": (
        lambda desk: desk.done(define(changed(WIDE, price_age_ns_max=1)), after_ns=SECOND),
        Reason.PRICE_STALE,
    ),
    "messages": (
        lambda desk: desk.done(define(changed(FREE_FLOW, messages_max=0))),
        Reason.MESSAGE_RATE,
    ),
    "order to trade": (
        lambda desk: desk.done(
            define(changed(FREE_TRADE_FLOW, order_to_trade_max=0, free_messages=0))
        ),
        Reason.ORDER_TO_TRADE,
    ),
    "repeated executions": (repeated, Reason.REPEATED_EXECUTION),
}


@pytest.mark.parametrize(("state", "reason"), CONTROLS.values(), ids=CONTROLS)
def test_what_grows_beyond_the_lots_it_closes_is_asked_what_opens(reducing, state, reason):
    desk, order_id = reducing
    state(desk)
    desk.refused(bigger(order_id, 30), reason)
    (asked,) = desk.done(bigger(order_id, LONG))
    assert isinstance(asked, ReplaceRequested)


def test_it_is_refused_where_it_would_meet_own_orders_and_ends_none_of_them(reducing):
    desk, order_id = reducing
    desk.done(define(APART))
    desk.working("BETA", BUY, 3, at="20")
    at_bid = {"limit_price_nanos": 20_000_000_000}
    desk.refused(changed(bigger(order_id, 30), **at_bid), Reason.SELF_MATCH)
    events = desk.done(changed(bigger(order_id, LONG), **at_bid))
    assert kinds(events) == ["CancelRequested", "ReplaceRequested"]


@pytest.mark.parametrize(("lots", "is_cancelled"), [(LONG, False), (LONG + 1, True)])
def test_a_stop_that_lets_reductions_work_on_cancels_it(reducing, lots, is_cancelled):
    desk, order_id = reducing
    desk.done(bigger(order_id, lots))
    events = desk.done(stop("MASTER", StopAction.REDUCE_ONLY_AND_CANCEL))
    assert ("CancelRequested" in kinds(events)) is is_cancelled
    assert desk.state.orders[order_id].is_reducing is not is_cancelled
