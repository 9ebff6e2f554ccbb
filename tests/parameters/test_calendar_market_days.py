"""The days on which real markets traded are the trading days of the calendars.

Real bars have gaps of their own; each is named here, so that a new difference is seen.
"""

import csv
import gzip
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from fencang.parameters.calendar.days import is_session_day, trading_days
from fencang.parameters.calendar.sessions import trading_day_at
from fencang.parameters.calendar.shipped import load_calendar
from fencang.parameters.calendar.values import Phase

MARKET = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "market"

CALENDAR_OF = {"SHFE": "shfe-2300", "INE": "shfe-0230", "DCE": "dce-2300", "CZCE": "czce-2300",
               "GFEX": "gfex-day"}  # fmt: skip
LACKING_IN_CHINA = {
    "SHFE": [date(2019, 4, 22)],
    "INE": [date(2019, 4, 22)],
    "DCE": [date(2019, 4, 22)],
    "CZCE": [date(2019, 4, 22), date(2019, 4, 23)],
    "GFEX": [],
}
"""Ordinary Mondays and a Tuesday that the source left out for every contract."""

CLEAN = date(2021, 9, 1), date(2023, 8, 25)
"""Before it the broker's bars repeat the day before on days without trading, and lack others."""

LACKING_BARS = {
    "EUR": [],
    "SUGAR11": [date(2023, 7, day) for day in (3, 5, 6, 7, 10)],
}


def rows(name):
    path = MARKET / name
    if not path.exists():
        pytest.skip(f"the shared market data is absent ({name})")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@cache
def days_of_china():
    """Return by exchange the days when any contract had volume, and those when half of them had.

    The source shows some holidays of 2015 to 2017 with the bar of another day, for most contracts
    without volume and for a few with it.
    """
    volumes, some, half = {}, {}, {}
    for row in rows("cn_futures_daily.csv.gz"):
        if row["date"] >= "2015":
            key = row["exchange"], date.fromisoformat(row["date"])
            volumes.setdefault(key, []).append(float(row["volume"] or 0))
    living = {}
    for (exchange, day), each in sorted(volumes.items()):
        living[exchange] = max(living.get(exchange, 0), len(each))
        traded = sum(volume > 0 for volume in each)
        if traded:
            some.setdefault(exchange, set()).add(day)
        if 2 * traded >= living[exchange]:
            half.setdefault(exchange, set()).add(day)
    return some, half


@cache
def bars():
    found = {}
    for row in rows("futures_adjusted_daily.csv.gz"):
        if row["date"] >= "2015":
            for name, close in row.items():
                if close and name != "date":
                    found.setdefault(name, set()).add(date.fromisoformat(row["date"]))
    return found


@pytest.mark.parametrize("exchange", CALENDAR_OF)
def test_chinese_exchanges_traded_on_the_trading_days_of_their_calendar(exchange):
    """Eleven years and eight months, every holiday among them."""
    some, half = (found[exchange] for found in days_of_china())
    calendar = load_calendar(CALENDAR_OF[exchange])
    known = set(trading_days(calendar, max(min(some), calendar.first_day), max(some)))
    assert sorted(half - known) == []
    assert sorted(known - some) == LACKING_IN_CHINA[exchange]


@pytest.mark.parametrize(
    ("instrument", "name"),
    [
        ("SP500", "cme-equity"),
        ("NASDAQ", "cme-equity"),
        ("CRUDE_W", "cme-energy"),
        ("GOLD", "cme-energy"),
        ("US10", "cme-rates"),
        ("EUR", "cme-fx"),
        ("JPY", "cme-fx"),
        ("WHEAT", "cme-grains"),
        ("SOYBEAN", "cme-grains"),
        ("SUGAR11", "ice-us-sugar"),
        ("COFFEE", "ice-us-sugar"),
        ("BRENT_W", "ice-europe-brent"),
        ("BUXL", "eurex"),
    ],
)
def test_bars_of_a_broker_lie_on_session_days_and_on_every_trading_day(instrument, name):
    """A holiday that joins the next trading day may have a bar; a closed day has none."""
    first, last = CLEAN
    found = {day for day in bars()[instrument] if first <= day <= last}
    calendar = load_calendar(name)
    assert [day for day in sorted(found) if not is_session_day(calendar, day)] == []
    lacking = sorted(set(trading_days(calendar, first, last)) - found)
    assert lacking == LACKING_BARS.get(instrument, [])


def test_osaka_traded_on_the_trading_days_of_its_calendar_before_it_opened_on_holidays():
    """2020-10-01 among them, when the stock exchange stood still.

    From November 2021 on the broker's bars repeat the day before on holidays.
    """
    calendar = load_calendar("ose-index")
    first, last = date(2015, 1, 5), date(2021, 10, 29)
    found = {day for day in bars()["NIKKEI"] if first <= day <= last}
    assert sorted(found) == list(trading_days(calendar, first, last))


def test_every_minute_of_euro_futures_lies_in_an_open_session():
    """January 2024 with New Year's Day and Martin Luther King Jr. Day, stamped in UTC."""
    calendar = load_calendar("cme-fx")
    outside, days = [], set()
    for row in rows("intraday_6e_h4_1min_2024-01.csv.gz"):
        # a bar is stamped at its end
        moment = datetime.fromisoformat(row["timestamp_utc"]).replace(tzinfo=UTC)
        time_ns = int(moment.timestamp() - 60) * 10**9
        day, phase = trading_day_at(calendar, time_ns)
        days.add(day)
        if phase is not Phase.OPEN:
            outside.append(row["timestamp_utc"])
    assert outside == []
    assert sorted(days) == list(trading_days(calendar, min(days), max(days)))


def test_index_futures_of_cffex_traded_on_trading_days():
    calendar = load_calendar("cffex-index")
    days = {date.fromisoformat(row["time"][:10]) for row in rows("intraday_cffex_if_ticks.csv.gz")}
    assert sorted(days) == list(trading_days(calendar, min(days), max(days)))
