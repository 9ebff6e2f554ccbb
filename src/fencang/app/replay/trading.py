"""All strategies of a desk at work: closes in, orders for the next bar out.

One history per product and one signal per strategy and product, shared by all sub-accounts.  A
change of position is split into the part that closes and the part that opens, so that a desk that
may only reduce still lets the close through.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from fencang.app.desk.accounts import OrderStyle, StrategyKind, StrategySpec
from fencang.app.desk.desk import Desk
from fencang.app.replay.prices import Listing
from fencang.app.replay.strategies import (
    LotCosts,
    ProductHistory,
    Signal,
    Sizing,
    lot_costs,
    target_lots,
    worth_trading,
)
from fencang.app.replay.view import OutsideView
from fencang.basics.money import RATE_NANOS
from fencang.gateways.market_data import DayOfData
from fencang.messages.commands import SubmitOrder
from fencang.messages.message import Offset, OrderType, Side
from fencang.refdata.account import PositionMode, SubAccount
from fencang.refdata.contract import Product

__all__ = ["Trading"]


@dataclass(frozen=True, slots=True)
class _Book:
    """One trading sub-account with everything that does not change from day to day."""

    account: SubAccount
    spec: StrategySpec
    products: tuple[Product, ...]


class Trading:
    """Histories, signals and held contracts; decides nothing but orders."""

    def __init__(self, desk: Desk, listings: tuple[Listing, ...]) -> None:
        specs = {spec.strategy_id: spec for spec in desk.strategies}
        self._products = {product.product_id: product for product in desk.products}
        self._books = [
            _Book(
                account,
                specs[plan.strategy_id],
                tuple(self._products[name] for name in account.mandate.products),
            )
            for account, plan in zip(desk.sub_accounts, desk.account_plans, strict=True)
            if plan.strategy_id
        ]
        self._signals = {
            (book.spec.strategy_id, product.product_id): Signal(book.spec)
            for book in self._books
            for product in book.products
        }
        self._histories = {
            (product.product_id, book.spec.volatility_days): ProductHistory(
                book.spec.volatility_days
            )
            for book in self._books
            for product in book.products
        }
        self._product_of = {each.contract_id: each.product_id for each in desk.contracts}
        self._product_of |= {
            each.contract.contract_id: each.contract.product_id for each in listings
        }
        self._chains = _chains(desk)
        self._held: dict[str, str] = {}
        self._upcoming: dict[str, str] = {}
        self._closes: dict[str, int] = {}
        self._costs: dict[tuple[str, int], LotCosts] = {}
        self._rates: dict[str, int] = {desk.master.base_currency: RATE_NANOS}
        self._gross = frozenset(
            each.carrying_account_id
            for each in desk.carrying
            if each.position_mode is PositionMode.GROSS
        )

    def observe(self, data: DayOfData) -> None:
        """Take in a finished day: closes, rates, rolls."""
        by_product: dict[str, dict[str, int]] = {}
        for bar in data.bars:
            self._closes[bar.contract_id] = bar.close_nanos
            by_product.setdefault(self._product_of[bar.contract_id], {})[bar.contract_id] = (
                bar.close_nanos
            )
        for rate in data.rates:
            self._rates[rate.currency] = rate.rate_nanos
        self._roll(data, by_product)
        for (product_id, _), history in self._histories.items():
            closes = by_product.get(product_id)
            held = self._held.get(product_id, "")
            if closes is not None and held in closes:
                history.observe(held, closes)
        for (_, product_id), signal in self._signals.items():
            closes = by_product.get(product_id)
            if closes is not None and self._held.get(product_id, "") in closes:
                days = signal.spec.volatility_days
                signal.observe(self._histories[product_id, days].level_nanos)

    def _roll(self, data: DayOfData, by_product: dict[str, dict[str, int]]) -> None:
        for product_id, chain in self._chains.items():
            for contract_id, last_day in chain:
                if last_day is None or last_day >= data.day:
                    self._held[product_id] = contract_id
                    break
        for roll in data.rolls:
            self._held[self._product_of[roll.to_contract_id]] = roll.to_contract_id
            self._upcoming.pop(self._product_of[roll.to_contract_id], None)
        for product_id, closes in by_product.items():
            if product_id not in self._held:
                self._held[product_id] = next(iter(closes))  # the held contract comes first
        for notice in data.rolls_next:
            self._upcoming[self._product_of[notice.to_contract_id]] = notice.to_contract_id

    def _wanted_contract(self, product_id: str, day: date) -> str | None:
        for contract_id, last_day in self._chains.get(product_id, []):
            if last_day is None or last_day > day:
                return contract_id
        return self._upcoming.get(product_id) or self._held.get(product_id)

    def orders(
        self, day: date, trading_contracts: Collection[str], view: OutsideView
    ) -> Iterator[SubmitOrder]:
        """Yield the orders for the next bar of the contracts that trade on ``day``."""
        wanted_contract = {
            product_id: self._wanted_contract(product_id, day) for product_id in self._products
        }
        self._costs.clear()
        stamp = f"{day:%Y%m%d}"
        for book in self._books:
            name = book.account.sub_account_id
            sizing = Sizing(
                capital_micros=view.capital_micros(name),
                products_count=len(book.products),
                leverage_max_ppm=book.account.mandate.leverage_max_ppm,
                volatility_target_ppm=book.spec.volatility_target_ppm,
            )
            count = 0
            for product, contract_id, lots, target in self._moves(
                book, sizing, wanted_contract, view.positions[name]
            ):
                if contract_id in trading_contracts:
                    for move in _split(lots, target, product.order_quantity_max):
                        count += 1
                        yield self._order(book, product, contract_id, move, f"{stamp}-{count}")

    def _moves(
        self,
        book: _Book,
        sizing: Sizing,
        wanted_contract: dict[str, str | None],
        positions: dict[str, int],
    ) -> Iterator[tuple[Product, str, int, int]]:
        """Yield (product, contract, lots now, lots wanted); contracts to leave go first."""
        held: dict[str, list[str]] = {}
        for name in sorted(positions):
            held.setdefault(self._product_of[name], []).append(name)
        for product in book.products:
            product_id = product.product_id
            contract_id = wanted_contract[product_id]
            if contract_id is None or contract_id not in self._closes:
                continue
            for name in held.get(product_id, ()):
                if name != contract_id:
                    yield product, name, positions[name], 0
            wanted = self._target(book, sizing, product, contract_id)
            lots = positions.get(contract_id, 0)
            if (wanted or lots) and worth_trading(lots, wanted, book.spec.buffer_ppm):
                yield product, contract_id, lots, wanted

    def _target(self, book: _Book, sizing: Sizing, product: Product, contract_id: str) -> int:
        spec, product_id = book.spec, product.product_id
        if spec.kind is StrategyKind.HOLD:
            return spec.lots
        view = self._signals[spec.strategy_id, product_id].view
        if view == 0:
            return 0
        key = (product_id, spec.volatility_days)
        costs = self._costs.get(key)
        if costs is None:
            rate = self._rates.get(product.currency)
            if rate is None:
                return 0
            costs = self._costs[key] = lot_costs(
                product,
                price_nanos=self._closes[contract_id],
                deviation_nanos=self._histories[key].deviation_nanos,
                rate_nanos=rate,
            )
        return target_lots(sizing, costs, view)

    def _order(
        self, book: _Book, product: Product, contract_id: str, move: tuple[int, bool], stamp: str
    ) -> SubmitOrder:
        lots, closes = move
        is_limit = book.spec.order_style is OrderStyle.LIMIT and not closes
        offset = Offset.NET
        for route in book.account.routes:
            if route.venue_id == product.venue_id and route.carrying_account_id in self._gross:
                offset = Offset.CLOSE if closes else Offset.OPEN
        return SubmitOrder(
            sub_account_id=book.account.sub_account_id,
            client_order_id=stamp,
            contract_id=contract_id,
            side=Side.BUY if lots > 0 else Side.SELL,
            quantity_lots=abs(lots),
            order_type=OrderType.LIMIT if is_limit else OrderType.MARKET,
            limit_price_nanos=self._closes[contract_id] if is_limit else None,
            offset=offset,
        )


def _chains(desk: Desk) -> dict[str, list[tuple[str, date | None]]]:
    """Return the desk file's priced contracts per product, in the order they are to be held."""
    priced = [name for source in desk.replay.prices for name in source.series]
    chains: dict[str, list[tuple[str, date | None]]] = {}
    for contract in desk.contracts:
        if contract.contract_id in priced:
            chain = chains.setdefault(contract.product_id, [])
            chain.append((contract.contract_id, contract.last_trading_day))
    return chains


def _split(lots: int, wanted: int, clip: int) -> Iterator[tuple[int, bool]]:
    """Yield (signed lots, closes) in clips: what closes first, then what opens."""
    low, high = (0, lots) if lots > 0 else (lots, 0)
    closing = max(low, min(high, wanted)) - lots
    opening = wanted - lots - closing
    for amount, closes in ((closing, True), (opening, False)):
        left = amount
        while left:
            part = max(-clip, min(clip, left))
            yield part, closes
            left -= part
