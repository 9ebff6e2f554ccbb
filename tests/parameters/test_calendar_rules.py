"""Rules of holidays against dates that everybody can look up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.parameters.calendar.rules import Observed, easter_sunday, observed_day, parse_rule


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2008, 3, 23), (2015, 4, 5), (2018, 4, 1),
     (2019, 4, 21), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)],
)  # fmt: skip
def test_easter(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


@given(st.integers(1583, 4099))
def test_easter_is_a_sunday_from_22_march_to_25_april(year):
    easter = easter_sunday(year)
    assert easter.isoweekday() == 7
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("january 1", date(2024, 1, 1)),
        ("third monday of january", date(2024, 1, 15)),
        ("last monday of may", date(2024, 5, 27)),
        ("fourth thursday of november", date(2024, 11, 28)),
        ("fourth thursday of november +1", date(2024, 11, 29)),
        ("first monday of september", date(2024, 9, 2)),
        ("last sunday of december", date(2024, 12, 29)),
        ("easter -2", date(2024, 3, 29)),
        ("easter +1", date(2024, 4, 1)),
    ],
)
def test_rules_name_a_date(rule, found):
    assert parse_rule(rule)(2024) == found


@pytest.mark.parametrize(
    "text",
    ["", "easter monday", "fifth monday of may", "february 29", "june 31", "third monday",
     "january 1 +100", "january one", "Easter"],
)  # fmt: skip
def test_what_is_no_rule_is_none(text):
    assert parse_rule(text) is None


@pytest.mark.parametrize(
    ("observed", "of_saturday", "of_sunday"),
    [
        (Observed.NEVER_MOVED, date(2022, 1, 1), date(2022, 1, 2)),
        (Observed.SUNDAY_TO_MONDAY, date(2022, 1, 1), date(2022, 1, 3)),
        (Observed.NEAREST_WEEKDAY, date(2021, 12, 31), date(2022, 1, 3)),
        (Observed.NEXT_WEEKDAY, date(2022, 1, 3), date(2022, 1, 3)),
    ],
)
def test_where_a_holiday_of_a_weekend_goes(observed, of_saturday, of_sunday):
    assert observed_day(date(2022, 1, 1), observed) == of_saturday
    assert observed_day(date(2022, 1, 2), observed) == of_sunday


@given(st.dates(), st.sampled_from(Observed))
def test_a_weekday_stays_where_it_is(day, observed):
    if day.isoweekday() < 6:
        assert observed_day(day, observed) == day
