"""The auditor's eye on own orders that would meet.

Law, where a row keeps own orders apart: no order leaves, and none is changed, that could trade with
another one of the same owner that the venue may have; only what reduces, or is the desk's own, may
leave right behind the cancel of the other.  Persons tied into one group are told apart here: that
looks at less than the desk does, and never at more.
"""

from typing import NamedTuple

from fencang.messages.commands import ReplaceOrder
from fencang.messages.events import OrderRouted, ReplaceRequested
from fencang.messages.message import Side
from fencang.refdata.self_match import SelfMatch, SelfMatchScope
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.rules import Rules

__all__ = ["OwnOrders"]


class _Price(NamedTuple):
    """What an order trades at: a limit, a stop that waits, or (neither) any price."""

    limit: int | None
    stop: int | None


class OwnOrders:
    """Who an order belongs to, and what it could meet."""

    def __init__(self, reference: Reference, orders: Orders, rules: Rules) -> None:
        self.reference, self.orders, self.rules = reference, orders, rules
        self.handlers: Handlers = {OrderRouted: self._route, ReplaceRequested: self._replace}

    def _route(self, page: Page, event: OrderRouted) -> None:
        order = self.orders.orders.get(event.order_id)
        # What is sent again stood at its place all the time.
        if order is not None and not event.is_resend:
            self._check(page, order, _price(order))

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or not isinstance(page.asked(event), ReplaceOrder):
            return
        if order.has_grown or event.limit_price_nanos != order.limit_nanos:
            # Where it stands it stood before: what is new is where it is asked to go.
            asked = event.limit_price_nanos
            self._check(page, order, _price(order) if asked is None else _Price(asked, None))

    def _check(self, page: Page, order: TrackedOrder, price: _Price) -> None:
        root = self.reference.row(SelfMatch, self.reference.master_id)
        if root is None:
            return
        mine, terms = self._owners(order, root), order.event.terms
        may_follow = order.is_reducing or bool(order.event.block_id)
        for other_id, other in self.orders.live.items():
            theirs = other.event.terms
            if theirs.side is terms.side or theirs.contract_id != terms.contract_id:
                continue
            is_out = bool(other.routed) and other.is_live
            if not is_out or (may_follow and other.is_cancelling):
                continue
            prices = {terms.side: price, theirs.side: _price(other)}
            if mine & self._owners(other, root) and _could_meet(prices, root):
                page.report(
                    "self match",
                    f"order {order.event.order_id} leaves and could trade with own {other_id}",
                )

    def _owners(self, order: TrackedOrder, root: SelfMatch) -> set[str]:
        subs = {order.event.sub_account_id}
        if order.event.block_id:
            block = self.rules.blocks.get(order.event.block_id)
            subs = {leg.sub_account_id for leg in block.event.legs} if block is not None else set()
        if root.scope is SelfMatchScope.SUB_ACCOUNT:
            return subs
        return {self.reference.owner(sub) for sub in subs}


def _price(order: TrackedOrder) -> _Price:
    """Return what an order trades at, the further of its price and the one asked for."""
    limit, wanted = order.limit_nanos, order.wanted_nanos
    if limit is not None and wanted is not None and order.wanted_lots:
        is_buy = order.event.terms.side is Side.BUY
        limit = max(limit, wanted) if is_buy else min(limit, wanted)
    stop = order.event.terms.stop_price_nanos if limit is None else None
    # A stop that was filled in part was set off: the rest trades at any price.
    return _Price(limit, None if order.filled_lots else stop)


def _could_meet(prices: dict[Side, _Price], root: SelfMatch) -> bool:
    buy, sell = prices[Side.BUY], prices[Side.SELL]
    for price in (buy, sell):
        if price.limit is None and (price.stop is None or root.stops_meet_all):
            return True
    if buy.limit is not None and sell.limit is not None:
        return buy.limit >= sell.limit
    # A stop trades only behind its trigger: a buy stop above it, a sell stop below it.
    above = buy.limit if buy.limit is not None else buy.stop
    below = sell.limit if sell.limit is not None else sell.stop
    assert above is not None
    assert below is not None
    return above <= below
