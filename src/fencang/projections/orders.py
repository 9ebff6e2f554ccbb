"""The order blotter: every open order and the last closed ones, with their full states.

What the venue last said, a request it has not answered, and a doubt lie over each other: shown is
the doubt before the request before the venue's word.  A closed order stays as it closed; late fills
only count.  Closed orders are bounded by ``closed_orders_max``:
the one that closed first is forgotten first.
"""

from dataclasses import dataclass
from enum import StrEnum

from fencang.basics.rounding import divide_half_away
from fencang.messages.events import (
    AnyEvent,
    CancelRejected,
    CancelRequested,
    FillBooked,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderInDoubt,
    OrderRejectedByVenue,
    OrderReplaced,
    OrderRouted,
    OrderStatusConfirmed,
    OrderWorking,
    ReplaceRejected,
    ReplaceRequested,
)
from fencang.messages.message import OrderTerms
from fencang.messages.reasons import Reason
from fencang.messages.record import Record
from fencang.messages.self_match_events import OrderHeld
from fencang.projections.projection import Projection

__all__ = ["CLOSED_ORDERS_MAX", "OrderState", "OrderView", "Orders"]

CLOSED_ORDERS_MAX = 10_000


class OrderState(StrEnum):
    """Where an order stands; the last four are final."""

    PENDING_NEW = "pending new"
    WORKING = "working"
    PARTLY_FILLED = "partly filled"
    PENDING_CANCEL = "pending cancel"
    PENDING_REPLACE = "pending replace"
    IN_DOUBT = "in doubt"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def is_closed(self) -> bool:
        """Return whether the order needs nothing more."""
        return self in _CLOSED


_CLOSED = (OrderState.FILLED, OrderState.CANCELLED, OrderState.REJECTED, OrderState.EXPIRED)


@dataclass(slots=True)
class OrderView:
    """One order; ``terms`` are those it was accepted with, quantity and limit the present ones."""

    order_id: int
    sub_account_id: str
    block_id: int
    client_order_id: str
    terms: OrderTerms
    is_reducing: bool
    quantity_lots: int
    limit_price_nanos: int | None
    accepted_ns: int
    changed_ns: int
    reported: OrderState = OrderState.PENDING_NEW
    pending: OrderState | None = None
    is_in_doubt: bool = False
    venue_order_id: str = ""
    filled_lots: int = 0
    filled_price_lots: int = 0
    text: str = ""
    roll_id: int = 0
    """The roll that it is a leg of, 0 for none."""

    @property
    def state(self) -> OrderState:
        """Return the doubt, else the request under way, else what the venue last said."""
        if self.is_in_doubt:
            return OrderState.IN_DOUBT
        return self.pending or self.reported

    @property
    def remaining_lots(self) -> int:
        """Return the lots that may still be filled; 0 when closed or over-filled."""
        return 0 if self.state.is_closed else max(0, self.quantity_lots - self.filled_lots)

    @property
    def average_price_nanos(self) -> int | None:
        """Return the mean fill price, rounded half away from zero; None without fills."""
        if self.filled_lots == 0:
            return None
        return divide_half_away(self.filled_price_lots, self.filled_lots)

    def fill(self, quantity_lots: int, price_nanos: int) -> None:
        """Count filled lots; they end a live order that they complete."""
        self.filled_lots += quantity_lots
        self.filled_price_lots += quantity_lots * price_nanos
        if not self.reported.is_closed:
            if self.filled_lots >= self.quantity_lots:
                self.end(OrderState.FILLED)
            else:
                self.report(OrderState.PARTLY_FILLED)

    def report(self, state: OrderState) -> None:
        """Take the venue's word; what is partly filled does not go back to working."""
        if state is not OrderState.WORKING or self.reported is OrderState.PENDING_NEW:
            self.reported = state

    def end(self, state: OrderState) -> None:
        """Close the order; nothing is pending or in doubt any more."""
        self.reported, self.pending, self.is_in_doubt = state, None, False


class Orders(Projection):
    """Open orders by number, and the closed ones in the order in which they closed."""

    __slots__ = ("_closed", "_forgotten", "_open", "closed_orders_max")

    def __init__(self, closed_orders_max: int = CLOSED_ORDERS_MAX) -> None:
        self.closed_orders_max = closed_orders_max
        self._open: dict[int, OrderView] = {}
        self._closed: dict[int, OrderView] = {}
        self._forgotten: list[int] = []

    def apply(self, record: Record) -> None:
        """Fold in everything that concerns orders."""
        if len(self._forgotten) > self.closed_orders_max:
            self._forgotten.clear()  # nobody asks
        for event in record.events:
            if isinstance(event, OrderAccepted):
                self._accept(event, record.time_ns)
            elif isinstance(event, _ORDER_EVENTS) and event.order_id is not None:
                self._change(event.order_id, event, record.time_ns)

    def content(self) -> object:
        """Return open orders by number and closed ones in closing order."""
        closed = list(self._closed.values())
        return {"open": self._open, "closed": closed, "closed_max": self.closed_orders_max}

    def order(self, order_id: int) -> OrderView | None:
        """Return one order; None when it never was, or was forgotten."""
        return self._open.get(order_id) or self._closed.get(order_id)

    def open_orders(self, sub_account_id: str | None = None) -> list[OrderView]:
        """Return open orders in the order of acceptance, of one sub-account or of all."""
        return [
            order
            for order in self._open.values()
            if sub_account_id is None or order.sub_account_id == sub_account_id
        ]

    def closed_orders(self, sub_account_id: str | None = None) -> list[OrderView]:
        """Return remembered closed orders, first closed first."""
        return [
            order
            for order in self._closed.values()
            if sub_account_id is None or order.sub_account_id == sub_account_id
        ]

    def take_forgotten(self) -> list[int]:
        """Return the orders forgotten since the last call; whoever shows orders asks each time."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def counts(self) -> dict[OrderState, int]:
        """Return how many orders stand in each state, closed ones as far as remembered."""
        counts = dict.fromkeys(OrderState, 0)
        for orders in (self._open, self._closed):
            for order in orders.values():
                counts[order.state] += 1
        return counts

    def _accept(self, event: OrderAccepted, time_ns: int) -> None:
        self._open[event.order_id] = OrderView(
            order_id=event.order_id,
            sub_account_id=event.sub_account_id,
            block_id=event.block_id,
            client_order_id=event.client_order_id,
            terms=event.terms,
            is_reducing=event.is_reducing,
            quantity_lots=event.terms.quantity_lots,
            limit_price_nanos=event.terms.limit_price_nanos,
            accepted_ns=time_ns,
            changed_ns=time_ns,
            roll_id=event.roll_id,
        )

    def _change(self, order_id: int, event: AnyEvent, time_ns: int) -> None:
        order = self.order(order_id)
        if order is None:
            return
        if isinstance(event, FillBooked):
            order.fill(event.quantity_lots, event.price_nanos)
        elif not order.state.is_closed:
            _take(order, event)
        order.changed_ns = time_ns
        if order.state.is_closed and order_id in self._open:
            self._closed[order_id] = self._open.pop(order_id)
            if len(self._closed) > self.closed_orders_max:
                forgotten = next(iter(self._closed))
                del self._closed[forgotten]
                self._forgotten.append(forgotten)


_ORDER_EVENTS = (
    FillBooked,
    OrderHeld,
    OrderRouted,
    OrderWorking,
    OrderRejectedByVenue,
    CancelRequested,
    CancelRejected,
    OrderCancelled,
    ReplaceRequested,
    OrderReplaced,
    ReplaceRejected,
    OrderExpired,
    OrderInDoubt,
    OrderStatusConfirmed,
)


def _take(order: OrderView, event: AnyEvent) -> None:
    match event:
        case OrderHeld(waits_for=waits_for):
            order.text = f"waits for {len(waits_for)} own orders to end before it leaves"
        case OrderRouted(is_resend=False):
            order.text = ""
        case OrderRouted(is_resend=is_resend):
            order.is_in_doubt = order.is_in_doubt and not is_resend
        case OrderWorking(venue_order_id=venue_order_id):
            order.is_in_doubt, order.venue_order_id = False, venue_order_id
            order.report(OrderState.WORKING)
        case OrderStatusConfirmed():
            order.is_in_doubt = False
            order.report(OrderState.WORKING)
        case CancelRequested():
            order.pending = OrderState.PENDING_CANCEL
        case ReplaceRequested():
            order.pending = OrderState.PENDING_REPLACE
        case OrderInDoubt():
            order.is_in_doubt = True
        case OrderReplaced():
            _replace(order, event)
        case ReplaceRejected(text=text, reason=Reason() as reason):
            order.pending, order.text = None, f"{reason.value}: {text}"
        case CancelRejected(text=text) | ReplaceRejected(text=text):
            order.pending, order.text = None, text
        case OrderRejectedByVenue(text=text):
            order.text = text
            order.end(OrderState.REJECTED)
        case OrderCancelled(text=text):
            order.text = text
            order.end(OrderState.CANCELLED)
        case OrderExpired():
            order.end(OrderState.EXPIRED)
        case _:
            pass


def _replace(order: OrderView, event: OrderReplaced) -> None:
    order.quantity_lots = event.quantity_lots
    order.limit_price_nanos = event.limit_price_nanos
    order.report(OrderState.WORKING)
    if order.pending is OrderState.PENDING_REPLACE:
        order.pending = None
    if order.filled_lots >= order.quantity_lots:
        order.end(OrderState.FILLED)
