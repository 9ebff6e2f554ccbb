"""The auditor's eye on fills after or beside the venue's report, and on positions that move.

Laws: a correction touches nobody but the books that had the fill, and what it does to them comes to
what it does to the carrying account; a bust leaves no lots and no fee of the fill; a correction has
a name of its own; lots move only between books of one owner, from one that holds them, and at the
mark for exactly what the mark says.
"""

from collections import defaultdict
from typing import NamedTuple

from fencang.messages.commands import AssignSuspense
from fencang.messages.events import FillAllocated, FillBooked, FillSuspended, SuspenseAssigned
from fencang.messages.fill_commands import UndoSuspenseAssignment
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    FillMend,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import SUSPENSE, Reference

__all__ = ["Corrections"]

Key = tuple[str, str]
"""(carrying account, execution)."""
Mended = FillCorrected | FillBusted


class _Trade(NamedTuple):
    """Lots at a price in the terms of a fill: what the auditor's lots take in."""

    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int


class Corrections:
    """Who had which lots of which execution, and what fee they paid for it."""

    def __init__(self, reference: Reference, lots: Lots, cash: Cash, orders: Orders) -> None:
        self.reference, self.lots, self.cash, self.orders = reference, lots, cash, orders
        self.held: defaultdict[Key, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.fees: defaultdict[Key, int] = defaultdict(int)
        self.assigned: defaultdict[tuple[Key, str], int] = defaultdict(int)
        """(execution, sub-account) → lots out of suspense."""
        self.filled: dict[Key, tuple[int, int]] = {}
        """Execution → its lots and price as they were last told."""
        self.handlers: Handlers = {
            FillBooked: self._book,
            FillAllocated: self._allocate,
            EnteredFillAllocated: self._enter,
            FillSuspended: self._suspend,
            SuspenseAssigned: self._assign,
            SuspenseAssignmentUndone: self._unassign,
            FillCorrected: self._mend,
            FillBusted: self._mend,
            PositionTransferred: self._transfer,
        }

    def _book(self, _page: Page, event: FillBooked) -> None:
        key = event.carrying_account_id, event.execution_id
        self.filled[key] = (event.quantity_lots, event.price_nanos)

    def _allocate(self, _page: Page, event: FillAllocated | EnteredFillAllocated) -> None:
        key = event.carrying_account_id, event.execution_id
        self.held[key][event.sub_account_id] += event.quantity_lots
        self.fees[key] += event.fee_micros

    def _enter(self, page: Page, event: EnteredFillAllocated) -> None:
        self._allocate(page, event)
        self.lots.enter(event.sub_account_id, event)
        self.cash.pay_fee(page, event)

    def _suspend(self, _page: Page, event: FillSuspended) -> None:
        key = event.carrying_account_id, event.execution_id
        self.held[key][SUSPENSE + event.carrying_account_id] += event.quantity_lots
        self.fees[key] += event.fee_micros

    def _assign(self, page: Page, event: SuspenseAssigned) -> None:
        key = event.carrying_account_id, event.execution_id
        self.held[key][SUSPENSE + event.carrying_account_id] -= event.quantity_lots
        self.held[key][event.sub_account_id] += event.quantity_lots
        self.assigned[key, event.sub_account_id] += event.quantity_lots
        if not isinstance(page.record.command, AssignSuspense):
            page.report("suspense", f"{key} assigned unasked")

    def _unassign(self, page: Page, event: SuspenseAssignmentUndone) -> None:
        key, name = (event.carrying_account_id, event.execution_id), event.sub_account_id
        self.held[key][name] -= event.quantity_lots
        self.held[key][SUSPENSE + event.carrying_account_id] += event.quantity_lots
        self.assigned[key, name] -= event.quantity_lots
        if min(self.assigned[key, name], self.held[key][name]) < 0:
            page.report("suspense", f"{key}: more came back from {name} than it was given")
        if not isinstance(page.record.command, UndoSuspenseAssignment):
            page.report("suspense", f"{key} taken back unasked")

    # ------------------------------------------------------------------------------- corrections

    def _mend(self, page: Page, event: Mended) -> None:
        key = event.carrying_account_id, event.execution_id
        now = (0, event.old_price_nanos)
        if isinstance(event, FillCorrected):
            now = (event.new_quantity_lots, event.new_price_nanos)
        old = (event.old_quantity_lots, event.old_price_nanos)
        if self.filled.get(key) != old:
            page.report("correction", f"{key} was {self.filled.get(key)}, corrected from {old}")
        self.filled[key] = now
        self.orders.name_correction(page, event.carrying_account_id, event.correction_id)
        self.lots.enter(CARRYING, _trade(event, *old), sign=-1)
        self.lots.enter(CARRYING, _trade(event, *now))
        held = self.held[key]
        for mend in event.mends:
            suspended = mend.book_id.startswith(SUSPENSE)
            if held[mend.book_id] <= 0 and not suspended:
                page.report("correction", f"{key} was mended in {mend.book_id}, which had none")
            self._mend_book(event, mend)
            held[mend.book_id] += mend.entered_lots - mend.taken_lots
            self.fees[key] += mend.fee_micros
        self._forget_what_is_owed(page, event, key)
        if sum(held.values()) != now[0]:
            page.report("correction", f"{key}: books hold {dict(held)}, the fill is {now[0]} lots")
        if self.fees[key] < 0 or (not now[0] and self.fees[key]):
            page.report("fee", f"{key} keeps a fee of {self.fees[key]} for {now[0]} lots")

    def _mend_book(self, event: Mended, mend: FillMend) -> None:
        book, carrying = mend.book_id, event.carrying_account_id
        taken = _trade(event, mend.taken_lots, mend.taken_price_nanos)
        entered = _trade(event, mend.entered_lots, mend.entered_price_nanos)
        self.lots.enter(book, taken, sign=-1)
        self.lots.enter(book, entered)
        self.cash.refund(book, carrying, event.contract_id, -mend.fee_micros)
        if book.startswith(SUSPENSE):
            self.lots.mend_suspended(event, mend)

    def _forget_what_is_owed(self, page: Page, event: Mended, key: Key) -> None:
        """Lots that no book can give back leave the fill: suspense owes them from here on."""
        for part in page.record.events:
            if isinstance(part, FillSuspended) and part.execution_id == event.correction_id:
                owing = [
                    book
                    for book, lots in self.held[key].items()
                    if lots and not book.startswith(SUSPENSE)
                ]
                left = part.quantity_lots
                for book in owing:
                    mended = [mend for mend in event.mends if mend.book_id == book]
                    kept = sum(mend.entered_lots for mend in mended)
                    gone = max(0, min(left, self.held[key][book] - kept))
                    self.held[key][book] -= gone
                    left -= gone
                if left or part.side is not event.side.opposite:
                    page.report("correction", f"{key}: suspense owes what nobody lacks")

    # --------------------------------------------------------------------------------- transfers

    def _transfer(self, page: Page, event: PositionTransferred) -> None:
        giver, receiver = event.from_sub_account_id, event.to_sub_account_id
        carrying, contract = event.carrying_account_id, event.contract_id
        owners = self.reference.owner(giver), self.reference.owner(receiver)
        if owners[0] != owners[1] or not owners[0]:
            page.report("owner", f"lots moved from {owners[0]!r} to {owners[1]!r}")
        held = self.lots.closable(giver, carrying, contract, event.side.opposite)
        if not 0 < event.quantity_lots <= held:
            page.report("transfer", f"{giver} gave {event.quantity_lots} lots of {held}")
        if sum(piece.quantity_lots for piece in event.pieces) != event.quantity_lots:
            page.report("transfer", f"pieces from {giver} are not the lots that moved")
        value = sum(piece.cost_micros for piece in event.pieces)
        if not event.at_cost:
            worth = self.reference.value(contract, event.mark_nanos, event.quantity_lots)
            if value != worth:
                page.report("transfer", f"moved at the mark for {value}, worth {worth} micros")
        elif not self.reference.settings.transfers_at_cost:
            page.report("transfer", f"{giver} moved at cost, which the desk does not permit")
        for holder, sign in ((giver, -1), (receiver, 1)):
            place = holder, carrying, contract
            self.lots.move(place, event.side, sign * event.quantity_lots, sign * value)


def _trade(event: Mended, quantity_lots: int, price_nanos: int) -> _Trade:
    return _Trade(
        event.carrying_account_id,
        event.contract_id,
        event.side,
        event.offset,
        quantity_lots,
        price_nanos,
    )
