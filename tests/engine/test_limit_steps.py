"""A limit that is about to step down below what a group has is told ahead, once."""

from datetime import date

import pytest

from fencang.messages.regime_events import LimitStepApproached
from fencang.refdata.regime import LimitBucket, LimitHardness, LimitStep
from tests.engine.desk import BUY, SELL, all_of, only
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, changed, define
from tests.engine.proposal_firm import watch
from tests.engine.regime_firm import exemption, regime_limit, use_regimes

THURSDAY, FRIDAY, NEXT_MONDAY = date(2020, 4, 23), date(2020, 4, 24), date(2020, 4, 27)
BEGINS, FALLS = LimitStep(THURSDAY, 20), LimitStep(date(2020, 4, 29), 10)
SPOT = regime_limit(20, bucket=LimitBucket.SPOT, month="2020-06", steps=(BEGINS, FALLS))


def told(events):
    return [
        (each.side, each.from_day, each.days_left, each.quantity_lots_max, each.worst_case_lots)
        for each in all_of(events, LimitStepApproached)
    ]


def next_day(desk, day):
    """Open the next day; return its events."""
    desk.next_day(day)
    return desk.records[-1].events


@pytest.fixture
def lawful(desk):
    use_regimes(desk, SPOT, watch(step_days=3))
    return desk


def test_a_step_is_told_so_many_business_days_ahead_with_what_works(lawful):
    """20 held and 5 working are 25: more than 20 on Thursday, and than 10 on Wednesday after it.

    Three business days before Thursday is Monday, which was open already; before Wednesday Friday.
    """
    lawful.trade("ALPHA", BUY, 20, "20")
    lawful.accepted("BETA", BUY, 5, at="19")
    assert told(next_day(lawful, TUESDAY)) == [("long", THURSDAY, 2, 20, 25)]
    assert told(next_day(lawful, WEDNESDAY)) == []
    assert told(next_day(lawful, THURSDAY)) == []
    event = only(next_day(lawful, FRIDAY), LimitStepApproached)
    assert (event.limit_id, event.persons_id, event.days_left) == ("US-CL-spot2020-06", "CLIENT", 3)
    assert told(next_day(lawful, NEXT_MONDAY)) == []


def test_what_is_bought_after_the_first_look_is_told_at_the_settlement(lawful):
    lawful.trade("ALPHA", BUY, 20, "20")
    assert told(next_day(lawful, TUESDAY)) == []
    lawful.trade("ALPHA", BUY, 1, "20")
    assert told(lawful.settle(TUESDAY, CLM0="20")) == [("long", THURSDAY, 2, 20, 21)]
    assert told(next_day(lawful, WEDNESDAY)) == []


def test_a_short_position_and_a_limit_of_all_months(desk):
    lower = regime_limit(100, steps=(LimitStep(MONDAY, 100), LimitStep(THURSDAY, 30)))
    use_regimes(desk, lower)
    desk.trade("ALPHA", SELL, 20, "20")
    desk.trade("ALPHA", SELL, 11, "20", "CLN0")
    assert told(next_day(desk, TUESDAY)) == [("short", THURSDAY, 2, 30, 31)]


@pytest.mark.parametrize(
    "other",
    [
        watch(step_days=1),
        watch(step_days=0),
        changed(SPOT, hardness=LimitHardness.ACCOUNTABILITY),
        changed(SPOT, month="2020-07"),
        changed(SPOT, steps=(LimitStep(MONDAY, 10), LimitStep(THURSDAY, 20))),
        exemption(25),
    ],
    ids=["later", "nobody watches", "a level", "another month", "it rises", "granted"],
)
def test_nothing_is_told_where_nothing_steps_down_soon_for_the_group(lawful, other):
    lawful.trade("ALPHA", BUY, 21, "20")
    lawful.done(define(other))
    assert told(next_day(lawful, TUESDAY)) == []


@pytest.mark.parametrize(
    "granted",
    [
        exemption(24),
        exemption(25, valid_to=WEDNESDAY),
        exemption(25, buckets=(LimitBucket.SINGLE_MONTH,)),
        exemption(25, person="CLIENT"),
        exemption(25, is_revoked=True),
    ],
    ids=["too little", "over by then", "another bucket", "another's", "revoked"],
)
def test_a_grant_that_does_not_cover_the_day_of_the_step_does_not_silence_it(lawful, granted):
    lawful.done(define(granted))
    lawful.trade("ALPHA", BUY, 25, "20")
    assert told(next_day(lawful, TUESDAY)) == [("long", THURSDAY, 2, 20, 25)]


def test_days_on_which_no_venue_trades_are_no_business_days(lawful):
    """With Tuesday and Wednesday shut Monday's settlement is the last business day before."""
    venue = lawful.state.venues["NYMEX"].venue
    lawful.done(define(watch(step_days=1), changed(venue, holidays=(TUESDAY, WEDNESDAY))))
    lawful.trade("ALPHA", BUY, 21, "20")
    assert told(lawful.settle(MONDAY, CLM0="20")) == [("long", THURSDAY, 1, 20, 21)]
