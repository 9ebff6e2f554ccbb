"""``fencang calendar``: the list, one calendar in words and as JSON, and what it refuses."""

import pytest

from fencang.parameters.calendar.shipped import calendar_ids
from tests.app.program import run, run_json


def test_the_list_names_every_calendar_with_its_sources():
    found = run_json("calendar")["calendars"]
    assert tuple(line["calendar"] for line in found) == calendar_ids()
    assert all(line["source_titles"] for line in found)
    told = run("calendar").stdout
    assert all(name in told for name in calendar_ids())
    assert "State Council" in told


def test_days_and_sessions_in_local_time_and_utc():
    found = run_json("calendar", "cme-equity", "--from", "2018-09-03", "--to", "2018-09-04")
    (tuesday,) = found["trading_days"]
    assert tuesday["day"] == "2018-09-04"
    opened = [each for each in tuesday["sessions"] if each["phase"] == "open"]
    assert opened[0]["local_start"] == "2018-09-02T17:00-05:00"
    assert opened[0]["utc_start"] == "2018-09-02T22:00:00.000000000Z"
    assert opened[0]["end_ns"] == 1_535_994_000_000_000_000
    assert [each["name"] for each in found["special_days"]] == ["Labor Day"]
    assert "bars" in [source["source_id"] for source in found["sources"]]


def test_words_mark_what_is_not_confirmed():
    told = run("calendar", "shfe-0230", "--from", "2027-01-01", "--to", "2027-01-05").stdout
    assert "New Year of 2027" in told
    assert "unconfirmed" in told
    told = run("calendar", "shfe-0230", "--from", "2018-02-14", "--to", "2018-02-22").stdout
    assert "unconfirmed" not in told
    assert "Thu 2018-02-22" in told
    assert "notice-2018" in told


def test_the_list_counts_what_is_not_confirmed_and_a_page_names_it():
    told = " ".join(run("calendar", COLUMNS="200").stdout.split())
    assert (
        "cme-grains CBOT ZC ZW KE ZS ZM ZL ZO ZR 2015-01-01 2027-12-31 25 days, 2 sessions" in told
    )
    assert "ice-us-sugar ICE Futures U.S. SB 2015-01-01 2027-12-31 nothing" in told
    page = run("calendar", "cme-grains", "--from", "2024-03-04", "--to", "2024-03-05").stdout
    assert "unconfirmed pre_open 08:00 to 08:30" in page
    assert "unconfirmed open" not in page


def test_without_days_it_shows_a_week():
    assert len(run_json("calendar", "eurex")["trading_days"]) == 7
    assert len(run_json("calendar", "eurex", "--from", "2018-12-20")["trading_days"]) == 7
    near_the_end = run_json("calendar", "eurex", "--from", "2027-12-29")["trading_days"]
    assert [line["day"] for line in near_the_end] == ["2027-12-29", "2027-12-30"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cme-enrgy"], 'did you mean "cme-energy"?'),
        (["cme-energy", "--from", "2030-01-01"], "speaks for 2015-01-01 to 2027-12-31"),
        (["eurex", "--from", "2018-02-02", "--to", "2018-02-01"], "lies before --from"),
        (["--from", "2018-02-02"], "need the name of a calendar"),
    ],
)
def test_what_it_cannot_answer_is_said(arguments, words):
    done = run("calendar", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_with_a_remark_keeps_its_times_whole_in_eighty_columns():
    """The Friday after Thanksgiving closes early, which nobody has announced yet."""
    days = ("--from", "2026-11-27", "--to", "2026-11-30")
    told = run("calendar", "cme-energy", *days, COLUMNS="80").stdout
    assert "…" not in told
    assert "early close 12:45" in told
    assert "open      Thu 17:00 to 12:45" in told
