"""The made-up market: on the tick, near its anchor, the same for the same seed, any sign."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.gateways.paper.market import PaperMarket, Quoted

QUOTED = {
    "CL": Quoted(price_nanos=-37_630_000_000, tick_nanos=10_000_000),
    "ES": Quoted(price_nanos=0, tick_nanos=250_000_000),
}


def ticks(seed, count):
    market = PaperMarket(QUOTED, seed)
    return [market.next_tick(time_ns) for time_ns in range(count)]


@given(st.integers(0, 1_000))
def test_prices_are_on_the_tick_and_stay_in_sight(seed):
    for tick in ticks(seed, 400):
        quoted = QUOTED[tick.contract_id]
        away = tick.price_nanos - quoted.price_nanos
        assert away % quoted.tick_nanos == 0
        assert abs(away) <= 60 * quoted.tick_nanos
        assert tick.size_lots >= 1


def test_a_seed_says_everything():
    assert ticks(7, 100) == ticks(7, 100)
    assert ticks(7, 100) != ticks(8, 100)


def test_an_empty_market_has_no_trades():
    assert PaperMarket({}, 1).next_tick(1) is None
