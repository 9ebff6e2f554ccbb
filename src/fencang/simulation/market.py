"""Prices that walk: in ticks, with jumps, through zero where a seed says so."""

from fencang.gateways.market_data import Bar
from fencang.messages.commands import MarkPrices, MarkRates, PriceMark, RateMark, ReportIndicator
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.simulation.desks import starting_prices_ticks
from fencang.simulation.random import Chance
from fencang.simulation.swarm import Swarm

__all__ = ["Market"]


class Market:
    """Last prices of every contract, currency rates and one index."""

    def __init__(self, chance: Chance, swarm: Swarm, items: list[DeskItem]) -> None:
        self._chance = chance
        self._may_fall = swarm.has_negative_prices
        self.products = {item.product_id: item for item in items if isinstance(item, Product)}
        self.contracts = {item.contract_id: item for item in items if isinstance(item, Contract)}
        self.ticks = {
            contract.contract_id: starting_prices_ticks(swarm, contract)
            for contract in self.contracts.values()
        }
        self.rates = {"EUR": 1_230_000_000, "JPY": 9_100_000, "CNY": 158_000_000}
        self.index = 17_310_000_000

    def product(self, contract_id: str) -> Product:
        """Return a contract's product."""
        return self.products[self.contracts[contract_id].product_id]

    def price(self, contract_id: str, ticks_away: int = 0) -> int:
        """Return a price some ticks from the last one."""
        ticks = self.ticks[contract_id] + ticks_away
        product = self.product(contract_id)
        if product.positive_prices_only:
            ticks = max(1, ticks)
        return ticks * product.tick_nanos

    def _walk(self, contract_id: str) -> None:
        size = 400 if self._chance.strikes(20_000) else 12
        ticks = self.ticks[contract_id] + self._chance.between(-size, size)
        is_crude = self.contracts[contract_id].product_id == "CL"
        self.ticks[contract_id] = ticks if is_crude and self._may_fall else max(1, ticks)

    def move(self, now_ns: int) -> tuple[MarkPrices, list[Bar]]:
        """Move some prices; return the desk's marks and the venue's bars."""
        moved = [name for name in self.contracts if self._chance.strikes(500_000)]
        bars = []
        for name in moved:
            before = self.price(name)
            self._walk(name)
            after = self.price(name)
            volume = self._chance.one_of((0, 20, 200, 2_000))
            bars.append(
                Bar(
                    contract_id=name,
                    open_nanos=before,
                    high_nanos=max(before, after),
                    low_nanos=min(before, after),
                    close_nanos=after,
                    volume_lots=volume,
                    time_ns=now_ns,
                )
            )
        return self.marks(moved), bars

    def marks(self, contract_ids: list[str]) -> MarkPrices:
        """Return the marks of some contracts."""
        marks = tuple(PriceMark(name, self.price(name)) for name in contract_ids)
        return MarkPrices(source="feed", marks=marks)

    def move_rates(self) -> MarkRates:
        """Move the currencies."""
        for currency, rate in self.rates.items():
            self.rates[currency] = max(
                1, rate * self._chance.between(985_000, 1_015_000) // 1_000_000
            )
        return MarkRates(
            source="feed", rates=tuple(RateMark(name, rate) for name, rate in self.rates.items())
        )

    def move_index(self, *, is_close: bool) -> ReportIndicator:
        """Move the index, now and then with a shock."""
        most = 1_250_000 if self._chance.strikes(200_000) else 1_030_000
        step = self._chance.between(960_000, most)
        self.index = max(1_000_000_000, self.index * step // 1_000_000)
        if self.index > 60_000_000_000:
            self.index //= 3
        return ReportIndicator(indicator="VIX", value_nanos=self.index, is_close=is_close)
