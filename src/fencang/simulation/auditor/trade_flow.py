"""The auditor's tally of what orders come to: messages, executions, cancels, repetitions.

Laws, checked when an order that opens is accepted (and when one that opens is replaced, what is
said of messages and repetitions): with it, every row over it has no more messages of its day than
are free and every execution allows, and no more cancels than it lets a day have; no like order of
the same sub-account was sent just before; its sub-account was not disabled.  A sub-account is
disabled when its executions repeated themselves too often, not before, and goes on by two persons.

What a record counts, counts from the next one on: what an order brings with it (the cancels of own
orders that it would meet) was not there when it was asked for.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import (
    CancelRequested,
    DeskDefined,
    FillAllocated,
    FillBooked,
    OrderAccepted,
    ReplaceRequested,
)
from fencang.messages.message import OrderTerms
from fencang.messages.trade_flow_events import StrategyDisabled, StrategyReenabled
from fencang.refdata.trade_flow import TradeFlowControl
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.stated import rows_at

__all__ = ["TradeFlow"]

SLICES_OF_WINDOW = 60
"""A desk may count an execution for longer than the window, by no more than a slice of it."""

Key = tuple[str, str]
Place = tuple[Key, str, object]
"""Key of a row, the venue or contract that it counts for, and the day."""
Run = tuple[str, str, int, Key]
"""Sub-account, contract, side, and key of the row that counts executions in a row."""


class _Like(NamedTuple):
    """What makes two orders alike."""

    sub_account_id: str
    contract_id: str
    side: int
    offset: int
    quantity_lots: int
    order_type: int
    limit_price_nanos: int | None
    stop_price_nanos: int | None


class TradeFlow:
    """Counts by row and day, times of executions, orders just sent, who is disabled."""

    def __init__(
        self, reference: Reference, orders: Orders, days: Days, exposure: Exposure
    ) -> None:
        self.reference, self.orders = reference, orders
        self.days, self.exposure = days, exposure
        self.messages: Counter[Place] = Counter()
        self.executions: Counter[Place] = Counter()
        self.cancels: Counter[Place] = Counter()
        self.runs: dict[Run, list[int]] = {}
        self.sent: dict[_Like, int] = {}
        """Order → when it was last sent under the rows that are stated now."""
        self.disabled: set[str] = set()
        self.late_ns: Counter[Key] = Counter()
        """Row → for how long beyond its window an execution may still count."""
        self.changed_ns: dict[Key, int] = {}
        """Row → when its window changed: what had left the one before nobody knows."""
        self._windows: dict[Key, int] = {}
        self._new: list[tuple[Counter[Place], Place]] = []
        self.handlers: Handlers = {
            DeskDefined: self._define,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            CancelRequested: self._cancel,
            FillBooked: self._execute,
            FillAllocated: self._allocate,
            StrategyDisabled: self._disable,
            StrategyReenabled: self._enable,
        }

    def close(self, _page: Page) -> None:
        """Let what the record brought count from here on."""
        for counter, place in self._new:
            counter[place] += 1
        self._new.clear()

    def _define(self, page: Page, event: DeskDefined) -> None:
        for row in event.items:
            if not isinstance(row, TradeFlowControl):
                continue
            # What was sent under other rows may have been forgotten under them.
            self.sent.clear()
            before = self._windows.get(row.key)
            if before != row.repeated_ns:
                self.late_ns[row.key] += -(-row.repeated_ns // SLICES_OF_WINDOW)
                self.changed_ns[row.key] = page.record.time_ns
                self._windows[row.key] = row.repeated_ns

    # ------------------------------------------------------------------------------------ counts

    def _rows(self, order: TrackedOrder) -> Iterator[TradeFlowControl]:
        """Yield every row that an order stands under."""
        for node in self.reference.path(order.event.sub_account_id, order.event.terms):
            yield from rows_at(self.reference, TradeFlowControl, order, node)

    def _place(self, row: TradeFlowControl, terms: OrderTerms) -> Place:
        counted = terms.contract_id if row.of_each_contract else terms.venue_id
        return row.key, counted, self.days.day_of(terms.contract_id)

    def _count(self, order: TrackedOrder, *counters: Counter[Place]) -> None:
        for row in self._rows(order):
            place = self._place(row, order.event.terms)
            self._new += [(counter, place) for counter in counters]

    def _cancel(self, _page: Page, event: CancelRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is not None and not order.event.block_id:
            self._count(order, self.messages, self.cancels)

    # ------------------------------------------------------------------------------------ orders

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id:
            return
        order, command = self.orders.orders[event.order_id], page.asked(event)
        if not event.is_reducing:
            self._check_messages(page, order)
            self._check_cancels(page, order)
            self._check_enabled(page, order)
            asked = event.terms.quantity_lots
            if isinstance(command, SubmitOrder):
                asked = command.quantity_lots  # own orders may have taken lots off it since
            self._check_like(page, order, _like(event.sub_account_id, event.terms, asked))
        self._count(order, self.messages)
        like = _like(event.sub_account_id, event.terms, event.terms.quantity_lots)
        if any(row.duplicate_ns for row in self._rows(order)):
            self.sent[like] = page.record.time_ns

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order, command = self.orders.orders.get(event.order_id), page.asked(event)
        if order is None or order.event.block_id:
            return
        is_asked = isinstance(command, ReplaceOrder) and command.order_id == event.order_id
        is_smaller = event.quantity_lots < order.quantity_lots
        if is_asked and not is_smaller and not order.is_reducing:
            self._check_messages(page, order)
            closing, held = self.exposure.closing(order)
            if order.has_grown and closing > held:
                self._check_enabled(page, order)
        self._count(order, self.messages)

    def _told(self, page: Page, law: str, order: TrackedOrder, detail: str) -> None:
        page.report(law, f"order {order.event.order_id}: {detail}")

    def _check_messages(self, page: Page, order: TrackedOrder) -> None:
        for row in self._rows(order):
            if row.order_to_trade_max is None:
                continue
            place = self._place(row, order.event.terms)
            messages = self.messages[place] + 1
            most = row.free_messages + row.order_to_trade_max * self.executions[place]
            if messages > most:
                detail = f"message {messages} of the day at {place}, {most} may be"
                self._told(page, "order to trade", order, detail)

    def _check_cancels(self, page: Page, order: TrackedOrder) -> None:
        for row in self._rows(order):
            cancels = self.cancels[self._place(row, order.event.terms)]
            if row.cancels_max is not None and cancels >= row.cancels_max:
                detail = f"{cancels} cancels at {row.key}, {row.cancels_max} may be"
                self._told(page, "cancels", order, detail)

    def _check_enabled(self, page: Page, order: TrackedOrder) -> None:
        sub = order.event.sub_account_id
        if sub in self.disabled and TradeFlowControl in self.reference.rows:
            self._told(page, "repeated execution", order, f"{sub} is disabled and opens")

    def _check_like(self, page: Page, order: TrackedOrder, like: _Like) -> None:
        apart = max((row.duplicate_ns or 0 for row in self._rows(order)), default=0)
        sent_ns = self.sent.get(like)
        if sent_ns is not None and page.record.time_ns - sent_ns < apart:
            age = page.record.time_ns - sent_ns
            self._told(page, "like order", order, f"one like it was sent {age} ns ago, not {apart}")

    # -------------------------------------------------------------------------------- executions

    def _execute(self, page: Page, event: FillBooked) -> None:
        order = self.orders.orders.get(event.order_id) if event.order_id is not None else None
        if order is None or order.event.block_id:
            return
        self._count(order, self.executions)
        is_first = order.filled_lots == event.quantity_lots
        # What a person rolls repeats nothing.
        if is_first and not order.event.roll_id:
            for row in self._rows(order):
                if row.repeated_executions_max is not None:
                    self.runs.setdefault(_run(order, row.key), []).append(page.record.time_ns)

    def _allocate(self, page: Page, event: FillAllocated) -> None:
        """A fill that repeats too often what was filled before disables its sub-account."""
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id or page.has(StrategyDisabled):
            return
        if event.sub_account_id in self.disabled:
            return
        for row in self._rows(order):
            most = row.repeated_executions_max
            if most is not None and self._repeated(page, order, row, at_least=True) >= most:
                page.report(
                    "repeated execution",
                    f"{event.sub_account_id} repeats itself at {row.key} and was not disabled",
                )

    def _repeated(
        self, page: Page, order: TrackedOrder, row: TradeFlowControl, *, at_least: bool
    ) -> int:
        """Return how many executions a desk must count now, or how many it may."""
        oldest = page.record.time_ns - row.repeated_ns
        if at_least:
            oldest = max(oldest, self.changed_ns.get(row.key, 0))
        else:
            oldest -= self.late_ns[row.key]
        return sum(time_ns >= oldest for time_ns in self.runs.get(_run(order, row.key), ()))

    def _disable(self, page: Page, event: StrategyDisabled) -> None:
        self.disabled.add(event.sub_account_id)
        told = [
            self.orders.orders[other.order_id]
            for other in page.record.events
            if isinstance(other, FillAllocated) and other.sub_account_id == event.sub_account_id
        ]
        if not any(self._is_due(page, order, event) for order in told):
            page.report(
                "repeated execution", f"{event.sub_account_id} was disabled without a repetition"
            )

    def _is_due(self, page: Page, order: TrackedOrder, event: StrategyDisabled) -> bool:
        return any(
            (row.node_id, row.repeated_executions_max) == (event.node_id, event.executions_max)
            and self._repeated(page, order, row, at_least=False) >= event.executions_max
            for row in self._rows(order)
        )

    def _enable(self, page: Page, event: StrategyReenabled) -> None:
        name = event.sub_account_id
        if event.approved_by in {"", event.entered_by}:
            page.report("second person", f"{name} goes on by the word of {event.entered_by!r}")
        self.disabled.discard(name)
        self.runs = {run: times for run, times in self.runs.items() if run[0] != name}


def _like(sub_account_id: str, terms: OrderTerms, quantity_lots: int) -> _Like:
    return _Like(
        sub_account_id,
        terms.contract_id,
        int(terms.side),
        int(terms.offset),
        quantity_lots,
        int(terms.order_type),
        terms.limit_price_nanos,
        terms.stop_price_nanos,
    )


def _run(order: TrackedOrder, key: Key) -> Run:
    terms = order.event.terms
    return order.event.sub_account_id, terms.contract_id, int(terms.side), key
