"""What traders ask for: orders of every kind, cancels, replaces; mostly sensible, not always.

It draws from its own stream of chance and knows the desk only through its durable records.
"""

from datetime import date, timedelta

from fencang.messages.commands import AnyCommand, CancelOrder, ReplaceOrder, SubmitOrder
from fencang.messages.message import Offset, OrderType, Side, TimeInForce
from fencang.refdata.account import CarryingAccount, PositionMode, SubAccount
from fencang.refdata.contract import Product
from fencang.refdata.desk import DeskItem
from fencang.simulation.market import Market
from fencang.simulation.places import Places
from fencang.simulation.random import Chance
from fencang.simulation.witness import Witness

__all__ = ["Traders"]

_TYPES = (
    (OrderType.LIMIT, 6),
    (OrderType.MARKET, 3),
    (OrderType.STOP, 1),
    (OrderType.STOP_LIMIT, 1),
)
_TIMES = (
    (TimeInForce.DAY, 8),
    (TimeInForce.GTC, 2),
    (TimeInForce.IOC, 2),
    (TimeInForce.FOK, 1),
    (TimeInForce.GTD, 1),
)


class Traders:
    """All strategies of the desk."""

    def __init__(
        self,
        chance: Chance,
        items: list[DeskItem],
        market: Market,
        witness: Witness,
        *,
        knows_terms: bool = False,
    ) -> None:
        """``knows_terms``: most orders are in what the sub-account may trade and is listed."""
        self._chance, self._market, self._witness = chance, market, witness
        self._knows_terms, self._places = knows_terms, Places(items)
        self.subs = [item for item in items if isinstance(item, SubAccount)]
        self._gross = {
            item.carrying_account_id
            for item in items
            if isinstance(item, CarryingAccount) and item.position_mode is PositionMode.GROSS
        }
        self._number = 0
        self.today = date(2018, 2, 5)

    def order(self) -> list[AnyCommand]:
        """Ask for an order of some sub-account."""
        place = self._place()
        if place is None:
            return []
        sub, contract = place
        side = self._chance.one_of((Side.BUY, Side.SELL))
        offset = Offset.NET
        if self._is_gross(sub, contract) != self._chance.strikes(10_000):
            offset = self._chance.weighted(
                (
                    (Offset.OPEN, 5),
                    (Offset.CLOSE, 2),
                    (Offset.CLOSE_TODAY, 1),
                    (Offset.CLOSE_YESTERDAY, 1),
                )
            )
        return [self._submit(sub, contract, side, offset, self._lots())]

    def reduce(self) -> list[AnyCommand]:
        """Ask for an order against an existing position, all of it or a part."""
        held = [key for key, lots in self._witness.lots.items() if lots]
        if not held:
            return self.order()
        sub_id, contract = self._chance.one_of(held)
        sub = next(sub for sub in self.subs if sub.sub_account_id == sub_id)
        lots = self._witness.lots[sub_id, contract]
        side = Side.SELL if lots > 0 else Side.BUY
        offset = Offset.CLOSE if self._is_gross(sub, contract) else Offset.NET
        return [self._submit(sub, contract, side, offset, self._chance.between(1, abs(lots)))]

    def cancel(self) -> list[AnyCommand]:
        """Ask to cancel some order, now and then somebody else's or one long gone."""
        order = self._some_order()
        if order is None:
            return []
        order_id, sub_id = order
        if self._chance.strikes(30_000):
            sub_id = self._chance.one_of(self.subs).sub_account_id
        return [CancelOrder(sub_account_id=sub_id, order_id=order_id)]

    def replace(self) -> list[AnyCommand]:
        """Ask for another quantity and price."""
        order = self._some_order()
        if order is None:
            return []
        order_id, sub_id = order
        contract = self._witness.orders[order_id][1].contract_id
        price = self._market.price(contract, self._chance.between(-8, 8))
        return [
            ReplaceOrder(
                sub_account_id=sub_id,
                order_id=order_id,
                quantity_lots=self._lots(),
                limit_price_nanos=price if self._chance.strikes(700_000) else None,
            )
        ]

    def cancel_everything(self) -> list[AnyCommand]:
        """Ask to cancel every order that may still work."""
        return [
            CancelOrder(sub_account_id=sub_id, order_id=order_id)
            for order_id, sub_id in self._witness.working.items()
            if sub_id
        ]

    # ------------------------------------------------------------------------------------ parts

    def _place(self) -> tuple[SubAccount, str] | None:
        """Return who asks for an order in what, None where a trader would not ask now.

        Who knows the terms mostly asks only for what may be opened.
        """
        every = list(self._market.contracts)
        if not self._knows_terms or self._chance.strikes(120_000):
            return self._chance.one_of(self.subs), self._chance.one_of(every)
        openings, market = self._witness.openings, self._market
        able = [sub for sub in self.subs if openings.lets(sub, self._places.over(sub))]
        found = [
            (sub, name)
            for sub in able
            for name, contract in market.contracts.items()
            if contract.product_id in sub.mandate.products
            and any(route.venue_id == market.product(name).venue_id for route in sub.routes)
            and openings.takes(contract, market.product(name).venue_id)
        ]
        return self._chance.one_of(found) if found else None

    def _lots(self) -> int:
        most = 4 if self._knows_terms else 9
        return self._chance.between(1, 60 if self._chance.strikes(30_000) else most)

    def _is_gross(self, sub: SubAccount, contract: str) -> bool:
        venue = self._market.product(contract).venue_id
        return any(
            route.venue_id == venue and route.carrying_account_id in self._gross
            for route in sub.routes
        )

    def _some_order(self) -> tuple[int, str] | None:
        orders = self._witness.working
        if self._chance.strikes(50_000):
            orders = {order_id: sub_id for order_id, (sub_id, _) in self._witness.orders.items()}
        if not orders:
            return None
        order_id = self._chance.one_of(list(orders)[-40:])
        return order_id, orders[order_id] or self.subs[0].sub_account_id

    def _submit(
        self, sub: SubAccount, contract: str, side: Side, offset: Offset, lots: int
    ) -> SubmitOrder:
        self._number += 1
        kind, time_in_force = self._chance.weighted(_TYPES), self._chance.weighted(_TIMES)
        product: Product = self._market.product(contract)
        limit = stop = None
        if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}:
            limit = self._market.price(contract, self._chance.between(-8, 8))
            if self._chance.strikes(10_000):
                limit += product.tick_nanos // 2
        if kind in {OrderType.STOP, OrderType.STOP_LIMIT}:
            stop = self._market.price(contract, self._chance.between(0, 8) * side.sign)
        expire = None
        if time_in_force is TimeInForce.GTD:
            expire = self.today + timedelta(days=self._chance.between(-1, 2))
        return SubmitOrder(
            sub_account_id=sub.sub_account_id,
            client_order_id=f"w{self._number}",
            contract_id=contract,
            side=side,
            quantity_lots=lots,
            order_type=kind,
            limit_price_nanos=limit,
            stop_price_nanos=stop,
            time_in_force=time_in_force,
            expire_day=expire,
            offset=offset,
        )
