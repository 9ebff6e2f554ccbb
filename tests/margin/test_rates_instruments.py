"""All 792 instruments a CTP front returned in 2025, against one straightforward decimal formula."""

import csv
import gzip
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from fencang.margin.rates.instrument import IndexOption, Instrument, OptionRight, SideScope
from fencang.margin.rates.parameters import FrozenPrice, RateParameters
from fencang.margin.rates.portfolio import WorkingOrder
from fencang.margin.rates.requirement import rate_margin
from tests.margin import rates_book as rb

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DUMP = DATA / "span" / "ctp_instruments_2025.csv.gz"
DAILY = DATA / "market" / "cn_futures_daily.csv.gz"
DAY = date(2025, 2, 17)
INDEX_RATIO, INDEX_LEVEL, INDEX_LEAST = Decimal("0.12"), Decimal("3940.16"), Decimal("0.5")
EQUITY_INDEX = ("IF", "IH", "IC", "IM")

pytestmark = pytest.mark.skipif(
    not (DUMP.exists() and DAILY.exists()), reason="the instrument dump and prices are not here"
)


def rows_of(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def dump():
    return rows_of(DUMP)


@pytest.fixture(scope="module")
def settlements():
    """Return the last settlement price up to the day by product, in capitals."""
    found = {}
    for row in rows_of(DAILY):
        if row["date"] <= DAY.isoformat() and Decimal(row["settle"]) > 0:
            found[row["symbol"].upper()] = Decimal(row["settle"])
    return found


class Case:
    """One instrument with its numbers as decimals, and prices and lots made from its place."""

    def __init__(self, place, row, settlements):
        self.name, self.product = row["InstrumentID"], row["ProductID"]
        self.exchange = row["ExchangeID"]
        self.is_option = row["ProductClass"] == "6"
        tick = Decimal(row["PriceTick"])
        price = settlements.get(self.product.upper(), Decimal(3_000 + 7 * place))
        if self.is_option:
            price = Decimal(120)
        self.previous = (price / tick).to_integral_value() * tick
        self.opens = [self.previous + tick * (place % 11 - 5), self.previous - 3 * tick]
        # A bond future is quoted per 100 of its value: the dump's multiplier is already for that.
        self.multiplier = int(row["VolumeMultiple"])
        self.ratio = INDEX_RATIO if self.is_option else Decimal(row["LongMarginRatio"])
        self.amount = Decimal(place % 4) * Decimal("12.34")
        self.has_larger_side = row["MaxMarginSideAlgorithm"] == "1"
        self.long = (place % 5, place % 3)
        self.short = (place % 7, place % 2)
        self.order = (rb.LONG if place % 2 else rb.SHORT, 1 + place % 4)

    @property
    def group(self):
        if not self.has_larger_side:
            return None
        if self.exchange != "CFFEX":
            return self.product
        return "equity index" if self.product in EQUITY_INDEX else "government bonds"

    def lot(self, price, ratio, amount, side):
        if not self.is_option:
            return price * self.multiplier * ratio + amount
        if side is rb.LONG:
            return Decimal(0)
        # Call 3300 on the index at 3940.16: nothing out of the money.
        value = INDEX_LEVEL * self.multiplier
        return price * self.multiplier + max(value * ratio, INDEX_LEAST * ratio * value) + amount

    def line(self, side, ratio, amount):
        yesterday, today = self.long if side is rb.LONG else self.short
        premiums = [self.previous] * 2 if self.is_option else self.opens
        total = yesterday * self.lot(self.previous, ratio, amount, side)
        total += sum(today * self.lot(price, ratio, amount, side) for price in premiums)
        return cents(total)

    def frozen(self, ratio, amount):
        side, lots = self.order
        return side, cents(lots * self.lot(self.opens[0], ratio, amount, side))


def cents(yuan):
    return yuan.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def instrument(case):
    scope = SideScope.BOTH_SIDES
    if case.has_larger_side:
        scope = SideScope.PRODUCT_GROUP if case.exchange == "CFFEX" else SideScope.PRODUCT
    option = None
    if case.is_option:
        option = IndexOption(
            right=OptionRight.CALL, strike_nanos=rb.nanos(3300), underlying_id="index"
        )
    return Instrument(
        instrument_id=case.name,
        product_id=case.product,
        product_group_id=case.group or "",
        exchange_id=case.exchange,
        point_value_micros=rb.micros(case.multiplier),
        side_scope=scope,
        option=option,
    )


def parameters_of(cases):
    """The broker adds 2 % and 1.50 yuan a lot to the exchange's rates."""
    broker = rb.same_rates("0.02", "1.50")
    return RateParameters(
        instruments={case.name: instrument(case) for case in cases},
        rates={
            (case.name, rb.SPECULATION): (
                rb.stage(case.ratio, case.amount, broker=broker, is_relative=True),
            )
            for case in cases
        },
        conventions=rb.Conventions(frozen_price=FrozenPrice.LIMIT),
    )


def portfolio_of(cases):
    quotes = {case.name: rb.quote(case.previous) for case in cases}
    positions = [
        rb.held(case.name, side, yesterday, *((today, price) for price in case.opens))
        for case in cases
        for side, (yesterday, today) in ((rb.LONG, case.long), (rb.SHORT, case.short))
    ]
    orders = [
        WorkingOrder(
            instrument_id=case.name,
            side=case.order[0],
            lots=case.order[1],
            limit_price_nanos=rb.nanos(case.opens[0]),
        )
        for case in cases
    ]
    return rb.book({**quotes, "index": INDEX_LEVEL}, positions, orders, day=DAY)


def expected(cases, extra_ratio, extra_amount):
    """Return used and frozen yuan: sides of a group compared, everything else added."""
    used, frozen = defaultdict(Decimal), defaultdict(Decimal)
    for case in cases:
        ratio, amount = case.ratio + extra_ratio, case.amount + extra_amount
        group = case.group or f"both {case.name}"
        for side in (rb.LONG, rb.SHORT):
            used[group, side] += case.line(side, ratio, amount)
        side, margin = case.frozen(ratio, amount)
        frozen[group, side] += margin
    totals = [Decimal(0), Decimal(0)]
    for group in {group: None for group, _ in used}:
        long, short = used[group, rb.LONG], used[group, rb.SHORT]
        more_long = long + frozen[group, rb.LONG]
        more_short = short + frozen[group, rb.SHORT]
        if group.startswith("both "):
            totals[0] += long + short
            totals[1] += more_long + more_short - long - short
        else:
            totals[0] += max(long, short)
            totals[1] += max(more_long, more_short) - max(long, short)
    return totals


def assert_equal(result, cases):
    for payer, extra in enumerate(((Decimal(0), Decimal(0)), (Decimal("0.02"), Decimal("1.50")))):
        used, frozen = expected(cases, *extra)
        assert result.used[payer] == rb.micros(used)
        assert result.frozen[payer] == rb.micros(frozen)


def test_every_instrument_of_the_dump_alone_agrees_to_the_cent(dump, settlements):
    """Formula 5.1: lots × multiplier × price × ratio + lots × amount, exchange and broker."""
    assert len(dump) == 792
    for place, row in enumerate(dump):
        case = Case(place, row, settlements)
        assert_equal(rate_margin(parameters_of([case]), portfolio_of([case])), [case])


def test_all_instruments_of_the_dump_in_one_portfolio_agree_to_the_cent(dump, settlements):
    """Formula 5.2: larger sides of products at SHFE and INE and of two groups at CFFEX."""
    cases = [Case(place, row, settlements) for place, row in enumerate(dump)]
    result = rate_margin(parameters_of(cases), portfolio_of(cases))
    assert_equal(result, cases)
    groups = {group.group_id for group in result.groups if group.scope is not SideScope.BOTH_SIDES}
    assert len(groups) == len({case.group for case in cases if case.group})
    assert {"equity index", "government bonds", "rb", "sc"} <= groups
    for totals in (result.by_instrument, result.by_product, result.by_product_group):
        for payer in (0, 1):
            assert sum(total.used[payer] for total in totals) == result.used[payer]
            assert sum(total.frozen[payer] for total in totals) == result.frozen[payer]
