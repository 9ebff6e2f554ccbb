"""Lots and money that are away at the end of a month only: told once, and nothing else is."""

from datetime import date

import pytest

from fencang.messages.evasion_events import EvasionAlarm, EvasionKind
from tests.engine.desk import BUY, SELL, Desk, all_of, deposit, transfer, withdraw
from tests.engine.fill_acts import move
from tests.engine.firm import FIRM, define, limit
from tests.engine.money_firm import IN, confirm, give_back, requested, sent, with_terms
from tests.engine.proposal_firm import two_owners, watch
from tests.engine.regime_firm import use_regimes

BEFORE, LAST, AFTER = date(2020, 4, 28), date(2020, 4, 30), date(2020, 5, 4)


@pytest.fixture
def lawful(desk):
    two_owners(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.next_day(BEFORE)
    return desk


def told(events):
    found = all_of(events, EvasionAlarm)
    assert {alarm.kind for alarm in found} <= {EvasionKind.CIRCULAR_TRANSFER}
    return [(alarm.subjects, alarm.evidence) for alarm in found]


def test_lots_that_are_elsewhere_at_the_end_of_the_month(lawful):
    assert told(lawful.done(move("ALPHA", "BETA", 10))) == []
    lawful.next_day(AFTER)
    ((subjects, evidence),) = told(lawful.done(move("BETA", "ALPHA", 10)))
    assert subjects == ("ALPHA", "CLM0 long")
    assert evidence == (
        "10 lots of CLM0 long left ALPHA from 2020-04-28 on and were not there at the end of "
        "2020-04-30; 10 lots of CLM0 long were back on 2020-05-04; with BETA"
    )


def test_a_circle_is_told_once_however_it_is_cut_and_again_at_the_next_turn(lawful):
    lawful.done(define(watch(reporting_days=(date(2020, 5, 8),))))
    for lots in (4, 6):
        lawful.done(move("ALPHA", "BETA", lots))
    lawful.next_day(AFTER)
    found = [bool(told(lawful.done(move("BETA", "ALPHA", lots)))) for lots in (4, 1, 1, 4)]
    assert found == [False, True, False, False]  # half of it is back with the second
    lawful.next_day(date(2020, 5, 7))
    assert told(lawful.done(move("ALPHA", "BETA", 5))) == []
    lawful.next_day(date(2020, 5, 11))
    assert len(told(lawful.done(move("BETA", "ALPHA", 5)))) == 1


def test_a_detour_does_not_hide_it(lawful):
    """What BETA was given GAMMA gives back."""
    lawful.done(move("ALPHA", "BETA", 10))
    lawful.next_day(LAST)
    lawful.done(move("BETA", "GAMMA", 10))
    lawful.next_day(AFTER)
    ((subjects, evidence),) = told(lawful.done(move("GAMMA", "ALPHA", 10)))
    assert subjects == ("ALPHA", "CLM0 long")
    assert evidence.endswith("with BETA, GAMMA")


def test_what_came_before_it_left_does_not_hide_it(lawful):
    """ALPHA has 10, is given 9, gives 10 away and has them back."""
    lawful.trade("GAMMA", BUY, 9, "20")
    lawful.done(move("GAMMA", "ALPHA", 9))
    lawful.next_day(LAST)
    lawful.done(move("ALPHA", "BETA", 10))
    lawful.next_day(AFTER)
    ((_, evidence),) = told(lawful.done(move("BETA", "ALPHA", 10)))
    assert evidence.startswith("10 lots of CLM0 long left ALPHA from 2020-04-30 on")


@pytest.mark.parametrize(
    ("left", "back", "rules"),
    [
        (date(2020, 4, 24), AFTER, {}),
        (BEFORE, date(2020, 5, 6), {}),
        (BEFORE, LAST, {}),
        (date(2020, 5, 1), AFTER, {}),
        (BEFORE, AFTER, {"turn_days": 2}),
        (BEFORE, AFTER, {"turn_days": 0}),
    ],
    ids=["left early", "back late", "back in time", "left after", "short window", "unwatched"],
)
def test_what_is_not_away_at_the_end_of_the_month_alone_is_no_circle(desk, left, back, rules):
    two_owners(desk, watch(**rules))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.next_day(left)
    desk.done(move("ALPHA", "BETA", 10))
    desk.next_day(back)
    assert told(desk.done(move("BETA", "ALPHA", 10))) == []


@pytest.mark.parametrize(
    "again",
    [
        move("BETA", "ALPHA", 4),
        move("BETA", "GAMMA", 10),
        move("GAMMA", "ALPHA", 10, contract="CLN0"),
        move("GAMMA", "ALPHA", 10, side=SELL),
    ],
    ids=["less than half", "another account", "another contract", "the other side"],
)
def test_what_else_moves_after_the_end_of_the_month_is_no_circle(lawful, again):
    lawful.trade("GAMMA", BUY, 10, "20", "CLN0")
    lawful.trade("GAMMA", SELL, 10, "20")
    lawful.done(move("ALPHA", "BETA", 10))
    lawful.next_day(AFTER)
    assert told(lawful.done(again)) == []


def test_who_sells_before_and_buys_after_has_traded(lawful):
    lawful.trade("ALPHA", SELL, 10, "20")
    lawful.next_day(AFTER)
    lawful.trade("ALPHA", BUY, 10, "20")
    assert not lawful.state.regimes.watch.alarms


def test_capital_that_is_elsewhere_at_the_end_of_the_month(lawful):
    lawful.done(transfer("ALPHA", "BETA", "100000"))
    lawful.next_day(AFTER)
    ((subjects, evidence),) = told(lawful.done(transfer("BETA", "ALPHA", "60000")))
    assert subjects == ("ALPHA", "USD")
    assert evidence == (
        "100000.00 USD left ALPHA from 2020-04-28 on and were not there at the end of 2020-04-30; "
        "60000.00 USD were back on 2020-05-04; with BETA"
    )


def test_money_that_an_owner_only_shows_at_the_end_of_the_month(lawful):
    """It left where the owner had it from, and is back there: lent for the day."""
    lawful.done(deposit("1000000"))
    lawful.next_day(AFTER)
    ((subjects, _),) = told(lawful.done(withdraw("1000000")))
    assert subjects == ("@outside:FUND", "USD")


def test_money_that_an_owner_takes_away_over_the_end_of_the_month(lawful):
    lawful.deposit("1000000")
    lawful.next_day(LAST)
    lawful.done(withdraw("1500000"))
    lawful.next_day(AFTER)
    ((subjects, _),) = told(lawful.done(deposit("1500000")))
    assert subjects == ("@reserve:FUND", "USD")


def test_wires_go_round_like_any_money_and_what_a_bank_returns_does_not(lawful):
    with_terms(lawful)
    for amount in ("1000000", "500000"):
        number = sent(lawful, amount)
        lawful.done(confirm(number, amount))
    lawful.next_day(AFTER)
    assert told(lawful.done(give_back(number, "500000", "boss"))) == []
    number = requested(lawful, "1000000", IN)
    ((subjects, evidence),) = told(lawful.done(confirm(number, "1000000")))
    assert subjects == ("@reserve:FUND", "USD")
    assert evidence.startswith("1500000.00 USD left @reserve:FUND from 2020-04-28 on")


def test_money_that_comes_before_the_first_day_is_no_transfer_of_it():
    desk = Desk()
    desk.done(define(*FIRM))
    use_regimes(desk)
    assert told(desk.deposit("1000000")) == []
    assert told(desk.done(withdraw("1000000"))) == []
    assert not desk.state.regimes.watch.transfers.of_key


def test_nothing_is_watched_on_a_desk_without_regimes(desk):
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.next_day(BEFORE)
    desk.done(move("ALPHA", "BETA", 10))
    desk.next_day(AFTER)
    assert told(desk.done(move("BETA", "ALPHA", 10))) == []
    assert not desk.state.regimes.watch.transfers.of_key
