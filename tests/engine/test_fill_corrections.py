"""Corrections and busts in the words of a clerk, every figure worked out by hand.

The reading: a correction is today's opposite trade at the old price and today's right trade.  Lots
of the fill that are still open change their cost and keep their day; of lots closed since the
difference is realised; lots that the fill had closed come back with their day and their cost.
"""

import pytest

from fencang.ledger.book import suspense_id
from fencang.messages import commands as cmd
from fencang.messages.events import (
    DuplicateFillIgnored,
    FillSuspended,
    OperatorCalled,
    OrderRejected,
)
from fencang.messages.fill_events import FillBusted, FillCorrected
from fencang.messages.message import Offset
from fencang.messages.reasons import Reason
from fencang.refdata.contract import CostMethod
from tests.engine.acts import block_slice
from tests.engine.desk import (
    BUY,
    CLOSE,
    CLOSE_TODAY,
    OPEN,
    SELL,
    all_of,
    assign,
    kinds,
    only,
    order,
    stray,
)
from tests.engine.fill_acts import bought, bust, correct
from tests.engine.firm import CL, MONDAY, TUESDAY, changed, define, limit, money, price, sub_account

CU = {"contract": "CU06"}


def position(desk, sub="ALPHA", contract="CLM0", account="C1"):
    return desk.state.subs[sub].book.positions[account, contract]


def realised(desk, sub="ALPHA", contract="CLM0", account="C1"):
    return position(desk, sub, contract, account).realised_micros


def layers(desk, sub="ALPHA", contract="CLM0", account="C1"):
    """Return (day, lots, cost of a lot) of the long lots, oldest first."""
    found = position(desk, sub, contract, account).long.layers
    return [(MONDAY.fromordinal(day), lots, cost // lots) for day, lots, cost in found]


def usd(text):
    return money(text)


# ------------------------------------------------------------------------------- open lots


def test_a_corrected_price_changes_the_cost_of_open_lots_and_nothing_else(desk):
    """10 bought at 20.00 were 19.50: 5,000 more equity, none of it realised."""
    execution = bought(desk, 10, "20")
    equity = desk.equity("ALPHA")
    events = desk.done(correct(execution, 10, "19.50"))
    assert kinds(events) == ["FillCorrected"]
    assert events[0].mended_day == MONDAY
    assert desk.equity("ALPHA") - equity == usd("5000")
    assert realised(desk) == 0
    assert layers(desk) == [(MONDAY, 10, usd("19500"))]
    assert desk.cash("ALPHA") == usd("1000000")


def test_a_bust_takes_its_own_lots_and_leaves_older_ones_alone(desk):
    """5 at 18 were there before: first in first out would have closed them against the bust."""
    bought(desk, 5, "18")
    execution = bought(desk, 10, "20")
    desk.done(bust(execution))
    assert layers(desk) == [(MONDAY, 5, usd("18000"))]
    assert realised(desk) == 0
    assert desk.state.carrying["C1"].book.position("CLM0").long_lots == 5


def test_fewer_lots_go_back_and_the_rest_has_the_new_price(desk):
    execution = bought(desk, 10, "20")
    desk.done(correct(execution, 7, "19.90"))
    assert layers(desk) == [(MONDAY, 7, usd("19900"))]
    assert desk.equity("ALPHA") == usd("1000700")


def test_more_lots_join_at_the_new_price(desk):
    execution = bought(desk, 10, "20")
    desk.done(correct(execution, 12, "20.10"))
    assert layers(desk) == [(MONDAY, 12, usd("20100"))]
    assert desk.equity("ALPHA") == usd("998800")


def test_a_correction_may_be_corrected_and_busted_by_either_name(desk):
    execution = bought(desk, 10, "20")
    desk.done(correct(execution, 10, "19", "c1"))
    desk.done(correct("c1", 8, "18", "c2"))
    desk.done(bust("c1", "c3"))
    assert desk.lots("ALPHA") == (0, 0)
    assert desk.equity("ALPHA") == usd("1000000")
    desk.refused(bust(execution, "c4"), Reason.FILL_BUSTED)


def test_a_correction_told_twice_counts_once(desk):
    execution = bought(desk, 10, "20")
    desk.done(correct(execution, 10, "19", "c1"))
    assert isinstance(desk.done(correct(execution, 10, "19", "c1"))[0], DuplicateFillIgnored)
    assert desk.equity("ALPHA") == usd("1010000")


def test_a_busted_execution_told_again_is_ignored(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.fill(order_id, 4, "20", execution_id="e1")
    desk.done(bust("e1"))
    events = desk.fill(order_id, 4, "20", execution_id="e1")
    assert kinds(events) == ["DuplicateFillIgnored"]


def test_a_busted_fill_does_not_revive_its_order(desk):
    """What the venue does with the order it says by itself."""
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.fill(order_id, 4, "20", execution_id="e1")
    desk.done(bust("e1"))
    assert desk.order_state(order_id) == "PARTLY_FILLED"
    assert desk.reserved("ALPHA") == (6, 0)
    filled = desk.accepted("BETA", BUY, 2, at="20")
    desk.fill(filled, 2, "20", execution_id="e2")
    desk.done(bust("e2", "fix2"))
    assert desk.order_state(filled) == "FILLED"


# -------------------------------------------------------------------------- lots closed since


def test_a_corrected_price_of_lots_closed_since_is_realised(desk):
    """5 at 20, 2 sold at 21: realised 2,000.  At 19: realised 4,000, 3 lots that cost 19."""
    execution = bought(desk, 5, "20")
    desk.trade("ALPHA", SELL, 2, "21")
    assert realised(desk) == usd("2000")
    desk.done(correct(execution, 5, "19"))
    assert realised(desk) == usd("4000")
    assert layers(desk) == [(MONDAY, 3, usd("19000"))]


def test_a_bust_of_lots_partly_closed_leaves_the_sale_short_at_the_fills_price(desk):
    """The statement shows the sales, and the bust as a sale of 5 at 20: 3 meet the purchase."""
    execution = bought(desk, 5, "20")
    desk.trade("ALPHA", SELL, 2, "21")
    desk.done(bust(execution))
    assert desk.lots("ALPHA") == (0, 2)
    assert position(desk).short.cost_micros == usd("40000")
    assert realised(desk) == usd("2000")
    # Two lots sold at 21 and nothing bought: at the mark of 20 that is 2,000 all the same.
    assert desk.equity("ALPHA") == usd("1002000")


def test_lots_closed_since_meet_other_lots_when_the_account_has_some(desk):
    """6 at 18 and 4 at 20, then 8 sold at 21 (6 of the old, 2 of the fill); 5 more at 19."""
    bought(desk, 6, "18")
    execution = bought(desk, 4, "20")
    desk.trade("ALPHA", SELL, 8, "21")
    assert realised(desk) == usd("20000")
    bought(desk, 5, "19")
    desk.done(bust(execution))
    # 2 lots are still the fill's; 2 were sold since and meet 2 of the 19s at 20: 2,000 more.
    assert layers(desk) == [(MONDAY, 3, usd("19000"))]
    assert realised(desk) == usd("22000")


def test_a_bust_of_a_close_brings_back_the_lots_it_closed_with_their_days(desk):
    """3 lots of Monday at 20, sold on Tuesday at 22; the sale never was."""
    bought(desk, 3, "20")
    desk.settle(CLM0="21")
    desk.next_day(TUESDAY)
    execution = bought(desk, 3, "22", side=SELL)
    assert realised(desk) == usd("6000")
    events = desk.done(bust(execution))
    assert events[0].mended_day == TUESDAY
    assert layers(desk) == [(MONDAY, 3, usd("20000"))]
    assert realised(desk) == 0
    # 3,000 of variation were paid on Monday's settlement price, nothing is due at the same mark.
    assert desk.equity("ALPHA") == usd("1003000")


def test_a_bust_of_a_sale_that_turned_the_position_gives_back_both_ends(desk):
    """6 long at 20; 10 sold at 21 (6 closed, 4 short), 5 more sold at 22: truly 1 long at 20."""
    bought(desk, 6, "20")
    execution = bought(desk, 10, "21", side=SELL)
    desk.trade("ALPHA", SELL, 5, "22")
    desk.done(bust(execution))
    assert desk.lots("ALPHA") == (1, 0)
    assert layers(desk) == [(MONDAY, 1, usd("20000"))]
    assert realised(desk) == usd("10000")


def test_a_corrected_price_of_a_close_is_realised_whole(desk):
    bought(desk, 3, "20")
    execution = bought(desk, 2, "22", side=SELL)
    desk.done(correct(execution, 2, "-22"))
    assert realised(desk) == usd("-84000")
    assert layers(desk) == [(MONDAY, 1, usd("20000"))]


def average_desk(desk):
    """AV1: USD 1,000 a point, kept at average cost."""
    average = changed(CL, product_id="AV", cost_method=CostMethod.AVERAGE)
    contract = changed(desk.state.contracts["CLM0"].contract, contract_id="AV1", product_id="AV")
    alpha = sub_account("ALPHA", tags=("cut",), products=("CL", "AV"))
    desk.done(define(average, contract, alpha))
    desk.mark(AV1="100")


def test_an_average_cost_is_as_if_the_busted_lots_never_came(desk):
    """2 at 100 and 1 at 103 cost 303,000 together; without the 103 it is 200,000 again."""
    average_desk(desk)
    desk.trade("ALPHA", BUY, 2, "100", contract="AV1")
    execution = bought(desk, 1, "103", contract="AV1")
    desk.done(bust(execution))
    assert position(desk, contract="AV1").long.cost_micros == usd("200000")
    assert realised(desk, contract="AV1") == 0


def test_an_average_cost_bust_after_a_sale_keeps_the_total(desk):
    """3 lots cost 303,000; one sold at 104: realised 3,000, 202,000 stay; then 103 never was."""
    average_desk(desk)
    desk.trade("ALPHA", BUY, 2, "100", contract="AV1")
    execution = bought(desk, 1, "103", contract="AV1")
    desk.trade("ALPHA", SELL, 1, "104", contract="AV1")
    desk.done(bust(execution))
    assert position(desk, contract="AV1").long.cost_micros == usd("99000")
    assert realised(desk, contract="AV1") == usd("3000")


# ------------------------------------------------------------------------- settled and foreign


def test_an_as_of_correction_is_paid_with_todays_variation(desk):
    """Monday's 10 at 20 settled at 21: 10,000 paid.  On Tuesday it was 19: 10,000 more are due."""
    execution = bought(desk, 10, "20")
    desk.settle(CLM0="21")
    desk.next_day(TUESDAY)
    event = only(desk.done(correct(execution, 10, "19")), FillCorrected)
    assert event.mended_day == MONDAY
    assert desk.cash("ALPHA") == usd("1010000")
    assert desk.equity("ALPHA") == usd("1020000")
    assert layers(desk) == [(MONDAY, 10, usd("19000"))]
    desk.settle(TUESDAY, CLM0="21")
    assert desk.cash("ALPHA") == usd("1020000")
    assert desk.cash("C1") == usd("10020000")


@pytest.mark.parametrize(
    ("contract", "old", "new", "currency", "difference"),
    [
        ("FDAX", "10000", "9999.5", "EUR", "37.5"),
        ("NKM0", "20000", "20005", "JPY", "-15000"),
        ("CLM0", "-37.63", "-36.98", "USD", "-1950"),
        ("CLM0", "0.01", "-0.01", "USD", "60"),
    ],
)
def test_corrections_in_other_currencies_and_through_zero(
    desk, contract, old, new, currency, difference
):
    """3 lots: EUR 25 a point, JPY 1,000 a point, USD 1,000 a point."""
    execution = bought(desk, 3, old, contract=contract)
    before = position(desk, contract=contract).carried_micros
    desk.done(correct(execution, 3, new))
    assert before - position(desk, contract=contract).carried_micros == money(difference)
    venue = {"EUR": "EUREX", "JPY": "OSE", "USD": "NYMEX"}[currency]
    paid = desk.cash("ALPHA", currency)
    desk.done(bust(execution, "fix2"))
    desk.settle(venue=venue, **{contract: old})
    assert desk.cash("ALPHA", currency) == paid


def test_fees_follow_the_lots_and_a_bust_gives_them_back(desk):
    """ES costs 2.45 a lot."""
    execution = bought(desk, 4, "3000", contract="ESM0")
    assert desk.cash("ALPHA") == usd("999990.2")
    desk.done(correct(execution, 6, "3000"))
    assert desk.cash("ALPHA") == usd("999985.3")
    desk.done(bust(execution, "fix2"))
    assert desk.cash("ALPHA") == usd("1000000")
    assert desk.cash("C1") == usd("10000000")


# ------------------------------------------------------------------------------ gross accounts


def cu(desk, lots, at="40000", side=BUY, offset=OPEN, sub="ALPHA"):
    return bought(desk, lots, at, sub, side, "CU06", offset)


def cu_layers(desk, sub="ALPHA"):
    return layers(desk, sub, "CU06", "CN1")


def test_a_corrected_gross_fill_keeps_todays_and_yesterdays_lots(desk):
    """Yesterday's 3 at 40,000 were 39,990: on Tuesday they are yesterday's lots still."""
    execution = cu(desk, 3)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    cu(desk, 2, "40010")
    desk.done(correct(execution, 3, "39990", account="CN1"))
    assert cu_layers(desk) == [(MONDAY, 3, usd("199950")), (TUESDAY, 2, usd("200050"))]


def test_a_busted_close_of_yesterdays_lots_makes_them_yesterdays_again(desk):
    cu(desk, 3)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    cu(desk, 2, "40010")
    execution = cu(desk, 2, "40020", SELL, Offset.CLOSE_YESTERDAY)
    desk.done(bust(execution, account="CN1"))
    assert cu_layers(desk) == [(MONDAY, 3, usd("200000")), (TUESDAY, 2, usd("200050"))]
    assert realised(desk, contract="CU06", account="CN1") == 0
    desk.done(order("ALPHA", SELL, 3, "CU06", "40000", offset=Offset.CLOSE_YESTERDAY))


def test_a_busted_close_today_takes_back_the_fee_it_paid(desk):
    """10 CNY a lot to open or to close yesterday's; closing today's is free."""
    cu(desk, 3)
    execution = cu(desk, 2, "40020", SELL, CLOSE_TODAY)
    assert desk.cash("ALPHA", "CNY") == usd("-30")
    desk.done(bust(execution, account="CN1"))
    assert desk.cash("ALPHA", "CNY") == usd("-30")
    assert desk.lots("ALPHA", "CU06", "CN1") == (3, 0)


def test_a_gross_side_that_holds_nothing_any_more_is_owed_by_suspense(desk):
    """3 opened, 2 closed since, 1 left: the bust takes 1, suspense owes 2, a person is called."""
    execution = cu(desk, 3)
    cu(desk, 2, "40020", SELL, CLOSE)
    assert realised(desk, contract="CU06", account="CN1") == usd("200")
    events = desk.done(bust(execution, account="CN1"))
    assert kinds(events) == ["FillBusted", "FillSuspended", "OperatorCalled"]
    assert desk.lots("ALPHA", "CU06", "CN1") == (0, 0)
    assert desk.suspended("CU06", "CN1") == (-2, 0)
    assert realised(desk, contract="CU06", account="CN1") == usd("200")
    # Whoever opens lots can take the close over.
    cu(desk, 2, "40000", sub="BETA")
    desk.done(assign("fix", "BETA", 2, account="CN1"))
    assert desk.suspended("CU06", "CN1") == (0, 0)


def test_a_gross_bust_takes_other_lots_of_the_side_before_suspense_owes(desk):
    """3 at 40,000 today, 3 closed; 2 at 40,010: they are closed at 40,000 (100 lost)."""
    execution = cu(desk, 3)
    cu(desk, 3, "40000", SELL, CLOSE)
    cu(desk, 2, "40010")
    events = desk.done(bust(execution, account="CN1"))
    assert only(events, FillSuspended).quantity_lots == 1
    assert desk.lots("ALPHA", "CU06", "CN1") == (0, 0)
    assert realised(desk, contract="CU06", account="CN1") == usd("-100")


def test_more_lots_of_a_close_than_are_held_go_to_suspense(desk):
    cu(desk, 3)
    execution = cu(desk, 2, "40020", SELL, CLOSE)
    desk.done(correct(execution, 5, "40020", account="CN1"))
    assert desk.lots("ALPHA", "CU06", "CN1") == (0, 0)
    assert desk.suspended("CU06", "CN1") == (-2, 0)
    desk.done(correct(execution, 2, "40020", "fix2", account="CN1"))
    assert desk.lots("ALPHA", "CU06", "CN1") == (1, 0)
    assert desk.suspended("CU06", "CN1") == (0, 0)


# ------------------------------------------------------------------- several books, suspense


def test_a_corrected_block_touches_its_legs_and_nobody_else(desk):
    """5 lots each are cut at 20; the fill was 19: each leg is 5,000 worse, GAMMA hears nothing."""
    for sub in ("BETA", "GAMMA"):
        desk.trade(sub, BUY, 10, "20")
    slice_id = block_slice(desk)
    desk.fill(slice_id, 10, "20", execution_id="cut")
    before = {sub: desk.equity(sub) for sub in ("ALPHA", "BETA", "GAMMA")}
    event = only(desk.done(correct("cut", 10, "19")), FillCorrected)
    assert [mend.book_id for mend in event.mends] == ["ALPHA", "BETA"]
    changes = {sub: desk.equity(sub) - was for sub, was in before.items()}
    assert changes == {"ALPHA": usd("-5000"), "BETA": usd("-5000"), "GAMMA": 0}


def test_fewer_lots_of_a_block_are_shared_and_the_rule_cuts_what_came_back(desk):
    """10 lots of a cut are 7: the legs get 2 and 1 back, and the rule sends them out again."""
    desk.trade("BETA", BUY, 10, "20")
    slice_id = block_slice(desk)
    desk.fill(slice_id, 10, "20", execution_id="cut")
    events = desk.done(correct("cut", 7, "20"))
    returned = [mend.taken_lots - mend.entered_lots for mend in events[0].mends]
    assert sorted(returned) == [1, 2]
    assert sum(1 for kind in kinds(events) if kind == "BlockOrderCreated") == 1


def test_a_suspended_fill_is_corrected_where_it_waits(desk):
    execution = stray(desk, BUY, 4, "20")
    desk.done(correct(execution, 3, "19"))
    assert desk.suspended() == (3, 0)
    desk.done(assign(execution, "ALPHA", 3))
    assert layers(desk) == [(MONDAY, 3, usd("19000"))]
    desk.done(bust(execution, "fix2"))
    assert desk.lots("ALPHA") == (0, 0)


def test_lots_in_suspense_give_way_first(desk):
    execution = stray(desk, BUY, 4, "20")
    desk.done(assign(execution, "ALPHA", 3))
    desk.done(correct(execution, 2, "20"))
    assert desk.suspended() == (0, 0)
    assert desk.net("ALPHA") == 2


def test_the_suspense_account_keeps_the_price_of_lots_it_gave_on_after_a_settlement(desk):
    """4 at 20, settled at 21, given to ALPHA at 21.  The fill was 19: 4,000 are suspense's."""
    execution = stray(desk, BUY, 4, "20")
    desk.settle(CLM0="21")
    desk.done(assign(execution, "ALPHA", 3))
    desk.done(correct(execution, 4, "19"))
    assert desk.equity("ALPHA") == usd("1000000")
    desk.next_day(TUESDAY)
    desk.settle(TUESDAY, CLM0="21")
    assert desk.cash(suspense_id("C1")) == usd("8000")
    assert desk.cash("ALPHA") == usd("1000000")
    # Busted: ALPHA gives its lots back at 21, suspense its profit of two points a lot.
    desk.done(bust(execution, "fix2"))
    desk.next_day(MONDAY.fromordinal(TUESDAY.toordinal() + 1))
    desk.settle(MONDAY.fromordinal(TUESDAY.toordinal() + 1), CLM0="21")
    assert desk.cash(suspense_id("C1")) == 0
    assert desk.cash("ALPHA") == usd("1000000")
    assert desk.suspended() == (0, 0)


def test_what_suspense_owes_of_lots_it_gave_on_after_a_settlement_pays_once(desk):
    """3 at 40,000, settled at 40,010 (150), given to ALPHA, who closes them; then busted.

    ALPHA's lots are gone: suspense owes them, short 3, and gives its 150 back at the settlement.
    """
    execution = stray(desk, BUY, 3, "40000", "CU06", "CN1", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40010")
    desk.done(assign(execution, "ALPHA", 3, account="CN1"))
    cu(desk, 3, "40020", SELL, CLOSE)
    desk.done(bust(execution, account="CN1"))
    assert desk.suspended("CU06", "CN1") == (-3, 0)
    desk.next_day(TUESDAY, "SHFE")
    desk.settle(TUESDAY, "SHFE", CU06="40010")
    assert desk.cash(suspense_id("CN1"), "CNY") == 0
    # 150 made; closing lots of the day is free, and the fill that never was costs nothing.
    assert desk.cash("ALPHA", "CNY") == usd("150")


# ------------------------------------------------------------------------ what people hear


def test_an_over_fill_is_booked_shown_limited_and_called(desk):
    """10 ordered, 13 filled: a person is called, the surplus is ALPHA's and uses its limit up."""
    desk.done(define(limit("ALPHA", "CLM0", 12)))
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    events = desk.fill(order_id, 13, "20", execution_id="over")
    assert only(events, OperatorCalled).detail == "3 lots more than ordered were filled and booked"
    assert desk.net("ALPHA") == 13
    refused = only(desk.submit("ALPHA", BUY, 1, at="20"), OrderRejected)
    assert (refused.reason, refused.value) == (Reason.POSITION_LIMIT, 14)
    # The venue takes the surplus back: the same accounts, the order as it was.
    desk.done(correct("over", 10, "20"))
    assert desk.net("ALPHA") == 10
    assert desk.order_state(order_id) == "FILLED"
    desk.accepted("ALPHA", BUY, 2, at="20")


def test_a_bust_under_a_working_close_calls_a_person(desk):
    execution = bought(desk, 5, "20")
    desk.working("ALPHA", SELL, 4, at="21")
    events = desk.done(bust(execution))
    assert "4 working lots" in only(events, OperatorCalled).detail


def test_a_bust_that_cannot_be_booked_calls_a_person(desk):
    events = desk.do(bust("never"))
    assert kinds(events) == ["CommandRejected", "OperatorCalled"]


def test_a_bust_may_leave_an_owner_over_granted_and_says_so(desk):
    """ALPHA sold 100 at 60 and bought them back at 20; the sale never was: 4m are gone."""
    desk.done(
        cmd.TransferCapital(
            from_sub_account_id=None,
            to_sub_account_id="GAMMA",
            amount_micros=money("7000000"),
            reason="all of it",
            entered_by="cio",
        )
    )
    desk.mark(CLM0="60")
    execution = bought(desk, 100, "60", side=SELL)
    desk.mark(CLM0="20")
    desk.trade("ALPHA", BUY, 100, "20")
    assert desk.equity("ALPHA") == usd("5000000")
    desk.done(
        cmd.TransferCapital(
            from_sub_account_id="ALPHA",
            to_sub_account_id="GAMMA",
            amount_micros=money("1000000"),
            reason="rest",
            entered_by="cio",
        )
    )
    desk.mark(CLM0="10")
    events = desk.done(bust(execution))
    assert "OverGrantedChanged" in kinds(events)
    assert len(all_of(events, FillBusted)) == 1
    assert price("10") == desk.state.contracts["CLM0"].mark_nanos
