"""Interest: brokers pay owners, owners their sub-accounts, a charge for benefit; to the micro."""

from datetime import timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.basics.money import format_money
from fencang.messages.events import OperatorCalled
from fencang.messages.money_events import InterestPosted
from fencang.refdata.funding import DayCount
from tests.engine.desk import BUY, SELL, all_of, new_desk, only, transfer
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, money
from tests.engine.money_firm import (
    FRIDAY,
    NEXT_MONDAY,
    broker_pays,
    post,
    requested,
    reserve_pays,
    with_terms,
)
from tests.engine.span_firm import grant


def posted(desk, day=MONDAY, until=TUESDAY):
    """Post interest; return {(kind, account, currency): amount} of what moved."""
    event = only(desk.done(post(day, until)), InterestPosted)
    return {
        (line.kind.name, line.account_id, line.currency): line.amount_micros
        for line in event.lines
        if line.amount_micros
    }


def test_a_broker_pays_on_dollars_by_360_days(desk):
    """10,000,000 × 5 % / 360 = 1,388.888888 and 8/9 of a micro, which is kept."""
    desk.done(define(broker_pays(credit_ppm=50_000)))
    assert posted(desk) == {("BROKER", "C1", "USD"): 1_388_888_888}
    assert desk.cash("C1") == money("10001388.888888")
    assert desk.reserve() == money("7001388.888888")


@pytest.mark.parametrize(
    ("currency", "held", "credit", "count", "amount"),
    [
        ("EUR", "1000000", -5_000, DayCount.ACT_360, -13_888_889),
        ("JPY", "100000000", 1_000, DayCount.ACT_365, 273_972_602),
        ("CNY", "500000", 3_500, DayCount.ACT_365, 4_794_520),
    ],
)
def test_currencies_bear_by_their_own_rate_and_year(desk, currency, held, credit, count, amount):
    """Euro at -0.5 % / 360: -13.888889 (rounded down, the rest is kept); yen 0.1 % / 365; yuan."""
    desk.deposit(held, currency)
    desk.done(define(broker_pays(currency, credit_ppm=credit, day_count=count)))
    assert posted(desk)["BROKER", "C1", currency] == amount
    assert desk.reserve(currency) == money(held) + amount


def test_a_weekend_bears_three_nights_and_a_rate_that_changes_in_it_is_split(desk):
    """10m: Friday at 3.6 % 1,000 a night, Saturday and Sunday at 7.2 % 2,000: 5,000."""
    saturday = FRIDAY + timedelta(days=1)
    desk.done(
        define(broker_pays(credit_ppm=36_000), broker_pays(credit_ppm=72_000, from_day=saturday))
    )
    assert posted(desk, FRIDAY, NEXT_MONDAY) == {("BROKER", "C1", "USD"): money("5000")}


def test_sub_accounts_are_paid_by_the_reserve_and_it_sums_to_zero(desk):
    """1m at 3.6 % is 100 a night; GAMMA has a rate of its own, 7.2 %: 200."""
    desk.done(define(reserve_pays(credit_ppm=36_000), reserve_pays(sub="GAMMA", credit_ppm=72_000)))
    before = desk.cash("C1")
    assert posted(desk) == {
        ("CASH", "ALPHA", "USD"): money("100"),
        ("CASH", "BETA", "USD"): money("100"),
        ("CASH", "GAMMA", "USD"): money("200"),
    }
    assert desk.reserve() == money("6999600")
    assert desk.cash("GAMMA") == money("1000200")
    assert desk.cash("C1") == before


def test_debit_balances_pay(desk):
    """ALPHA lost 1.5m of its 1m: 500,000 below zero at 7.2 % cost 100 a night."""
    desk.trade("ALPHA", BUY, 150, "20")
    desk.settle(CLM0="10")
    desk.done(define(reserve_pays(debit_ppm=72_000)))
    assert posted(desk) == {("CASH", "ALPHA", "USD"): money("-100")}
    assert desk.reserve() == money("7000100")


def test_used_benefit_is_charged_and_unused_benefit_is_not(desk):
    """ALPHA is long 400, BETA and GAMMA short 200 each: the pool asks for nothing.

    ALPHA needs 800,000 of margin and has 1m: of its grant of 100,000 it uses nothing.  At 19.25 it
    needs 770,000 and has 700,000: 70,000 are used, at 3.6 % that is 7 a night.
    """
    desk.trade("ALPHA", BUY, 400, "20")
    for sub in ("BETA", "GAMMA"):
        desk.trade(sub, SELL, 200, "20")
    desk.done(grant("ALPHA", money("100000")))
    desk.done(define(reserve_pays(benefit_ppm=36_000)))
    assert posted(desk) == {}
    desk.mark(CLM0="19.25")
    assert posted(desk, TUESDAY, WEDNESDAY) == {("BENEFIT", "ALPHA", "USD"): money("-7")}
    assert desk.reserve() == money("7000007")
    assert desk.cash("ALPHA") == money("999993")


def test_a_night_is_posted_once_and_none_is_left_out(desk):
    desk.done(define(broker_pays(credit_ppm=36_000)))
    posted(desk, MONDAY, WEDNESDAY)
    refusal = desk.do(post(TUESDAY, WEDNESDAY))[0]
    assert refusal.reason.name == "INTEREST_DAYS"
    assert "2020-04-22" in refusal.detail
    assert desk.do(post(FRIDAY, NEXT_MONDAY))[0].reason.name == "INTEREST_DAYS"


def test_what_the_reserve_cannot_pay_stays_owed_until_it_can(desk):
    """The reserve gave everything away: 100 + 100 + 800 a night stay owed; then 5,000 come."""
    desk.done(transfer(None, "GAMMA", "7000000"))
    desk.done(define(reserve_pays(credit_ppm=36_000)))
    events = desk.done(post())
    assert [line.owed_micros for line in only(events, InterestPosted).lines] == [
        money("100"),
        money("100"),
        money("800"),
    ]
    assert len(all_of(events, OperatorCalled)) == 3
    assert desk.reserve() == 0
    desk.deposit("5000")
    assert posted(desk, TUESDAY, WEDNESDAY) == {
        ("CASH", "ALPHA", "USD"): money("200"),
        ("CASH", "BETA", "USD"): money("200"),
        ("CASH", "GAMMA", "USD"): money("1600"),
    }
    assert desk.reserve() == money("3000")


def test_promised_cash_still_bears_at_the_broker(desk):
    """7m are promised and still there: the broker pays on all 10m."""
    with_terms(desk, broker_pays(credit_ppm=36_000))
    requested(desk, "7000000")
    assert posted(desk) == {("BROKER", "C1", "USD"): money("1000")}


@settings(max_examples=15)
@given(
    st.integers(-5_000, 200_000),
    st.sampled_from(list(DayCount)),
    st.integers(1, 10**13),
    st.lists(st.integers(1, 5), min_size=2, max_size=8),
)
def test_postings_add_up_to_the_exact_amount(rate, count, held, nights):
    """Law: postings sum to the exact amount, rounded down once, whatever days they are cut into."""
    desk = new_desk()
    desk.rate(EUR="1.1")
    desk.deposit(format_money(held), "EUR")
    desk.done(define(broker_pays("EUR", credit_ppm=rate, day_count=count)))
    day, exact = MONDAY, Fraction(0)
    for nights_posted in nights:
        balance = desk.cash("C1", "EUR")
        exact += Fraction(balance * rate * nights_posted, 1_000_000 * count.days)
        until = day + timedelta(days=nights_posted)
        desk.done(post(day, until))
        day = until
        assert desk.cash("C1", "EUR") - held == floor(exact)
        assert desk.reserve("EUR") == desk.cash("C1", "EUR")
