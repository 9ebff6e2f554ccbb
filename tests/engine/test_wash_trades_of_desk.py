"""Own trades on both sides of one contract: suspected, counted, closed to what opens, let go."""

from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import WashTradesReleased, WashTradeSuspected
from fencang.refdata.self_match import SelfMatch, SelfMatchScope
from tests.engine.desk import BUY, SELL, all_of, only
from tests.engine.firm import SECOND, TUESDAY, define
from tests.engine.self_match_acts import apart, release

MINUTE = 60 * SECOND


def deal(desk, sub, side, at, after_ns=0):
    """Trade one lot; return the suspicion of its fill, or None."""
    desk.now_ns += after_ns
    order_id = desk.accepted(sub, side, 1, at=at)
    found = all_of(desk.fill(order_id, 1, at), WashTradeSuspected)
    return found[0] if found else None


def test_trades_of_two_sub_accounts_near_in_time_and_price_are_suspected(desk):
    apart(desk)
    assert deal(desk, "ALPHA", BUY, "20.00") is None
    found = deal(desk, "BETA", SELL, "20.02")
    assert (found.principal_id, found.contract_id) == ("FUND", "CLM0")
    assert (found.buy_sub_account_ids, found.sell_sub_account_ids) == (("ALPHA",), ("BETA",))
    assert (found.quantity_lots, found.count, found.closes) == (1, 1, False)
    assert found.apart_ns == 2 * SECOND
    assert deal(desk, "BETA", SELL, "20.03") is None  # three ticks away


def test_trades_far_apart_or_of_one_sub_account_are_not(desk):
    apart(desk)
    deal(desk, "ALPHA", BUY, "20.00")
    assert deal(desk, "ALPHA", SELL, "20.00") is None
    assert deal(desk, "BETA", BUY, "20.00", after_ns=2 * MINUTE) is None
    assert deal(desk, "ALPHA", BUY, "20.00") is None
    assert deal(desk, "BETA", SELL, "20.00", after_ns=MINUTE) is None
    apart(desk, scope=SelfMatchScope.SUB_ACCOUNT)
    deal(desk, "GAMMA", BUY, "20.00", after_ns=2 * MINUTE)
    assert deal(desk, "GAMMA", SELL, "20.00").principal_id == "GAMMA"


def test_too_many_close_the_contract_to_what_opens_until_two_persons_let_go(desk):
    apart(desk, wash_count_max=1)
    deal(desk, "ALPHA", BUY, "20.00")
    assert not deal(desk, "BETA", SELL, "20.00").closes  # exactly at the limit
    deal(desk, "ALPHA", BUY, "20.00")  # the second
    (refused,) = desk.submit("GAMMA", BUY, 1, at="19.00")
    assert isinstance(refused, OrderRejected)
    assert refused.reason is Reason.WASH_TRADE
    assert (refused.node_id, refused.limit, refused.value) == ("MASTER", 1, 2)
    assert "TransferPosition" in refused.detail
    desk.mark(CLN0="21")
    desk.accepted("GAMMA", BUY, 1, "CLN0", at="21")
    assert only(desk.submit("ALPHA", SELL, 1, at="25.00"), OrderAccepted).is_reducing
    desk.refused(release(approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(release(approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.refused(release(contract="CLN0"), Reason.UNKNOWN_REFERENCE)
    assert only(desk.done(release()), WashTradesReleased)
    desk.accepted("GAMMA", BUY, 1, at="19.00")
    assert deal(desk, "GAMMA", SELL, "20.00", after_ns=MINUTE * 2) is None


def test_a_new_trading_day_counts_anew_but_what_is_closed_stays_closed(desk):
    apart(desk, wash_count_max=1)
    deal(desk, "ALPHA", BUY, "20.00")
    assert deal(desk, "BETA", SELL, "20.00").count == 1
    desk.settle(CLM0="20", CLN0="20", ESM0="3000")
    desk.next_day(TUESDAY)
    deal(desk, "ALPHA", BUY, "20.00", after_ns=2 * MINUTE)
    assert deal(desk, "BETA", SELL, "20.00").count == 1
    assert deal(desk, "ALPHA", BUY, "20.00").closes


def test_the_strictest_numbers_of_a_path_hold(desk):
    apart(desk, wash_count_max=5)
    row = SelfMatch(node_id="BETA", wash_count_max=0, wash_price_ticks=10)
    desk.done(define(row, approved_by=""))
    deal(desk, "ALPHA", BUY, "20.00")
    found = deal(desk, "BETA", SELL, "20.10")
    assert (found.count, found.closes) == (1, True)
