"""The delivery guard that closes: block orders before a delivery, and a person for what is left.

CLM0 has its first notice day on Wednesday; the guard begins a day before, on Tuesday.
"""

from fencang.engine.delivery import DELIVERY_GUARD
from fencang.messages import commands as cmd
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    CancelRequested,
    MarginPublished,
    OperatorCalled,
    OrderAccepted,
)
from fencang.messages.message import Side, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryGuard, DeliveryPolicy
from fencang.refdata.session import Phase
from tests.engine.acts import halt, resume
from tests.engine.day_acts import open_day, session
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, all_of, kinds, only, order, stray
from tests.engine.firm import (
    CL,
    CU,
    DAY,
    MONDAY,
    SECOND,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    price,
    rule,
)


def guard(desk, days_before=1, contract="CLM0", product=CL, **days):
    """Let the desk close a contract before its days: by default before notice on Wednesday."""
    days = days or {"first_notice_day": WEDNESDAY}
    terms = DeliveryGuard(policy=DeliveryPolicy.CLOSE, days_before=days_before)
    dated = changed(desk.state.contracts[contract].contract, **days)
    desk.done(define(dated, changed(product, delivery_guard=terms)))


def on_tuesday(desk):
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    return desk.open(day=TUESDAY)


def calls(events):
    return [(call.subject, call.detail) for call in all_of(events, OperatorCalled)]


def test_what_is_held_goes_out_as_one_block_order_inside_the_band(desk):
    """13 lots at a mark of 20: one slice sold down to 2 % below it, 19.60."""
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", BUY, 3, "20")
    events = on_tuesday(desk)
    created = only(events, BlockOrderCreated)
    assert created.rule_id == DELIVERY_GUARD
    assert (created.side, created.contract_id) == (Side.SELL, "CLM0")
    legs = [(leg.sub_account_id, leg.quantity_lots) for leg in created.legs]
    assert legs == [("ALPHA", 10), ("BETA", 3)]
    slice_ = only(events, OrderAccepted)
    assert (slice_.terms.quantity_lots, slice_.terms.limit_price_nanos) == (13, price("19.60"))
    assert slice_.is_reducing
    done = desk.fill(slice_.order_id, 13, "19.80")
    assert only(done, BlockOrderDone).unfilled_lots == 0
    assert (desk.net("ALPHA"), desk.net("BETA")) == (0, 0)
    # Nothing is opened any more, and the evening calls nobody.
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.DELIVERY_GUARD)
    assert calls(desk.settle(TUESDAY, CLM0="20")) == []


def test_before_its_day_and_in_other_months_it_does_nothing(desk):
    guard(desk, days_before=0)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("ALPHA", BUY, 10, "20", contract="CLN0")
    assert kinds(on_tuesday(desk)) == ["SessionOpened"]


def test_shorts_close_before_the_last_trading_day(desk):
    """Notice is on Tuesday, the last day of trading on Wednesday; the guard begins a day before."""
    desk.trade("BETA", SELL, 4, "20")
    desk.trade("GAMMA", SELL, 1, "20")
    guard(desk, first_notice_day=TUESDAY, last_trading_day=WEDNESDAY)
    desk.refused(order("GAMMA", SELL, 1, at="20"), Reason.DELIVERY_GUARD)
    created = only(on_tuesday(desk), BlockOrderCreated)
    assert (created.side, [leg.quantity_lots for leg in created.legs]) == (Side.BUY, [4, 1])


def test_without_a_notice_day_the_last_trading_day_counts_for_both_sides(desk):
    guard(desk, last_trading_day=WEDNESDAY)
    desk.trade("ALPHA", BUY, 2, "20")
    desk.trade("BETA", SELL, 5, "20")
    sides = [(made.side, len(made.legs)) for made in all_of(on_tuesday(desk), BlockOrderCreated)]
    assert sides == [(Side.BUY, 1), (Side.SELL, 1)]
    desk.refused(order("GAMMA", BUY, 1, at="20"), Reason.DELIVERY_GUARD)
    flags = only(desk.settle(TUESDAY, CLM0="20"), MarginPublished).flags
    assert flags == ("CLM0: last trading day is 2020-04-22, 7 lots are open",)


def test_lots_that_are_being_closed_are_not_closed_twice(desk):
    """6 of 10 lots are in a close of the account's own: 4 go at once, 6 when that has ended."""
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    own = desk.working("ALPHA", SELL, 6, at="25", time_in_force=TimeInForce.GTC)
    opens = desk.working("BETA", BUY, 2, at="15", time_in_force=TimeInForce.GTC)
    events = on_tuesday(desk)
    assert [event.order_id for event in all_of(events, CancelRequested)] == [own, opens]
    assert [leg.quantity_lots for leg in only(events, BlockOrderCreated).legs] == [4]
    assert only(desk.cancelled(own), BlockOrderCreated).legs[0].quantity_lots == 6
    assert kinds(desk.cancelled(opens)) == ["OrderCancelled"]
    assert desk.reserved("ALPHA") == (0, 10)


def test_a_fill_that_beats_its_cancel_is_closed_too(desk):
    guard(desk)
    opens = desk.working("BETA", BUY, 2, at="20", time_in_force=TimeInForce.GTC)
    on_tuesday(desk)
    created = only(desk.fill(opens, 2, "20"), BlockOrderCreated)
    assert (created.side, created.legs[0].quantity_lots) == (Side.SELL, 2)


def test_what_was_not_filled_is_tried_again_in_the_next_session(desk):
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    first = only(on_tuesday(desk), OrderAccepted).order_id
    desk.fill(first, 4, "19.90")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.done(cmd.ReportOrderExpired(order_id=first))
    again = only(desk.open(day=TUESDAY), OrderAccepted)
    assert (again.terms.quantity_lots, again.attempt) == (6, 2)


def test_what_is_left_in_the_evening_before_calls_a_person(desk):
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    stray(desk, BUY, 2, "20")
    assert calls(desk.settle(CLM0="20")) == []  # on Monday there is a day left
    slice_ = only(on_tuesday(desk), OrderAccepted).order_id
    desk.fill(slice_, 7, "20")
    told = calls(desk.settle(TUESDAY, CLM0="20"))
    words = "5 lots long were not closed, and may be delivered from 2020-04-22 on"
    assert told == [("contract CLM0", words)]


def test_a_holiday_before_the_notice_day_is_no_day_to_wait_for(desk):
    """Wednesday is a holiday: Tuesday's evening is the last one before notice on Thursday."""
    thursday = WEDNESDAY.replace(day=23)
    guard(desk, first_notice_day=thursday, days_before=0)
    venue = desk.state.venues["NYMEX"].venue
    desk.done(define(changed(venue, holidays=(WEDNESDAY,))))
    desk.trade("ALPHA", BUY, 1, "20")
    on_tuesday(desk)
    assert len(calls(desk.settle(TUESDAY, CLM0="20"))) == 1


def test_a_halted_account_is_closed_when_it_resumes(desk):
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", BUY, 3, "20")
    halt(desk)
    events = on_tuesday(desk)
    assert [leg.sub_account_id for leg in only(events, BlockOrderCreated).legs] == ["BETA"]
    words = "the delivery guard cannot cut a halted sub-account; its positions stand"
    assert calls(events) == [("ALPHA", words)]
    created = only(desk.done(resume("boss")), BlockOrderCreated)
    assert [leg.sub_account_id for leg in created.legs] == ["ALPHA"]


def test_one_call_for_a_halted_account_whatever_it_holds(desk):
    guard(desk)
    dated = changed(desk.state.contracts["CLN0"].contract, first_notice_day=WEDNESDAY)
    desk.done(define(dated))
    for contract in ("CLM0", "CLN0"):
        desk.trade("ALPHA", BUY, 1, "20", contract=contract)
    halt(desk)
    assert len(calls(on_tuesday(desk))) == 1
    contracts = [made.contract_id for made in all_of(desk.done(resume("boss")), BlockOrderCreated)]
    assert contracts == ["CLM0", "CLN0"]


def test_a_rule_in_force_lets_nothing_of_a_guarded_contract_stay(desk):
    """The rule keeps half of 10 lots on Monday; on Tuesday the rest goes, once."""
    guard(desk)
    desk.done(define(rule(hold_ns=9 * DAY)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    cut = only(desk.vix("21"), OrderAccepted)
    desk.fill(cut.order_id, 5, "20")
    created = only(on_tuesday(desk), BlockOrderCreated)
    assert (created.rule_id, created.legs[0].quantity_lots) == (DELIVERY_GUARD, 5)
    assert desk.reserved("ALPHA") == (0, 5)


def test_gross_sides_close_each_by_itself(desk):
    guard(desk, contract="CU06", product=CU)
    desk.trade("ALPHA", BUY, 5, "40000", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 2, "40000", contract="CU06", offset=OPEN)
    desk.done(cmd.CloseSession(venue_id="SHFE"))
    created = all_of(desk.open("SHFE", TUESDAY), BlockOrderCreated)
    assert [(made.side, made.offset, made.legs[0].quantity_lots) for made in created] == [
        (Side.BUY, CLOSE, 2),
        (Side.SELL, CLOSE, 5),
    ]


def test_with_stated_sessions_it_acts_when_the_market_opens(desk):
    """The day is opened in its pre-open phase; a minute later the market opens."""
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    minute_ns = desk.now_ns + 60 * SECOND
    parts = (session(Phase.PRE_OPEN, 0, minute_ns), session(Phase.OPEN, minute_ns))
    assert all_of(desk.done(open_day(TUESDAY, *parts)), BlockOrderCreated) == []
    events = desk.done(cmd.AdvanceTime(), after_ns=60 * SECOND)
    assert only(events, BlockOrderCreated).legs[0].quantity_lots == 10
    assert only(events, OrderAccepted).terms.quantity_lots == 10


def test_a_monday_without_a_guard_stays_as_it_was(desk):
    desk.trade("ALPHA", BUY, 1, "20")
    assert kinds(desk.settle(MONDAY, CLM0="20"))[-2:] == ["TradingDaySettled", "MarginPublished"]
