"""The auditor weighs orders, looks at maturities and counts a day's flow for itself."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from fencang.messages.self_match_events import WashTradesReleased, WashTradeSuspected
from fencang.messages.trade_flow_events import StrategyDisabled, StrategyReenabled
from fencang.refdata.contract import Contract
from fencang.refdata.tenor import TenorLimit
from tests.engine.control_firm import APART, FREE_FLOW, WIDE, control
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import DAY, MONDAY, SECOND, changed, define, money
from tests.engine.flow_firm import FREE_TRADE_FLOW, reenable, trade_flow
from tests.engine.self_match_acts import release
from tests.simulation.forgery import forged, laws_of, left_out
from tests.simulation.test_auditor_controls import stated_otherwise

FREE_TENOR = TenorLimit(node_id="MASTER", furthest_days=3_650, nearest_days=0, takes_undated=True)
DATED = Contract(contract_id="CLM0", product_id="CL", last_trading_day=MONDAY + timedelta(days=30))
FREE_ROWS = (WIDE, FREE_FLOW, FREE_TRADE_FLOW, FREE_TENOR)


def dealt():
    """ALPHA bids 5 for 20, bids 10, cancels, sends both again, sells a part and replaces."""
    desk = trading_desk()
    desk.done(define(DATED))
    desk.done(define(*FREE_ROWS))
    desk.mark(CLM0="20")
    desk.trade("ALPHA", BUY, 5, "20")
    desk.cancel(desk.working("ALPHA", BUY, 10, at="19"))
    desk.accepted("ALPHA", SELL, 5, at="21")
    desk.trade("ALPHA", BUY, 5, "20")
    order_id = desk.working("ALPHA", BUY, 10, at="19")
    desk.replace(order_id, 12)
    return desk.records


def test_an_honest_desk_is_clean():
    assert laws_of(dealt()) == set()


@pytest.mark.parametrize(
    ("row", "laws"),
    [
        # 12 lots of 1,000 barrels at the mark of 20, above their own price of 19
        (changed(WIDE, value_micros_max=money("240000")), set()),
        (changed(WIDE, value_micros_max=money("239999")), {"order value"}),
        (control("carrying:C1", "CL", value_micros_max=money("199999")), {"order value"}),
        (control("venue:OSE", value_micros_max=0), set()),
        (changed(WIDE, price_age_ns_max=30 * SECOND), set()),
        (changed(WIDE, price_age_ns_max=SECOND), {"price age"}),
        (control("person:FUND", price_age_ns_max=1), {"price age"}),
    ],
)
def test_orders_worth_too_much_and_on_old_marks_are_told(row, laws):
    assert laws_of(stated_otherwise(dealt(), row)) == laws


@pytest.mark.parametrize(
    ("fields", "laws"),
    [
        ({"furthest_days": 30, "nearest_days": 30}, set()),
        ({"furthest_days": 29}, {"tenor"}),
        ({"nearest_days": 31}, {"tenor"}),
        ({"node_id": "ALPHA", "scope_id": "CLM0", "furthest_days": 29}, {"tenor"}),
        ({"node_id": "BETA", "furthest_days": 0}, set()),
        ({"takes_undated": False}, set()),
    ],
)
def test_contracts_that_end_too_far_ahead_or_too_soon_are_told(fields, laws):
    assert laws_of(stated_otherwise(dealt(), changed(FREE_TENOR, **fields))) == laws


def test_a_contract_without_an_end_is_told_where_none_is_taken():
    desk = trading_desk()
    desk.done(define(*FREE_ROWS))
    desk.mark(NKM0="20000")
    desk.accepted("GAMMA", BUY, 1, contract="NKM0", at="20000")
    assert laws_of(desk.records) == set()
    dated_alone = changed(FREE_TENOR, takes_undated=False)
    assert laws_of(stated_otherwise(desk.records, dated_alone)) == {"tenor"}


@pytest.mark.parametrize(
    ("row", "laws"),
    [
        # 4 new orders that open, 1 that reduces, 1 cancel, 1 replace; 2 executions
        ({"order_to_trade_max": 0, "free_messages": 7}, set()),
        ({"order_to_trade_max": 0, "free_messages": 6}, {"order to trade"}),
        # the fifth message comes after one execution
        ({"order_to_trade_max": 3, "free_messages": 2}, set()),
        ({"order_to_trade_max": 3, "free_messages": 1}, {"order to trade"}),
        ({"cancels_max": 2}, set()),
        ({"cancels_max": 1}, {"cancels"}),
        ({"duplicate_ns": 2 * SECOND}, set()),
        ({"duplicate_ns": DAY}, {"like order"}),
        ({"repeated_executions_max": 3, "repeated_ns": DAY}, set()),
        ({"repeated_executions_max": 2, "repeated_ns": DAY}, {"repeated execution"}),
        ({"repeated_executions_max": 2, "repeated_ns": SECOND}, set()),
    ],
)
@pytest.mark.parametrize("each", [False, True])
def test_what_a_day_s_flow_comes_to_is_counted(row, laws, each):
    told = changed(FREE_TRADE_FLOW, of_each_contract=each, **row)
    assert laws_of(stated_otherwise(dealt(), told)) == laws
    if "order_to_trade_max" not in row:
        of_node = trade_flow("venue:NYMEX", "CL", of_each_contract=each, **row)
        assert laws_of(stated_otherwise(dealt(), of_node)) == laws
    assert laws_of(stated_otherwise(dealt(), trade_flow("BETA", **row))) == set()


def repeated(second="boss"):
    """ALPHA is disabled by two executions, enabled again and goes on."""
    desk = trading_desk()
    twice = changed(FREE_TRADE_FLOW, repeated_executions_max=2, repeated_ns=DAY)
    desk.done(define(twice))
    for _ in range(2):
        desk.trade("ALPHA", BUY, 5, "20")
    desk.done(reenable(approved_by=second))
    desk.trade("ALPHA", BUY, 5, "20")
    return desk.records


def test_whoever_repeats_itself_is_disabled_and_goes_on_by_two_persons():
    assert laws_of(repeated()) == set()
    assert laws_of(forged(repeated(), StrategyDisabled, left_out)) == {"repeated execution"}
    assert laws_of(forged(repeated(), StrategyReenabled, left_out)) == {"repeated execution"}
    by_one = forged(repeated(), StrategyReenabled, lambda it: replace(it, approved_by=""))
    assert laws_of(by_one) == {"second person"}
    other = changed(FREE_TRADE_FLOW, repeated_executions_max=3, repeated_ns=DAY)
    assert laws_of(stated_otherwise(repeated(), other)) == {"repeated execution"}


@pytest.mark.parametrize(("lots", "laws"), [(5, set()), (6, {"order control", "price age"})])
def test_a_reduction_that_grows_beyond_what_it_closes_is_told_like_what_opens(lots, laws):
    desk = trading_desk()
    desk.done(define(*FREE_ROWS))
    desk.mark(CLM0="20")
    desk.trade("BETA", BUY, 5, "20")
    order_id = desk.working("BETA", SELL, 1, at="21")
    desk.done(define(WIDE))
    desk.replace(order_id, lots, sub="BETA")
    closed = control(scope="CLM0", is_restricted=True, price_age_ns_max=0)
    records = stated_otherwise(desk.records, closed)
    assert laws_of(records) == laws


def washed():
    """A wash trade closes CLM0 to the fund, two persons let it open, and ALPHA opens."""
    desk = trading_desk()
    desk.done(define(changed(APART, wash_count_max=0)))
    desk.trade("ALPHA", BUY, 2, "20")
    desk.trade("BETA", SELL, 2, "20")
    desk.done(release())
    desk.accepted("ALPHA", BUY, 2, at="19")
    return desk.records


def test_what_wash_trades_closed_opens_by_two_persons():
    assert laws_of(washed()) == set()
    assert laws_of(forged(washed(), WashTradesReleased, left_out)) == {"wash trade"}
    by_one = forged(washed(), WashTradesReleased, lambda it: replace(it, approved_by=""))
    assert laws_of(by_one) == {"second person"}
    still = forged(washed(), WashTradeSuspected, lambda it: replace(it, closes=False))
    assert laws_of(still) == {"wash trade"}
