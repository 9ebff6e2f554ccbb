"""The auditor's scales and calendar of single orders: worth, age of the mark, tenor.

Laws, checked when an order is accepted, and when a replacement asks for more lots: it is worth no
more than any node over it lets one order be, at the further of its price and the mark, or by the
margin that its lots ask for where that is more; what opens does so on a mark that is no older than
any node allows, in a contract that ends neither too far ahead nor too soon, and in none that some
node restricts.
"""

from datetime import date
from fractions import Fraction

from fencang.basics.money import PPM, RATE_NANOS
from fencang.basics.price import NANOS
from fencang.messages.commands import ReplaceOrder
from fencang.messages.events import (
    ContractSettled,
    OrderAccepted,
    PricesMarked,
    ReplaceRequested,
)
from fencang.messages.life_events import ContractConverted
from fencang.refdata.order_control import OrderControl
from fencang.refdata.tenor import TenorLimit
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.standing import Standing
from fencang.simulation.auditor.stated import rows_at, stated

__all__ = ["Worth"]


class Worth:
    """When every contract was marked, and what an order comes to."""

    def __init__(
        self, reference: Reference, orders: Orders, standing: Standing, days: Days
    ) -> None:
        self.reference, self.orders = reference, orders
        self.standing, self.days = standing, days
        self.marked_ns: dict[str, int] = {}
        self.handlers: Handlers = {
            PricesMarked: self._mark,
            ContractSettled: self._settle,
            ContractConverted: self._convert,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
        }

    # ------------------------------------------------------------------------------------- marks

    def _mark(self, page: Page, event: PricesMarked) -> None:
        for mark in event.marks:
            self.marked_ns[mark.contract_id] = page.record.time_ns

    def _settle(self, page: Page, event: ContractSettled) -> None:
        self.marked_ns[event.contract_id] = page.record.time_ns

    def _convert(self, _page: Page, event: ContractConverted) -> None:
        """The successor takes the mark over, and with it its age."""
        if event.mark_nanos is not None:
            self.marked_ns[event.to_contract_id] = self.marked_ns.get(event.from_contract_id, 0)

    # ------------------------------------------------------------------------------------ orders

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id:
            return
        order, terms = self.orders.orders[event.order_id], event.terms
        price = terms.limit_price_nanos
        if price is None:
            price = terms.stop_price_nanos
        self._check_value(page, order, terms.quantity_lots, price)
        if not event.is_reducing:
            self._check_opening(page, order)

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        """A replacement of more lots is asked like an order of its size."""
        order, command = self.orders.orders.get(event.order_id), page.asked(event)
        if order is None or not order.has_grown or not isinstance(command, ReplaceOrder):
            return
        price = event.limit_price_nanos
        if price is None:
            price = order.event.terms.stop_price_nanos
        self._check_value(page, order, event.quantity_lots, price)
        if not order.is_reducing:
            self._check_opening(page, order)

    def _check_value(
        self, page: Page, order: TrackedOrder, lots: int, price_nanos: int | None
    ) -> None:
        most = min(stated(self.reference, OrderControl, order, "value_micros_max"), default=None)
        if most is None:
            return
        value = self._value(order.event.terms.contract_id, lots, price_nanos or 0)
        if value > most + 1:  # desk and auditor may round to the other micro
            name = f"order {order.event.order_id} of {lots} lots"
            page.report("order value", f"{name} is worth {float(value):.0f} micros, {most} may be")

    def _value(self, contract_id: str, lots: int, price_nanos: int) -> Fraction:
        """Return what lots are worth in base micros, exactly."""
        product, mark = self.reference.product(contract_id), self.standing.marks[contract_id]
        point = Fraction(product.point_value_micros, NANOS)
        floor = Fraction(product.margin_floor_micros)
        margin = max(abs(mark) * point * Fraction(product.margin_ppm, PPM), floor)
        each = max(abs(mark) * point, abs(price_nanos) * point, margin)
        if product.currency == self.reference.base_currency:
            return each * lots
        rate = self.standing.rates.get(product.currency, 0)
        return each * lots * Fraction(rate, RATE_NANOS)

    def _check_opening(self, page: Page, order: TrackedOrder) -> None:
        event, contract_id = order.event, order.event.terms.contract_id
        name = f"order {event.order_id}"
        age = page.record.time_ns - self.marked_ns.get(contract_id, 0)
        most = min(stated(self.reference, OrderControl, order, "price_age_ns_max"), default=None)
        if most is not None and age > most:
            page.report("price age", f"{name} opens on a mark {age} ns old, {most} may be")
        for node in self.reference.path(event.sub_account_id, event.terms):
            if any(row.is_restricted for row in rows_at(self.reference, OrderControl, order, node)):
                page.report("order control", f"{name} opens what {node} restricts")
        if TenorLimit in self.reference.rows:
            self._check_tenor(page, order)

    # ------------------------------------------------------------------------------------- tenor

    def _check_tenor(self, page: Page, order: TrackedOrder) -> None:
        contract = self.reference.contracts[order.event.terms.contract_id]
        today, last = self.days.day_of(contract.contract_id), contract.last_trading_day
        assert today is not None, contract  # the session chapter has spoken
        name = f"order {order.event.order_id} opens {contract.contract_id}, which"
        if last is None:
            if not min(self._tenor(order, "takes_undated"), default=0):
                page.report("tenor", f"{name} ends on no day that is known")
        else:
            furthest = min(self._tenor(order, "furthest_days"), default=0)
            if _days(today, last) > furthest:
                page.report("tenor", f"{name} ends on {last}, more than {furthest} days ahead")
        ends = [day for day in (last, contract.first_notice_day) if day is not None]
        nearest = max(self._tenor(order, "nearest_days"), default=0)
        if ends and _days(today, min(ends)) < nearest:
            page.report("tenor", f"{name} ends on {min(ends)}, less than {nearest} days ahead")

    def _tenor(self, order: TrackedOrder, field: str) -> list[int]:
        return stated(self.reference, TenorLimit, order, field)


def _days(today: date, day: date) -> int:
    return (day - today).days
