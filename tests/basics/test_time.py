"""Time is integer nanoseconds UTC; RFC 3339 text goes in and out without losing one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.basics.time import DAY_NS, SECOND_NS, format_time, midnight_ns, parse_time

CRASH_NS = 1_517_864_400 * SECOND_NS  # 2018-02-05T21:00:00Z
YEAR_1000_NS = midnight_ns(date(1000, 1, 1))
YEAR_9999_END_NS = midnight_ns(date(9999, 12, 31)) + DAY_NS - 1


@pytest.mark.parametrize(
    ("text", "time_ns"),
    [
        ("2018-02-05T21:00:00Z", CRASH_NS),
        ("2018-02-05T16:00:00-05:00", CRASH_NS),
        ("2018-02-06T02:30:00+05:30", CRASH_NS),
        ("2018-02-06T05:00:00.5+08:00", CRASH_NS + 500_000_000),
        ("2018-02-05T21:00:00-00:00", CRASH_NS),
        ("2018-02-05T21:00:00.000000001Z", CRASH_NS + 1),
        ("2018-02-05T21:00:00.123456789Z", CRASH_NS + 123_456_789),
        ("2018-02-05T21:00:00.1Z", CRASH_NS + 100_000_000),
        (" 2018-02-05T21:00:00Z\n", CRASH_NS),
        ("2018-02-05t21:00:00z", CRASH_NS),
        ("2018-02-05 21:00:00.25Z", CRASH_NS + 250_000_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2016-02-29T00:00:00Z", midnight_ns(date(2016, 2, 29))),
    ],
)
def test_rfc_3339_is_read_to_the_nanosecond(text, time_ns):
    assert parse_time(text) == time_ns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1517864400",
        "2018-02-05",
        "2018-02-05Z",
        "2018-02-05.5Z",
        "2018-13-05T21:00:00Z",
        "2018-02-30T21:00:00Z",
        "2018-02-05T24:00:01Z",
        "2018-02-05T21:60:00Z",
        "2016-12-31T23:59:60Z",  # leap seconds are not counted
        "2018-02-05T21:00:00.5 Z",
        "2018-02-05T21:00:00.5x",
        "2018-02-05T21:00:00.5Z9",
        "2018-02-05T21:00:00.-5Z",
        "2018-02-05T21:00:00+25:00",
        "٢018-02-05T21:00:00Z",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 — the words come from two places
        parse_time(text)


def test_the_words_of_a_refusal_say_what_is_wrong():
    with pytest.raises(ValueError, match="write Z for UTC"):
        parse_time("2018-02-05T21:00:00")
    with pytest.raises(ValueError, match="write Z for UTC"):
        parse_time("2018-02-05T21:00:00.25")
    with pytest.raises(ValueError, match="more than nine fractional digits"):
        parse_time("2018-02-05T21:00:00.1234567890Z")
    with pytest.raises(ValueError, match="not RFC 3339"):
        parse_time("2018-02-05T21:00:00.5 o'clock")


@pytest.mark.parametrize(
    "text",
    [
        "2018-02-05T21:00:00,5Z",  # half a second would be lost
        "2018-02-05T21:00:00,123456.7Z",
        "2018-02-05T21:00.5Z",  # half a minute would be half a second
        "2018-02-05T21:00:00+01:00:00.5",
        "2018-02-05T21:00:00.Z",
        "2018-02-05X21:00:00Z",
        "20180205T210000Z",
        "2018-W06-1T21:00:00Z",
        "2018-02-05T21:00Z",
        "2018-02-05T21:00:00+0100",
        "2018-02-05T21:00:00+05:30:15",
    ],
)
def test_a_near_miss_is_refused_rather_than_read_as_another_moment(text):
    """Law: exact to the nanosecond, or refused."""
    with pytest.raises(ValueError):  # noqa: PT011 — the words come from two places
        parse_time(text)


def test_the_first_and_last_moments_are_read_with_any_offset():
    assert parse_time("0001-01-01T00:00:00+01:00") == midnight_ns(date(1, 1, 1)) - 3_600 * SECOND_NS
    assert parse_time("9999-12-31T23:59:59.999999999Z") == YEAR_9999_END_NS


@given(st.integers(YEAR_1000_NS, YEAR_9999_END_NS))
@example(-1)
@example(CRASH_NS + 1)
def test_time_round_trips(time_ns):
    text = format_time(time_ns)
    assert parse_time(text) == time_ns
    assert (len(text), text[10], text[19], text[-1]) == (30, "T", ".", "Z")


@pytest.mark.parametrize("time_ns", [midnight_ns(date(1, 1, 1)), YEAR_1000_NS - 1])
def test_years_before_1000_keep_their_four_digits(time_ns):
    """RFC 3339: date-fullyear is four digits."""
    assert parse_time(format_time(time_ns)) == time_ns


@given(
    st.datetimes(datetime(1000, 1, 3), datetime(9999, 12, 29)),  # noqa: DTZ001 — a wall clock
    st.integers(-1439, 1439),
)
def test_an_offset_only_moves_the_clock(wall, minutes):
    sign, distance = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{wall.isoformat()}{sign}{distance // 60:02d}:{distance % 60:02d}"
    utc = wall.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    micros = (utc - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert parse_time(text) == micros * 1_000


@given(st.text(alphabet="0123456789-+:.,TZtz WX", max_size=36))
def test_any_text_is_a_time_or_a_value_error(text):
    try:
        time_ns = parse_time(text)
    except ValueError:
        return
    assert isinstance(time_ns, int)


def test_midnight_is_the_first_nanosecond_of_a_day():
    assert midnight_ns(date(1970, 1, 1)) == 0
    assert midnight_ns(date(1969, 12, 31)) == -DAY_NS
    assert format_time(midnight_ns(date(2018, 2, 5))) == "2018-02-05T00:00:00.000000000Z"
