"""Small books for the tests of margin by rates: parameters and positions in few words.

Amounts are written in yuan as text or whole numbers and turned into micros and nanos here.
"""

from datetime import date
from decimal import Decimal

from fencang.margin.rates.combination import NO_COMBINATIONS
from fencang.margin.rates.instrument import HedgeFlag, Instrument, PositionSide, SideScope
from fencang.margin.rates.parameters import (
    Conventions,
    Rate,
    RateParameters,
    RateStage,
    SideRates,
)
from fencang.margin.rates.portfolio import (
    OpenLots,
    Position,
    Quote,
    RatePortfolio,
    Run,
)
from fencang.margin.rates.requirement import rate_margin

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
SPECULATION, HEDGE = HedgeFlag.SPECULATION, HedgeFlag.HEDGE
DAY = date(2026, 1, 6)
BEGIN = date(2000, 1, 1)


def micros(yuan):
    return int(Decimal(str(yuan)) * 1_000_000)


def nanos(price):
    return int(Decimal(str(price)) * 1_000_000_000)


def same_rates(ratio="0", amount="0"):
    """Return one rate for both sides; the ratio as a decimal such as 0.08."""
    rate = Rate(ratio_ppm=int(Decimal(str(ratio)) * 1_000_000), amount_micros=micros(amount))
    return SideRates(long=rate, short=rate)


def stage(ratio="0", amount="0", *, from_day=BEGIN, broker=None, is_relative=False):
    exchange = same_rates(ratio, amount)
    return RateStage(from_day=from_day, exchange=exchange, broker=broker, is_relative=is_relative)


def future(name, multiplier=10, *, product=None, scope=SideScope.BOTH_SIDES, **more):
    return Instrument(
        instrument_id=name,
        product_id=product or name.rstrip("0123456789"),
        point_value_micros=micros(multiplier),
        side_scope=scope,
        **more,
    )


def parameters(instruments, rates, combinations=NO_COMBINATIONS, **conventions):
    """Return parameters; ``rates`` by instrument, for speculation, or by (instrument, flag)."""
    return RateParameters(
        instruments={found.instrument_id: found for found in instruments},
        rates={
            key if isinstance(key, tuple) else (key, SPECULATION): (
                stages if isinstance(stages, tuple) else (stages,)
            )
            for key, stages in rates.items()
        },
        combinations=combinations,
        conventions=Conventions(**conventions),
    )


def held(name, side, yesterday=0, *today, flag=SPECULATION):
    """Return a position; ``today`` are (lots, price) pairs."""
    return Position(
        instrument_id=name,
        side=side,
        hedge_flag=flag,
        yesterday_lots=yesterday,
        today=tuple(OpenLots(lots, nanos(price)) for lots, price in today),
    )


def quote(previous, settlement=None, latest=None, average=None):
    return Quote(
        previous_settlement_nanos=nanos(previous),
        settlement_nanos=None if settlement is None else nanos(settlement),
        latest_nanos=None if latest is None else nanos(latest),
        average_nanos=None if average is None else nanos(average),
    )


def book(quotes, positions=(), orders=(), *, day=DAY, run=Run.TRADING):
    return RatePortfolio(
        day=day,
        quotes={
            name: found if isinstance(found, Quote) else quote(found)
            for name, found in quotes.items()
        },
        positions=tuple(positions),
        orders=tuple(orders),
        run=run,
    )


def used(rates, portfolio):
    """Return the exchange's used margin in micros."""
    return rate_margin(rates, portfolio).used.exchange_micros
