"""The auditor's flow and controls of single orders: what may be sent, how much at a time.

Laws, checked when an order is accepted: at no node over it more messages go than its row allows,
and no more orders work (both but for what reduces); it has no more lots than any node lets one
order have, lies no further beyond the mark than the widest band in force, is no market order where
a node takes none; nothing is opened that some node restricts.
"""

from collections.abc import Iterator
from fractions import Fraction

from fencang.basics.money import PPM
from fencang.messages.commands import ReplaceOrder
from fencang.messages.events import (
    OrderAccepted,
    ReplaceRequested,
)
from fencang.messages.message import Side
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.order_control import OrderControl
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.standing import Standing
from fencang.simulation.auditor.stated import rows_at, stated

__all__ = ["Flow"]


class Flow:
    """Messages by node."""

    def __init__(self, reference: Reference, orders: Orders, standing: Standing) -> None:
        self.reference, self.orders, self.standing = reference, orders, standing
        self.full_ns: dict[str, Fraction] = {}
        """Node → when all its messages are free again, exactly."""
        self.handlers: Handlers = {
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
        }

    # --------------------------------------------------------------------------------- messages

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id:
            return
        order = self.orders.orders[event.order_id]
        path = self.reference.path(event.sub_account_id, event.terms)
        self._spend(page, order, path, is_free=event.is_reducing)
        if not event.is_reducing:
            self._check_working(page, order, path)
        self._check_order(page, order, path)

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id:
            return
        path = self.reference.path(order.event.sub_account_id, order.event.terms)
        smaller = event.quantity_lots < order.quantity_lots
        asked = isinstance(page.asked(event), ReplaceOrder)
        free = order.is_reducing or smaller or not asked
        self._spend(page, order, path, is_free=free)

    def _spend(self, page: Page, order: TrackedOrder, path: list[str], *, is_free: bool) -> None:
        now = page.record.time_ns
        for node in path:
            row = self.reference.row(FlowControl, node)
            most = None if row is None else row.messages_max
            if row is None or most is None:
                continue
            if not most:
                if not is_free:
                    self._told(page, order, f"{node} may send nothing")
                continue
            each = Fraction(row.messages_ns, most)
            full = max(self.full_ns.get(node, Fraction(0)), Fraction(now)) + each
            self.full_ns[node] = full
            if full - now > row.messages_ns and not is_free:
                self._told(page, order, f"{node} may send {most} messages in {row.messages_ns} ns")

    def _told(self, page: Page, order: TrackedOrder, detail: str) -> None:
        page.report("flow", f"order {order.event.order_id}: {detail}")

    def _check_working(self, page: Page, order: TrackedOrder, path: list[str]) -> None:
        for node in path:
            row = self.reference.row(FlowControl, node)
            if row is None or row.working_orders_max is None:
                continue
            working = sum(node in nodes for nodes in self._paths())
            if working > row.working_orders_max:
                most = row.working_orders_max
                self._told(page, order, f"{working} orders work at {node}, {most} may")

    def _paths(self) -> Iterator[list[str]]:
        for other in self.orders.live.values():
            if other.is_live and other.event.sub_account_id:
                yield self.reference.path(other.event.sub_account_id, other.event.terms)

    # ----------------------------------------------------------------------------- single orders

    def _check_order(self, page: Page, order: TrackedOrder, path: list[str]) -> None:
        event = order.event
        terms = event.terms
        if OrderControl not in self.reference.rows:
            return
        name = f"order {event.order_id}"
        if not event.is_reducing:
            for node in path:
                for row in rows_at(self.reference, OrderControl, order, node):
                    if row.is_restricted:
                        page.report("order control", f"{name} opens what {node} restricts")
        lots = self._least(order, "quantity_lots_max")
        if lots is not None and terms.quantity_lots > lots:
            page.report("order control", f"{name} has {terms.quantity_lots} lots, {lots} may be")
        stop, limit = terms.stop_price_nanos, terms.limit_price_nanos
        price = stop if limit is None else limit
        if price is not None:
            self._check_collar(page, order, price)
        elif self._least(order, "takes_market_orders") == 0:
            page.report("order control", f"{name} states no price where one is asked for")

    def _check_collar(self, page: Page, order: TrackedOrder, price_nanos: int) -> None:
        """Check the band; the auditor does not judge how fast a market is and takes the wider."""
        terms = order.event.terms
        mark = self.standing.marks.get(terms.contract_id)
        shares = [
            share
            for field in ("collar_ppm", "fast_collar_ppm")
            if (share := self._least(order, field)) is not None
        ]
        ticks = self._least(order, "collar_ticks")
        if mark is None or ticks is None or not shares:
            return
        away = price_nanos - mark if terms.side is Side.BUY else mark - price_nanos
        tick = self.reference.product(terms.contract_id).tick_nanos
        band = max(Fraction(abs(mark) * max(shares), PPM), Fraction(ticks * tick))
        if away > band:
            detail = f"{away} nanos beyond the mark, {float(band):.0f} may be"
            page.report("order control", f"order {order.event.order_id} lies {detail}")

    def _least(self, order: TrackedOrder, field: str) -> int | None:
        return min(stated(self.reference, OrderControl, order, field), default=None)
