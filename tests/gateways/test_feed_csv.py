"""Closes, bars and ticks from CSV: what is read, and that bad files are refused whole."""

import gzip
from datetime import date

import pytest

from fencang.basics.price import NANOS
from fencang.basics.time import parse_time
from fencang.gateways.feed import (
    BarColumns,
    ContractSeries,
    FeedContentFault,
    FeedMissing,
    IndicatorSeries,
    RateSeries,
    merge_days,
    read_bars,
    read_closes,
    read_ticks,
)
from fencang.gateways.market_data import Bar, DayOfData, IndicatorLevel, Tick
from fencang.messages.commands import RateMark

CL = ContractSeries(contract_id="CL", tick_nanos=NANOS // 100)
ROUNDED = ContractSeries(contract_id="ES", tick_nanos=NANOS // 4, is_off_tick=True)
VIX = IndicatorSeries(indicator="VIX")
EUR = RateSeries(currency="EUR")


@pytest.fixture
def file(tmp_path):
    def write(*lines, name="prices.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def closes(feed):
    return [(one.day.isoformat(), bar.close_nanos) for one in feed.days() for bar in one.bars]


def faults_of(read, *arguments, **named):
    with pytest.raises(FeedContentFault) as caught:
        read(*arguments, **named)
    return [(fault.line, fault.column, fault.what) for fault in caught.value.faults]


def test_closes_become_bars_levels_and_rates(file):
    path = file("date,CL,VIX,EUR,note", "2020-04-20,-36.98,43.83,1.0863000004,strange")
    (day,) = read_closes(path, {"CL": CL, "VIX": VIX, "EUR": EUR}).days()
    time_ns = parse_time("2020-04-20T21:00:00Z")
    level = IndicatorLevel(
        indicator="VIX", value_nanos=43_830_000_000, is_close=True, time_ns=time_ns
    )
    assert day == DayOfData(
        day=date(2020, 4, 20),
        bars=(Bar.of_price("CL", -36_980_000_000, time_ns),),
        indicators=(level,),
        rates=(RateMark("EUR", 1_086_300_000),),
    )


@pytest.mark.parametrize("nothing", ["", "NaN", "nan", ".", "NA", "null", " "])
def test_no_price_is_no_tick_and_is_counted(file, nothing):
    path = file("date,CL", "2020-04-20,1.00", f"2020-04-21,{nothing}", "2020-04-22,0")
    feed = read_closes(path, {"CL": CL})
    assert closes(feed) == [("2020-04-20", NANOS), ("2020-04-22", 0)]
    assert (feed.counts.rows, feed.counts.prices, feed.counts.no_price) == (3, 2, 1)


ROUNDINGS = [
    ("2500.125", 2_500_250_000_000),  # half a tick goes away from zero
    ("-2500.125", -2_500_250_000_000),
    ("2500.1249999999", 2_500_000_000_000 + 250_000_000),  # first to the nano, then to the tick
    ("2500.12", 2_500_000_000_000),
    ("+2500.25", 2_500_250_000_000),
    (" 2500.25 ", 2_500_250_000_000),
]


@pytest.mark.parametrize(("text", "nanos"), ROUNDINGS, ids=[text for text, _ in ROUNDINGS])
def test_an_off_tick_source_is_rounded_half_away(file, text, nanos):
    feed = read_closes(file("date,ES", f"2018-02-05,{text}"), {"ES": ROUNDED})
    assert closes(feed) == [("2018-02-05", nanos)]


def test_roundings_are_counted(file):
    path = file("date,ES", "2018-02-05,2500.25", "2018-02-06,2500.3", "2018-02-07,2500.4")
    assert read_closes(path, {"ES": ROUNDED}).counts.rounded == 2


NOT_A_PRICE = ["12a", "1e3", "inf", "1,5", "--1", "1.2.3", "٣", "0x10", "10000000.01", "36.985"]


@pytest.mark.parametrize("text", NOT_A_PRICE)
def test_a_price_that_is_no_price_is_a_fault_with_its_place(file, text):
    quoted = f'"{text}"'
    path = file("date,CL", "2020-04-20,1.00", f"2020-04-21,{quoted}")
    ((line, column, what),) = faults_of(read_closes, path, {"CL": CL})
    assert (line, column) == (3, "CL")
    assert text in what
    assert "allowed is a number such as -36.98" in what


def test_all_faults_of_a_file_are_told_at_once(file):
    path = file(
        "date,CL,VIX",
        "2020-04-20,x,43.83",
        "2020-04-20,1.00,-1",
        "2020-04-19,1.00,1",
        "20 April,1.00,1",
        "2020-04-23,1.00",
        "2020-04-24,1.00,1",
    )
    places = [fault[:2] for fault in faults_of(read_closes, path, {"CL": CL, "VIX": VIX})]
    assert places == [(2, "CL"), (3, "date"), (3, "VIX"), (4, "date"), (5, "date"), (6, "-")]


def test_reading_stops_after_a_hundred_faults(file):
    path = file("date,CL", *(f"2020-01-01,x{n}" for n in range(500)))
    assert len(faults_of(read_closes, path, {"CL": CL})) == 100


def test_the_message_names_file_line_column_and_what_became_of_the_data(file):
    with pytest.raises(FeedContentFault) as caught:
        read_closes(file("date,CL", "2020-04-20,oops"), {"CL": CL})
    assert str(caught.value).startswith("prices.csv, line 2, column CL: 'oops' is not a plain")
    assert str(caught.value).endswith("nothing of this source was used")


def test_a_missing_column_names_those_there_are(file):
    ((line, column, what),) = faults_of(read_closes, file("Date,Price"), {"CL": CL})[:1]
    assert (line, column) == (1, "date")
    assert what.endswith("the header has: Date, Price")


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "prices.csv"
    path.touch()
    assert "an empty file" in faults_of(read_closes, path, {"CL": CL})[0][2]


def test_a_header_alone_is_a_feed_without_days(file):
    assert list(read_closes(file("date,CL"), {"CL": CL}).days()) == []


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(FeedMissing, match=r"none\.csv cannot be read: No such file"):
        read_closes(tmp_path / "none.csv", {"CL": CL})


def test_gzip_is_read_and_a_torn_one_refused(tmp_path):
    path = tmp_path / "prices.csv.gz"
    whole = gzip.compress(b"date,CL\n2020-04-20,-36.98\n")
    path.write_bytes(whole)
    assert closes(read_closes(path, {"CL": CL})) == [("2020-04-20", -36_980_000_000)]
    for torn in (whole[:-9], b"date,CL\n2020-04-20,-36.98\n"):
        path.write_bytes(torn)
        assert "not a whole gzip file" in faults_of(read_closes, path, {"CL": CL})[0][2]


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_bytes(b"date,CL\n2020-04-20,\xff\xfe\n")
    assert "not UTF-8" in faults_of(read_closes, path, {"CL": CL})[0][2]


def test_daily_bars_with_volume(file):
    path = file("DATE,OPEN,HIGH,LOW,CLOSE,VOL", "2018-02-05,17.31,38.80,16.80,37.32,500")
    names = BarColumns(
        time="DATE", open="OPEN", high="HIGH", low="LOW", close="CLOSE", volume="VOL"
    )
    ((bar,),) = [one.bars for one in read_bars(path, CL, columns=names).days()]
    assert (bar.open_nanos, bar.high_nanos) == (17_310_000_000, 38_800_000_000)
    assert (bar.low_nanos, bar.close_nanos) == (16_800_000_000, 37_320_000_000)
    assert (bar.volume_lots, bar.time_ns) == (500, parse_time("2018-02-05T21:00:00Z"))


def test_intraday_bars_of_several_series_end_after_their_length(file):
    path = file(
        "symbol,month,t,open,high,low,close",
        "CL,202005,2018-02-05 23:59:00,1,2,1,2",
        "CL,202005,2018-02-06 00:00:00,2,3,2,3",
        "VIX,spot,2018-02-05 23:58:00,10,11,10,11",
        "VIX,spot,2018-02-05 23:59:00,11,12,11,12",
        "CL,202006,2018-02-05 00:00:00,x,x,x,x",
    )
    names = BarColumns(time="t", series=("symbol", "month"))
    minute = 60 * 1_000_000_000
    feed = read_bars(path, {"CL-202005": CL, "VIX-spot": VIX}, columns=names, bar_ns=minute)
    monday, tuesday = feed.days()
    assert [bar.time_ns for bar in monday.bars] == [parse_time("2018-02-06T00:00:00Z")]
    assert [bar.close_nanos for bar in tuesday.bars] == [3 * NANOS]
    assert [level.is_close for level in monday.indicators] == [False, True]


def test_bars_in_local_time(file):
    path = file("date,open,high,low,close", "2013-10-07 09:30:00,1,1,1,1")
    (day,) = read_bars(path, CL, timezone="America/New_York").days()
    assert day.bars[0].time_ns == parse_time("2013-10-07T13:30:00Z")


def test_a_time_zone_that_is_none_is_missing(file):
    with pytest.raises(FeedMissing, match="IANA"):
        read_bars(file("date,open,high,low,close"), CL, timezone="Chicago Time")


def test_bars_that_contradict_themselves_are_refused(file):
    path = file(
        "date,open,high,low,close,volume",
        "2018-02-05,5,4,3,3,1",
        "2018-02-05,3,4,3,3,1",
        "2018-02-06,3,4,3,3,-1",
        "2018-02-07,3,4,3,3,1.5",
        "2018-02-08 25:00:00,3,4,3,3,1",
    )
    places = [f[:2] for f in faults_of(read_bars, path, CL, columns=BarColumns(volume="volume"))]
    assert places == [(2, "high"), (3, "date"), (4, "volume"), (5, "volume"), (6, "date")]


def test_an_off_tick_source_may_err_in_its_range_which_is_counted(file):
    path = file("date,open,high,low,close", "2018-02-05,5,4,3,2")
    feed = read_bars(path, ROUNDED)
    ((bar,),) = [one.bars for one in feed.days()]
    assert (bar.high_nanos, bar.low_nanos, feed.counts.widened) == (5 * NANOS, 2 * NANOS, 1)


def test_ticks_keep_the_order_of_one_moment(file):
    path = file(
        "contract,time,price,size",
        "201312,2013-10-07 00:00:00.276,13.70,1",
        "201312,2013-10-07 00:00:00.276,13.71,2",
        "201402,2013-10-07 00:00:00.277,99,1",
        "201312,2013-10-07 00:00:00.300,nan,1",
        "201312,2013-10-07T00:00:01Z,-13.69,0",
    )
    series = ContractSeries(contract_id="GC-201312", tick_nanos=NANOS // 100)
    (day,) = read_ticks(path, {"201312": series}).days()
    start = parse_time("2013-10-07T00:00:00Z")
    made = [(start + 276_000_000, 13_700_000_000, 1), (start + 276_000_000, 13_710_000_000, 2)]
    made.append((start + NANOS, -13_690_000_000, 0))
    assert day.ticks == tuple(
        Tick(contract_id="GC-201312", time_ns=time, price_nanos=price, size_lots=size)
        for time, price, size in made
    )


def test_ticks_that_go_back_or_have_no_size_are_refused(file):
    path = file(
        "contract,time,price,size",
        "A,2013-10-07 00:00:02,1,1",
        "A,2013-10-07 00:00:01,1,1",
        "A,soon,1,1",
        "A,2013-10-07 00:00:03,1,",
    )
    series = ContractSeries(contract_id="A", tick_nanos=NANOS)
    assert [f[:2] for f in faults_of(read_ticks, path, {"A": series})] == [
        (3, "time"),
        (4, "time"),
        (5, "size"),
    ]


def test_days_of_several_feeds_are_merged(file):
    prices = file("date,CL", "2018-02-05,1", "2018-02-06,2", "2018-02-08,4", name="a.csv")
    levels = file("date,VIX", "2018-02-02,17", "2018-02-06,37", "2018-02-07,30", name="b.csv")
    feeds = [read_closes(prices, {"CL": CL}), read_closes(levels, {"VIX": VIX})]
    merged = list(merge_days(feeds, date(2018, 2, 5), date(2018, 2, 7)))
    assert [(d.day.day, len(d.bars), len(d.indicators)) for d in merged] == [
        (5, 1, 0),
        (6, 1, 1),
        (7, 0, 1),
    ]
