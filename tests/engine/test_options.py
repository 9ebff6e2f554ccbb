"""Options from the trade to the end: premiums, settlement, exercise, assignment, expiry."""

import pytest

from fencang.messages.events import (
    ContractExpired,
    MarginPublished,
    OperatorCalled,
    OptionExercised,
    OrderRejected,
)
from fencang.messages.message import OrderType
from fencang.messages.reasons import Reason
from fencang.refdata.contract import CashStyle, ContractKind, OptionRight
from tests.engine.day_acts import close_day, shut
from tests.engine.desk import BUY, OPEN, SELL, all_of, assign, only, stray, transfer
from tests.engine.fill_acts import move
from tests.engine.firm import CL, TUESDAY, changed, define, money, rule, sub_account
from tests.engine.option_firm import (
    ALL,
    LO,
    LOC,
    LXC,
    PERMITTED,
    expire,
    instruct,
    option,
    option_product,
    report,
    use_options,
)
from tests.engine.rate_book import by_money, rate_of


@pytest.fixture
def options(desk):
    use_options(desk)
    return desk


MILLION = money("1000000")


def test_a_premium_is_paid_at_the_trade_and_no_variation_after(options):
    """10 calls at 1.50: 15,000 change hands; a settlement at 2.00 moves nothing."""
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.trade("BETA", SELL, 10, "1.50", contract="LOC")
    assert options.cash("ALPHA") == options.equity("ALPHA") == MILLION - money("15000")
    assert options.cash("BETA") == options.equity("BETA") == MILLION + money("15000")
    options.mark(LOC="2.00")
    options.settle(LOC="2.00", CLM0="20")
    assert options.cash("ALPHA") == MILLION - money("15000")
    assert options.cash("C1") == money("10000000")


def test_a_bought_option_asks_for_its_premium_and_a_sold_one_for_risk_and_value(options):
    """Sold: scan 3,600 and value 1,500 a lot; the premium received is there to hold it."""
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    assert options.requirement("ALPHA") == 0
    options.trade("BETA", SELL, 10, "1.50", contract="LOC")
    assert options.requirement("BETA") == money("51000")


def test_a_working_purchase_reserves_its_premium(options):
    order_id = options.working("ALPHA", BUY, 10, "LOC", at="1.60")
    assert options.requirement("ALPHA") == money("16000")
    options.fill(order_id, 4, "1.50")
    assert options.requirement("ALPHA") == money("9600")
    options.replace(order_id, 8, at="2.00")
    assert options.requirement("ALPHA") == money("12000")  # 6 lots of 10 at 2.00 until answered
    options.cancel(order_id)
    options.cancelled(order_id)
    assert options.requirement("ALPHA") == 0


def test_a_premium_beyond_the_cash_is_refused(options):
    rejected = only(options.submit("ALPHA", BUY, 667, "LOC", at="1.50"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT
    assert (rejected.limit, rejected.value) == (MILLION, money("1000500"))
    order_id = options.working("ALPHA", BUY, 666, "LOC", at="1.50")
    refused = options.replace(order_id, 666, at="1.51")[0]
    assert refused.reason is Reason.MARGIN_SUB_ACCOUNT


def test_orders_that_pay_premiums_have_a_limit(options):
    for kind in (OrderType.MARKET, OrderType.STOP):
        stop = LO.tick_nanos * 150 if kind is OrderType.STOP else None
        refused = options.submit("ALPHA", BUY, 1, "LOC", order_type=kind, stop_price_nanos=stop)[0]
        assert refused.reason is Reason.ORDER_PRICE_MISSING


def test_an_option_that_no_file_margins_is_not_opened(options):
    options.done(define(option("LOX", "LO")))
    options.mark(LOX="1.50")
    rejected = only(options.submit("ALPHA", BUY, 1, "LOX", at="1.50"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_PARAMETERS_MISSING


def test_in_the_money_a_call_becomes_the_future_at_the_strike(options):
    """At 23 ALPHA has 10 June long from 20 and BETA 10 short: 30,000 up and down."""
    options.mark(CLM0="23")
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.trade("BETA", SELL, 10, "1.50", contract="LOC")
    events = options.done(expire("LOC", "23"))
    assert only(events, ContractExpired).final_price_nanos == 0
    assert [options.net(sub) for sub in ("ALPHA", "BETA")] == [10, -10]
    assert options.lots("ALPHA", "LOC") == (0, 0)
    assert options.equity("ALPHA") == MILLION - money("15000") + money("30000")
    assert options.equity("BETA") == MILLION + money("15000") - money("30000")
    options.settle(CLM0="23")
    assert options.cash("ALPHA") == MILLION + money("15000")
    assert options.requirement("ALPHA") == money("30000")


def test_in_the_money_a_put_sells_the_future(options):
    options.trade("ALPHA", BUY, 10, "1.10", contract="LOP")
    options.trade("BETA", SELL, 10, "1.10", contract="LOP")
    options.done(expire("LOP", "-37.63"))
    assert [options.net(sub) for sub in ("ALPHA", "BETA")] == [-10, 10]
    options.settle(CLM0="-37.63")
    assert options.cash("ALPHA") == MILLION - money("11000") + money("576300")


def test_out_of_the_money_nothing_is_left(options):
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    order_id = options.working("ALPHA", SELL, 5, "LOC", at="1.60")
    options.done(expire("LOC", "20"))
    assert options.order_state(order_id) == "EXPIRED"
    assert options.net("ALPHA") == 0
    assert options.equity("ALPHA") == options.cash("ALPHA") == MILLION - money("15000")
    position = options.state.subs["ALPHA"].lines["C1", "LOC"].position
    assert position.realised_micros == -money("15000")
    assert options.requirement("ALPHA") == 0


def test_a_holder_may_abandon_or_exercise_all_the_same(options):
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.trade("BETA", SELL, 7, "1.50", contract="LOC")
    options.done(instruct("ALPHA", abandon=4))
    options.done(expire("LOC", "20.01"))
    assert [options.net(sub) for sub in ("ALPHA", "BETA")] == [6, -7]
    options.trade("GAMMA", BUY, 3, "1.10", contract="LOP")
    options.done(instruct("GAMMA", exercise=2, contract="LOP"))
    options.done(expire("LOP", "20.01"))
    assert options.net("GAMMA") == -2
    assert options.state.instructions == {}


def test_nobody_can_instruct_more_than_it_holds(options):
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.refused(instruct("ALPHA", 6, 5), Reason.EXERCISE_LOTS_TOO_FEW)
    options.refused(instruct("BETA", 1), Reason.EXERCISE_LOTS_TOO_FEW)
    options.done(instruct("ALPHA", 6, 4))
    options.done(instruct("ALPHA"))
    assert options.state.instructions == {}


def test_an_early_exercise_goes_to_those_who_asked(options):
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.trade("BETA", BUY, 10, "1.50", contract="LOC")
    options.done(instruct("BETA", exercise=6))
    assert all_of(options.done(report("exercised", 4)), OperatorCalled) == []
    assert [options.net(sub) for sub in ("ALPHA", "BETA")] == [0, 4]
    assert options.state.instructions == {("BETA", "C1", "LOC"): (2, 0)}
    called = only(options.done(report("exercised", 8, execution="X2")), OperatorCalled)
    assert called.detail.startswith("6 lots were exercised that nobody had asked for")
    # 2 to BETA, 6 pro rata over the 10 and 4 that are left.
    assert [options.net(sub) for sub in ("ALPHA", "BETA")] == [4, 8]


def test_a_report_that_cannot_be_booked_calls_a_person(options):
    """The house has exercised all the same: whoever runs the desk has to know."""
    options.trade("ALPHA", BUY, 3, "1.50", contract="LOC")
    for told, reason in (
        (report("exercised", 4), Reason.EXERCISE_LOTS_TOO_FEW),
        (report("assigned", 1), Reason.EXERCISE_LOTS_TOO_FEW),
        (report("exercised", 1, contract="LXC"), Reason.EXERCISE_STYLE),
        (report("exercised", 1, cash="2"), Reason.EXERCISE_STYLE),
        (report("exercised", 1, contract="CLM0"), Reason.NOT_AN_OPTION),
        (report("exercised", 1, contract="LOZ"), Reason.UNKNOWN_CONTRACT),
        (report("exercised", 1, account="C9"), Reason.UNKNOWN_CARRYING_ACCOUNT),
    ):
        refusal = options.refused(told, reason)
        called = only(options.records[-1].events, OperatorCalled)
        assert called.subject == f"execution X1 at {told.carrying_account_id}"
        assert called.detail == refusal.detail
    options.done(report("exercised", 3))  # under the name that was refused: nothing was kept of it
    assert options.net("ALPHA") == 3


def test_an_assignment_is_pro_rata_and_then_drawn(options):
    """7 of 12, 6 and 3 lots short: 4, 2 and 1 are sure (28/7); the same report says the same."""
    for sub, lots in (("ALPHA", 12), ("BETA", 6), ("GAMMA", 3)):
        options.trade(sub, SELL, lots, "1.50", contract="LOC")
    exercised = only(options.done(report("assigned", 7)), OptionExercised)
    assert [leg.short_lots for leg in exercised.legs] == [4, 2, 1]
    drawn = only(options.done(report("assigned", 1, execution="X2")), OptionExercised)
    assert [(leg.book_id, leg.short_lots) for leg in drawn.legs] == [("BETA", 1)]
    assert options.net("BETA") == -3
    options.done(report("assigned", 1, execution="X2"))  # known already
    assert options.net("BETA") == -3


def test_a_european_option_is_exercised_at_expiry_alone_and_pays_cash(options):
    options.trade("ALPHA", BUY, 10, "1.50", contract="LXC")
    options.trade("BETA", SELL, 4, "1.50", contract="LXC")
    options.refused(report("exercised", 1, contract="LXC"), Reason.EXERCISE_STYLE)
    options.done(expire("LXC", "22.25"))
    assert options.cash("ALPHA") == MILLION - money("15000") + money("22500")
    assert options.cash("BETA") == MILLION + money("6000") - money("9000")
    assert options.net("ALPHA") == 0


def test_options_margined_like_futures_pay_variation_until_the_end(options):
    """Bought at 1.50, settled at 2.00; in the end the future takes the place of all of it."""
    options.trade("ALPHA", BUY, 10, "1.50", contract="LFC")
    assert options.cash("ALPHA") == MILLION
    options.settle(LFC="2.00", CLM0="22")
    assert options.cash("ALPHA") == MILLION + money("5000")
    options.next_day(TUESDAY)
    options.mark(CLM0="23")
    options.done(expire("LFC", "23"))
    assert options.cash("ALPHA") == MILLION - money("15000")
    assert options.equity("ALPHA") == MILLION - money("15000") + money("30000")


def test_lots_in_suspense_are_exercised_too_and_can_be_assigned_as_futures(options):
    stray(options, BUY, 3, "1.50", contract="LOC")
    options.done(expire("LOC", "23"))
    assert options.suspended("LOC") == (0, 0)
    assert options.suspended("CLM0") == (3, 0)
    (name,) = options.state.carrying["C1"].suspense.fills
    assert name == "expiry:LOC:buy"


def test_exercised_lots_of_suspense_cannot_be_claimed_as_options_any_more(options):
    """5 nobody's, 3 of them exercised: 2 options and 3 futures are left to claim."""
    first = stray(options, BUY, 3, "1.50", contract="LOC")
    second = stray(options, BUY, 2, "1.50", contract="LOC")
    options.done(report("exercised", 3))
    options.refused(assign(first, "ALPHA", 3), Reason.SUSPENSE_LOTS_TOO_FEW)
    options.done(assign(second, "ALPHA", 2))
    options.refused(assign(first, "ALPHA", 1), Reason.SUSPENSE_LOTS_TOO_FEW)
    options.done(assign("X1:buy", "ALPHA", 3))
    assert (options.lots("ALPHA", "LOC"), options.lots("ALPHA")) == ((2, 0), (3, 0))
    assert (options.suspended("LOC"), options.suspended("CLM0")) == ((0, 0), (0, 0))


def test_a_gross_side_of_suspense_that_was_assigned_cannot_be_claimed(desk):
    use_options(desk, sub_account("MIXED", products=PERMITTED, routes={"NYMEX": "CN1"}))
    sold = stray(desk, SELL, 4, "1.50", "LOC", "CN1", offset=OPEN)
    stray(desk, BUY, 2, "1.50", "LOC", "CN1", offset=OPEN)
    desk.done(report("assigned", 3, account="CN1"))
    desk.refused(assign(sold, "MIXED", 2, account="CN1"), Reason.SUSPENSE_LOTS_TOO_FEW)
    desk.done(assign(sold, "MIXED", 1, account="CN1"))
    assert desk.lots("MIXED", "LOC", "CN1") == (0, 1)


def test_both_sides_of_a_gross_account_end(desk):
    use_options(desk, sub_account("MIXED", products=PERMITTED, routes={"NYMEX": "CN1"}))
    desk.fund("MIXED", "1000000", account="CN1")
    desk.trade("MIXED", BUY, 5, "1.50", contract="LOC", offset=OPEN)
    desk.trade("MIXED", SELL, 3, "1.50", contract="LOC", offset=OPEN)
    desk.done(expire("LOC", "23"))
    assert desk.lots("MIXED", "CLM0", "CN1") == (5, 3)


def test_a_rule_in_force_cuts_what_an_exercise_brings(options):
    options.done(define(rule(keep_ppm=0), sub_account("ALPHA", products=PERMITTED, tags=("cut",))))
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.vix("20", close=True)
    options.done(instruct("ALPHA", exercise=10))
    options.vix("22")  # the rule sells the options; they are exercised before it is filled
    options.done(report("exercised", 10))
    blocks = [block for block in options.state.blocks.values() if block.contract_id == "CLM0"]
    assert [(block.side, block.quantity_lots) for block in blocks] == [(SELL, 10)]


def test_an_option_ends_by_its_own_command(options):
    from fencang.messages import commands as cmd

    old = cmd.ExpireContract(contract_id="LOC", final_price_nanos=0, source="feed")
    options.refused(old, Reason.EXPIRES_AS_OPTION)
    options.refused(expire("CLM0", "20"), Reason.NOT_AN_OPTION)
    options.refused(expire("LOC", "20.001"), Reason.PRICE_OFF_TICK)
    options.refused(expire("LOC", "20", source="manual"), Reason.SECOND_PERSON_REQUIRED)
    options.done(expire("LOC", "20", source="manual", approved_by="boss"))
    options.refused(expire("LOC", "20"), Reason.CONTRACT_EXPIRED)


def test_a_closed_day_takes_no_exercise_and_no_expiry(options):
    options.trade("ALPHA", BUY, 2, "1.50", contract="LOC")
    options.settle(LOC="1.50")
    shut(options)
    options.done(close_day())
    options.refused(report("exercised", 1), Reason.DAY_CLOSED)
    options.refused(expire("LOC", "23"), Reason.DAY_CLOSED)
    assert options.lots("ALPHA", "LOC") == (2, 0)


def test_shares_count_the_premiums_that_orders_reserve(options):
    options.working("ALPHA", BUY, 10, "LOC", at="1.60")
    options.trade("BETA", BUY, 2, "20")
    published = only(options.settle(CLM0="20"), MarginPublished)
    found = {line.book_id: line.attributed_micros for line in published.lines}
    assert found["ALPHA"] == money("16000")
    assert found["BETA"] == money("6000")
    assert found["@pool:FUND"] == money("22000")


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((option("X", "CL"),), "CL is a product of futures"),
        ((changed(LOC, right=None, strike_nanos=None, underlying_id=None, contract_id="X"),), "LO"),
        ((option("X", "LO", underlying_id=None),), "names its underlying_id"),
        ((option("X", "LO", underlying_id="NONE"),), "no contract NONE"),
        ((option("X", "LO", underlying_id="LOP"),), "LOP is no future"),
        ((option("X", "LO", underlying_id="ESM0"),), "point value differ"),
        ((changed(LXC, underlying_id="CLM0"),), "no other contract does"),
        ((changed(option("X", "LO"), strike_nanos=1),), "strike is off the settlement tick"),
        ((option_product("Y", option=None),), "option terms belong to"),
        ((changed(CL, cash_style=CashStyle.PREMIUM),), "pays no premium"),
        ((option_product("Y", CashStyle.AT_END),), "only forwards are"),
        ((option_product("Y", fallback_margin=True),), "fallback_margin"),
        ((rate_of("LO", by_money(10)),), "margins by SPAN alone"),
        ((changed(LOC, right=None),), "both right and strike_nanos"),
    ],
)
def test_faulty_options_are_refused_in_words(options, items, words):
    assert words in options.refused(define(*items), Reason.FAULTY_DEFINITION).detail


def test_terms_of_an_option_never_change(options):
    options.refused(define(changed(LOC, right=OptionRight.PUT)), Reason.DEFINITION_IN_USE)
    style = changed(LO, cash_style=CashStyle.DAILY_VARIATION)
    options.refused(define(style), Reason.DEFINITION_IN_USE)


def test_a_forward_is_paid_at_the_end(desk):
    """Bought at 20, settled at 22 and 21, ended at 24: 4,000 a lot, all on the last day."""
    terms = {"kind": ContractKind.FORWARD, "cash_style": CashStyle.AT_END}
    forward = changed(CL, product_id="FWD", **terms)
    contract = changed(desk.state.contracts["CLM0"].contract, contract_id="FW1", product_id="FWD")
    permitted = sub_account("ALPHA", products=("FWD",))
    desk.done(define(forward, contract, permitted))
    desk.mark(FW1="20")
    desk.trade("ALPHA", BUY, 2, "20", contract="FW1")
    desk.settle(FW1="22")
    assert desk.cash("ALPHA") == MILLION
    assert desk.equity("ALPHA") == MILLION + money("4000")
    from fencang.messages import commands as cmd

    final = cmd.ExpireContract(contract_id="FW1", final_price_nanos=24 * 10**9, source="feed")
    desk.done(final)
    assert desk.cash("ALPHA") == desk.equity("ALPHA") == MILLION + money("8000")


def test_there_are_options_of_every_kind():
    assert {item.contract_id for item in ALL if hasattr(item, "contract_id")} == {
        "LOC",
        "LOP",
        "LFC",
        "LXC",
    }


def test_options_that_move_between_sub_accounts_are_paid_for(options):
    """4 calls marked at 2.00: the receiver pays 8,000; short ones bring their 8,000 along."""
    options.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    options.trade("BETA", SELL, 10, "1.50", contract="LOC")
    options.mark(LOC="2.00")
    options.done(move("ALPHA", "GAMMA", 4, contract="LOC"))
    assert options.cash("ALPHA") == MILLION - money("15000") + money("8000")
    assert options.cash("GAMMA") == MILLION - money("8000")
    options.done(move("BETA", "GAMMA", 3, side=SELL, contract="LOC"))
    assert options.cash("BETA") == MILLION + money("15000") - money("6000")
    assert options.cash("GAMMA") == MILLION - money("2000")
    assert options.net("GAMMA", "LOC") == 1


def test_options_nobody_can_pay_for_do_not_move(options):
    options.trade("ALPHA", BUY, 400, "1.50", contract="LOC")
    options.mark(LOC="2.00")
    options.done(transfer("GAMMA", None, "995000"))
    options.refused(move("ALPHA", "GAMMA", 4, contract="LOC"), Reason.MARGIN_SUB_ACCOUNT)
