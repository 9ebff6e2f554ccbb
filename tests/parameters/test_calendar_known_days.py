"""Days that anybody who traded them remembers, asked of the shipped calendars."""

from datetime import UTC, date, datetime

import pytest

from fencang.parameters.calendar.days import holidays, is_trading_day, next_trading_day
from fencang.parameters.calendar.sessions import sessions_of, trading_day_at
from fencang.parameters.calendar.shipped import calendar_ids, load_calendar, load_calendars
from fencang.parameters.calendar.values import Phase
from tests.parameters.calendar_files import clocks

CALENDARS = {calendar.calendar_id: calendar for calendar in load_calendars()}


def opens(name, day):
    return clocks(CALENDARS[name], day, Phase.OPEN)


def day_and_night(night, day):
    return [("open", *night), ("open", *day)]


def at(name, text):
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return trading_day_at(CALENDARS[name], int(moment.timestamp()) * 10**9)


def test_the_calendars_have_names_and_are_found_by_them():
    assert calendar_ids() == tuple(calendar.calendar_id for calendar in load_calendars())
    assert load_calendar("cme-energy") == CALENDARS["cme-energy"]
    assert load_calendar("cme-weather") is None
    for place in ("cme-equity", "cme-rates", "cme-fx", "cme-grains", "eurex", "ose-index"):
        assert CALENDARS[place].first_day == date(2015, 1, 1)
        assert CALENDARS[place].last_day == date(2027, 12, 31)


def test_every_row_names_a_source_and_every_source_is_named():
    for calendar in CALENDARS.values():
        rows = [*calendar.templates, *calendar.special_days.values(), *calendar.pauses]
        known = {source.source_id for source in calendar.sources}
        assert all(row.sources and known.issuperset(row.sources) for row in rows)
    for file in {calendar.file for calendar in CALENDARS.values()}:
        same = [calendar for calendar in CALENDARS.values() if calendar.file == file]
        rows = [
            row
            for calendar in same
            for row in [*calendar.templates, *calendar.special_days.values(), *calendar.pauses]
        ]
        cited = {name for row in rows for name in row.sources}
        assert cited == {source.source_id for source in same[0].sources}, file


# ------------------------------------------------------------------------------------- Chicago


def test_an_ordinary_monday_of_globex_begins_on_sunday():
    assert clocks(CALENDARS["cme-energy"], date(2018, 2, 5)) == [
        ("pre_open", "-1 16:00", "-1 17:00"),
        ("open", "-1 17:00", "16:00"),
    ]
    assert at("cme-energy", "2018-02-04T17:00-06:00") == (date(2018, 2, 5), Phase.OPEN)
    assert at("cme-energy", "2018-02-03T12:00-06:00") == (date(2018, 2, 2), Phase.CLOSE)


def test_a_holiday_of_globex_belongs_to_the_next_trading_day():
    """Labor Day 2018: traded to noon, settled with Tuesday."""
    assert not is_trading_day(CALENDARS["cme-equity"], date(2018, 9, 3))
    assert clocks(CALENDARS["cme-equity"], date(2018, 9, 4)) == [
        ("pre_open", "-2 16:00", "-2 17:00"),
        ("open", "-2 17:00", "-1 12:00"),
        ("halt", "-1 12:00", "-1 16:45"),
        ("pre_open", "-1 16:45", "-1 17:00"),
        ("open", "-1 17:00", "15:15"),
        ("halt", "15:15", "15:30"),
        ("open", "15:30", "16:00"),
    ]
    assert at("cme-equity", "2018-09-03T10:00-05:00") == (date(2018, 9, 4), Phase.OPEN)


@pytest.mark.parametrize(
    ("name", "day", "found"),
    [
        # Days of mourning: 2018 closed interest rates, 2025 shortened them; energy traded on.
        ("cme-equity", date(2018, 12, 5), [("open", "-1 17:00", "08:30")]),
        ("cme-energy", date(2018, 12, 5), [("open", "-1 17:00", "16:00")]),
        ("cme-equity", date(2025, 1, 9), [("open", "-1 17:00", "08:30")]),
        ("cme-rates", date(2025, 1, 9), [("open", "-1 17:00", "12:15")]),
        ("cme-energy", date(2025, 1, 9), [("open", "-1 17:00", "16:00")]),
        ("cme-grains", date(2025, 1, 9), day_and_night(("-1 19:00", "07:45"), ("08:30", "12:15"))),
        ("cme-equity", date(2024, 7, 3), [("open", "-1 17:00", "12:15")]),
        ("cme-energy", date(2024, 7, 3), [("open", "-1 17:00", "16:00")]),
        (
            "cme-energy",
            date(2024, 7, 5),
            day_and_night(("-2 17:00", "-1 13:30"), ("-1 17:00", "16:00")),
        ),
        ("cme-grains", date(2023, 11, 24), [("open", "08:30", "12:05")]),
        ("cme-grains", date(2015, 7, 2), day_and_night(("-1 19:00", "07:45"), ("08:30", "13:15"))),
        ("cme-grains", date(2015, 7, 6), day_and_night(("-1 19:00", "07:45"), ("08:30", "13:20"))),
        ("cme-grains", date(2023, 2, 21), day_and_night(("-1 19:00", "07:45"), ("08:30", "13:20"))),
        ("cme-equity", date(2015, 6, 2), day_and_night(("-1 17:00", "15:15"), ("15:30", "16:15"))),
        ("cme-equity", date(2021, 6, 29), [("open", "-1 17:00", "16:00")]),
    ],
)  # fmt: skip
def test_days_of_chicago(name, day, found):
    assert opens(name, day) == found


@pytest.mark.parametrize(
    ("name", "day", "trades"),
    [
        ("cme-rates", date(2018, 12, 5), False),
        ("cme-equity", date(2018, 3, 30), False),  # Good Friday
        ("cme-equity", date(2021, 12, 24), False),  # Christmas on a Saturday
        ("cme-equity", date(2021, 12, 31), True),  # New Year on a Saturday
        ("cme-equity", date(2017, 1, 2), False),  # New Year on a Sunday
        ("cme-equity", date(2021, 6, 18), True),  # Juneteenth was no holiday of the exchange yet
        ("cme-equity", date(2022, 6, 20), False),
        ("cme-energy", date(2018, 10, 8), True),  # Columbus Day
        ("ice-us-sugar", date(2025, 6, 19), False),
        ("ice-us-sugar", date(2025, 10, 13), True),
        ("ice-europe-brent", date(2023, 1, 2), False),
        ("ice-europe-brent", date(2021, 12, 24), True),
        ("eurex", date(2018, 5, 1), False),
        ("eurex", date(2018, 5, 21), True),  # Whit Monday
        ("eurex", date(2018, 12, 31), False),
        ("ose-index", date(2019, 5, 6), False),  # ten days around the accession
        ("ose-index", date(2022, 9, 23), False),
        ("cffex-index", date(2015, 9, 3), False),
    ],
)
def test_trading_days(name, day, trades):
    assert is_trading_day(CALENDARS[name], day) is trades
    assert (day in holidays(CALENDARS[name])) is not trades


# --------------------------------------------------------------------------------------- China


def test_friday_night_belongs_to_monday():
    assert clocks(CALENDARS["shfe-0230"], date(2018, 9, 10)) == [
        ("pre_open", "-3 20:55", "-3 21:00"),
        ("open", "-3 21:00", "-2 02:30"),
        ("halt", "-2 02:30", "08:55"),
        ("pre_open", "08:55", "09:00"),
        ("open", "09:00", "10:15"),
        ("halt", "10:15", "10:30"),
        ("open", "10:30", "11:30"),
        ("halt", "11:30", "13:30"),
        ("open", "13:30", "15:00"),
    ]
    assert at("shfe-0230", "2018-09-08T01:00+08:00") == (date(2018, 9, 10), Phase.OPEN)
    assert at("shfe-0230", "2018-09-07T15:00+08:00") == (date(2018, 9, 7), Phase.CLOSE)


@pytest.mark.parametrize(
    ("day", "night"),
    [
        (date(2018, 2, 22), False),  # Spring Festival; SHFE 上期发〔2018〕36号
        (date(2018, 2, 23), True),
        (date(2018, 4, 9), False),  # DCE 大商所发〔2018〕125号
        (date(2018, 5, 2), False),
        (date(2018, 6, 19), False),  # DCE 大商所发〔2018〕238号
        (date(2019, 1, 2), False),  # CZCE 郑商函〔2018〕503号
        (date(2015, 9, 28), False),  # SHFE 上期发〔2015〕133号: only the Sunday was a holiday
        (date(2015, 9, 29), True),
        (date(2015, 6, 23), False),  # CZCE 郑商函〔2015〕128号
        (date(2020, 2, 3), False),  # behind Spring Festival
        (date(2020, 2, 4), False),  # suspended from that evening on
        (date(2020, 4, 30), False),
        (date(2020, 5, 6), False),
        (date(2020, 5, 7), True),
        (date(2022, 1, 4), False),
        (date(2022, 4, 6), False),
        (date(2022, 10, 10), False),
        (date(2023, 1, 30), False),
        (date(2023, 10, 9), False),
        (date(2024, 9, 18), False),
        (date(2024, 9, 19), True),
    ],
)
@pytest.mark.parametrize("name", ["shfe-2300", "dce-2300", "czce-2300"])
def test_evenings_before_a_holiday_have_no_night_session(name, day, night):
    first = opens(name, day)[0]
    assert first[1].endswith("21:00") is night
    assert night or first[1] == "09:00"


@pytest.mark.parametrize(
    ("name", "day", "ends"),
    [
        ("shfe-0100", date(2026, 8, 20), "01:00"),
        ("shfe-2300", date(2026, 8, 20), "-1 23:00"),
        ("shfe-0230", date(2026, 8, 20), "02:30"),
        ("dce-2300", date(2026, 8, 20), "-1 23:00"),
        ("czce-2300", date(2019, 12, 10), "-1 23:30"),
        ("czce-2300", date(2026, 8, 20), "-1 23:00"),
    ],
)
def test_night_sessions_end_by_product_group(name, day, ends):
    assert opens(name, day)[0][2] == ends


@pytest.mark.parametrize("name", ["shfe-day", "dce-day", "czce-day", "gfex-day", "cffex-index"])
def test_groups_without_a_night_session_trade_by_day(name):
    assert all(not template.is_of_the_night for template in CALENDARS[name].templates)


def test_the_longest_holiday_is_one_step():
    assert next_trading_day(CALENDARS["shfe-0230"], date(2026, 2, 13)) == date(2026, 2, 24)


# ------------------------------------------------------------------------- Osaka and elsewhere


def test_holiday_trading_of_osaka_belongs_to_the_next_business_day():
    """2022-09-23 was a Friday: its sessions count for Monday, which has a night of its own."""
    assert opens("ose-index", date(2022, 9, 26)) == [
        ("open", "-4 16:30", "-3 06:00"),
        ("open", "-3 08:45", "-3 15:15"),
        ("open", "-3 16:30", "-2 06:00"),
        ("open", "08:45", "15:15"),
    ]


def test_before_2022_osaka_held_its_night_before_a_holiday_all_the_same():
    assert opens("ose-index", date(2018, 2, 13))[0] == ("open", "-4 16:30", "-3 05:30")


def test_eurex_opens_by_the_clock_of_singapore():
    """01:15 in winter and 02:15 in summer, which is 08:15 in Singapore."""
    assert opens("eurex", date(2019, 1, 15)) == [("open", "01:15", "22:00")]
    assert opens("eurex", date(2019, 7, 15)) == [("open", "02:15", "22:00")]


def test_sugar_opens_by_the_clock_of_london():
    """An hour later in New York while only New York has changed its clocks."""
    assert opens("ice-us-sugar", date(2018, 3, 1)) == [("open", "03:30", "13:00")]
    assert opens("ice-us-sugar", date(2018, 3, 15)) == [("open", "04:30", "13:00")]


def test_the_last_close_of_the_span_ends_with_its_last_date():
    calendar = CALENDARS["cme-energy"]
    last = sessions_of(calendar, date(2027, 12, 31))[-1]
    assert last.phase is Phase.CLOSE
    assert datetime.fromtimestamp(last.end_ns // 10**9, UTC) == datetime(2028, 1, 1, 6, tzinfo=UTC)
