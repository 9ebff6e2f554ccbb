"""A calendar file with any fault gives no calendar, and every fault is named with its place."""

import pytest

from fencang.parameters.calendar.faults import CalendarFileFault
from tests.parameters.calendar_files import DAY_SESSION, HEAD, read, read_one, session, special

GOOD = HEAD + special(date="2018-12-05", kind='"closed"') + DAY_SESSION


def faults_of(text, files=None):
    with pytest.raises(CalendarFileFault) as caught:
        read(text, files)
    return [str(fault) for fault in caught.value.faults]


def test_the_file_without_fault_is_read():
    assert read_one(GOOD).calendar_id == "test"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('start = "08:30"', 'start = "8:30"', "[[session]] #1 start: '8:30' is not a time"),
        ('start = "08:30"', 'start = "24:00"', "[[session]] #1 start: '24:00' is not"),
        ('start = "08:30"', 'start = "08:30 Mars/Base"', "start: 'Mars/Base' is no time zone"),
        ('phase = "open"', 'phase = "close"', "phase: close is never stated"),
        ('phase = "open"', 'phase = "opened"', "phase: 'opened' is not one of pre_open, open"),
        ('phase = "open"', 'phase = "pre_open"', "test: states no open session"),
        ("date = 2018-12-05", 'date = "soon"', "[[special]] #1 date: 'soon' is not a day"),
        ("date = 2018-12-05", 'rule = "some monday"', "#1 rule: 'some monday' is no rule"),
        ("date = 2018-12-05", "", "[[special]] #1: states neither a date nor a rule"),
        ("date = 2018-12-05", 'date = 2018-12-05\nrule = "may 1"', "#1: states both a date and"),
        ('kind = "closed"', 'kind = "closed"\ncloses_at = "12:00"', "a closed day has no times"),
        ('kind = "closed"', 'kind = "changed"', "#1 kind: says changed, but neither"),
        ('kind = "closed"', 'kind = "changed"\ncloses_at = "08:00"', "left without an open"),
        ('kind = "closed"', 'kind = "closed"\nobserve = "x"', "observe: is not a key of this"),
        ('id = "rule-book"', 'id = "book"', "[[special]] #1 source: 'rule-book' is no [[source]]"),
        ('"America/Chicago"', '"America/Springfield"', "'America/Springfield' is no time zone"),
        ("first_day = 2018-01-01", "first_day = 2020-01-01", "last_day: lies before first_day"),
        ('country = "US"', "", "test.toml: country: is missing"),
        ('country = "US"', 'country = "US"\nholidays_from = "no.toml"', "from: there is no file"),
        ("[[special]]", "[special]", "special: is not a list of tables; write [[special]]"),
        ("[[special]]", "[[special]", "the file: is not TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(old, new, told):
    assert GOOD.count(old) >= 1, old
    assert any(told in fault for fault in faults_of(GOOD.replace(old, new, 1))), told


def test_every_fault_is_told_at_once_and_nothing_is_read():
    text = GOOD.replace('"08:30"', '"late"').replace('"closed"', '"shut"').replace('"US"', "1")
    assert [fault.split(": ")[1] for fault in faults_of(text)] == [
        "[[special]] #1 kind",
        "country",
        "[[calendar]] #1 [[session]] #1 start",
    ]


def test_a_date_has_one_special_row():
    twice = GOOD + special(name='"Another"', rule='"december 5"', kind='"closed"')
    assert faults_of(twice) == ["test.toml: [[special]] #2: 2018-12-05 is special already: A day"]


def test_a_row_without_a_source_is_refused():
    bare = GOOD.replace('source = "rule-book"\n', "", 1)
    assert faults_of(bare) == ["test.toml: [[special]] #1 source: is missing"]


def test_a_date_of_a_weekend_is_a_slip():
    text = GOOD.replace("2018-12-05", "2018-12-08")
    place = "test.toml: [[special]] #1 date"
    words = "2018-12-08 is a weekend day, on which nothing is traded anyway"
    assert faults_of(text) == [f"{place}: {words}"]


def test_a_calendar_of_night_sessions_only_would_leave_the_day_behind_a_holiday_empty():
    text = GOOD.replace('start = "08:30"', 'starts_on = "session_day_before"\nstart = "18:30"')
    assert "none that is held behind a holiday" in faults_of(text)[0]
    assert read_one(text.replace("starts_on", "before_holidays = true\nstarts_on"))


def test_sessions_must_not_overlap():
    more = session("14:00", "16:00")
    assert "a session reaches beyond 14:00, where the next starts" in faults_of(GOOD + more)[0]


def test_sessions_must_not_reach_into_those_of_the_next_day():
    night = session("14:30", "08:00", starts_on="calendar_day_before")
    assert "its sessions reach beyond 14:30, where 2018-01-02 begins" in faults_of(GOOD + night)[0]


def test_faults_of_a_file_that_holidays_are_taken_from_carry_its_name():
    shared = '[[special]]\nname = "X"\ndate = 2018-07-04\nkind = "closed"\nsource = "nobody"\n'
    text = 'holidays_from = "shared.toml"\n' + HEAD + DAY_SESSION
    assert faults_of(text, {"shared.toml": shared}) == [
        "shared.toml: [[special]] #1 source: 'nobody' is no [[source]] of this file"
    ]


def test_holidays_are_taken_from_one_file_not_through_it():
    text = 'holidays_from = "one.toml"\n' + HEAD + DAY_SESSION
    files = {"one.toml": 'holidays_from = "two.toml"\n', "two.toml": ""}
    assert "takes holidays from" in faults_of(text, files)[0]
