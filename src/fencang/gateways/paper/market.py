"""A made-up market for the paper venue: prices that walk by ticks, by a seed and nothing else.

For trying things out.  Prices step up or down by chance and are pulled back to where they began, so
that they stay in sight of it; nothing about them is a forecast or a quotation.
"""

import random
from collections.abc import Iterator, Mapping

import msgspec

from fencang.gateways.market_data import Tick

__all__ = ["PaperMarket", "Quoted"]

PULL = 0.02
"""Of the distance to its anchor a price is drawn back so much at each step, on average."""


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """Where a contract's price begins, its tick, and how far one step may go (in ticks)."""

    price_nanos: int
    tick_nanos: int
    step_ticks_max: int = 2
    size_lots_max: int = 50


class PaperMarket:
    """Trades of several contracts in turn; equal seeds and calls give equal trades."""

    def __init__(self, quoted: Mapping[str, Quoted], seed: int) -> None:
        self._quoted = dict(quoted)
        self._ticks = dict.fromkeys(quoted, 0)
        """Contract → ticks above its anchor."""
        self._chance = random.Random(seed)  # noqa: S311 - a market, not a secret
        self._turns = self._in_turn()

    def next_tick(self, time_ns: int) -> Tick | None:
        """Return the next trade; None where no contract is quoted."""
        name = next(self._turns, None)
        if name is None:
            return None
        quoted = self._quoted[name]
        step = self._chance.randint(-quoted.step_ticks_max, quoted.step_ticks_max)
        if self._chance.random() < abs(self._ticks[name]) * PULL:
            step = -1 if self._ticks[name] > 0 else 1
        self._ticks[name] += step
        return Tick(
            contract_id=name,
            price_nanos=quoted.price_nanos + self._ticks[name] * quoted.tick_nanos,
            size_lots=self._chance.randint(1, quoted.size_lots_max),
            time_ns=time_ns,
        )

    def _in_turn(self) -> Iterator[str]:
        while self._quoted:
            yield from sorted(self._quoted)
