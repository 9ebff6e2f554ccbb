"""Which day a movement belongs to, and when a day has ended, over several venues."""

from fencang.projections.trading_days import TradingDays

MON, TUE, WED, THU = 1_000, 1_001, 1_002, 1_003


def ended(days):
    found = []
    while (day := days.end_first()) is not None:
        found.append(day)
    return found


def test_a_venue_s_day_lasts_until_it_opens_the_next_one():
    days = TradingDays()
    days.open("NYMEX", MON)
    days.settle("NYMEX", MON)
    assert ended(days) == []
    assert days.of_venue("NYMEX") == MON
    days.open("NYMEX", TUE)
    assert ended(days) == [MON]
    assert days.of_venue("NYMEX") == TUE


def test_a_night_session_is_tomorrow_while_another_venue_is_still_today():
    """Shanghai's Tuesday begins on Monday evening; New York's Monday goes on beside it."""
    days = TradingDays()
    days.open("SHFE", MON)
    days.open("NYMEX", MON)
    days.settle("SHFE", MON)
    days.open("SHFE", TUE)
    assert (days.of_venue("SHFE"), days.of_venue("NYMEX")) == (TUE, MON)
    assert days.of_cash() == MON
    assert days.waits_for(MON) == ["NYMEX"]
    assert ended(days) == []
    days.settle("NYMEX", MON)
    assert days.of_venue("NYMEX") == MON
    assert days.of_cash() == TUE
    assert ended(days) == []
    days.open("NYMEX", TUE)
    assert ended(days) == [MON]


def test_a_holiday_at_one_venue_holds_nobody_up():
    days = TradingDays()
    for venue in ("EUREX", "NYMEX"):
        days.open(venue, MON)
        days.settle(venue, MON)
    days.open("EUREX", TUE)
    assert days.of_cash() == TUE
    assert ended(days) == []
    days.settle("EUREX", TUE)
    assert ended(days) == [MON]
    days.open("NYMEX", WED)
    days.open("EUREX", WED)
    assert ended(days) == [TUE]


def test_what_comes_for_an_ended_day_counts_to_the_first_open_one():
    days = TradingDays()
    for day in (MON, TUE):
        days.open("NYMEX", day)
        days.settle("NYMEX", day)
    assert ended(days) == [MON]
    days.open("LATE", MON)
    assert days.of_venue("LATE") == TUE
    assert days.open_days == [TUE]


def test_before_the_first_opening_there_is_one_nameless_day():
    days = TradingDays()
    assert (days.of_cash(), days.of_venue("NYMEX"), days.open_days) == (0, 0, [0])
    assert ended(days) == []
    days.open("NYMEX", MON)
    assert days.open_days == [MON]


def test_a_venue_that_left_its_day_unsettled_is_not_waited_for():
    days = TradingDays()
    days.open("NYMEX", MON)
    days.open("NYMEX", TUE)
    assert days.waits_for(MON) == []
    assert ended(days) == [MON]


def test_a_day_that_opens_between_two_open_days_ends_in_its_turn():
    days = TradingDays()
    days.open("SHFE", MON)
    days.open("NYMEX", MON)
    days.open("SHFE", WED)
    days.settle("NYMEX", MON)
    days.open("NYMEX", TUE)
    assert days.open_days == [TUE, WED] or ended(days) == [MON]
    assert days.open_days == [TUE, WED]
    days.settle("NYMEX", TUE)
    days.open("NYMEX", THU)
    assert ended(days) == [TUE]
