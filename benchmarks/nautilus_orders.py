"""NautilusTrader's order path with a margin account: ``pretrade`` runs it in its own environment.

``PYTHON benchmarks/nautilus_orders.py`` prints JSON; it needs ``nautilus_trader`` and nothing of
fencang.  One strategy, one margin account in dollars, futures of one venue, resting limit orders of
the same sizes and prices as the workload's.  With N orders working, every tick submits an order and
cancels the oldest, so N stays; no log, no fills, no positions.  Timed is ``Strategy.submit_order``
of an order that is made already:

``path``: the exchange takes it at once.  Duplicate check, cache, risk engine (price and quantity,
trading state, rate of messages), execution engine, execution client, the simulated exchange's
acceptance, and the portfolio's new initial margin of the account, which is what an order reserves.
``checks``: the exchange takes it after the tick.  The same up to there, so neither acceptance nor
margin.

Every figure is microseconds of one order, in the order of submission.  The peer's risk engine does
not ask a margin account whether there is margin for an order (``RiskEngine._check_orders_risk`` of
1.221.0); the margin of working orders is summed anew over those of the contract when one is taken
(``AccountsManager.update_orders``).
"""

import argparse
import gc
import json
import sys
import time
from collections import deque
from decimal import Decimal

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, AssetClass, OmsType, OrderSide, TimeInForce
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import FuturesContract
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.model.orders import LimitOrder
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("XV")
PRICE, TICK, TICKS_AWAY, LOTS_MAX = 2_700, 0.25, 40, 3
"""The workload's: limit orders up to so many ticks behind the market, of so many lots."""
WARMING = 200
"""Orders at the full level before the first that counts."""


class Numbers:
    """The workload's pseudo-random numbers (xorshift64)."""

    def __init__(self, seed: int) -> None:
        self._random = seed * 0x9E3779B97F4A7C15 % (1 << 64) or 1

    def below(self, bound: int) -> int:
        """Return the next number below a bound."""
        value = self._random
        value ^= value << 13 & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 7
        value ^= value << 17 & 0xFFFFFFFFFFFFFFFF
        self._random = value
        return value % bound


class Submitter(Strategy):
    """Fills up to so many working orders, then times one order per tick."""

    def __init__(self, instruments: list[FuturesContract], working: int, seed: int) -> None:
        super().__init__(StrategyConfig(strategy_id="BENCH-001"))
        self.instruments = instruments
        self.working = working
        self.numbers = Numbers(seed)
        self.resting: deque[LimitOrder] = deque()
        self.ticks = 0
        self.taken_us: list[float] = []

    def on_start(self) -> None:
        """Subscribe to every contract."""
        for instrument in self.instruments:
            self.subscribe_quote_ticks(instrument.id)

    def on_quote_tick(self, tick: QuoteTick) -> None:  # noqa: ARG002 - the framework's own signature
        """Submit one order, once every contract has a price."""
        self.ticks += 1
        if self.ticks < len(self.instruments):
            return
        order = self._new_order()
        before_ns = time.perf_counter_ns()
        self.submit_order(order)
        taken_us = (time.perf_counter_ns() - before_ns) / 1_000
        self.resting.append(order)
        if len(self.resting) > self.working:
            self.taken_us.append(taken_us)
            self.cancel_order(self.resting.popleft())

    def _new_order(self) -> LimitOrder:
        below = self.numbers.below
        side = OrderSide.BUY if below(2) else OrderSide.SELL
        away = below(TICKS_AWAY) * TICK
        instrument = self.instruments[below(len(self.instruments))]
        return self.order_factory.limit(
            instrument_id=instrument.id,
            order_side=side,
            quantity=instrument.make_qty(1 + below(LOTS_MAX)),
            price=instrument.make_price(PRICE - away if side == OrderSide.BUY else PRICE + away),
            time_in_force=TimeInForce.DAY,
        )


def _instrument(number: int) -> FuturesContract:
    name = f"X{number:02d}H8"
    return FuturesContract(
        instrument_id=InstrumentId(Symbol(name), VENUE),
        raw_symbol=Symbol(name),
        asset_class=AssetClass.INDEX,
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.25"),
        multiplier=Quantity.from_int(50),
        lot_size=Quantity.from_int(1),
        underlying=name,
        activation_ns=0,
        expiration_ns=4_000_000_000_000_000_000,
        ts_event=0,
        ts_init=0,
        margin_init=Decimal("0.05"),
        margin_maint=Decimal("0.05"),
    )


def _engine(instruments: list[FuturesContract], *, takes_at_once: bool) -> BacktestEngine:
    engine = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True),
            risk_engine=RiskEngineConfig(max_order_submit_rate="1000000000/00:00:01"),
            run_analysis=False,
        )
    )
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(10_000_000_000, USD)],
        use_message_queue=not takes_at_once,
    )
    for instrument in instruments:
        engine.add_instrument(instrument)
    return engine


def _ticks(instruments: list[FuturesContract], count: int) -> list[QuoteTick]:
    bid, ask = Price.from_str(f"{PRICE - TICK:.2f}"), Price.from_str(f"{PRICE + TICK:.2f}")
    size, begin_ns = Quantity.from_int(10), 1_517_800_000_000_000_000
    ids = [instrument.id for instrument in instruments]
    times_ns = (begin_ns + number * 1_000_000 for number in range(count))
    return [
        QuoteTick(ids[number % len(ids)], bid, ask, size, size, time_ns, time_ns)
        for number, time_ns in enumerate(times_ns)
    ]


def _measure(arguments: argparse.Namespace, working: int) -> list[float]:
    instruments = [_instrument(number) for number in range(arguments.contracts)]
    engine = _engine(instruments, takes_at_once=arguments.kind == "path")
    strategy = Submitter(instruments, working, arguments.seed)
    engine.add_strategy(strategy)
    engine.add_data(_ticks(instruments, len(instruments) + working + WARMING + arguments.orders))
    gc.collect()
    gc.freeze()
    gc.disable()  # as fencang is measured
    engine.run()
    gc.enable()
    open_orders = engine.cache.orders_open_count()
    assert open_orders == working, (open_orders, working)
    assert engine.portfolio.margins_init(VENUE), "no order reserved margin"
    engine.dispose()
    return strategy.taken_us[WARMING:]


def main() -> None:
    """Print one JSON object: the version, and per level the microseconds of every order."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=("path", "checks"), default="path")
    parser.add_argument("--orders", type=int, default=2_000, help="timed per level")
    parser.add_argument("--levels", default="100,400,1000", help="working orders")
    parser.add_argument("--contracts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    taken = {level: _measure(arguments, int(level)) for level in arguments.levels.split(",")}
    result = {"version": nautilus_trader.__version__, "taken_us": taken}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
