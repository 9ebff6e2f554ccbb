"""Another tick for a product: what is past stays, what works must be on the new one."""

import pytest

from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from tests.engine.acts import replace
from tests.engine.day_acts import correct
from tests.engine.desk import BUY, SELL, assign, order, stray
from tests.engine.firm import CL, MONDAY, TUESDAY, changed, define, money, price


def tick(text="0.05", settlement=None, approved_by="boss"):
    nanos = price(text)
    fields = {"settlement_tick_nanos": price(settlement)} if settlement else {}
    return define(changed(CL, tick_nanos=nanos, **fields), approved_by=approved_by)


def test_positions_costs_and_prices_of_before_stay_as_they_were(desk):
    """Bought at 20.01 and settled at 20.02; from now on prices are steps of 0.05."""
    desk.trade("ALPHA", BUY, 3, "20.01")
    name = stray(desk, BUY, 1, "20.01")
    desk.settle(CLM0="20.02")
    equity = desk.equity("ALPHA")
    desk.next_day(TUESDAY)
    desk.done(tick())
    assert desk.equity("ALPHA") == equity
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert position.long.cost_micros == money("60030")
    assert position.carried_micros == money("60060")
    desk.done(assign(name, "ALPHA", 1))  # at 20.02, which carries it
    desk.trade("ALPHA", SELL, 4, "20.05")
    desk.settle(TUESDAY, CLM0="20.05")
    assert desk.net("ALPHA") == 0
    assert position.realised_micros == money("150")  # 3 x 0.04 and 1 x 0.03


def test_what_comes_is_on_the_new_tick(desk):
    desk.done(tick())
    desk.refused(order("ALPHA", BUY, 1, at="20.01"), Reason.ORDER_PRICE_OFF_TICK)
    order_id = desk.working("ALPHA", BUY, 1, at="20.05")
    desk.refused(replace(order_id, 1, at="20.01"), Reason.ORDER_PRICE_OFF_TICK)


def test_a_finer_tick_needs_nothing_of_anybody(desk):
    desk.working("ALPHA", BUY, 1, at="19.99")
    desk.done(tick("0.001"))
    desk.accepted("ALPHA", BUY, 1, at="19.999")


@pytest.mark.parametrize(
    "fields",
    [
        {"at": "19.99"},
        {
            "order_type": OrderType.STOP,
            "limit_price_nanos": None,
            "stop_price_nanos": price("20.01"),
        },
        {
            "at": "20.05",
            "order_type": OrderType.STOP_LIMIT,
            "stop_price_nanos": price("20.01"),
        },
    ],
)
def test_while_an_order_works_off_the_new_tick_it_does_not_change(desk, fields):
    at = fields.pop("at", None)
    order_id = desk.working("ALPHA", BUY, 1, at=at, time_in_force=TimeInForce.GTC, **fields)
    refusal = desk.refused(tick(), Reason.DEFINITION_IN_USE)
    assert f"order {order_id} works in CLM0 at " in refusal.detail
    assert "off the new tick 0.05: cancel or replace it" in refusal.detail
    desk.cancel(order_id)
    desk.cancelled(order_id)
    desk.done(tick())


def test_a_replacement_under_way_counts(desk):
    order_id = desk.working("ALPHA", BUY, 1, at="20.05")
    desk.done(replace(order_id, 1, at="20.01"))
    desk.refused(tick(), Reason.DEFINITION_IN_USE)


def test_a_coarser_settlement_tick_keeps_what_was_settled(desk):
    """Settled at 20.015; a correction of that day is on the tick of today."""
    desk.done(tick("0.01", settlement="0.005"))
    desk.trade("ALPHA", BUY, 2, "20.01")
    desk.settle(CLM0="20.015")
    desk.next_day(TUESDAY)
    desk.done(tick("0.01", settlement="0.01"))
    desk.refused(correct(MONDAY, "20.005"), Reason.PRICE_OFF_TICK)
    before = desk.cash("ALPHA")
    desk.done(correct(MONDAY, "20.02"))
    assert desk.cash("ALPHA") - before == money("10")


def test_it_needs_two_persons(desk):
    desk.refused(tick(approved_by=""), Reason.SECOND_PERSON_REQUIRED)
