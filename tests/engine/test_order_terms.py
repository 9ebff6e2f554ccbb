"""What an order may say: types and their prices, time in force, negative prices, the clip."""

import pytest

from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL, order, stray
from tests.engine.firm import MONDAY, TUESDAY, define, limit, money, price

TWENTY, LOWER = price("20"), price("19")
MARKET, LIMIT = OrderType.MARKET, OrderType.LIMIT
STOP, STOP_LIMIT = OrderType.STOP, OrderType.STOP_LIMIT


@pytest.mark.parametrize(
    ("order_type", "limit_price", "stop_price", "reason"),
    [
        (MARKET, None, None, None),
        (MARKET, TWENTY, None, Reason.ORDER_PRICE_UNWANTED),
        (MARKET, None, TWENTY, Reason.ORDER_PRICE_UNWANTED),
        (LIMIT, TWENTY, None, None),
        (LIMIT, None, None, Reason.ORDER_PRICE_MISSING),
        (LIMIT, TWENTY, TWENTY, Reason.ORDER_PRICE_UNWANTED),
        (STOP, None, TWENTY, None),
        (STOP, None, None, Reason.ORDER_PRICE_MISSING),
        (STOP, TWENTY, TWENTY, Reason.ORDER_PRICE_UNWANTED),
        (STOP_LIMIT, LOWER, TWENTY, None),
        (STOP_LIMIT, None, TWENTY, Reason.ORDER_PRICE_MISSING),
        (STOP_LIMIT, LOWER, None, Reason.ORDER_PRICE_MISSING),
        (STOP_LIMIT, LOWER, TWENTY + 1, Reason.ORDER_PRICE_OFF_TICK),
    ],
)
def test_each_type_has_its_prices_and_no_others(desk, order_type, limit_price, stop_price, reason):
    event = desk.submit(
        "ALPHA",
        SELL,
        1,
        order_type=order_type,
        limit_price_nanos=limit_price,
        stop_price_nanos=stop_price,
    )[0]
    if reason is None:
        assert isinstance(event, OrderAccepted)
        terms = event.terms
        assert (terms.limit_price_nanos, terms.stop_price_nanos) == (limit_price, stop_price)
    else:
        assert isinstance(event, OrderRejected)
        assert event.reason is reason


@pytest.mark.parametrize(
    ("time_in_force", "expire_day", "passes"),
    [
        (TimeInForce.DAY, None, True),
        (TimeInForce.GTC, None, True),
        (TimeInForce.IOC, None, True),
        (TimeInForce.FOK, None, True),
        (TimeInForce.GTD, MONDAY, True),
        (TimeInForce.GTD, TUESDAY, True),
        (TimeInForce.GTD, None, False),
        (TimeInForce.GTD, MONDAY.replace(day=17), False),
        (TimeInForce.DAY, TUESDAY, False),
        (TimeInForce.IOC, MONDAY, False),
    ],
)
def test_only_good_till_day_names_a_day_and_one_to_come(desk, time_in_force, expire_day, passes):
    command = order("ALPHA", BUY, 1, at="20", time_in_force=time_in_force, expire_day=expire_day)
    if passes:
        assert desk.done(command)[0].terms.expire_day == expire_day
    else:
        desk.refused(command, Reason.ORDER_EXPIRE_DAY)


@pytest.mark.parametrize("at", ["0", "-0.01", "-37.63"])
def test_zero_and_negative_prices_are_ordinary_where_the_product_allows_them(desk, at):
    desk.mark(CLM0=at)
    order_id = desk.accepted("ALPHA", BUY, 1, at=at)
    desk.fill(order_id, 1, at)
    assert desk.equity("ALPHA") == money("1000000")


@pytest.mark.parametrize(("lots", "passes"), [(50, True), (51, False)])
def test_the_largest_order_is_the_products(desk, lots, passes):
    desk.fund("ALPHA", "1000000")
    command = order("ALPHA", BUY, lots, "ESM0", "3000")
    if passes:
        desk.done(command)
    else:
        refusal = desk.refused(command, Reason.ORDER_QUANTITY_MAX)
        assert (refusal.limit, refusal.value) == (50, 51)


def test_a_contract_trades_through_its_last_day(desk):
    desk.done(order("ALPHA", BUY, 1, "CLK0", "10"))
    desk.next_day(TUESDAY)
    desk.refused(order("ALPHA", BUY, 1, "CLK0", "10", "n"), Reason.ORDER_CONTRACT_EXPIRED)
    desk.done(order("ALPHA", BUY, 1, "CLZ0", "30", "m"))


def test_a_refusal_names_control_level_limit_and_value(desk):
    """100 lots ask 200,000 of margin; ALPHA has 1,000,000: the 501st lot does not fit."""
    refusal = desk.refused(order("ALPHA", BUY, 501, at="20"), Reason.MARGIN_SUB_ACCOUNT)
    assert refusal.node_id == "ALPHA"
    assert (refusal.limit, refusal.value) == (money("1000000"), money("1002000"))
    desk.done(order("ALPHA", BUY, 500, at="20"))


def test_leverage_counts_the_gross_value_against_equity(desk):
    """20 times 1,000,000 are 1,000 lots of 20,000; margin would allow 500: raise it first."""
    desk.trade("ALPHA", BUY, 400, "20")
    desk.mark(CLM0="18")  # equity 200,000, gross value 7,200,000
    refusal = desk.refused(order("ALPHA", BUY, 1, at="18"), Reason.LEVERAGE)
    assert (refusal.limit, refusal.value) == (money("4000000"), money("7218000"))


def test_suspended_lots_count_in_the_masters_limit_and_the_holders_pool(desk):
    desk.done(define(limit("MASTER", "CLM0", 10)))
    stray(desk, BUY, 8, "20")
    pool = desk.state.pools["FUND"].standing
    assert desk.state.rates.total(pool.requirement) == money("16000")
    refusal = desk.refused(order("ALPHA", BUY, 3, at="20"), Reason.POSITION_LIMIT)
    assert (refusal.node_id, refusal.value) == ("MASTER", 11)
    desk.done(order("ALPHA", BUY, 2, at="20"))


def test_long_and_short_of_two_accounts_offset_in_the_pool_and_not_below(desk):
    """Netting of margin: within one legal person and one carrying account."""
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 10, "20")
    pool = desk.state.pools["FUND"].standing
    assert desk.state.rates.total(pool.requirement) == 0
    assert desk.requirement("ALPHA") == desk.requirement("BETA") == money("20000")
