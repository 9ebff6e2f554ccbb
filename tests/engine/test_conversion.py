"""A contract becomes another one: lots change, days, cost, carried value and profit stay.

CLM0 is 1,000 barrels a lot; CLX0 is 500, so 2 lots stand for 1 and prices stay.
"""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    CommandRejected,
    OperatorCalled,
    SuspenseAssigned,
)
from fencang.messages.fill_commands import BustFill, CorrectFill
from fencang.messages.life_events import ContractConverted
from fencang.messages.message import TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract, CostMethod
from tests.engine.day_acts import correct
from tests.engine.desk import BUY, OPEN, SELL, all_of, assign, kinds, only, order, stray
from tests.engine.firm import (
    CL,
    DAY,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    money,
    price,
    product,
    rule,
)
from tests.engine.life_acts import convert, list_halves, permitted


def layers(desk, sub, contract, account="C1"):
    """Return (opened day, lots, cost) of a sub-account's long lots."""
    position = desk.state.subs[sub].book.positions[account, contract]
    return [tuple(layer) for layer in position.long.layers]


def carried(desk, sub, contract, account="C1"):
    return desk.state.subs[sub].book.positions[account, contract].carried_micros


def converting(desk):
    """ALPHA holds 3 lots of Monday at 20 and 1 of Tuesday at 21; it is Wednesday, mark 22."""
    list_halves(desk)
    desk.trade("ALPHA", BUY, 3, "20")
    desk.settle(CLM0="20.50")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", BUY, 1, "21")
    desk.settle(TUESDAY, CLM0="21.50")
    desk.next_day(WEDNESDAY)
    desk.mark(CLM0="22")


def test_lots_keep_their_day_their_cost_and_what_carries_them(desk):
    """3 lots at 20 cost 60,000 and become 6; 1 at 21 costs 21,000 and becomes 2."""
    converting(desk)
    equity, cash = desk.equity("ALPHA"), desk.cash("ALPHA")
    event = only(desk.done(convert(day=WEDNESDAY)), ContractConverted)
    assert layers(desk, "ALPHA", "CLX0") == [
        (MONDAY.toordinal(), 6, money("60000")),
        (TUESDAY.toordinal(), 2, money("21000")),
    ]
    assert carried(desk, "ALPHA", "CLX0") == money("86000")  # 4 lots settled at 21.50
    assert (desk.net("ALPHA"), desk.net("ALPHA", "CLX0")) == (0, 8)
    assert event.mark_nanos == price("22")
    assert event.settlement_nanos == price("21.50")
    assert (desk.equity("ALPHA"), desk.cash("ALPHA")) == (equity, cash)
    # Profit is explained in both: what open lots were paid, 86,000 - 81,000, went with them.
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLX0"]
    assert (position.variation_micros, position.realised_micros) == (money("5000"), 0)


def test_the_day_goes_on_with_the_successor(desk):
    """Settled at 22.30: 8 lots of 500 are worth 89,200, less 86,000 carried: 3,200 is paid."""
    converting(desk)
    desk.done(convert(day=WEDNESDAY))
    cash = desk.cash("ALPHA")
    desk.trade("ALPHA", SELL, 5, "22.40", contract="CLX0")
    desk.settle(WEDNESDAY, CLX0="22.30")
    # 5 sold at 22.40 bring 250 more than the settlement price.
    assert desk.cash("ALPHA") - cash == money("3450")
    assert layers(desk, "ALPHA", "CLX0")[0][1] == 1
    realised = desk.state.subs["ALPHA"].book.positions["C1", "CLX0"].realised_micros
    assert realised == money("6000")  # 5 x 500 x (22.40 - 20.00)


def test_a_price_factor_and_a_ratio_that_keep_the_value(desk):
    """A lot of 5 tonnes quoted per tonne becomes one of 10, quoted per 2 tonnes: 1 for 1, x2.

    1 lot at 40,000 x 5 = 200,000; at 80,000 x 2.5 = 200,000.
    """
    half = product("CUH", "SHFE", "CNY", "2.5", "20")
    desk.done(define(half, Contract(contract_id="CUX", product_id="CUH"), *permitted(desk, "CUH")))
    desk.trade("ALPHA", BUY, 3, "40010", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 2, "40020", contract="CU06", offset=OPEN)
    event = only(desk.done(convert("CU06", "CUX", (1, 1), (2, 1))), ContractConverted)
    assert event.mark_nanos == price("80000")
    assert desk.lots("ALPHA", "CUX", "CN1") == (3, 2)
    assert layers(desk, "ALPHA", "CUX", "CN1") == [
        (MONDAY.toordinal(), 3, money("600150"))  # 3 x 5 x 40,010
    ]


def test_a_new_symbol_is_a_conversion_of_one_to_one(desk):
    desk.done(define(Contract(contract_id="CLNEW", product_id="CL")))
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", SELL, 2, "20")
    stray(desk, BUY, 1, "20")
    desk.done(convert(new="CLNEW", lots=(1, 1)))
    assert (desk.net("ALPHA", "CLNEW"), desk.net("BETA", "CLNEW")) == (3, -2)
    assert desk.suspended("CLNEW") == (1, 0)


def test_what_lies_in_suspense_can_be_assigned_in_the_successor(desk):
    list_halves(desk)
    name = stray(desk, BUY, 2, "20")
    desk.done(convert())
    assert (desk.suspended(), desk.suspended("CLX0")) == ((0, 0), (4, 0))
    assigned = only(desk.done(assign(name, "ALPHA", 3)), SuspenseAssigned)
    assert (assigned.contract_id, assigned.price_nanos) == ("CLX0", price("20"))
    assert (desk.net("ALPHA", "CLX0"), desk.suspended("CLX0")) == (3, (1, 0))


def test_profit_that_waits_for_the_settlement_moves_too(desk):
    """Bought at 20 and sold at 21 today: flat, and 1,000 are to be paid this evening."""
    list_halves(desk)
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("ALPHA", SELL, 1, "21")
    desk.done(convert())
    before = desk.cash("ALPHA")
    desk.settle(CLX0="20")
    assert desk.cash("ALPHA") - before == money("1000")


def test_average_cost_is_one_pool_before_and_after(desk):
    pooled = changed(CL, cost_method=CostMethod.AVERAGE, product_id="AV")
    twin = changed(pooled, product_id="AVH", point_value_micros=money("500"))
    contracts = [Contract(contract_id=f"{name}1", product_id=name) for name in ("AV", "AVH")]
    desk.done(define(pooled, twin, *contracts))
    for name in ("AV", "AVH"):
        desk.done(define(*permitted(desk, name)))
    desk.mark(AV1="20")
    desk.trade("ALPHA", BUY, 2, "20", contract="AV1")
    desk.trade("ALPHA", BUY, 1, "20.30", contract="AV1")
    desk.done(convert("AV1", "AVH1"))
    desk.trade("ALPHA", SELL, 4, "20.10", contract="AVH1")
    position = desk.state.subs["ALPHA"].book.positions["C1", "AVH1"]
    assert position.realised_micros == 0  # the average is 20.10
    assert position.long.cost_micros == money("20100")


# --------------------------------------------------------------------------- the contract that was


def test_the_old_contract_takes_nothing_more(desk):
    list_halves(desk)
    desk.trade("ALPHA", BUY, 3, "20")
    desk.done(convert())
    words = "CLM0 was converted into CLX0"
    refusal = desk.refused(order("ALPHA", SELL, 1, at="20"), Reason.ORDER_CONTRACT_EXPIRED)
    assert refusal.detail == words
    late = cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="late",
        order_id=None,
        contract_id="CLM0",
        side=BUY,
        quantity_lots=1,
        price_nanos=price("20"),
    )
    events = desk.do(late)
    assert only(events, CommandRejected).reason is Reason.CONTRACT_EXPIRED
    assert only(events, OperatorCalled).detail == words


def test_fills_of_the_old_contract_are_mended_by_fills_of_the_new_one(desk):
    list_halves(desk)
    desk.trade("ALPHA", BUY, 3, "20")
    name = next(reversed(desk.state.executions))[1]
    desk.done(convert())
    fields = {"carrying_account_id": "C1", "execution_id": name, "source": "venue"}
    bust = BustFill(correction_id="b1", **fields)
    refusal = desk.refused(bust, Reason.CONTRACT_EXPIRED)
    assert refusal.detail == (
        "CLM0 was converted into CLX0; enter the difference as fills of what it became"
    )


def test_a_settlement_before_the_conversion_is_corrected_in_its_own_terms(desk):
    """Tuesday at 21.60 instead of 21.50: 4 lots of 1,000 get 400, carried by the 8 of 500."""
    converting(desk)
    name = stray(desk, BUY, 1, "21")
    desk.done(convert(day=WEDNESDAY))
    before = desk.cash("ALPHA")
    event = only(desk.done(correct(TUESDAY, "21.60")), SettlementCorrected)
    assert event.following_day is None
    assert desk.cash("ALPHA") - before == money("400")
    assert carried(desk, "ALPHA", "CLX0") == money("86400")
    desk.settle(WEDNESDAY, CLX0="22")
    assert desk.cash("ALPHA") - before == money("2000")  # 88,000 less 86,000
    # Now a settlement of the successor has measured from it: nothing is paid any more.
    event = only(desk.done(correct(TUESDAY, "21.70")), SettlementCorrected)
    assert event.following_day == WEDNESDAY
    assert desk.cash("ALPHA") - before == money("2000")
    desk.done(assign(name, "BETA", 2))


def test_a_correction_of_monday_is_followed_by_tuesday_as_ever(desk):
    converting(desk)
    desk.done(convert(day=WEDNESDAY))
    event = only(desk.done(correct(MONDAY, "20.40")), SettlementCorrected)
    assert event.following_day == TUESDAY


def test_suspended_lots_follow_a_correction_from_before(desk):
    list_halves(desk)
    name = stray(desk, BUY, 2, "20")
    desk.settle(CLM0="20.50")
    desk.next_day(TUESDAY)
    desk.done(convert(day=TUESDAY))
    desk.done(correct(MONDAY, "20.60"))
    assert only(desk.done(assign(name, "ALPHA", 4)), SuspenseAssigned).price_nanos == price("20.60")


def test_a_rule_cuts_what_the_lots_became(desk):
    """Held at the reference: 10 lots, that is 20 of the successor; half may stay."""
    list_halves(desk)
    desk.done(define(rule(hold_ns=9 * DAY)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    desk.done(convert())
    created = only(desk.vix("21"), BlockOrderCreated)
    assert (created.contract_id, created.legs[0].quantity_lots) == ("CLX0", 10)


def test_a_block_that_waits_for_the_market_ends_and_begins_anew(desk):
    list_halves(desk)
    desk.done(define(rule(hold_ns=9 * DAY)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    assert only(desk.vix("21"), BlockOrderCreated).contract_id == "CLM0"
    events = desk.done(convert())
    assert only(events, BlockOrderDone).unfilled_lots == 5
    created = only(events, BlockOrderCreated)
    assert (created.contract_id, created.legs[0].quantity_lots) == ("CLX0", 10)


def test_twice_in_a_row(desk):
    """500 barrels become 250: a chain that settlements of the first contract still follow."""
    converting(desk)
    quarter = product("CLQ", "NYMEX", "USD", "250", "0.01")
    desk.done(define(quarter, Contract(contract_id="CLY0", product_id="CLQ")))
    desk.done(define(*permitted(desk, "CLQ")))
    desk.done(convert(day=WEDNESDAY))
    desk.done(convert("CLX0", "CLY0", day=WEDNESDAY))
    before = desk.cash("ALPHA")
    desk.done(correct(TUESDAY, "21.60"))
    assert desk.cash("ALPHA") - before == money("400")
    assert (desk.net("ALPHA", "CLY0"), carried(desk, "ALPHA", "CLY0")) == (16, money("86400"))


# ---------------------------------------------------------------------------------------- refused


def test_lots_that_do_not_become_whole_are_named(desk):
    """The other way round, 1 lot of 2,000 barrels for 2: 3 lots leave one over."""
    double = product("CLD", "NYMEX", "USD", "2000", "0.01")
    desk.done(define(double, Contract(contract_id="CLD0", product_id="CLD")))
    desk.done(define(*permitted(desk, "CLD")))
    desk.trade("ALPHA", BUY, 4, "20")
    desk.trade("BETA", BUY, 3, "20")
    refusal = desk.refused(convert(new="CLD0", lots=(1, 2)), Reason.CONVERSION_NOT_WHOLE)
    assert refusal.detail == (
        "BETA at C1: 3 lots long of 2020-04-20 do not become whole lots at 1 for 2"
    )
    desk.trade("BETA", SELL, 1, "20")
    desk.done(convert(new="CLD0", lots=(1, 2)))
    assert (desk.net("ALPHA", "CLD0"), desk.net("BETA", "CLD0")) == (2, 1)


def test_a_slip_of_the_pen_is_found(desk):
    list_halves(desk)
    refusal = desk.refused(convert(lots=(3, 1)), Reason.CONVERSION_VALUE)
    assert "1 lots of CLM0 at 1 are worth 1000000000 micros" in refusal.detail
    desk.refused(convert(prices=(2, 1)), Reason.CONVERSION_VALUE)


def test_working_orders_have_to_be_gone(desk):
    list_halves(desk)
    order_id = desk.working("ALPHA", BUY, 1, at="19", time_in_force=TimeInForce.GTC)
    refusal = desk.refused(convert(), Reason.CONVERSION_ORDERS)
    assert f"the first is {order_id}; cancel them first" in refusal.detail
    desk.cancel(order_id)
    desk.refused(convert(), Reason.CONVERSION_ORDERS)
    desk.cancelled(order_id)
    desk.done(convert())


def test_the_successor_begins_with_what_is_converted(desk):
    list_halves(desk)
    desk.mark(CLX0="20")
    desk.trade("BETA", BUY, 1, "20", contract="CLX0")
    desk.refused(convert(), Reason.CONVERSION_SUCCESSOR_IN_USE)


def test_a_successor_with_a_price_of_its_own_keeps_it(desk):
    list_halves(desk)
    desk.mark(CLX0="20.10")
    desk.trade("ALPHA", BUY, 1, "20")
    event = only(desk.done(convert()), ContractConverted)
    assert event.mark_nanos is None
    assert desk.equity("ALPHA") == money("1000100")


def test_holders_must_be_permitted_the_successor(desk):
    list_halves(desk, "ALPHA")
    desk.trade("BETA", BUY, 1, "20")
    refusal = desk.refused(convert(), Reason.PRODUCT_NOT_PERMITTED)
    assert refusal.detail == "the mandate of BETA does not permit CLH"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (convert(approved_by=""), Reason.SECOND_PERSON_REQUIRED),
        (convert(approved_by="ops"), Reason.SECOND_PERSON_IS_THE_FIRST),
        (convert(new="NONE"), Reason.UNKNOWN_CONTRACT),
        (convert(new="CLM0"), Reason.CONVERSION_CONTRACTS),
        (convert(new="FDAX"), Reason.CONVERSION_CONTRACTS),
        (convert(day=TUESDAY), Reason.WRONG_TRADING_DAY),
    ],
)
def test_what_does_not_fit_is_refused(desk, command, reason):
    list_halves(desk)
    desk.refused(command, reason)


def test_a_contract_is_converted_before_it_is_settled_and_once(desk):
    list_halves(desk)
    desk.settle(CLM0="20")
    desk.refused(convert(), Reason.ALREADY_SETTLED)
    desk.next_day(TUESDAY)
    desk.done(convert(day=TUESDAY))
    desk.refused(convert(day=TUESDAY), Reason.CONTRACT_EXPIRED)


def test_a_successor_that_was_settled_today_waits_for_tomorrow(desk):
    """Its settlement of today would not have paid the lots that come after it."""
    list_halves(desk)
    desk.settle(CLX0="20")
    desk.refused(convert(), Reason.ALREADY_SETTLED)


def test_everything_is_one_record(desk):
    list_halves(desk)
    for sub in ("ALPHA", "BETA", "GAMMA"):
        desk.trade(sub, BUY, 2, "20")
    events = desk.done(convert())
    assert kinds(events) == ["ContractConverted"]
    event = events[0]
    assert [(part.book_id, part.new_long_lots) for part in event.books] == [
        ("ALPHA", 4),
        ("BETA", 4),
        ("GAMMA", 4),
    ]
    assert [(part.carrying_account_id, part.new_long_lots) for part in event.carrying] == [
        ("C1", 12)
    ]


def test_a_fill_may_keep_its_price_when_only_its_lots_are_corrected(desk):
    """The tick grew since: 20.01 is off it, and stays the price of that fill."""
    desk.trade("ALPHA", BUY, 3, "20.01")
    name = next(reversed(desk.state.executions))[1]
    desk.done(define(changed(CL, tick_nanos=price("0.05"))))
    fields = {"carrying_account_id": "C1", "execution_id": name, "source": "venue"}
    wrong = CorrectFill(correction_id="c1", quantity_lots=2, price_nanos=price("20.02"), **fields)
    desk.refused(wrong, Reason.PRICE_OFF_TICK)
    right = CorrectFill(correction_id="c1", quantity_lots=2, price_nanos=price("20.01"), **fields)
    desk.done(right)
    assert all_of(desk.settle(CLM0="20"), CommandRejected) == []
