"""The auditor's wires, interest and fee rows: who promised what, who approved, what moved.

Laws: a wire goes out with two persons, for the amount that was asked for, after it was sent; what
is promised is not in the reserve meanwhile; interest between an owner's books sums to zero; a
fee's rows sum to the fee, and only a stated rebate is below zero; what a day's minimum was charged
on top is what the minimum lacks, and never comes back beyond what was paid.
"""

from collections import defaultdict
from datetime import date

from fencang.messages.events import FillAllocated, FillSuspended
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import EnteredFillAllocated
from fencang.messages.money_commands import WireDirection
from fencang.messages.money_events import (
    FillCharged,
    InterestKind,
    InterestLine,
    InterestPosted,
    WireApproved,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
    WireSent,
)
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import PROMISED, RESERVE, SUSPENSE, Reference

__all__ = ["Money"]


class Money:
    """Wires as they were asked for, and how far each has come."""

    def __init__(self, reference: Reference, cash: Cash) -> None:
        self.reference = reference
        self.cash = cash
        self.wires: dict[int, WireRequested] = {}
        self.stands: dict[int, str] = {}
        self.confirmed: dict[int, int] = {}
        self.on_top: defaultdict[tuple[str, str, str, date], int] = defaultdict(int)
        """(carrying account, product, row, day) → what was charged beyond the fills."""
        self.handlers: Handlers = {
            WireRequested: self._request,
            WireApproved: self._approve,
            WireSent: self._send,
            WireConfirmed: self._confirm,
            WireReturned: self._return,
            WireCancelled: self._cancel,
            InterestPosted: self._interest,
            FillCharged: self._charge,
            DayMinimumCharged: self._charge_day,
        }

    def _step(self, page: Page, wire_id: int, stand: str, *before: str) -> WireRequested | None:
        wire = self.wires.get(wire_id)
        was = self.stands.get(wire_id, "unknown")
        if wire is None or was not in before:
            page.report("wire", f"wire {wire_id} is {was} and becomes {stand}")
        self.stands[wire_id] = stand
        return wire

    def _shift(self, wire: WireRequested, source: str, target: str, amount: int) -> None:
        books, currency = self.cash.books, wire.currency
        books[source + wire.owner_id, currency] -= amount
        books[target + wire.owner_id, currency] += amount

    def _move(self, wire: WireRequested, book: str, amount: int) -> None:
        place = (wire.carrying_account_id, wire.owner_id, wire.currency)
        self.cash.carrying[place] += amount
        self.cash.books[book + wire.owner_id, wire.currency] += amount

    def _check_reserve(self, page: Page, owner: str, currency: str) -> None:
        left = self.cash.books[RESERVE + owner, currency]
        if left < 0:
            page.report("reserve", f"reserve of {owner} stands at {left} micros {currency}")

    def _request(self, page: Page, event: WireRequested) -> None:
        if event.wire_id in self.wires or event.wire_id // 100_000 != page.record.sequence:
            page.report("wire", f"wire {event.wire_id} is no number of its own")
        self.wires[event.wire_id] = event
        self.stands[event.wire_id] = "requested"
        if event.direction is WireDirection.OUT:
            self._shift(event, RESERVE, PROMISED, event.amount_micros)
            self._check_reserve(page, event.owner_id, event.currency)

    def _approve(self, page: Page, event: WireApproved) -> None:
        wire = self._step(page, event.wire_id, "approved", "requested")
        if wire is not None and event.approved_by in ("", wire.entered_by):
            page.report("second person", f"wire {event.wire_id} approved by {event.approved_by!r}")

    def _send(self, page: Page, event: WireSent) -> None:
        wire = self.wires.get(event.wire_id)
        is_in = wire is not None and wire.direction is WireDirection.IN
        before = ("approved", "requested") if is_in else ("approved",)
        self._step(page, event.wire_id, "sent", *before)
        if wire is not None and event.value_date < wire.value_date:
            page.report("wire", f"wire {event.wire_id} got an earlier value date")

    def _confirm(self, page: Page, event: WireConfirmed) -> None:
        wire = self.wires.get(event.wire_id)
        is_in = wire is not None and wire.direction is WireDirection.IN
        before = ("requested", "approved", "sent") if is_in else ("sent",)
        self._step(page, event.wire_id, "confirmed", *before)
        if wire is None:
            return
        self.confirmed[event.wire_id] = event.amount_micros
        if is_in:
            self._move(wire, RESERVE, event.amount_micros)
            return
        if event.amount_micros != wire.amount_micros:
            page.report("wire", f"wire {event.wire_id} went out with another amount")
        self._move(wire, PROMISED, -event.amount_micros)

    def _return(self, page: Page, event: WireReturned) -> None:
        was_confirmed = self.stands.get(event.wire_id) == "confirmed"
        wire = self._step(page, event.wire_id, "returned", "sent", "confirmed")
        if wire is None:
            return
        is_out = wire.direction is WireDirection.OUT
        if not was_confirmed:
            if event.amount_micros:
                page.report("wire", f"wire {event.wire_id} was never confirmed and booked back")
            if is_out:
                self._shift(wire, PROMISED, RESERVE, wire.amount_micros)
            return
        if not 0 < event.amount_micros <= self.confirmed[event.wire_id]:
            page.report("wire", f"wire {event.wire_id} came back with {event.amount_micros} micros")
        self._move(wire, RESERVE, event.amount_micros if is_out else -event.amount_micros)
        self._check_reserve(page, wire.owner_id, wire.currency)

    def _cancel(self, page: Page, event: WireCancelled) -> None:
        wire = self._step(page, event.wire_id, "cancelled", "requested", "approved")
        if wire is not None and wire.direction is WireDirection.OUT:
            self._shift(wire, PROMISED, RESERVE, wire.amount_micros)

    def _interest(self, page: Page, event: InterestPosted) -> None:
        if event.until_day <= event.day:
            page.report("interest", f"posted from {event.day} up to {event.until_day}")
        paying = []
        for line in event.lines:
            self._check_line(page, line)
            amount, books = line.amount_micros, self.cash.books
            reserve = RESERVE + line.owner_id, line.currency
            if line.kind is InterestKind.BROKER:
                self.cash.carrying[line.account_id, line.owner_id, line.currency] += amount
                books[reserve] += amount
            else:
                books[reserve] -= amount
                books[line.account_id, line.currency] += amount
            paying.append((line.owner_id, line.currency))
        for owner, currency in sorted(dict.fromkeys(paying)):
            self._check_reserve(page, owner, currency)

    def _check_line(self, page: Page, line: InterestLine) -> None:
        if line.kind is not InterestKind.BROKER:
            owner = self.reference.owner(line.account_id)
            if owner != line.owner_id:
                page.report("owner", f"interest of {owner!r} from the reserve of {line.owner_id!r}")

    def _charge(self, page: Page, event: FillCharged) -> None:
        paid = [
            fill.fee_micros
            for fill in page.record.events
            if isinstance(fill, FillAllocated | EnteredFillAllocated | FillSuspended)
            and fill.execution_id == event.execution_id
            and event.book_id
            == (
                SUSPENSE + fill.carrying_account_id
                if isinstance(fill, FillSuspended)
                else fill.sub_account_id
            )
        ]
        total = sum(part.amount_micros for part in event.parts)
        if paid != [total]:
            page.report("fee", f"{event.execution_id}: rows come to {total}, paid was {paid}")
        for part in event.parts:
            if part.amount_micros < 0 and part.row_id not in self.reference.rebates:
                page.report("fee", f"{event.execution_id}: {part.row_id} pays us and is no rebate")

    def _charge_day(self, page: Page, event: DayMinimumCharged) -> None:
        key = (event.carrying_account_id, event.product_id, event.row_id, event.trading_day)
        holder = self.reference.carrying[event.carrying_account_id]
        for part in event.books:
            self.on_top[key] += part.amount_micros
            carrying = event.carrying_account_id
            self.cash.enter(part.book_id, carrying, event.currency, -part.amount_micros)
            if not holder.omnibus and self.reference.owner(part.book_id) != holder.holder_id:
                page.report("owner", f"{part.book_id} pays a minimum at {carrying}")
        lacking = max(0, event.minimum_micros - event.fills_micros)
        if self.on_top[key] not in (0, lacking):
            page.report("fee", f"{key}: charged {self.on_top[key]} on top, lacking {lacking}")
