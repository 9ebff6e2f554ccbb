"""Prices, stages, hedge flags, broker's rates, prices below zero and refusals."""

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path

import pytest

from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.parameters import FrozenPrice, MarginPrice
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import rate_margin
from fencang.margin.rates.result import LineFlag
from tests.margin import rates_book as rb

OUTRIGHTS = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "data"
    / "market"
    / "exchange_margins.csv.gz"
)
PRICES = rb.quote(100, 110, 120, 130)


WTI = ("nymex", "CL")


def ten_percent(**conventions):
    return rb.parameters([rb.future("rb2605")], {"rb2605": rb.stage("0.1")}, **conventions)


def test_margin_is_by_money_and_by_volume_for_each_side():
    """2 long × (10 × 100 × 0.10 + 3) = 206; 1 short × (10 × 100 × 0.20 + 5) = 205."""
    sides = rb.SideRates(
        long=rb.Rate(ratio_ppm=100_000, amount_micros=rb.micros(3)),
        short=rb.Rate(ratio_ppm=200_000, amount_micros=rb.micros(5)),
    )
    stage = rb.RateStage(from_day=rb.BEGIN, exchange=sides)
    found = rb.parameters([rb.future("rb2605")], {"rb2605": stage})
    book = rb.book({"rb2605": 100}, [rb.held("rb2605", rb.LONG, 2), rb.held("rb2605", rb.SHORT, 1)])
    result = rate_margin(found, book)
    assert [line.single[0] for line in result.positions] == [rb.micros(206), rb.micros(205)]
    assert result.used == (rb.micros(411), rb.micros(411))


@pytest.mark.parametrize(
    ("choice", "yesterday", "today"),
    [
        (MarginPrice.PREVIOUS_SETTLEMENT, 100, 100),
        (MarginPrice.LATEST, 120, 120),
        (MarginPrice.AVERAGE_TRADE, 130, 130),
        (MarginPrice.OPEN, 100, 140),
    ],
)
def test_lots_of_yesterday_and_today_have_a_price_choice_each(choice, yesterday, today):
    """One lot of each at 10 % of 10 × price; codes 1 to 4 of CTP's MarginPriceType."""
    book = rb.book({"rb2605": PRICES}, [rb.held("rb2605", rb.LONG, 1, (1, 140))])
    both = ten_percent(yesterday_price=choice, today_price=choice)
    assert rb.used(both, book) == rb.micros(yesterday + today)
    usual = ten_percent()
    assert rb.used(usual, book) == rb.micros(100 + 140)


def test_the_settlement_run_takes_todays_settlement_for_everything():
    book = rb.book(
        {"rb2605": PRICES}, [rb.held("rb2605", rb.LONG, 1, (1, 140))], run=Run.SETTLEMENT
    )
    assert rb.used(ten_percent(), book) == rb.micros(220)


def test_positions_of_one_key_are_added_before_rounding():
    """SHFE reports history and today apart: 0.004 + 0.004 = 0.008 → 0.01 yuan, not twice 0.00."""
    found = rb.parameters([rb.future("rb2605")], {"rb2605": rb.stage(0, "0.004")})
    history, today = rb.held("rb2605", rb.LONG, 1), rb.held("rb2605", rb.LONG, 0, (1, 140))
    book = rb.book({"rb2605": 100}, [today, history])
    [line] = rate_margin(found, book).positions
    assert (line.lots, line.single[0]) == (2, 10_000)


def test_halves_of_a_cent_round_away_from_zero():
    found = rb.parameters([rb.future("rb2605")], {"rb2605": rb.stage(0, "0.005")})
    assert rb.used(found, rb.book({"rb2605": 100}, [rb.held("rb2605", rb.LONG, 1)])) == 10_000


def test_rates_step_up_by_stage():
    """8 % from listing, 15 % from the month before delivery, 20 % in the delivery month."""
    stages = (
        rb.stage("0.20", from_day=date(2026, 5, 1)),
        rb.stage("0.08"),
        rb.stage("0.15", from_day=date(2026, 4, 1)),
    )
    found = rb.parameters([rb.future("rb2605")], {"rb2605": stages})

    def used(day):
        return rb.used(found, rb.book({"rb2605": 100}, [rb.held("rb2605", rb.LONG, 1)], day=day))

    assert used(date(2026, 3, 31)) == rb.micros(80)
    assert used(date(2026, 4, 1)) == rb.micros(150)
    assert used(date(2026, 5, 1)) == rb.micros(200)


@pytest.mark.skipif(not OUTRIGHTS.exists(), reason="the dated margins are not here")
def test_dated_amounts_by_volume_hold_from_their_day_on_through_negative_prices():
    """WTI's published margins, 99 dates: exchange maintenance, broker initial, price -37.63."""
    with gzip.open(OUTRIGHTS, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["exchange"], row["symbol"]) == WTI]
    days = [date.fromisoformat(row["effective_date"]) for row in rows]
    assert (len(rows), days) == (99, sorted(days))
    stages = tuple(
        rb.stage(0, row["maintenance"], from_day=day, broker=rb.same_rates(0, row["initial"]))
        for day, row in zip(days, rows, strict=True)
    )
    found = rb.parameters([rb.future("cl2005", 1000)], {"cl2005": stages[::-1]})
    following = [*(day - timedelta(days=1) for day in days[1:]), days[-1]]
    for first, last, row in zip(days, following, rows, strict=True):
        expected = (rb.micros(2) * int(row["maintenance"]), rb.micros(2) * int(row["initial"]))
        for day in (first, last):
            book = rb.book({"cl2005": "-37.63"}, [rb.held("cl2005", rb.LONG, 2)], day=day)
            assert rate_margin(found, book).used == expected


def test_the_brokers_rate_is_absolute_or_added_to_the_exchanges():
    """Exchange 10 % + 1 yuan. Broker's 4 % + 2 yuan: alone 42, relative 14 % + 3 = 143."""
    book = rb.book({"rb2605": 100}, [rb.held("rb2605", rb.LONG, 1)])
    for is_relative, yuan in ((False, 42), (True, 143)):
        stage = rb.stage("0.1", 1, broker=rb.same_rates("0.04", 2), is_relative=is_relative)
        found = rb.parameters([rb.future("rb2605")], {"rb2605": stage})
        assert rate_margin(found, book).used == (rb.micros(101), rb.micros(yuan))


def test_hedge_flags_have_rates_of_their_own():
    rates = {"rb2605": rb.stage("0.1"), ("rb2605", rb.HEDGE): rb.stage("0.05")}
    found = rb.parameters([rb.future("rb2605")], rates)
    positions = [rb.held("rb2605", rb.LONG, 1), rb.held("rb2605", rb.LONG, 1, flag=rb.HEDGE)]
    result = rate_margin(found, rb.book({"rb2605": 100}, positions))
    assert {line.key.hedge_flag: line.single[0] for line in result.positions} == {
        rb.SPECULATION: rb.micros(100),
        rb.HEDGE: rb.micros(50),
    }


def test_orders_freeze_at_previous_settlement_or_at_their_limit():
    """3 lots: 3 × 10 × 100 × 0.10 = 300, or at their limit of 150 450; without one 300 again."""
    limit = WorkingOrder(
        instrument_id="rb2605", side=rb.LONG, lots=3, limit_price_nanos=rb.nanos(150)
    )
    market = WorkingOrder(instrument_id="rb2605", side=rb.LONG, lots=3)
    at_limit = ten_percent(frozen_price=FrozenPrice.LIMIT)
    for found, order, yuan in (
        (ten_percent(), limit, 300),
        (at_limit, limit, 450),
        (at_limit, market, 300),
    ):
        result = rate_margin(found, rb.book({"rb2605": PRICES}, orders=[order]))
        assert (result.used[0], result.frozen[0]) == (0, rb.micros(yuan))


def test_a_price_below_zero_counts_with_its_absolute_value():
    """WTI settled at -37.63 on 20 April 2020: 1,000 × 37.63 × 0.10 = 3,763, flagged."""
    found = rb.parameters([rb.future("cl2005", 1000)], {"cl2005": rb.stage("0.1")})
    result = rate_margin(found, rb.book({"cl2005": "-37.63"}, [rb.held("cl2005", rb.LONG, 1)]))
    [line] = result.positions
    assert line.single[0] == rb.micros(3763)
    assert line.flags == (LineFlag.NO_FLOOR, LineFlag.PRICE_NOT_POSITIVE)


@pytest.mark.parametrize("price", ["-0.01", "0", "0.01"])
def test_near_zero_the_floor_of_a_lot_holds(price):
    """A floor of 7,500 a lot: prices around zero would ask for a yuan or nothing."""
    instrument = rb.future("cl2005", 1000, floor_micros=rb.micros(7500))
    found = rb.parameters([instrument], {"cl2005": rb.stage("0.1")})
    result = rate_margin(found, rb.book({"cl2005": price}, [rb.held("cl2005", rb.SHORT, 2)]))
    [line] = result.positions
    assert line.single[0] == rb.micros(15_000)
    assert line.flags == (() if price == "0.01" else (LineFlag.PRICE_NOT_POSITIVE,))


def test_every_fault_is_told_and_nothing_is_computed():
    found = rb.parameters(
        [rb.future("rb2605"), rb.future("hc2605", 0), rb.future("al2605")],
        {
            "rb2605": rb.stage("0.1", from_day=date(2027, 1, 1)),
            "hc2605": rb.stage("-0.1"),
            "al2605": (rb.stage("0.1"), rb.stage("0.2")),
        },
        today_price=MarginPrice.LATEST,
    )
    positions = [
        rb.held("cu2605", rb.LONG, 1),
        rb.held("rb2605", rb.LONG, -1, (-2, 5)),
        rb.held("hc2605", rb.SHORT, 1),
        rb.held("al2605", rb.LONG, 1),
    ]
    orders = [WorkingOrder(instrument_id="rb2605", side=rb.LONG, lots=-1)]
    with pytest.raises(RateFault) as refusal:
        rate_margin(found, rb.book({"rb2605": 1, "hc2605": 1}, positions, orders))
    told = refusal.value.faults
    assert told == (
        "position 1 (cu2605 long 1): the instrument is unknown",
        "position 2 (rb2605 long 1): yesterday_lots -1 are below zero",
        "position 2 (rb2605 long 1): -2 lots opened today are below zero",
        "position 2 (rb2605 long 1): no rate of rb2605 for hedge flag 1 is in force on 2026-01-06",
        "position 3 (hc2605 short 1): point_value_micros 0 must be at least 1",
        "position 3 (hc2605 short 1): the exchange's short rate of hc2605 is below zero",
        "position 3 (hc2605 short 1): the broker's short rate of hc2605 is below zero",
        "position 4 (al2605 long 1): the instrument has no quote",
        "position 4 (al2605 long 1): al2605 has two stages from 2000-01-01 on",
        "order 1 (rb2605 long 1): no rate of rb2605 for hedge flag 1 is in force on 2026-01-06",
        "order 1 (rb2605 long 1): lots -1 are below zero",
    )


def test_a_price_that_is_chosen_but_missing_is_refused():
    found = ten_percent(yesterday_price=MarginPrice.LATEST, today_price=MarginPrice.AVERAGE_TRADE)
    position = rb.held("rb2605", rb.LONG, 1, (1, 5))
    with pytest.raises(RateFault) as refusal:
        rate_margin(found, rb.book({"rb2605": 100}, [position]))
    assert [fault.partition(": ")[2] for fault in refusal.value.faults] == [
        "the quote lacks the price of lots of yesterday",
        "the quote lacks the price of lots of today",
    ]
    order = WorkingOrder(instrument_id="rb2605", side=rb.LONG, lots=1)
    with pytest.raises(RateFault, match="frozen at"):
        rate_margin(found, rb.book({"rb2605": 100}, orders=[order], run=Run.SETTLEMENT))
    with pytest.raises(RateFault, match="rounding_micros"):
        rate_margin(ten_percent(rounding_micros=0), rb.book({"rb2605": 100}))


def test_negative_floors_and_nothing_at_all():
    instrument = rb.future("rb2605", floor_micros=-1)
    found = rb.parameters([instrument], {"rb2605": rb.stage("0.1")})
    with pytest.raises(RateFault, match="floor_micros -1"):
        rate_margin(found, rb.book({"rb2605": 100}, [rb.held("rb2605", rb.LONG, 1)]))
    empty = rate_margin(ten_percent(), rb.book({}))
    assert (empty.used, empty.frozen, empty.positions, empty.groups) == ((0, 0), (0, 0), (), ())
