"""Held contracts with their rolls, and the packaged series: made up and real."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from fencang.basics.price import NANOS
from fencang.gateways.feed import (
    ContractSeries,
    FeedContentFault,
    FeedMissing,
    HeldInstrument,
    IndicatorSeries,
    read_closes,
    read_held_contracts,
    read_packaged,
)
from fencang.gateways.market_data import Roll, RollNotice

MARKET = Path(__file__).parents[2].parent / "shared" / "data" / "market"
HEADER = "date,instrument,price,price_contract,carry,carry_contract,forward,forward_contract"
CORN = HeldInstrument(instrument="CORN", tick_nanos=NANOS // 4, is_off_tick=False)


@pytest.fixture
def held_file(tmp_path):
    def write(*lines):
        path = tmp_path / "held.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def market():
    if not MARKET.is_dir():
        pytest.skip("the real market data (../shared/data/market) is not beside this checkout")
    return MARKET


def bars(day):
    return {bar.contract_id: bar.close_nanos / NANOS for bar in day.bars}


def test_a_roll_is_announced_then_prices_both_contracts(held_file):
    """The forward column prices the new contract before; the old one keeps its last known price."""
    path = held_file(
        "2018-02-05,CORN,350,201803,,201712,358,201805",
        "2018-02-06,CORN,351.25,201803,,201712,359,201805",
        "2018-02-07,CORN,360,201805,,201803,366,201807",
        "2018-02-08,CORN,361,201805,352,201803,367,201807",
    )
    feed = read_held_contracts(path, [CORN])
    days = list(feed.days())
    assert [bars(day) for day in days] == [
        {"CORN-201803": 350, "CORN-201805": 358},
        {"CORN-201803": 351.25, "CORN-201805": 359},
        {"CORN-201805": 360, "CORN-201803": 351.25, "CORN-201807": 366},
        {"CORN-201805": 361, "CORN-201807": 367},
    ]
    words = {"from_contract_id": "CORN-201803", "to_contract_id": "CORN-201805"}
    on = date(2018, 2, 7)
    assert [day.rolls_next for day in days] == [
        (),
        (RollNotice(instrument="CORN", day=on, **words),),
        (),
        (),
    ]
    roll = Roll(
        instrument="CORN", day=on, old_price_nanos=351_250_000_000, is_last_known=True, **words
    )
    assert [day.rolls for day in days] == [(), (), (roll,), ()]
    assert [(c.contract_id, c.first_day.day, c.last_day.day) for c in feed.contracts()] == [
        ("CORN-201803", 5, 7),
        ("CORN-201805", 5, 8),
        ("CORN-201807", 7, 8),
    ]


def test_the_carry_column_prices_the_old_contract_where_it_can(held_file):
    path = held_file(
        "2018-02-06,CORN,351.25,201803,,201712,359,201805",
        "2018-02-07,CORN,360,201805,352,201803,366,201807",
    )
    roll = list(read_held_contracts(path, [CORN]).days())[1].rolls[0]
    assert (roll.old_price_nanos, roll.is_last_known) == (352 * NANOS, False)


def test_a_forward_that_is_the_held_contract_gives_no_second_bar(held_file):
    path = held_file("2009-08-18,CORN,284.5,200910,284.5,200910,284.75,200910")
    assert [bars(day) for day in read_held_contracts(path, [CORN]).days()] == [
        {"CORN-200910": 284.5}
    ]


def test_files_by_instrument_and_files_by_date_give_the_same_days(held_file):
    wheat = HeldInstrument(instrument="WHEAT", tick_nanos=NANOS // 4)
    lines = [
        "2018-02-05,CORN,350,201803,,201712,358,201805",
        "2018-02-07,CORN,351,201803,,201712,359,201805",
        "2018-02-05,WHEAT,450,201803,,201712,,201805",
        "2018-02-06,WHEAT,451,201803,,201712,,201805",
    ]
    by_instrument = list(read_held_contracts(held_file(*lines), [CORN, wheat]).days())
    by_date = list(read_held_contracts(held_file(*sorted(lines)), [CORN, wheat]).days())
    assert by_instrument == by_date
    assert [len(day.bars) for day in by_date] == [3, 1, 2]


def test_other_instruments_and_days_are_not_looked_at(held_file):
    path = held_file(
        "2018-02-05,GOLD,x,x,x,x,x,x",
        "2018-02-05,CORN,x,x,x,x,x,x",
        "2018-02-06,CORN,350,201803,,201712,,201805",
    )
    feed = read_held_contracts(path, [CORN], first=date(2018, 2, 6))
    assert feed.counts.prices == 1


def test_faults_of_held_contracts_are_all_told(held_file):
    path = held_file(
        "2018-02-05,CORN,abc,201803,,201712,1.1,201805",
        "2018-02-06,CORN,350,20183,,201713,,201805",
        "2018-02-06,CORN,350,,,201712,,201805",
        "2018-02-07,CORN,350,201803,,201712,,201805",
        "2018-02-07,CORN,350,201803,,201712,,201805",
    )
    with pytest.raises(FeedContentFault) as caught:
        read_held_contracts(path, [CORN])
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (2, "price"),
        (2, "forward"),
        (3, "price_contract"),
        (3, "carry_contract"),
        (4, "price_contract"),
        (6, "date"),
    ]


def test_the_real_held_contracts_roll_as_the_data_say(market):
    with (market / "futures_instruments.csv").open(encoding="utf-8") as text:
        names = [row["Instrument"] for row in csv.DictReader(text) if row["has_multiple"] == "True"]
    instruments = [HeldInstrument(instrument=name, tick_nanos=1_000) for name in names]
    feed = read_held_contracts(
        market / "futures_multiple_daily.csv.gz",
        instruments,
        first=date(2018, 1, 1),
        last=date(2020, 12, 31),
    )
    days = list(feed.days())
    assert len(names) == 96
    assert all(a.day < b.day for a, b in pairwise(days))
    announced = [(n.instrument, n.day, n.to_contract_id) for d in days for n in d.rolls_next]
    rolled = [(r.instrument, r.day, r.to_contract_id) for d in days for r in d.rolls]
    assert sorted(announced) == sorted(rolled)
    assert len(rolled) > 1_000
    spans = {one.contract_id: (one.first_day, one.last_day) for one in feed.contracts()}
    for day in days:
        of_day = {bar.contract_id for bar in day.bars}
        assert len(of_day) == len(day.bars)
        assert all({roll.from_contract_id, roll.to_contract_id} <= of_day for roll in day.rolls)
        assert all(spans[name][0] <= day.day <= spans[name][1] for name in of_day)
    assert any(bar.contract_id == "CRUDE_W-202012" for d in days for bar in d.bars)


def test_the_real_oil_price_goes_below_zero(market):
    series = ContractSeries(contract_id="WTI", tick_nanos=NANOS // 100)
    feed = read_closes(market / "wti_spot_daily.csv", {"Price": series}, date_column="Date")
    ((bar,),) = [day.bars for day in feed.days(date(2020, 4, 20), date(2020, 4, 20))]
    assert bar.close_nanos == -36_980_000_000


def test_the_packaged_vix_knows_february_2018():
    pytest.importorskip("arch.data.vix", reason="the extra demo is not installed")
    feed = read_packaged("vix", IndicatorSeries(indicator="VIX"))
    levels = [
        day.indicators[0].value_nanos for day in feed.days(date(2018, 2, 2), date(2018, 2, 5))
    ]
    assert levels == [17_310_000_000, 37_320_000_000]
    assert (feed.counts.rows, feed.counts.no_price) == (1_305, 46)


def test_the_packaged_index_is_rounded_to_the_tick_of_its_future():
    pytest.importorskip("arch.data.sp500", reason="the extra demo is not installed")
    series = ContractSeries(contract_id="ES", tick_nanos=NANOS // 4, is_off_tick=True)
    feed = read_packaged("sp500", series)
    ((bar,),) = [day.bars for day in feed.days(date(2018, 2, 5), date(2018, 2, 5))]
    prices = (bar.open_nanos, bar.high_nanos, bar.low_nanos, bar.close_nanos)
    assert all(price % (NANOS // 4) == 0 for price in prices)
    assert bar.low_nanos <= min(prices) <= max(prices) <= bar.high_nanos
    assert feed.counts.rounded > 15_000


def test_a_packaged_series_that_is_none_names_those_there_are():
    with pytest.raises(FeedMissing, match="there are vix, wti, sp500, nasdaq"):
        read_packaged("dax", IndicatorSeries(indicator="DAX"))
