"""The paper venue: effects come in, market data passes, reports go out.

Time is only what the caller says: a record carries its own, so does every bar and tick.  What was
sent at t reaches the venue at t + ``latency_ns`` and is unknown to market data before that; a
cancel that arrives before a bar ends saves the order from it.  The same calls in the same order
give the same reports, also when the venue was dumped and loaded between any two of them.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.gateways.market_data import Bar, Tick
from fencang.gateways.paper.book import ContractBook, Execution, OrderState, PaperOrder
from fencang.gateways.paper.faults import FaultKind
from fencang.gateways.paper.matching import Fill, Kill, MatchRules, match
from fencang.gateways.paper.state import Arrival, PaperConfig, VenueState
from fencang.gateways.paper.status import (
    answer_late_cancel,
    answer_status,
    fill_reports,
    unknown_fill,
)
from fencang.messages.commands import (
    AnyCommand,
    ReportOrderCancelled,
    ReportOrderExpired,
    ReportOrderRejected,
    ReportOrderReplaced,
    ReportOrderWorking,
    ReportReplaceRejected,
)
from fencang.messages.events import CancelRequested, OrderInDoubt, OrderRouted, ReplaceRequested
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.record import Record

__all__ = ["PaperVenue"]


class PaperVenue:
    """A venue behind ``VenueLink`` that trades against the bars and ticks it is shown."""

    def __init__(self, start: PaperConfig | VenueState) -> None:
        if isinstance(start, VenueState):
            self._state = start
        else:
            self._state = VenueState(config=start)
            self.list_contracts(start.tick_nanos)

    def dump(self) -> bytes:
        """Return everything the venue knows, its configuration included."""
        return msgspec.msgpack.encode(self._state)

    @classmethod
    def load(cls, payload: bytes) -> "PaperVenue":
        """Return a venue that goes on where the dumped one stood.

        Raises:
            msgspec.DecodeError: the bytes are not a dump of this version.
        """
        return cls(msgspec.msgpack.decode(payload, type=VenueState))

    def list_contracts(self, tick_nanos: Mapping[str, int]) -> None:
        """Admit contracts to trading, each with its tick."""
        for contract_id, tick in tick_nanos.items():
            self._state.books.setdefault(contract_id, ContractBook(tick_nanos=tick))

    def delist_contract(self, contract_id: str) -> None:
        """End trading in a contract: its orders expire, later ones are rejected."""
        book = self._state.books.pop(contract_id, None)
        for order in list(book.orders.values()) if book else []:
            self._finish(order, OrderState.EXPIRED)
            self._tell(order, ReportOrderExpired(order_id=order.order_id))

    def handle(self, record: Record) -> None:
        """Take in the effects of a durable record, sent at the record's time."""
        state = self._state
        venues = state.config.venue_ids
        due_ns = record.time_ns + state.config.latency_ns
        for event in record.events:
            match event:
                case OrderRouted() | CancelRequested() | ReplaceRequested() | OrderInDoubt():
                    if not venues or event.terms.venue_id in venues:
                        state.arrivals.append(Arrival(due_ns, event))
                case _:
                    pass
        self.advance(record.time_ns)

    def take_reports(self) -> list[AnyCommand]:
        """Return the reports due now; taking again confirms that these are stored."""
        return self._state.outbox.take()

    def reconnect(self) -> None:
        """Give the reports of the last take again: whoever took them came up anew."""
        self._state.outbox.reconnect()

    def readmit(self, order: PaperOrder) -> None:
        """Put an order back into the book of a venue that was made anew: it works as it did.

        For a venue without a memory of its own: what the desk has seen working is in its book.
        """
        state = self._state
        state.orders_seen += 1
        state.priority += 1
        order.nth_order, order.priority = state.orders_seen, state.priority
        order.venue_order_id = f"{state.config.name}-{order.order_id}"
        state.contract_of[order.order_id] = order.terms.contract_id
        book = state.books.get(order.terms.contract_id)
        if book is not None:
            book.orders[order.order_id] = order

    def advance(self, time_ns: int) -> None:
        """Let time pass: what has reached the venue by now is answered."""
        state = self._state
        state.now_ns = max(state.now_ns, time_ns)
        due = 0
        while due < len(state.arrivals) and state.arrivals[due].time_ns <= state.now_ns:
            due += 1
        arrived, state.arrivals = state.arrivals[:due], state.arrivals[due:]
        for arrival in arrived:
            match arrival.effect:
                case OrderRouted() as routed:
                    self._enter(routed, arrival.time_ns)
                case CancelRequested(order_id=order_id):
                    self._cancel(order_id)
                case ReplaceRequested() as wish:
                    self._replace(wish)
                case OrderInDoubt(order_id=order_id):
                    for report in answer_status(order_id, self._order(order_id)):
                        state.outbox.send(report)

    def on_bar(self, bar: Bar) -> None:
        """Match our orders against a bar; contracts that are not listed are passed over."""
        self.advance(bar.time_ns)
        book = self._state.books.get(bar.contract_id)
        if book is None:
            return
        share = self._state.config.participation_max_ppm
        volume = bar.volume_lots
        self._meet(book, bar, None if volume is None else divide_floor(volume * share, PPM))

    def on_tick(self, tick: Tick) -> None:
        """Match our orders against one trade, which is a bar of one price."""
        self.advance(tick.time_ns)
        book = self._state.books.get(tick.contract_id)
        if book is None:
            return
        bar = Bar.of_price(
            tick.contract_id, tick.price_nanos, tick.time_ns, volume_lots=tick.size_lots
        )
        lots_max = 0
        if any(order.joined_ns <= tick.time_ns for order in book.orders.values()):
            lots_max = book.tick_supply(tick.size_lots, self._state.config.participation_max_ppm)
        book.use_share(self._meet(book, bar, lots_max))

    def close_session(self, venue_id: str, trading_day: date, time_ns: int | None = None) -> None:
        """End a venue's day: DAY orders and GTD orders due expire, immediate ones are cancelled.

        What is still on its way to the venue joins the next session.
        """
        if time_ns is not None:
            self.advance(time_ns)
        for book in self._state.books.values():
            orders = [o for o in book.orders.values() if o.terms.venue_id == venue_id]
            for order in orders:
                self._end_day(order, trading_day)
            if orders or not book.orders:
                book.share_ppm_lots = 0

    def _end_day(self, order: PaperOrder, trading_day: date) -> None:
        match order.terms.time_in_force:
            case TimeInForce.IOC | TimeInForce.FOK:
                self._finish(order, OrderState.CANCELLED)
                text = "the session ended without market data"
                self._tell(order, ReportOrderCancelled(order_id=order.order_id, text=text))
                return
            case TimeInForce.GTC:
                return
            case TimeInForce.GTD:
                last = order.terms.expire_day
                if last is not None and last > trading_day:
                    return
            case TimeInForce.DAY:
                pass
        self._finish(order, OrderState.EXPIRED)
        self._tell(order, ReportOrderExpired(order_id=order.order_id))

    # Entry, cancel and replace -------------------------------------------------------------------

    def _enter(self, routed: OrderRouted, time_ns: int) -> None:
        order_id, terms = routed.order_id, routed.terms
        state = self._state
        if self._order(order_id) is not None:
            return  # the same ClOrdID again: the venue has it, once
        nth_order, attempts = state.swallowed.pop(order_id, (0, 0))
        if not nth_order:
            state.orders_seen += 1
            nth_order = state.orders_seen
        plan = state.config.fault_plan
        if plan.strikes(FaultKind.SWALLOW, order_id, nth_order, attempts + 1):
            state.swallowed[order_id] = (nth_order, attempts + 1)
            return
        state.priority += 1
        order = PaperOrder(
            order_id=order_id,
            terms=terms,
            venue_order_id=f"{state.config.name}-{order_id}",
            nth_order=nth_order,
            priority=state.priority,
            joined_ns=time_ns,
            quantity_lots=terms.quantity_lots,
            limit_price_nanos=terms.limit_price_nanos,
        )
        text = self._refusal(order)
        if not text and plan.strikes(FaultKind.REJECT, order_id, nth_order, attempts + 1):
            text = "rejected by the fault plan"
        state.contract_of[order_id] = terms.contract_id
        if text:
            self._finish(order, OrderState.REJECTED)
            self._tell(order, ReportOrderRejected(order_id=order_id, text=text))
            return
        state.books[terms.contract_id].orders[order_id] = order
        self._tell(
            order, ReportOrderWorking(order_id=order_id, venue_order_id=order.venue_order_id)
        )

    def _refusal(self, order: PaperOrder) -> str:
        terms = order.terms
        if terms.contract_id not in self._state.books:
            return f"contract {terms.contract_id} is not listed here"
        is_stop = terms.order_type in {OrderType.STOP, OrderType.STOP_LIMIT}
        if is_stop and terms.stop_price_nanos is None:
            return "a stop order needs a stop price"
        if is_stop and terms.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}:
            return "a stop order is DAY, GTC or GTD: nothing can be done with it at once"
        needs_limit = terms.order_type in {OrderType.LIMIT, OrderType.STOP_LIMIT}
        if needs_limit and terms.limit_price_nanos is None:
            return "a limit order needs a limit price"
        return ""

    def _cancel(self, order_id: int) -> None:
        order = self._order(order_id)
        if order is None or order.state is not OrderState.WORKING:
            self._state.outbox.send(answer_late_cancel(order_id, order))
            return
        last = self._state.books[order.terms.contract_id].last_price_nanos
        self._finish(order, OrderState.CANCELLED)
        self._tell(order, ReportOrderCancelled(order_id=order_id))
        price = last if order.limit_price_nanos is None else order.limit_price_nanos
        if price is not None and self._strikes(FaultKind.FILL_AFTER_CANCEL, order):
            self._execute(order, 1, price)

    def _replace(self, wish: ReplaceRequested) -> None:
        order = self._order(wish.order_id)
        text = ""
        if order is None:
            text = "unknown order"
        elif order.state is not OrderState.WORKING:
            text = f"too late: the order is {order.state.name.lower()}"
        elif wish.quantity_lots <= order.filled_lots:
            text = f"too late: {order.filled_lots} lots are filled already"
        if text or order is None:
            rejected = ReportReplaceRejected(order_id=wish.order_id, text=text)
            self._state.outbox.send(rejected)
            return
        price = wish.limit_price_nanos
        if price is None or order.terms.limit_price_nanos is None:
            price = order.limit_price_nanos
        book = self._state.books[order.terms.contract_id]
        if book.change(
            order,
            quantity_lots=wish.quantity_lots,
            limit_price_nanos=price,
            priority=self._state.priority + 1,
        ):
            self._state.priority += 1
        replaced = ReportOrderReplaced(
            order_id=order.order_id,
            quantity_lots=order.quantity_lots,
            limit_price_nanos=order.limit_price_nanos,
        )
        self._tell(order, replaced)

    # Matching ------------------------------------------------------------------------------------

    def _meet(self, book: ContractBook, bar: Bar, lots_max: int | None) -> int:
        """Match a book against a bar and return the lots that were executed."""
        assert bar.time_ns >= book.last_time_ns, (bar.contract_id, bar.time_ns, book.last_time_ns)
        book.last_time_ns = bar.time_ns
        book.last_price_nanos = bar.close_nanos
        orders = [order for order in book.orders.values() if order.joined_ns <= bar.time_ns]
        if not orders:
            return 0
        for order in orders:
            order.data_seen += 1
            if order.data_seen == 1 and self._strikes(FaultKind.UNSOLICITED_CANCEL, order):
                self._finish(order, OrderState.CANCELLED)
                text = "cancelled by the venue, unasked"
                self._tell(order, ReportOrderCancelled(order_id=order.order_id, text=text))
        config = self._state.config
        rules = MatchRules(
            slippage_nanos=config.slippage_ticks * book.tick_nanos,
            queue_ahead_ppm=config.queue_ahead_ppm,
            queue_ahead_lots=config.queue_ahead_lots,
            lots_max=lots_max,
        )
        executed = 0
        for outcome in match([o for o in orders if o.remaining_lots], bar, rules):
            match outcome:
                case Fill(order, lots, price):
                    executed += lots
                    self._fill(order, lots, price)
                case Kill(order, text):
                    self._finish(order, OrderState.CANCELLED)
                    self._tell(order, ReportOrderCancelled(order_id=order.order_id, text=text))
        return executed

    def _fill(self, order: PaperOrder, lots: int, price_nanos: int) -> None:
        is_first = not order.executions
        self._execute(order, lots, price_nanos)
        if is_first and self._strikes(FaultKind.UNKNOWN_FILL, order):
            self._state.outbox.send(unknown_fill(order, price_nanos))
        if order.remaining_lots == 0:
            self._finish(order, OrderState.FILLED)
            if self._strikes(FaultKind.OVER_FILL, order):
                self._execute(order, 1, price_nanos)

    def _execute(self, order: PaperOrder, lots: int, price_nanos: int) -> None:
        execution_id = f"{order.venue_order_id}.{len(order.executions) + 1}"
        order.executions.append(Execution(execution_id, lots, price_nanos))
        order.filled_lots += lots
        self._tell(order, fill_reports(order)[-1])

    # Bookkeeping ---------------------------------------------------------------------------------

    def _order(self, order_id: int) -> PaperOrder | None:
        contract_id = self._state.contract_of.get(order_id)
        if contract_id is None:
            return None
        book = self._state.books.get(contract_id)
        working = book.orders.get(order_id) if book else None
        return working or self._state.finished.get(order_id)

    def _finish(self, order: PaperOrder, final: OrderState) -> None:
        state = self._state
        order.state = final
        if book := state.books.get(order.terms.contract_id):
            book.orders.pop(order.order_id, None)
        state.finished[order.order_id] = order
        while len(state.finished) > state.config.finished_orders_max:
            forgotten = next(iter(state.finished))
            del state.finished[forgotten], state.contract_of[forgotten]

    def _strikes(self, kind: FaultKind, order: PaperOrder) -> bool:
        plan = self._state.config.fault_plan
        return plan.strikes(kind, order.order_id, order.nth_order)

    def _tell(self, order: PaperOrder, report: AnyCommand) -> None:
        self._state.outbox.send_of(order, report, self._state.config.fault_plan)
