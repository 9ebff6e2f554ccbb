"""Controls of one order against its contract: each refusal names control, limit and value."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.order_controls import (
    contract_refusal,
    offset_refusal,
    price_refusal,
    time_in_force_refusal,
)
from fencang.messages.message import Offset, OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.account import PositionMode
from fencang.refdata.contract import Contract
from tests.refdata.product_sample import CL

FIRST, LAST = date(2018, 1, 2), date(2018, 3, 16)
CONTRACT = Contract(
    contract_id="CLJ8", product_id="CL", first_trading_day=FIRST, last_trading_day=LAST
)
POSITIVE = msgspec.structs.replace(CL, positive_prices_only=True)
ON, OFF, NEGATIVE = 50_000_000_000, 50_000_000_001, -37_630_000_000
PRICES = st.none() | st.integers(-(10**6), 10**6).map(lambda ticks: ticks * CL.tick_nanos // 2)


@pytest.mark.parametrize("day", [FIRST, date(2018, 2, 5), LAST])
def test_a_contract_trades_from_its_first_to_its_last_day(day):
    assert contract_refusal(CONTRACT, day) is None


@pytest.mark.parametrize(
    ("day", "reason", "limit", "words"),
    [
        (date(2018, 3, 17), Reason.ORDER_CONTRACT_EXPIRED, LAST, "ended on 2018-03-16"),
        (date(2018, 1, 1), Reason.ORDER_CONTRACT_NOT_LISTED, FIRST, "trades from 2018-01-02"),
    ],
)
def test_outside_its_days_a_contract_is_refused(day, reason, limit, words):
    found = contract_refusal(CONTRACT, day)
    assert found[:3] == (reason, limit.toordinal(), day.toordinal())
    assert words in found[3]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_series_without_days_always_trades(day):
    assert contract_refusal(Contract(contract_id="PERP", product_id="BTC"), day) is None


@pytest.mark.parametrize(
    ("order_type", "limit_nanos", "stop_nanos"),
    [
        (OrderType.MARKET, None, None),
        (OrderType.LIMIT, ON, None),
        (OrderType.LIMIT, NEGATIVE, None),
        (OrderType.LIMIT, 0, None),
        (OrderType.STOP, None, NEGATIVE),
        (OrderType.STOP_LIMIT, ON, NEGATIVE),
    ],
)
def test_an_order_has_the_prices_of_its_type_on_either_side_of_zero(
    order_type, limit_nanos, stop_nanos
):
    assert price_refusal(CL, order_type, limit_nanos, stop_nanos) is None


@pytest.mark.parametrize(
    ("order_type", "limit_nanos", "stop_nanos", "reason", "words"),
    [
        (
            OrderType.LIMIT,
            None,
            None,
            Reason.ORDER_PRICE_MISSING,
            "LIMIT order needs a limit price",
        ),
        (OrderType.STOP, None, None, Reason.ORDER_PRICE_MISSING, "STOP order needs a stop price"),
        (OrderType.STOP_LIMIT, ON, None, Reason.ORDER_PRICE_MISSING, "needs a stop price"),
        (OrderType.STOP_LIMIT, None, ON, Reason.ORDER_PRICE_MISSING, "needs a limit price"),
        (OrderType.MARKET, ON, None, Reason.ORDER_PRICE_UNWANTED, "has no limit price"),
        (OrderType.MARKET, None, 0, Reason.ORDER_PRICE_UNWANTED, "has no stop price"),
        (OrderType.LIMIT, ON, ON, Reason.ORDER_PRICE_UNWANTED, "has no stop price"),
        (OrderType.STOP, ON, ON, Reason.ORDER_PRICE_UNWANTED, "has no limit price"),
        (OrderType.LIMIT, OFF, None, Reason.ORDER_PRICE_OFF_TICK, "50.000000001"),
        (OrderType.LIMIT, -OFF, None, Reason.ORDER_PRICE_OFF_TICK, "the tick 0.01"),
        (OrderType.STOP_LIMIT, ON, OFF, Reason.ORDER_PRICE_OFF_TICK, "stop price"),
    ],
)
def test_wrong_prices_are_refused(order_type, limit_nanos, stop_nanos, reason, words):
    found = price_refusal(CL, order_type, limit_nanos, stop_nanos)
    assert found[0] is reason
    assert words in found[3]


def test_a_refused_tick_names_the_tick_and_the_price():
    assert price_refusal(CL, OrderType.LIMIT, OFF, None)[1:3] == (10_000_000, OFF)


@pytest.mark.parametrize("price", [0, NEGATIVE])
def test_only_a_product_that_says_so_refuses_prices_of_zero_and_below(price):
    """Law: prices may be zero or negative everywhere."""
    for order in ((OrderType.LIMIT, price, None), (OrderType.STOP, None, price)):
        assert price_refusal(CL, *order) is None
        found = price_refusal(POSITIVE, *order)
        assert found[:3] == (Reason.ORDER_PRICE_NOT_POSITIVE, 1, price)
    assert price_refusal(POSITIVE, OrderType.LIMIT, CL.tick_nanos, None) is None


@given(st.sampled_from([CL, POSITIVE]), st.sampled_from(OrderType), PRICES, PRICES)
def test_a_passed_order_has_exactly_its_prices_on_the_tick(product, order_type, limit, stop):
    if price_refusal(product, order_type, limit, stop) is None:
        assert (limit is not None) is (order_type in {OrderType.LIMIT, OrderType.STOP_LIMIT})
        assert (stop is not None) is (order_type in {OrderType.STOP, OrderType.STOP_LIMIT})
        prices = [price for price in (limit, stop) if price is not None]
        assert all(price % product.tick_nanos == 0 for price in prices)
        assert product is CL or all(price > 0 for price in prices)


@pytest.mark.parametrize("expire_day", [LAST, date(2018, 3, 17), date.max])
def test_a_gtd_order_has_a_day_to_come(expire_day):
    assert time_in_force_refusal(TimeInForce.GTD, expire_day, LAST) is None


@pytest.mark.parametrize(("expire_day", "value"), [(None, 0), (FIRST, FIRST.toordinal())])
def test_a_gtd_order_without_a_day_to_come_is_refused(expire_day, value):
    found = time_in_force_refusal(TimeInForce.GTD, expire_day, LAST)
    assert found[:3] == (Reason.ORDER_EXPIRE_DAY, LAST.toordinal(), value)
    assert "from 2018-03-16 on" in found[3]


@pytest.mark.parametrize("time_in_force", [t for t in TimeInForce if t is not TimeInForce.GTD])
def test_no_other_order_has_an_expire_day(time_in_force):
    assert time_in_force_refusal(time_in_force, None, LAST) is None
    found = time_in_force_refusal(time_in_force, LAST, FIRST)
    assert found[:3] == (Reason.ORDER_EXPIRE_DAY, 0, LAST.toordinal())
    assert f"{time_in_force.name} order" in found[3]


@pytest.mark.parametrize("offset", Offset)
@pytest.mark.parametrize("mode", PositionMode)
def test_a_net_account_takes_net_and_a_gross_account_everything_else(offset, mode):
    found = offset_refusal(offset, mode)
    if (mode is PositionMode.NET) == (offset is Offset.NET):
        assert found is None
    else:
        assert found[:3] == (Reason.OFFSET_MISMATCH, 0, int(offset))
        assert f"a {mode} account" in found[3]
        assert found[3].endswith(f"got {offset.name}")
