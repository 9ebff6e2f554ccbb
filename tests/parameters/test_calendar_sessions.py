"""Laws of sessions, over every shipped calendar and over made-up ones in difficult time zones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.parameters.calendar.days import (
    BeyondCalendar,
    holidays,
    is_trading_day,
    next_trading_day,
    previous_trading_day,
    trading_days,
)
from fencang.parameters.calendar.sessions import local_ns, sessions_of, trading_day_at
from fencang.parameters.calendar.shipped import load_calendars
from fencang.parameters.calendar.values import (
    Anchor,
    Phase,
    SessionTemplate,
    SpecialDay,
    SpecialKind,
)
from fencang.parameters.calendar.wholes import faults_of_calendar
from tests.parameters.calendar_files import DAY_SESSION, HEAD, clocks, read_one, session, special

CALENDARS = load_calendars()
HOUR_NS = 3_600 * 10**9
ZONES = ["UTC", "America/Chicago", "Asia/Shanghai", "Europe/London", "America/Sao_Paulo",
         "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]  # fmt: skip
PLAIN = read_one(HEAD + DAY_SESSION)


def require_laws(calendar, days):
    """Check that the sessions of consecutive trading days follow one another without a gap."""
    for day in days:
        sessions = sessions_of(calendar, day)
        assert all(session.start_ns < session.end_ns for session in sessions)
        assert all(one.end_ns == other.start_ns for one, other in pairwise(sessions))
        assert sessions[-1].phase is Phase.CLOSE
        assert Phase.CLOSE not in [session.phase for session in sessions[:-1]]
    for one, other in pairwise(days):
        assert sessions_of(calendar, one)[-1].end_ns == sessions_of(calendar, other)[0].start_ns


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.calendar_id)
def test_sessions_are_ordered_and_never_overlap(calendar):
    """On every day of the span, whatever clocks and special days do."""
    require_laws(calendar, trading_days(calendar, calendar.first_day, calendar.last_day))


@given(data=st.data())
@settings(max_examples=300)
def test_a_moment_has_the_day_and_phase_of_its_session(data):
    """``trading_day_at`` inverts ``sessions_of``: first and last nanosecond and between."""
    calendar = data.draw(st.sampled_from(CALENDARS))
    days = trading_days(calendar, calendar.first_day, calendar.last_day)
    day = data.draw(st.sampled_from(days))
    session = data.draw(st.sampled_from(sessions_of(calendar, day)))
    time_ns = data.draw(
        st.sampled_from([session.start_ns, session.end_ns - 1])
        | st.integers(session.start_ns, session.end_ns - 1)
    )
    assert trading_day_at(calendar, time_ns) == (day, session.phase)


@given(data=st.data())
def test_a_moment_outside_of_the_span_has_no_trading_day(data):
    calendar = data.draw(st.sampled_from(CALENDARS))
    days = trading_days(calendar, calendar.first_day, calendar.last_day)
    first_ns = sessions_of(calendar, days[0])[0].start_ns
    last_ns = sessions_of(calendar, days[-1])[-1].end_ns
    far_ns = data.draw(st.integers(0, 10**18))
    for time_ns in (first_ns - 1 - far_ns, last_ns + far_ns):
        with pytest.raises(BeyondCalendar):
            trading_day_at(calendar, time_ns)


@given(st.sampled_from(CALENDARS), st.data())
def test_next_and_previous_are_inverse(calendar, data):
    days = trading_days(calendar, calendar.first_day, calendar.last_day)
    index = data.draw(st.integers(1, len(days) - 1))
    assert next_trading_day(calendar, days[index - 1]) == days[index]
    assert previous_trading_day(calendar, days[index]) == days[index - 1]
    between = data.draw(st.dates(days[index - 1], days[index]))
    assert is_trading_day(calendar, between) is (between in (days[index - 1], days[index]))


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.calendar_id)
def test_holidays_weekends_and_trading_days_make_up_the_span(calendar):
    days = trading_days(calendar, calendar.first_day, calendar.last_day)
    weekends = [
        ordinal
        for ordinal in range(calendar.first_day.toordinal(), calendar.last_day.toordinal() + 1)
        if date.fromordinal(ordinal).isoweekday() in calendar.weekend_days
    ]
    whole = (calendar.last_day - calendar.first_day).days + 1
    assert len(days) + len(holidays(calendar)) + len(weekends) == whole


@given(st.sampled_from(CALENDARS), st.data())
def test_a_session_that_starts_on_the_evening_before_belongs_to_the_next_trading_day(
    calendar, data
):
    nights = [template for template in calendar.templates if template.is_of_the_night]
    if not nights:
        return
    days = trading_days(calendar, calendar.first_day, calendar.last_day)
    index = data.draw(st.integers(1, len(days) - 1))
    start_ns = sessions_of(calendar, days[index])[0].start_ns
    zone = ZoneInfo(calendar.timezone)
    start = datetime.fromtimestamp(start_ns // 10**9, zone)
    if start.date() < days[index]:
        assert start.hour >= 12
        assert trading_day_at(calendar, start_ns)[0] == days[index]
        assert trading_day_at(calendar, start_ns - 1) == (days[index - 1], Phase.CLOSE)


# -------------------------------------------------------------------------- clocks that change


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        ("America/Chicago", date(2018, 3, 11), "01:59", "2018-03-11T07:59"),
        ("America/Chicago", date(2018, 3, 11), "02:00", "2018-03-11T08:00"),  # skipped
        ("America/Chicago", date(2018, 3, 11), "02:59", "2018-03-11T08:00"),  # skipped
        ("America/Chicago", date(2018, 3, 11), "03:00", "2018-03-11T08:00"),
        ("America/Chicago", date(2018, 11, 4), "00:59", "2018-11-04T05:59"),
        ("America/Chicago", date(2018, 11, 4), "01:30", "2018-11-04T06:30"),  # shown twice
        ("America/Chicago", date(2018, 11, 4), "02:00", "2018-11-04T08:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "00:00", "2018-11-04T03:00"),  # skipped midnight
        ("Australia/Lord_Howe", date(2018, 10, 7), "02:15", "2018-10-06T15:30"),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), "12:00", "2011-12-30T10:00"),  # a whole day skipped
    ],
)
def test_local_times_that_are_skipped_or_shown_twice(zone, day, clock, utc):
    """Skipped times mean the change itself, times shown twice mean the first."""
    hours, minutes = clock.split(":")
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    found = local_ns(zone, day, int(hours) * 60 + int(minutes))
    assert found == int(moment.timestamp()) * 10**9


@given(st.sampled_from(ZONES), st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.data())
def test_the_order_of_local_times_is_kept(zone, day, data):
    one, other = sorted(data.draw(st.lists(st.integers(0, 2_880), min_size=2, max_size=2)))
    assert local_ns(zone, day, one) <= local_ns(zone, day, other)


def test_a_session_over_the_change_is_an_hour_shorter_or_longer():
    """Globex from Sunday 17:00 to Monday 16:00 does not hold the change; 00:30 to 05:00 does."""
    night = DAY_SESSION.replace("08:30", "00:30").replace("15:00", "05:00")
    calendar = replace(read_one(HEAD + night), weekend_days=())

    def hours(day):
        session = sessions_of(calendar, day)[0]
        return (session.end_ns - session.start_ns) / HOUR_NS

    assert hours(date(2018, 3, 10)) == 4.5
    assert hours(date(2018, 3, 11)) == 3.5
    assert hours(date(2018, 11, 4)) == 5.5


@pytest.mark.parametrize("day", [date(2018, 3, 12), date(2018, 11, 5), date(2018, 6, 4)])
def test_utc_lengths_are_what_the_wall_clocks_say(day):
    """The weekend of a change lies in the close; every session of Globex keeps its length."""
    calendar = next(each for each in CALENDARS if each.calendar_id == "cme-energy")
    lengths = [
        (session.phase, (session.end_ns - session.start_ns) / HOUR_NS)
        for session in sessions_of(calendar, day)
    ]
    assert lengths == [(Phase.PRE_OPEN, 1), (Phase.OPEN, 23), (Phase.CLOSE, 0.75)]
    friday = sessions_of(calendar, day - timedelta(days=3))[-1]
    change = {3: -1, 11: 1, 6: 0}[day.month]
    assert (friday.end_ns - friday.start_ns) / HOUR_NS == 48 + change


# -------------------------------------------------------------------------- made-up calendars


def made_up_template(start, end, anchor, *, before_holidays):
    shift = 24 * 60 if start < 0 else 0
    return SessionTemplate(
        phase=Phase.OPEN,
        start_minute=start + shift,
        end_minute=end + shift,
        anchor=anchor if start < 0 else Anchor.SAME_DAY,
        from_day=PLAIN.first_day,
        to_day=PLAIN.last_day,
        weekdays=(1, 2, 3, 4, 5, 6, 7),
        start_timezone="",
        end_timezone="",
        before_holidays=before_holidays,
        sources=(),
        confirmed=True,
    )


def made_up_day(day, kind, last_end):
    kinds = {"closed": SpecialKind.CLOSED, "joined": SpecialKind.JOINED}
    return SpecialDay(
        day=day,
        name=kind,
        kind=kinds.get(kind.split()[0], SpecialKind.CHANGED),
        closes_minute=last_end - 1 if "early" in kind else None,
        opens_minute=last_end - 2 if "late" in kind else None,
        has_night="no night" not in kind,
        sources=(),
        confirmed=True,
    )


@st.composite
def made_up(draw):
    """Return a calendar of a night and one or two day sessions, with special days in spring."""
    size = draw(st.sampled_from([2, 4]))
    cuts = sorted(draw(st.sets(st.integers(240, 1_000), min_size=size, max_size=size)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=True))
    if draw(st.booleans()):
        start = draw(st.integers(-420, -1))
        spans.append((start, draw(st.integers(start + 1, 239))))
    anchor = draw(st.sampled_from([Anchor.CALENDAR_DAY_BEFORE, Anchor.SESSION_DAY_BEFORE]))
    before_holidays = draw(st.booleans())
    kinds = draw(
        st.dictionaries(
            st.dates(date(2018, 3, 1), date(2018, 4, 10)),
            st.sampled_from(["closed", "joined", "joined early", "early", "late", "no night"]),
            max_size=12,
        )
    )
    return replace(
        PLAIN,
        timezone=draw(st.sampled_from(ZONES)),
        weekend_days=draw(st.sampled_from([(6, 7), ()])),  # clocks change on Sundays
        templates=tuple(
            made_up_template(*span, anchor, before_holidays=before_holidays) for span in spans
        ),
        special_days={day: made_up_day(day, kind, cuts[-1]) for day, kind in kinds.items()},
    )


@given(made_up(), st.data())
@settings(max_examples=200)
def test_the_laws_hold_for_any_calendar_without_fault(calendar, data):
    """The zones change their clocks within the days asked for, one of them at midnight."""
    assert list(faults_of_calendar(calendar)) == []
    days = trading_days(calendar, date(2018, 2, 20), date(2018, 4, 20))
    require_laws(calendar, days)
    day = data.draw(st.sampled_from(days))
    session = data.draw(st.sampled_from(sessions_of(calendar, day)))
    time_ns = data.draw(st.integers(session.start_ns, session.end_ns - 1))
    assert trading_day_at(calendar, time_ns) == (day, session.phase)


# -------------------------------------------------------------------------- what rows do


def test_a_gap_within_the_day_is_a_halt_and_what_follows_is_the_close():
    text = HEAD + DAY_SESSION.replace('end = "15:00"', 'end = "11:30"')
    calendar = read_one(text + session("13:30", "15:00"))
    assert clocks(calendar, date(2018, 1, 2)) == [
        ("open", "08:30", "11:30"),
        ("halt", "11:30", "13:30"),
        ("open", "13:30", "15:00"),
    ]
    assert clocks(calendar, date(2018, 1, 5), Phase.CLOSE) == [("close", "15:00", "+3 08:30")]


def test_early_close_late_open_and_the_pre_open_that_leads_to_it():
    text = HEAD + special(
        date="2018-01-03", kind='"changed"', opens_at='"10:00"', closes_at='"12:00"'
    )
    text += DAY_SESSION + session("08:00", "08:30", "pre_open")
    calendar = read_one(text)
    assert clocks(calendar, date(2018, 1, 3)) == [("open", "10:00", "12:00")]
    later = read_one(text.replace('opens_at = "10:00"', 'opens_at = "08:30"'))
    assert clocks(later, date(2018, 1, 3)) == [
        ("pre_open", "08:00", "08:30"),
        ("open", "08:30", "12:00"),
    ]


def test_days_beyond_the_span_are_refused_not_guessed():
    for ask in (is_trading_day, sessions_of):
        with pytest.raises(BeyondCalendar, match="speaks for 2018-01-01 to 2019-12-31"):
            ask(PLAIN, date(2020, 1, 1))
    with pytest.raises(ValueError, match="2018-01-06 is no trading day of test"):
        sessions_of(PLAIN, date(2018, 1, 6))
