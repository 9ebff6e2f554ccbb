"""The stated strategies: signals from closes, lots from risk, all in integers."""

from fencang.app.desk.accounts import OrderStyle, StrategyKind, StrategySpec
from fencang.app.replay.strategies import (
    ProductHistory,
    Signal,
    Sizing,
    lot_costs,
    target_lots,
    worth_trading,
)
from fencang.app.replay.trading import _split
from fencang.basics.money import RATE_NANOS
from fencang.basics.price import NANOS
from fencang.refdata.contract import Product

CL = Product(
    product_id="CL",
    venue_id="NYMEX",
    name="",
    currency="USD",
    point_value_micros=1_000_000_000,
    tick_nanos=10_000_000,
)


def spec(kind, days=4, fast=2):
    return StrategySpec(
        strategy_id="S",
        kind=kind,
        fast_days=fast,
        slow_days=days,
        entry_milli=1_000,
        exit_milli=300,
        volatility_days=10,
        volatility_target_ppm=100_000,
        buffer_ppm=200_000,
        order_style=OrderStyle.MARKET,
        lots=0,
    )


def views(kind, levels, **more):
    signal = Signal(spec(kind, **more))
    return [signal.observe(level * NANOS) for level in levels]


def test_trend_follows_the_fast_average():
    assert views(StrategyKind.TREND, [10, 11, 12, 13, 14, 9, 4, 1]) == [0, 0, 0, 1, 1, -1, -1, -1]


def test_trend_counts_below_zero_too():
    """Prices may be negative: WTI on 20 April 2020."""
    assert views(StrategyKind.TREND, [3, 2, 1, 0, -1, -37])[-1] == -1


def test_mean_reversion_trades_against_the_outlier_and_rests_near_the_average():
    found = views(StrategyKind.MEAN_REVERSION, [10, 10, 10, 20, 15, 14])
    assert found[3] == -1
    assert found[-1] == 0


def test_a_breakout_holds_until_the_middle_of_its_channel():
    found = views(StrategyKind.BREAKOUT, [10, 11, 10, 11, 15, 14, 12, 10])
    assert found == [0, 0, 0, 0, 1, 1, 0, -1]


def test_a_roll_changes_the_contract_and_not_the_level():
    """Additive back adjustment: only moves of the held contract count."""
    history = ProductHistory(volatility_days=10)
    history.observe("A", {"A": 100, "B": 110})
    history.observe("A", {"A": 101, "B": 111})
    history.observe("B", {"A": 103, "B": 114})
    assert history.level_nanos == 100 + 1 + 3


def costs(deviation_nanos, rate_nanos=RATE_NANOS):
    return lot_costs(
        CL, price_nanos=60 * NANOS, deviation_nanos=deviation_nanos, rate_nanos=rate_nanos
    )


def test_one_lot_of_crude_moves_what_its_point_value_says():
    assert costs(1_200_000_000) == (1_200_000_000, 60_000_000_000, 6_000_000_000)


def test_lots_come_from_the_risk_budget():
    """10 % a year of 48 million is 300,000 a day; one CL lot at 1.20 a day moves 1,200."""
    sizing = Sizing(48_000_000_000_000, 1, 100_000_000, 100_000)
    assert target_lots(sizing, costs(1_200_000_000), -1) == -250


def test_lots_are_capped_by_leverage_and_by_margin():
    calm = costs(1_000)
    assert target_lots(Sizing(6_000_000_000_000, 1, 1_000_000, 100_000), calm, 1) == 85
    assert target_lots(Sizing(6_000_000_000_000, 1, 900_000_000, 100_000), calm, 1) == 700


def test_a_currency_worth_less_allows_more_lots():
    sizing = Sizing(48_000_000_000_000, 1, 100_000_000, 100_000)
    assert target_lots(sizing, costs(1_200_000_000, RATE_NANOS // 2), 1) == 500


def test_small_changes_are_not_worth_their_cost():
    assert not worth_trading(100, 110, 200_000)
    assert worth_trading(100, 130, 200_000)
    assert worth_trading(100, 0, 200_000)
    assert worth_trading(100, -1, 200_000)
    assert worth_trading(0, 1, 200_000)


def test_a_turn_is_split_into_the_close_and_the_opening_in_clips():
    """A desk that may only reduce lets the closing order through."""
    assert list(_split(7, -5, 100)) == [(-7, True), (-5, False)]
    assert list(_split(-7, -2, 100)) == [(5, True)]
    assert list(_split(0, 250, 100)) == [(100, False), (100, False), (50, False)]
    assert list(_split(5, 5, 100)) == []
