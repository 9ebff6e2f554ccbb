"""The auditor's eye on fills after or beside the venue's report, and on positions that move.

Laws: a correction is the one that was asked for, of the fill that was meant; it touches exactly the
books that have the fill, each at the prices it had and should have had, and what it does to them
comes to what it does to the carrying account; a bust leaves no lots and no fee of the fill and is
the last word; a correction has a name of its own and names the day it mends; lots move as asked,
only between books of one owner, from one that holds them, and at the mark for exactly what the mark
says.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from fencang.messages.commands import AssignSuspense
from fencang.messages.events import FillAllocated, FillBooked, FillSuspended, SuspenseAssigned
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    FillEntered,
    FillMend,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.days import Days
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

    def __init__(
        self, reference: Reference, lots: Lots, cash: Cash, orders: Orders, days: Days
    ) -> None:
        self.reference, self.lots, self.cash, self.orders = reference, lots, cash, orders
        self.days = days
        self.originals: dict[Key, Key] = {}
        """Correction → the fill that it corrects."""
        self.busted: dict[Key, bool] = {}
        self.booked_on: dict[Key, date | None] = {}
        self.claimed: dict[tuple[str, str, str], bool] = {}
        """Books that took lots of an execution out of suspense."""
        self.held: defaultdict[Key, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.fees: defaultdict[Key, int] = defaultdict(int)
        self.assigned: defaultdict[tuple[Key, str], int] = defaultdict(int)
        """(execution, sub-account) → lots out of suspense."""
        self.filled: dict[Key, tuple[int, int]] = {}
        """Execution → its lots and price as they were last told."""
        self.handlers: Handlers = {
            FillBooked: self._book,
            FillEntered: self._clear,
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
        self.booked_on[key] = self.days.day_of(event.contract_id)

    def _clear(self, _page: Page, event: FillEntered) -> None:
        self.booked_on[event.carrying_account_id, event.execution_id] = event.clearing_day

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
        self.claimed[(*key, event.sub_account_id)] = True
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
        self._check_asked(page, event, key)
        if self.filled.get(key) != old:
            page.report("correction", f"{key} was {self.filled.get(key)}, corrected from {old}")
        self.filled[key] = now
        self.orders.name_correction(page, event.carrying_account_id, event.correction_id)
        self.lots.enter(CARRYING, _trade(event, *old), sign=-1)
        self.lots.enter(CARRYING, _trade(event, *now))
        held = self.held[key]
        self._check_books(page, event, key, now[1])
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
        is_rebated = bool(self.reference.rebates)
        if (self.fees[key] < 0 and not is_rebated) or (not now[0] and self.fees[key]):
            page.report("fee", f"{key} keeps a fee of {self.fees[key]} for {now[0]} lots")

    def _check_asked(self, page: Page, event: Mended, key: Key) -> None:
        command = page.record.command
        if not isinstance(command, CorrectFill | BustFill):
            page.report("correction", f"{key} was mended unasked")
            return
        meant = command.carrying_account_id, command.execution_id
        if self.originals.get(meant, meant) != key:
            page.report("correction", f"{key} was mended, meant was {meant}")
        if command.correction_id != event.correction_id:
            page.report("correction", f"{key}: {event.correction_id} is another name")
        if isinstance(event, FillCorrected) != isinstance(command, CorrectFill) or (
            isinstance(event, FillCorrected)
            and isinstance(command, CorrectFill)
            and (event.new_quantity_lots, event.new_price_nanos)
            != (command.quantity_lots, command.price_nanos)
        ):
            page.report("correction", f"{key} was mended to something else than was asked for")
        if key in self.busted:
            page.report("correction", f"{key} was busted and is mended again")
        if event.mended_day != self.booked_on.get(key):
            page.report("correction", f"{key} is of {self.booked_on.get(key)}, told another day")
        self.originals[event.carrying_account_id, event.correction_id] = key
        if isinstance(event, FillBusted):
            self.busted[key] = True

    def _check_books(self, page: Page, event: Mended, key: Key, price_nanos: int) -> None:
        """Check that every book of the fill is mended, at the old price and the right one."""
        mended = [mend.book_id for mend in event.mends]
        for book, lots in sorted(self.held[key].items()):
            if lots > 0 and book not in mended:
                page.report("correction", f"{key}: {book} has {lots} lots and was left out")
        for mend in event.mends:
            prices = mend.taken_price_nanos, mend.entered_price_nanos
            # What was claimed after a settlement keeps that price; suspense has the difference.
            is_claimed = (*key, mend.book_id) in self.claimed or mend.book_id.startswith(SUSPENSE)
            kept = is_claimed and prices[0] == prices[1]
            if prices != (event.old_price_nanos, price_nanos) and not kept:
                page.report("correction", f"{key}: {mend.book_id} was mended at {prices}")

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
        self._check_transfer(page, event)
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

    def _check_transfer(self, page: Page, event: PositionTransferred) -> None:
        command = page.asked(event)
        if not isinstance(command, TransferPosition) or (
            command.from_sub_account_id,
            command.to_sub_account_id,
            command.carrying_account_id,
            command.contract_id,
            command.side,
            command.quantity_lots,
            command.at_cost,
        ) != (
            event.from_sub_account_id,
            event.to_sub_account_id,
            event.carrying_account_id,
            event.contract_id,
            event.side,
            event.quantity_lots,
            event.at_cost,
        ):
            page.report("transfer", "lots moved otherwise than was asked for")


def _trade(event: Mended, quantity_lots: int, price_nanos: int) -> _Trade:
    return _Trade(
        event.carrying_account_id,
        event.contract_id,
        event.side,
        event.offset,
        quantity_lots,
        price_nanos,
    )
