"""Margin calls: issued from a publication, met, replaced, overdue, and compared with the broker's.

C1 holds 10m dollars.  One lot of CL is worth 1,000 a point, margin 10 % of its value.
"""

from datetime import date

import pytest

from fencang.basics.time import midnight_ns
from fencang.engine.flows.calls import deficit_parts
from fencang.messages.commands import AdvanceTime
from fencang.messages.events import AccountMargin, OperatorCalled
from fencang.messages.money_commands import CallKind
from fencang.messages.money_events import (
    MarginCallCancelled,
    MarginCallIssued,
    MarginCallMet,
    MarginCallOverdue,
    MetBy,
)
from tests.engine.broker_firm import fixed
from tests.engine.desk import BUY, SELL, all_of, kinds, only, transfer, withdraw
from tests.engine.firm import DAY, TUESDAY, WEDNESDAY, define, money
from tests.engine.money_firm import (
    IN,
    broker_call,
    confirm,
    funding,
    requested,
    take_back,
    with_terms,
)
from tests.engine.span_firm import collateral

THURSDAY = date(2020, 4, 23)
KINDS = (CallKind.VARIATION, CallKind.INITIAL, CallKind.HOUSE)


def line(cash, unpaid, collateral_, requirement, add_ons):
    return AccountMargin(
        carrying_account_id="C1",
        owner_id="FUND",
        currency="USD",
        cash_micros=cash,
        unpaid_micros=unpaid,
        collateral_micros=collateral_,
        requirement_micros=requirement,
        add_ons_micros=add_ons,
        excess_micros=cash + unpaid + collateral_ - requirement,
    )


@pytest.mark.parametrize(
    ("held", "requirement", "add_ons", "parts"),
    [
        (100, 100, 20, (0, 0, 0)),
        (85, 100, 20, (0, 0, 15)),
        (70, 100, 20, (0, 10, 20)),
        (0, 100, 20, (0, 80, 20)),
        (-5, 100, 20, (5, 80, 20)),
        (-5, 0, 0, (5, 0, 0)),
    ],
)
def test_a_deficit_falls_into_what_it_is_asked_for(held, requirement, add_ons, parts):
    """Law: the parts sum to the deficit; money covers variation first, the house last."""
    found = deficit_parts(line(held, 0, 0, requirement, add_ons))
    assert tuple(found[kind] for kind in KINDS) == parts
    assert sum(parts) == max(0, requirement - held)


@pytest.fixture
def short(desk):
    """BETA and GAMMA give 2m back and 8.9m are withdrawn: 1.1m stays, ALPHA's, with 100 lots.

    Settled at 10.5: variation 950,000 paid, 150,000 left; margin 100 × 10,500 × 10 % = 105,000.
    """
    with_terms(desk)
    for sub in ("BETA", "GAMMA"):
        desk.done(transfer(sub, None, "1000000"))
    desk.done(transfer(None, "ALPHA", "100000"))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.done(withdraw("8900000"))
    assert all_of(desk.settle(CLM0="10.5"), MarginCallIssued) == []
    desk.next_day(TUESDAY)
    return desk


def next_settlement(desk, at, day=WEDNESDAY):
    """Let another trading day come and settle it; return the events."""
    desk.next_day(day)
    return desk.settle(day, CLM0=at)


def test_a_negative_excess_is_called_with_its_due_time(short):
    """Settled at 9.5: 100,000 paid, 50,000 left; margin 95,000: 45,000 of initial margin is called.

    It is due on Tuesday (the clock shows Monday) at noon.
    """
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    assert (call.kind, call.amount_micros) == (CallKind.INITIAL, money("45000"))
    assert (call.carrying_account_id, call.owner_id, call.currency) == ("C1", "FUND", "USD")
    assert call.due_ns == midnight_ns(TUESDAY) + DAY // 2
    assert call.requirement_micros == money("95000")


def test_an_account_below_zero_is_called_for_variation_and_for_margin(short):
    """Settled at 8: 250,000 paid, -100,000 left; margin 80,000; the house wants 5,000 more."""
    short.done(define(fixed("5000")))
    calls = all_of(short.settle(TUESDAY, CLM0="8"), MarginCallIssued)
    assert [(call.kind, call.amount_micros) for call in calls] == [
        (CallKind.VARIATION, money("100000")),
        (CallKind.INITIAL, money("80000")),
        (CallKind.HOUSE, money("5000")),
    ]
    # 120,000 cover variation and a fourth of the initial margin; 60,000 more the rest of it.
    events = short.deposit("120000")
    assert only(events, MarginCallMet).call_id == calls[0].call_id
    events = short.deposit("60000")
    assert only(events, MarginCallMet).call_id == calls[1].call_id


def test_a_wire_meets_a_call(short):
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    number = requested(short, "45000", direction=IN)
    met = only(short.done(confirm(number, "45000")), MarginCallMet)
    assert (met.call_id, met.met_by) == (call.call_id, MetBy.CASH)


def test_collateral_meets_a_call_when_it_counts_enough(short):
    """50,000 of bills less 10 % count 45,000."""
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    assert all_of(short.done(collateral(money("49999"))), MarginCallMet) == []
    met = only(short.done(collateral(money("50000"))), MarginCallMet)
    assert (met.call_id, met.met_by) == (call.call_id, MetBy.COLLATERAL)


def test_a_smaller_position_meets_a_call_and_a_better_price_cancels_it(short):
    """Half the lots sold: margin 47,500, 50,000 held.  The requirement fell by 47,500 > 45,000."""
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    short.trade("ALPHA", SELL, 50, "9.5")
    met = only(next_settlement(short, "9.5"), MarginCallMet)
    assert (met.call_id, met.met_by) == (call.call_id, MetBy.REDUCTION)


def test_a_later_publication_without_a_deficit_cancels_the_call(short):
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    ended = only(next_settlement(short, "10.5"), MarginCallCancelled)
    assert ended.call_id == call.call_id
    assert "no deficit" in ended.reason


def test_a_call_that_grows_is_replaced_and_keeps_its_time(short):
    """At 9.4 another 10,000 are paid and 1,000 less margin is asked: 54,000."""
    first = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    events = short.done(AdvanceTime(), after_ns=DAY // 3)
    assert events == ()
    events = next_settlement(short, "9.4")
    assert only(events, MarginCallCancelled).call_id == first.call_id
    second = only(events, MarginCallIssued)
    assert (second.amount_micros, second.due_ns) == (money("54000"), first.due_ns)
    assert all_of(next_settlement(short, "9.4", THURSDAY), MarginCallIssued) == []


def test_a_call_that_is_not_met_in_time_calls_a_person_once(short):
    call = only(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued)
    short.deposit("20000")
    events = short.done(AdvanceTime(), after_ns=2 * DAY)
    assert kinds(events) == ["MarginCallOverdue", "OperatorCalled"]
    assert events[0] == MarginCallOverdue(call_id=call.call_id, missing_micros=money("25000"))
    assert "25000.00 USD" in events[1].detail
    assert short.done(AdvanceTime()) == ()


def test_what_lies_under_the_minimum_is_not_called(short):
    short.done(define(funding(call_minimum_micros=money("45000"))))
    assert all_of(short.settle(TUESDAY, CLM0="9.5"), MarginCallIssued) == []
    call = only(next_settlement(short, "9.4"), MarginCallIssued)
    assert call.amount_micros == money("54000")


def test_without_funding_terms_nothing_is_called(desk):
    desk.trade("ALPHA", BUY, 400, "20")
    assert all_of(desk.settle(CLM0="-10"), MarginCallIssued) == []


def test_a_brokers_call_is_compared_with_ours(short):
    """Ours is 45,000.  The broker's first says the same, its second 60,000: a person is called."""
    short.settle(TUESDAY, CLM0="9.5")
    issued = only(short.done(broker_call("45000")), MarginCallIssued)
    assert issued.ours_micros == money("45000")
    events = short.done(broker_call("60000", reference="B-2"))
    assert "ours is 45000.00" in only(events, OperatorCalled).detail
    # 45,000 meet ours and the broker's first; its second stays open until it is taken back.
    met = all_of(short.deposit("45000"), MarginCallMet)
    assert len(met) == 2
    second = only(events, MarginCallIssued).call_id
    short.done(take_back(second))
    assert short.state.funds.open_calls == {}
