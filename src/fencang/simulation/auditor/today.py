"""The auditor's lots by day: how many of a holder's lots were opened on the day its venue is on.

Laws: closing today's or yesterday's lots by name never takes more of them than there are, when it
is ordered and when it is filled; what moves between books are the oldest lots with their days; a
fee for closing lots of the day is paid for exactly these (``cash``).
Where a correction gives lots back their days, only bounds are known until the next day begins.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import (
    ContractExpired,
    FillAllocated,
    OpeningBookImported,
    OrderAccepted,
    SessionOpened,
    SuspenseAssigned,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    FillEntered,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.messages.option_events import OptionExercised
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.lots import Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Range", "Today"]


class Range(NamedTuple):
    """The least and the most of something that is known within bounds."""

    least: int
    most: int

    def through(self, change: Callable[[int], int]) -> "Range":
        """Return the range after a change that keeps order."""
        return Range(change(self.least), change(self.most))


NONE = Range(0, 0)
Place = tuple[str, str, str, Side]
"""(holder, carrying account, contract, side of the lots)."""
Trade = FillAllocated | EnteredFillAllocated | SuspenseAssigned


class Today:
    """Lots of the day per holder; it looks at trades before ``lots`` enters them."""

    def __init__(self, reference: Reference, lots: Lots, orders: Orders, days: Days) -> None:
        self.reference, self.lots = reference, lots
        self.orders, self.days = orders, days
        self.today: dict[Place, Range] = {}
        self.closes: dict[tuple[str, str], Range] = {}
        """(execution, book) of this record → lots of the day that it closed."""
        self.handlers: Handlers = {
            SessionOpened: self._begin,
            TradingDayOpened: self._begin,
            FillAllocated: self._allocate,
            EnteredFillAllocated: self._allocate,
            SuspenseAssigned: self._allocate,
            FillCorrected: self._mend,
            FillBusted: self._mend,
            SuspenseAssignmentUndone: self._unassign,
            PositionTransferred: self._transfer,
            OpeningBookImported: self._open,
            OptionExercised: self._exercise,
            ContractExpired: self._expire,
            OrderAccepted: self._accept,
        }

    def of_day(self, place: Place) -> Range:
        """Return the lots of the day, never more than there are."""
        held = self._held(place)
        return self.today.get(place, NONE).through(lambda lots: min(lots, held))

    def _held(self, place: Place) -> int:
        holder, carrying, contract, side = place
        return self.lots.closable(holder, carrying, contract, side.opposite)

    def _begin(self, _page: Page, event: SessionOpened | TradingDayOpened) -> None:
        if self.days.today.get(event.venue_id) != event.trading_day:
            for place in [*self.today]:
                if self.reference.product(place[2]).venue_id == event.venue_id:
                    del self.today[place]

    # ------------------------------------------------------------------------------------ trades

    def _allocate(self, page: Page, event: Trade) -> None:
        book, carrying, contract = (
            event.sub_account_id,
            event.carrying_account_id,
            event.contract_id,
        )
        other = book, carrying, contract, event.side.opposite
        own = book, carrying, contract, event.side
        lots, closes = event.quantity_lots, 0
        if event.offset is not Offset.OPEN:
            closes = min(lots, self._held(other))
        if closes:
            self.closes[event.execution_id, book] = self._close(page, other, event.offset, closes)
        else:
            self.closes[event.execution_id, book] = NONE
        entered = [each for each in page.record.events if isinstance(each, FillEntered)]
        day = self.days.day_of(contract)
        if any(each.clearing_day != day for each in entered):
            # Its fee looks at the lots of its own day; what it opens is of that day.
            self.closes[event.execution_id, book] = Range(0, closes)
        elif event.offset in {Offset.OPEN, Offset.NET}:
            opened = lots - closes
            self.today[own] = self.of_day(own).through(lambda held: held + opened)

    def _close(self, page: Page, place: Place, offset: Offset, lots: int) -> Range:
        """Take lots of one side away; return how many of them were of the day."""
        held, before = self._held(place), self.of_day(place)
        if offset is Offset.CLOSE_TODAY:
            if lots > before.most:
                page.report("today lots", f"{place}: {lots} lots of the day closed of {before}")
            after = before.through(lambda today: max(0, today - lots))
            closed = Range(lots, lots)
        elif offset is Offset.CLOSE_YESTERDAY:
            if lots > held - before.least:
                page.report("today lots", f"{place}: {lots} of {held} closed, {before} are today's")
            after, closed = before, NONE
        else:  # the oldest first
            after = before.through(lambda today: min(today, held - lots))
            closed = before.through(lambda today: max(0, lots - (held - today)))
        self.today[place] = after
        return closed

    def _mend(self, _page: Page, event: FillCorrected | FillBusted) -> None:
        for mend in event.mends:
            self._blur(mend.book_id, event.carrying_account_id, event.contract_id)

    def _unassign(self, _page: Page, event: SuspenseAssignmentUndone) -> None:
        """Lots that the assignment closed come back with their days."""
        self._blur(event.sub_account_id, event.carrying_account_id, event.contract_id)

    def _blur(self, book: str, carrying: str, contract: str) -> None:
        """Forget which lots are of the day: from none to all of them."""
        for side in Side:
            self.today[book, carrying, contract, side] = Range(0, 1 << 62)

    def _exercise(self, _page: Page, event: OptionExercised) -> None:
        for leg in event.legs:
            self._blur(leg.book_id, event.carrying_account_id, event.contract_id)
            if event.underlying_id is not None:
                self._blur(leg.book_id, event.carrying_account_id, event.underlying_id)

    def _open(self, _page: Page, event: OpeningBookImported) -> None:
        for opening in event.lots:
            carrying, contract = opening.carrying_account_id, opening.contract_id
            place = opening.sub_account_id, carrying, contract, opening.side
            other = opening.sub_account_id, carrying, contract, opening.side.opposite
            if not self.reference.is_gross(carrying) and self._held(other):
                self._blur(*place[:3])
            elif opening.opened_day == self.days.day_of(contract):
                lots = opening.quantity_lots
                self.today[place] = _raised(self.of_day(place), lots)

    def _expire(self, _page: Page, event: ContractExpired) -> None:
        for place in [*self.today]:
            if place[2] == event.contract_id:
                del self.today[place]

    # --------------------------------------------------------------------------------- transfers

    def _transfer(self, page: Page, event: PositionTransferred) -> None:
        carrying, contract = event.carrying_account_id, event.contract_id
        giver = event.from_sub_account_id, carrying, contract, event.side
        day = self.days.day_of(contract)
        told = [piece.opened_day for piece in event.pieces]
        ordered = [each or date.min for each in told]
        if ordered != sorted(ordered) or any(each > (day or date.max) for each in ordered):
            page.report("today lots", f"{giver} gave lots of {told}, not the oldest first")
        moved = sum(piece.quantity_lots for piece in event.pieces if piece.opened_day == day)
        held, before, lots = self._held(giver), self.of_day(giver), event.quantity_lots
        right = before.through(lambda today: max(0, lots - (held - today)))
        if not right.least <= moved <= right.most:
            page.report("today lots", f"{giver} gave {moved} lots of the day, should be {right}")
        self.today[giver] = before.through(lambda today: min(today, held - lots))
        self._receive(event, lots, moved)

    def _receive(self, event: PositionTransferred, lots: int, moved: int) -> None:
        book, carrying, contract = (
            event.to_sub_account_id,
            event.carrying_account_id,
            event.contract_id,
        )
        own = book, carrying, contract, event.side
        other = book, carrying, contract, event.side.opposite
        closes = 0 if self.reference.is_gross(carrying) else min(lots, self._held(other))
        if closes:
            # Which of the pieces close and which stay is the engine's to say.
            held = self._held(other)
            self.today[other] = self.of_day(other).through(lambda today: min(today, held - closes))
            stay = Range(max(0, moved - closes), min(moved, lots - closes))
            before = self.of_day(own)
            self.today[own] = Range(before.least + stay.least, before.most + stay.most)
        else:
            self.today[own] = _raised(self.of_day(own), moved)

    # -------------------------------------------------------------------------------- acceptance

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        terms = event.terms
        if event.block_id or terms.offset not in {Offset.CLOSE_TODAY, Offset.CLOSE_YESTERDAY}:
            return
        place = (
            event.sub_account_id,
            terms.carrying_account_id,
            terms.contract_id,
            terms.side.opposite,
        )
        wanted = sum(
            order.open_lots
            for order in self.orders.live.values()
            if order.event.sub_account_id == event.sub_account_id
            and _same_close(order.event, event)
        )
        held, today = self._held(place), self.of_day(place)
        most = today.most if terms.offset is Offset.CLOSE_TODAY else held - today.least
        if wanted > most:
            page.report("today lots", f"order {event.order_id}: {wanted} lots to close, has {most}")

    def close(self, _page: Page) -> None:
        """Forget what the record closed."""
        self.closes.clear()


def _raised(before: Range, lots: int) -> Range:
    return Range(before.least + lots, before.most + lots)


def _same_close(one: OrderAccepted, other: OrderAccepted) -> bool:
    return (
        one.terms.offset is other.terms.offset
        and one.terms.side is other.terms.side
        and one.terms.contract_id == other.terms.contract_id
        and one.terms.carrying_account_id == other.terms.carrying_account_id
    )
