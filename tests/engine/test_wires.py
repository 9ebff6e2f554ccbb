"""Wires: value date and cut-off, two persons, promised cash, confirmation, return.

The trading desk holds 10m dollars at C1: 1m each in ALPHA, BETA and GAMMA, 7m in the reserve.
"""

import pytest

from fencang.engine.decide.wires import free_cash
from fencang.engine.invariants import check
from fencang.messages.events import OverGrantedChanged
from fencang.messages.reasons import Reason
from fencang.refdata.funding import AfterCutoff
from tests.engine.desk import BUY, convert, kinds, transfer, withdraw
from tests.engine.firm import MONDAY, SATURDAY, SECOND, TUESDAY, WEDNESDAY, define, money
from tests.engine.money_firm import (
    HOUR,
    IN,
    approve,
    confirm,
    confirmed,
    funding,
    give_back,
    requested,
    send,
    sent,
    wire,
    with_terms,
    withdraw_wire,
)


def at_hour(desk, hour, day=0):
    """Let the clock stand at an hour of Monday (UTC) or so many days later."""
    from tests.engine.desk import START_NS

    goal = START_NS + (day * 24 + hour) * HOUR * SECOND
    return goal - desk.now_ns


@pytest.fixture
def funded(desk):
    with_terms(desk)
    return desk


def test_cash_is_promised_at_the_request_and_moves_at_the_confirmation(funded):
    """3m are asked for: reserve 7m - 3m at once; the broker holds 10m until it shows 7m."""
    number = requested(funded, "3000000")
    assert funded.reserve() == money("4000000")
    assert funded.cash("C1") == money("10000000")
    assert funded.state.funds.promised_micros("FUND", "USD") == money("3000000")
    funded.done(approve(number))
    funded.done(send(number))
    assert funded.cash("C1") == money("10000000")
    assert kinds(funded.done(confirm(number, "3000000"))) == ["WireConfirmed"]
    assert funded.cash("C1") == money("7000000")
    assert funded.reserve() == money("4000000")
    assert funded.state.funds.promised_micros("FUND", "USD") == 0


def test_a_wire_in_needs_one_person_and_books_what_arrived(funded):
    """10,000 are announced, the correspondent bank keeps 15: 9,985 arrived."""
    number = requested(funded, "10000", direction=IN)
    funded.done(confirm(number, "9985"))
    assert funded.cash("C1") == money("10009985")
    assert funded.reserve() == money("7009985")


def test_what_is_promised_serves_nothing_else(funded):
    """6.5m of 7m are promised: half a million is left to transfer, withdraw, convert or wire."""
    requested(funded, "6500000")
    assert (
        "500000000000"
        in funded.refused(transfer(None, "ALPHA", "500000.01"), Reason.RESERVE_TOO_SMALL).detail
    )
    funded.refused(withdraw("500000.01"), Reason.CASH_TOO_SMALL)
    funded.refused(convert("@reserve:FUND", "500000.01 USD", "1 EUR"), Reason.CASH_TOO_SMALL)
    funded.refused(wire("500000.01"), Reason.CASH_TOO_SMALL)
    funded.done(wire("500000"))


def test_a_sub_account_cannot_convert_away_what_is_promised_at_the_broker(funded):
    """9m are given to ALPHA and 1m is promised... of a broker's 10m, 9m may be sold."""
    funded.done(transfer(None, "ALPHA", "6000000"))
    requested(funded, "1000000")
    funded.refused(convert("ALPHA", "9000000.01 USD", "1 EUR"), Reason.CASH_TOO_SMALL)
    funded.done(convert("ALPHA", "9000000 USD", "8181818 EUR"))


def test_a_wire_beyond_the_free_cash_is_refused_with_the_numbers(funded):
    """400 lots at 20 are worth 8m, margin 10 %: 800,000; the price falls to 19: 400,000 to pay.

    Margin at 19 is 760,000.  10m - 760,000 - 400,000 - 1m promised leave 7,840,000.
    """
    funded.trade("ALPHA", BUY, 400, "20")
    funded.mark(CLM0="19")
    requested(funded, "1000000")
    free = free_cash(funded.state, "C1", "FUND", "USD")
    assert free.margin_micros == money("1160000")
    assert free.free_micros == money("7840000")
    detail = funded.refused(wire("7840000.01"), Reason.WIRE_BEYOND_FREE_CASH).detail
    for number in ("cash 10000000.00", "margin 1160000.00", "wires 1000000.00", "free 7840000.00"):
        assert number in detail
    # Within the broker's free cash, but the reserve has given 3m to sub-accounts.
    funded.refused(wire("7840000"), Reason.CASH_TOO_SMALL)


def test_cash_of_one_currency_stays_where_another_is_short(funded):
    """Osaka's margin is in yen and nobody brought yen: dollars stand for it.

    10 lots at 20,000 × 1,000 yen, 10 %: 20m yen, 200,000 dollars at 0.01.
    """
    funded.trade("ALPHA", BUY, 10, "20000", contract="NKM0")
    funded.done(transfer("BETA", None, "1000000"))
    funded.done(transfer("GAMMA", None, "1000000"))
    free = free_cash(funded.state, "C1", "FUND", "USD")
    assert (free.free_micros, free.account_base_micros) == (money("10000000"), money("9800000"))


def test_margin_that_grew_after_the_request_stops_the_wire(funded):
    """The whole 7m are promised and approved; ALPHA's 90 lots then lose 2.5m of its 1m."""
    funded.trade("ALPHA", BUY, 400, "20")
    number = requested(funded, "7000000")
    funded.done(approve(number))
    funded.mark(CLM0="10")
    events = funded.do(send(number))
    assert events[0].reason is Reason.WIRE_BEYOND_FREE_CASH
    funded.done(withdraw_wire(number))
    assert funded.reserve() == money("7000000")


def test_an_owner_that_a_wire_leaves_uncovered_cannot_send_it(desk):
    """ALPHA stands at -1m: of the reserve's 7m, 1m covers it and 6m may go."""
    with_terms(desk)
    desk.trade("ALPHA", BUY, 200, "20")
    desk.mark(CLM0="10")
    desk.refused(wire("6000000.01"), Reason.GRANTS_EXCEED_EQUITY)
    events = desk.done(wire("5800000"))
    assert not [each for each in events if isinstance(each, OverGrantedChanged)]


@pytest.mark.parametrize(
    ("after", "value_date"), [(AfterCutoff.NEXT_DAY, TUESDAY), (AfterCutoff.REFUSE, None)]
)
def test_after_the_cut_off_the_value_date_is_the_next_business_day_or_none(
    funded, after, value_date
):
    """Cut-off 18:00: at 18:00:00 today's value still goes, a second later it does not."""
    funded.done(define(funding(after_cutoff=after)), after_ns=at_hour(funded, 17))
    on_time = funded.done(wire(), after_ns=at_hour(funded, 18))[0]
    assert on_time.value_date == MONDAY
    late = funded.do(wire())[0]
    if value_date is None:
        assert late.reason is Reason.WIRE_AFTER_CUTOFF
        assert "18:00" in late.detail
        assert "2020-04-21" in late.detail
    else:
        assert late.value_date == value_date


def test_the_value_date_is_decided_again_when_the_wire_is_sent(funded):
    """Asked for on Monday, approved and sent on Tuesday evening: Wednesday's value."""
    number = requested(funded, "1000")
    funded.done(approve(number))
    late = funded.done(send(number), after_ns=at_hour(funded, 19, day=1))[0]
    assert late.value_date == WEDNESDAY


def test_weekends_and_holidays_have_no_value(funded):
    funded.done(define(funding(holidays=(TUESDAY,))))
    for day in (SATURDAY, TUESDAY):
        assert "2020-04-20" in funded.refused(wire(day=day), Reason.WIRE_VALUE_DATE).detail
    late = funded.done(wire(), after_ns=at_hour(funded, 20))[0]
    assert late.value_date == WEDNESDAY


def test_the_local_clock_decides_what_day_it_is(funded):
    """Shanghai is eight hours ahead: at 23:00 UTC on Monday its Tuesday is seven hours old."""
    terms = funding("CNY", "CN1", utc_offset_minutes=480, cutoff_s=15 * HOUR)
    funded.done(define(terms))
    event = funded.done(wire("1", IN, "CNY", TUESDAY, "CN1"), after_ns=at_hour(funded, 23))[0]
    assert event.value_date == TUESDAY
    funded.refused(wire("1", IN, "CNY", MONDAY, "CN1"), Reason.WIRE_VALUE_DATE)


def test_terms_are_dated(funded):
    """From Tuesday on dollars go out until 12:00 only."""
    funded.done(define(funding(from_day=TUESDAY, cutoff_s=12 * HOUR)))
    assert funded.done(wire(), after_ns=at_hour(funded, 13))[0].value_date == MONDAY
    late = funded.done(wire(day=TUESDAY), after_ns=at_hour(funded, 13, day=1))[0]
    assert late.value_date == WEDNESDAY


def test_terms_stated_anew_for_a_day_that_has_not_come_stop_a_wire(desk):
    """Monday is an hour old in London; on a clock fourteen hours behind it is Sunday still."""
    desk.done(define(funding(from_day=MONDAY)), after_ns=at_hour(desk, 1))
    number = requested(desk, "1000")
    desk.done(approve(number))
    desk.done(define(funding(from_day=MONDAY, utc_offset_minutes=-840)))
    desk.refused(send(number), Reason.FUNDING_TERMS_MISSING)
    desk.refused(wire(), Reason.FUNDING_TERMS_MISSING)


def test_a_returned_wire_frees_its_promise_or_is_booked_back(funded):
    """Sent and returned: the promise ends.  Confirmed and returned less 25 of charges: 2,975."""
    number = sent(funded, "3000")
    assert funded.reserve() == money("6997000")
    funded.done(give_back(number, "3000"))
    assert funded.reserve() == money("7000000")
    number = confirmed(funded, "3000")
    funded.done(give_back(number, "2975"))
    assert funded.reserve() == money("6999975")
    assert funded.cash("C1") == money("9999975")
    funded.refused(give_back(number, "25"), Reason.WIRE_STATE)


def test_taking_back_a_wire_that_came_in_needs_two_persons_and_the_cash(funded):
    number = requested(funded, "5000", direction=IN)
    funded.done(confirm(number, "5000"))
    funded.refused(give_back(number, "5000"), Reason.SECOND_PERSON_REQUIRED)
    funded.done(transfer(None, "ALPHA", "7004000"))
    funded.refused(give_back(number, "5000", "boss"), Reason.CASH_TOO_SMALL)
    funded.done(transfer("ALPHA", None, "4000"))
    funded.done(give_back(number, "5000", "boss"))
    assert funded.reserve() == 0


def test_one_owner_never_pays_out_another_owners_cash(desk):
    """CLIENT brought 80,000 to the omnibus account, FUND 500: FUND may send 500 from there."""
    desk.done(define(funding(account="OMNI")))
    desk.deposit("80000", account="OMNI", owner="CLIENT")
    desk.deposit("500", account="OMNI")
    desk.refused(wire("500.01", account="OMNI"), Reason.WIRE_BEYOND_FREE_CASH)
    desk.done(wire("500", account="OMNI"))
    desk.refused(wire("80000.01", account="OMNI", owner="CLIENT"), Reason.WIRE_BEYOND_FREE_CASH)
    desk.done(wire("80000", account="OMNI", owner="CLIENT"))


def test_cash_without_a_wire_breaks_the_law(funded):
    """The law sees promises: a promise that is lost is cash that is lost."""
    number = requested(funded, "3000")
    del funded.state.funds.wires[number]
    assert check(funded.state)[0].startswith("cash_is_conserved: ('FUND', 'USD')")
