"""Order controls on a desk: reducing gets out, replaces are asked, rows at the root are whole."""

import pytest

from fencang.messages.events import OrderRejected
from fencang.messages.message import OrderType
from fencang.messages.reasons import Reason
from fencang.refdata.order_control import CONTROL_FIELDS
from tests.engine.control_firm import WIDE, control
from tests.engine.desk import BUY, SELL
from tests.engine.firm import SECOND, changed, define, money


@pytest.fixture
def controlled(desk):
    desk.done(define(WIDE))
    return desk


def refusal(events, reason):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is reason, found
    return found


def test_every_level_is_asked_and_the_refusal_names_it(controlled):
    controlled.done(define(control("ALPHA", "CL", quantity_lots_max=5)))
    controlled.accepted("ALPHA", BUY, 5, at="20")
    found = refusal(controlled.submit("ALPHA", BUY, 6, at="20"), Reason.ORDER_QUANTITY_MAX)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 5, 6)
    controlled.accepted("BETA", BUY, 6, at="20")


def test_value_is_absolute_and_margin_counts_where_a_price_is_near_nothing(controlled):
    """At 0.01 a lot of crude is worth 10, its margin at least 500 once the floor says so."""
    crude = controlled.state.products["CL"]
    controlled.done(define(changed(crude, margin_floor_micros=money("500"))))
    controlled.mark(CLM0="-37.63")
    controlled.done(define(changed(WIDE, value_micros_max=money("37630"))))
    controlled.accepted("ALPHA", BUY, 1, at="-37.63")
    refusal(controlled.submit("ALPHA", BUY, 2, at="-37.63"), Reason.ORDER_VALUE_MAX)
    controlled.mark(CLM0="0.01")
    controlled.done(define(changed(WIDE, value_micros_max=money("5000"))))
    controlled.accepted("ALPHA", BUY, 10, at="0.01")
    found = refusal(controlled.submit("ALPHA", BUY, 11, at="0.01"), Reason.ORDER_VALUE_MAX)
    assert found.value == money("5500")


def test_reducing_skips_the_list_and_the_age_and_keeps_the_collar(controlled):
    controlled.trade("ALPHA", BUY, 10, "20")
    controlled.done(define(control("ALPHA", is_restricted=True, price_age_ns_max=0)))
    refusal(controlled.submit("ALPHA", BUY, 1, at="20"), Reason.RESTRICTED)
    controlled.done(define(control("ALPHA", price_age_ns_max=0)))
    refusal(controlled.submit("ALPHA", BUY, 1, at="20"), Reason.PRICE_STALE)
    controlled.accepted("ALPHA", SELL, 5, at="20")
    controlled.done(define(control("ALPHA", collar_ppm=0, collar_ticks=0)))
    refusal(controlled.submit("ALPHA", SELL, 5, at="19.99"), Reason.ORDER_COLLAR)
    controlled.accepted("ALPHA", SELL, 5, at="20")


def test_a_mark_is_stale_by_its_own_age(controlled):
    controlled.done(define(changed(WIDE, price_age_ns_max=10 * SECOND)))
    controlled.mark(CLM0="20")
    controlled.accepted("ALPHA", BUY, 1, at="20")
    controlled.mark(CLN0="20")
    controlled.now_ns += 10 * SECOND
    refusal(controlled.submit("ALPHA", BUY, 1, at="20"), Reason.PRICE_STALE)
    controlled.mark(CLM0="20")
    controlled.accepted("ALPHA", BUY, 1, at="20")


def test_market_orders_may_be_forbidden(controlled):
    controlled.done(define(control("BETA", takes_market_orders=False)))
    events = controlled.submit("BETA", BUY, 1, order_type=OrderType.MARKET)
    refusal(events, Reason.ORDER_COLLAR)
    controlled.accepted("ALPHA", BUY, 1, order_type=OrderType.MARKET)


def test_a_replacement_is_asked_and_a_smaller_one_is_not(controlled):
    order_id = controlled.working("ALPHA", BUY, 10, at="20")
    tight = control("ALPHA", quantity_lots_max=5, collar_ppm=10_000, collar_ticks=0)
    controlled.done(define(tight))
    assert controlled.replace(order_id, 11)[0].reason is Reason.ORDER_QUANTITY_MAX
    assert controlled.replace(order_id, 10, at="20.21")[0].reason is Reason.ORDER_COLLAR
    controlled.replace(order_id, 8)
    assert controlled.state.orders[order_id].pending_quantity_lots == 8


def test_the_root_states_everything(desk):
    found = desk.refused(define(control("ALPHA", quantity_lots_max=5)), Reason.FAULTY_DEFINITION)
    assert "MASTER has no OrderControl for everything" in found.detail
    for field in CONTROL_FIELDS:
        words = f"{field} is open at the root"
        refused = desk.refused(define(changed(WIDE, **{field: None})), Reason.FAULTY_DEFINITION)
        assert words in refused.detail


def test_narrowing_needs_one_person_and_widening_two(controlled):
    controlled.done(define(changed(WIDE, quantity_lots_max=50), approved_by=""))
    controlled.done(define(changed(WIDE, quantity_lots_max=50, is_restricted=True), approved_by=""))
    for wider in (
        changed(WIDE, quantity_lots_max=51, is_restricted=True),
        changed(WIDE, quantity_lots_max=50),
        changed(WIDE, quantity_lots_max=50, is_restricted=True, fast_after_ppm=1),
        control("ALPHA", quantity_lots_max=1),
    ):
        controlled.refused(define(wider, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
