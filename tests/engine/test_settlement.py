"""Daily and final settlement in numbers worked out by hand."""

import msgspec
import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import ContractSettled, MarginPublished, OrderExpired
from fencang.messages.reasons import Reason
from fencang.messages.record import RecordFault, decode_record
from tests.engine.desk import BUY, SELL, assign, kinds, only, order, settlement, stray
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, money, price


def expire(contract="CLM0", final="-37.63", source="feed", approved_by=""):
    return cmd.ExpireContract(
        contract_id=contract,
        final_price_nanos=price(final),
        source=source,
        approved_by=approved_by,
    )


def test_the_twentieth_of_april_2020(desk):
    """Bought 3 at 18.31, settled at −37.63: 3 × 1,000 × (−37.63 − 18.31) = −167,820.00."""
    desk.mark(CLM0="18.31")
    desk.trade("ALPHA", BUY, 3, "18.31")
    desk.mark(CLM0="-40.32")
    assert desk.equity("ALPHA") == money("1000000") - money("175890")
    assert desk.requirement("ALPHA") == 3 * money("4032")
    settled = only(desk.settle(CLM0="-37.63"), ContractSettled)
    assert [part.variation_micros for part in settled.books] == [-167_820_000_000]
    assert [part.variation_micros for part in settled.carrying] == [-167_820_000_000]
    assert desk.cash("ALPHA") == 832_180_000_000
    assert desk.cash("C1") == 9_832_180_000_000


def test_trading_below_zero_counts_to_the_micro(desk):
    """Sold 2 at −5.00, bought back at −37.63: 2 × 32.63 × 1,000 = +65,260.00."""
    desk.mark(CLM0="-5")
    desk.trade("BETA", SELL, 2, "-5")
    desk.trade("BETA", BUY, 2, "-37.63")
    position = desk.state.subs["BETA"].book.positions["C1", "CLM0"]
    assert (position.is_flat, position.realised_micros) == (True, money("65260"))
    desk.settle(CLM0="-10")
    assert desk.cash("BETA") == money("1065260")


def test_long_and_short_pay_each_other_and_fees_go_to_the_broker(desk):
    """ES at 50 a point, 2.45 a lot: 4 long from 3,000.25, 4 short from 2,999.50; 3,010.00."""
    desk.trade("ALPHA", BUY, 4, "3000.25", contract="ESM0")
    desk.trade("BETA", SELL, 4, "2999.50", contract="ESM0")
    assert desk.cash("ALPHA") == money("999990.20")
    desk.settle(ESM0="3010")
    assert desk.cash("ALPHA") == money("999990.20") + money("1950")
    assert desk.cash("BETA") == money("999990.20") - money("2100")
    assert desk.cash("C1") == money("10000000") - money("19.60") - money("150")


def test_variation_is_paid_from_settlement_to_settlement(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21.50")
    assert desk.cash("ALPHA") == money("1003000")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", SELL, 1, "21")
    desk.settle(TUESDAY, CLM0="20")
    assert desk.cash("ALPHA") == money("1003000") - money("500") - money("1500")
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert position.realised_micros == money("1000")
    assert position.variation_micros == money("1000")


def test_a_contract_without_a_price_keeps_its_carried_value(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.mark(CLM0="25")
    desk.settle(CLN0="20")
    assert desk.cash("ALPHA") == money("1000000")
    assert desk.equity("ALPHA") == money("1010000")
    desk.next_day(TUESDAY)
    desk.settle(TUESDAY, CLM0="26")
    assert desk.cash("ALPHA") == money("1012000")


def test_a_settlement_publishes_where_everybody_stands(desk):
    desk.trade("ALPHA", BUY, 10, "20")
    lines = {
        part.book_id: (part.equity_micros, part.requirement_micros)
        for part in only(desk.settle(CLM0="21"), MarginPublished).lines
    }
    assert lines["ALPHA"] == (money("1010000"), money("21000"))
    assert lines["@reserve:FUND"] == (money("7000000"), 0)
    assert lines["@pool:FUND"] == (money("10010000"), money("21000"))


def test_a_day_is_settled_once_and_in_order(desk):
    desk.refused(settlement(TUESDAY), Reason.WRONG_TRADING_DAY)
    desk.settle(CLM0="20")
    desk.refused(settlement(CLM0="21"), Reason.ALREADY_SETTLED)
    desk.next_day(WEDNESDAY)
    desk.refused(settlement(TUESDAY, CLM0="21"), Reason.WRONG_TRADING_DAY)
    desk.refused(settlement(MONDAY, CLM0="21"), Reason.WRONG_TRADING_DAY)
    desk.settle(WEDNESDAY, CLM0="21")


def test_one_bad_price_settles_nothing(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    refusal = desk.refused(settlement(CLM0="21", ESM0="3000.1"), Reason.PRICE_OFF_TICK)
    assert "ESM0" in refusal.detail
    assert desk.cash("ALPHA") == money("1000000")


def test_a_price_that_is_not_a_number_does_not_exist():
    """NaN is no price: it cannot be written, and bytes that hold one are no record."""
    command = cmd.MarkPrices(source="feed", marks=(cmd.PriceMark("CLM0", float("nan")),))
    payload = msgspec.msgpack.encode([1, 1, 1, command, []])
    with pytest.raises(RecordFault):
        decode_record(payload)


def test_a_manual_settlement_needs_two_persons(desk):
    desk.refused(settlement(source="manual", CLM0="20"), Reason.SECOND_PERSON_REQUIRED)
    desk.done(settlement(source="manual", approved_by="boss", CLM0="20"))


def test_the_final_settlement_pays_closes_and_ends_everything(desk):
    """Long 3 from 18.31, short 1 from 20; final −37.63; a working order and suspense lots."""
    desk.trade("ALPHA", BUY, 3, "18.31")
    desk.trade("BETA", SELL, 1, "20")
    order_id = desk.working("GAMMA", BUY, 5, at="1")
    execution_id = stray(desk, BUY, 2, "19")
    events = desk.done(expire())
    assert only(events, OrderExpired).order_id == order_id
    assert desk.cash("ALPHA") == money("1000000") - money("167820")
    assert desk.cash("BETA") == money("1000000") + money("57630")
    assert desk.cash("@suspense:C1") == money("-113260")
    assert [desk.net(sub) for sub in ("ALPHA", "BETA", "GAMMA")] == [0, 0, 0]
    assert desk.suspended() == (0, 0)
    assert desk.requirement("ALPHA") == 0
    assert desk.requirement("GAMMA") == 0
    desk.refused(expire(), Reason.CONTRACT_EXPIRED)
    desk.refused(order("ALPHA", BUY, 1, at="1"), Reason.ORDER_CONTRACT_EXPIRED)
    desk.refused(assign(execution_id, "ALPHA", 1), Reason.SUSPENSE_ITEM_UNKNOWN)
    desk.refused(settlement(CLM0="1"), Reason.UNKNOWN_CONTRACT)


def test_prices_of_an_expired_contract_are_passed_over(desk):
    desk.done(expire())
    desk.mark(CLM0="5", CLN0="21")
    assert desk.state.contracts["CLM0"].mark_nanos == price("-37.63")
    assert desk.state.contracts["CLN0"].mark_nanos == price("21")


def test_a_fill_of_an_expired_contract_calls_a_person(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    desk.done(expire())
    events = desk.fill(order_id, 5, "20")
    assert kinds(events) == ["CommandRejected", "OperatorCalled"]
    assert events[0].reason is Reason.CONTRACT_EXPIRED


def test_an_expired_loss_stays_explained(desk):
    desk.trade("ALPHA", BUY, 3, "18.31")
    desk.settle(CLM0="15")
    desk.done(expire())
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert position.realised_micros == position.variation_micros == money("-167820")


def test_suspense_of_an_earlier_day_is_assigned_at_the_price_it_was_settled_at(desk):
    """Filled at 19, settled at 20: 4,000 stay with the suspense account."""
    execution_id = stray(desk, BUY, 4, "19")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.done(assign(execution_id, "ALPHA", 4))
    assert desk.cash("@suspense:C1") == money("4000")
    desk.settle(TUESDAY, CLM0="21")
    assert desk.cash("ALPHA") == money("1004000")


def test_suspense_that_was_not_settled_is_assigned_at_its_fill_price(desk):
    """Settled at 20 on Monday; filled at 25 on Tuesday, when the contract has no settlement."""
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.mark(CLM0="25")
    execution_id = stray(desk, BUY, 4, "25")
    desk.settle(TUESDAY, CLN0="20")
    desk.done(assign(execution_id, "ALPHA", 4))
    assert desk.equity("ALPHA") == money("1000000")


def test_suspense_filled_after_the_settlement_is_assigned_at_its_fill_price(desk):
    """The lots were not there when the day was settled: no variation was paid on them."""
    desk.settle(CLM0="20")
    execution_id = stray(desk, BUY, 4, "25")
    desk.mark(CLM0="25")
    desk.done(assign(execution_id, "ALPHA", 4))
    assert desk.equity("ALPHA") == money("1000000")


def test_fees_of_suspended_lots_go_with_them_to_the_last_micro(desk):
    """4 ES at 2.45: 9.80, of which 1 lot carries 2.45 and the last 3 the rest."""
    execution_id = stray(desk, BUY, 4, "3000", contract="ESM0")
    assert desk.cash("@suspense:C1") == money("-9.80")
    desk.done(assign(execution_id, "ALPHA", 1))
    assert desk.cash("ALPHA") == money("999997.55")
    desk.done(assign(execution_id, "BETA", 3))
    assert desk.cash("@suspense:C1") == 0
