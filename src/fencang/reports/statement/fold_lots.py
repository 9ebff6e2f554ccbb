"""Lots as they come, are settled and end: fills, suspense, exercises, settlements, expiries."""

from collections import OrderedDict
from datetime import date

from fencang.ledger.mending import take_back
from fencang.ledger.position import Position
from fencang.messages import events as ev
from fencang.messages.day_events import CorrectedBook, SettlementCorrected
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillEntered,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.projections.reference import suspense_id
from fencang.refdata.contract import OptionRight
from fencang.reports.statement.day import Results
from fencang.reports.statement.gathered import Gathered
from fencang.reports.statement.holdings import HoldingKey, Traded
from fencang.reports.statement.known_fills import KnownFills
from fencang.reports.statement.lot_book import LotBook
from fencang.reports.statement.values import LotChangeKind, MovementKind

__all__ = ["LotFold"]

ROLLED_ORDERS_MAX = 100_000
"""Legs of rolls remembered, oldest forgotten first: as many orders as the desk remembers."""

Claimed = ev.FillAllocated | EnteredFillAllocated | ev.SuspenseAssigned


class LotFold:
    """Books what happens to lots, but for what mends or moves them."""

    __slots__ = ("_book", "_gathered", "_rolls", "fills")

    def __init__(self, gathered: Gathered, book: LotBook) -> None:
        self._gathered = gathered
        self._book = book
        self.fills = KnownFills()
        self._rolls: OrderedDict[int, int] = OrderedDict()
        """Order → the roll that it is a leg of."""

    def change(self, event: ev.AnyEvent) -> None:
        """Do what an event does; one that moves lots needs a case here or in ``fold_mends``."""
        match event:
            case ev.OrderAccepted(roll_id=roll_id, order_id=order_id) if roll_id:
                self._rolls[order_id] = roll_id
                if len(self._rolls) > ROLLED_ORDERS_MAX:
                    self._rolls.popitem(last=False)
            case ev.FillAllocated() | EnteredFillAllocated():
                self._allocated(event)
            case ev.FillBooked():
                self._booked(event)
            case FillEntered():
                place = (event.carrying_account_id, event.execution_id)
                self.fills.of(place).day = event.clearing_day.toordinal()
            case ev.ContractSettled():
                self._settled(event)
            case ev.FillSuspended():
                self._suspended(event)
            case ev.SuspenseAssigned():
                self._assigned(event)
            case SuspenseAssignmentUndone():
                self._undone(event)
            case ev.OptionExercised():
                self._exercised(event)
            case SettlementCorrected():
                self._corrected(event)
            case ev.ContractExpired():
                self._expired(event)
            case _:
                pass

    def _booked(self, event: ev.FillBooked) -> None:
        contract_id = event.contract_id
        self._gathered.marks.setdefault(contract_id, event.price_nanos)
        key = (event.carrying_account_id, event.execution_id)
        self.fills.add(key, self._gathered.today(contract_id))

    def _allot(self, kind: LotChangeKind, key: HoldingKey, event: Claimed, day: int = 0) -> None:
        """Book lots with their fee into a sub-account and know them as the fill's."""
        terms = (event.side, event.offset, event.quantity_lots, event.price_nanos)
        roll_id = self._rolls.get(event.order_id, 0) if isinstance(event, ev.FillAllocated) else 0
        fee = event.fee_micros
        closed = self._book.trade(
            kind, key, terms, event.execution_id, fee, opened_day=day, roll_id=roll_id
        )
        place = (event.carrying_account_id, event.execution_id)
        day = day or self._gathered.today(event.contract_id)
        self.fills.note(place, key[0], terms[2:], closed, day)

    def _allocated(self, event: ev.FillAllocated | EnteredFillAllocated) -> None:
        key = (event.sub_account_id, event.carrying_account_id, event.contract_id)
        if isinstance(event, ev.FillAllocated):
            self._allot(LotChangeKind.FILL, key, event)
        else:
            day = self.fills.of((event.carrying_account_id, event.execution_id)).day
            self._allot(LotChangeKind.ENTERED, key, event, day)

    def _suspended(self, event: ev.FillSuspended) -> None:
        account = event.carrying_account_id
        key = (suspense_id(account), account, event.contract_id)
        terms = (event.side, event.offset, event.quantity_lots, event.price_nanos)
        kind = LotChangeKind.SUSPENDED
        self._book.trade(kind, key, terms, event.execution_id, event.fee_micros)

    def _assigned(self, event: ev.SuspenseAssigned) -> None:
        account = event.carrying_account_id
        source = (suspense_id(account), account, event.contract_id)
        terms = (event.side, event.offset, -event.quantity_lots, event.price_nanos)
        kind = LotChangeKind.ASSIGNED
        self._book.trade(kind, source, terms, event.execution_id, -event.fee_micros)
        target = (event.sub_account_id, account, event.contract_id)
        self._allot(LotChangeKind.ASSIGNED, target, event)

    def _undone(self, event: SuspenseAssignmentUndone) -> None:
        """Take the lots of the latest assignment back; what they had closed is open again."""
        account, contract_id, lots = (
            event.carrying_account_id,
            event.contract_id,
            event.quantity_lots,
        )
        product, side = self._gathered.product(contract_id), event.side
        is_gross = not self._gathered.reference.is_net(account)
        fill = self.fills.of((account, event.execution_id))
        part = [each for each in fill.parts if each.sub_account_id == event.sub_account_id][-1]

        def change(position: Position) -> None:
            take_back(position, product, side, part.lots, lots, is_gross=is_gross)

        key = (event.sub_account_id, account, contract_id)
        done = self._book.owned(key).change(product, change)
        self._book.drop_if_gone(key)
        self._book.earn(key, done, -event.fee_micros)
        fill.parts = [each for each in fill.parts if each.lots.quantity_lots]
        kind, price = LotChangeKind.ASSIGNED, event.price_nanos
        self._book.note(
            kind,
            key,
            (side, event.offset, -lots, price),
            execution_id=event.execution_id,
            fee_micros=-event.fee_micros,
            done=done,
        )
        source = (suspense_id(account), account, contract_id)
        terms = (side, event.offset, lots, price)
        self._book.trade(kind, source, terms, event.execution_id, event.fee_micros)

    def _exercised(self, event: ev.OptionExercised) -> None:
        """Close the option in each book of the event; the future in its place opens at strike."""
        account, underlying_id = event.carrying_account_id, event.underlying_id
        is_net = self._gathered.reference.is_net(account)
        closes, opens = (Offset.NET, Offset.NET) if is_net else (Offset.CLOSE, Offset.OPEN)
        is_call = self._gathered.reference.contracts[event.contract_id].right is OptionRight.CALL
        if underlying_id is not None:
            self._gathered.marks.setdefault(underlying_id, event.strike_nanos)
        for leg in event.legs:
            for kind, lots, side in (
                (LotChangeKind.EXERCISE, leg.long_lots, Side.SELL),
                (LotChangeKind.ASSIGNMENT, leg.short_lots, Side.BUY),
            ):
                if not lots:
                    continue
                key = (leg.book_id, account, event.contract_id)
                terms = (side, closes, lots, event.close_price_nanos)
                self._book.trade(kind, key, terms, event.execution_id)
                if underlying_id is not None:
                    # A call exercised buys, a call assigned sells; a put the other way round.
                    key = (leg.book_id, account, underlying_id)
                    takes = side.opposite if is_call else side
                    terms = (takes, opens, lots, event.strike_nanos)
                    self._book.trade(kind, key, terms, event.execution_id)

    def _settled(self, event: ev.ContractSettled) -> None:
        contract_id, price = event.contract_id, event.price_nanos
        product, day = self._gathered.product(contract_id), self._gathered.day_of(contract_id)
        self._gathered.marks[contract_id] = price
        self._gathered.settled[contract_id] = (day.number, price)
        for part in event.books:
            key = (part.book_id, part.carrying_account_id, contract_id)
            paid = part.variation_micros
            realised = self._book.holding(key).settle(product, price, paid, is_final=event.is_final)
            if product.pays_variation(is_final=event.is_final):
                day.move(part.book_id, event.currency, MovementKind.VARIATION, paid)
            day.earn(
                part.book_id,
                contract_id,
                Results(event.currency, realised_micros=realised, variation_micros=paid),
            )
            self._book.drop_if_gone(key)

    def _corrected(self, event: SettlementCorrected) -> None:
        """Pay today what a past settlement should have paid; the item names the mended day.

        Where a later settlement has paid it already, it only changes days: both ends are items.
        """
        contract_id, following = event.contract_id, event.following_day
        now = self._gathered.reference.living(contract_id)
        if following is None:
            self._reprice(event)
        for part in event.books:
            paid = part.difference_micros
            if not paid:
                continue
            self._pay_correction(event, part, paid, event.trading_day)
            if following is not None:
                self._pay_correction(event, part, -paid, following)
                continue
            realised = paid
            if not event.is_final:
                key = (part.book_id, part.carrying_account_id, now)
                realised = self._book.holding(key).carry_more(paid)
                self._book.drop_if_gone(key)
            self._gathered.day_of(now).earn(
                part.book_id,
                now,
                Results(event.currency, realised_micros=realised, variation_micros=paid),
            )

    def _pay_correction(
        self, event: SettlementCorrected, part: CorrectedBook, micros: int, mended: date
    ) -> None:
        self._gathered.move_cash(
            self._gathered.day_of(event.contract_id),
            MovementKind.CORRECTION,
            part.book_id,
            event.currency,
            micros,
            carrying_account_id=part.carrying_account_id,
            text=f"{event.contract_id} {mended}",
        )

    def _reprice(self, event: SettlementCorrected) -> None:
        """Let the right price be the last settlement, and the mark where the wrong one still is."""
        contract_id, wrong, right = event.contract_id, event.price_before_nanos, event.price_nanos
        marks, settled = self._gathered.marks, self._gathered.settled
        if marks.get(contract_id) == wrong:
            marks[contract_id] = right
        number, price = settled.get(contract_id, (0, None))
        if price is None or price != wrong:
            number = event.trading_day.toordinal()
        settled[contract_id] = (number, right)

    def _expired(self, event: ev.ContractExpired) -> None:
        contract_id, price = event.contract_id, event.final_price_nanos
        product, day = self._gathered.product(contract_id), self._gathered.day_of(contract_id)
        for key, holding in self._book.take_all(contract_id):
            realised = holding.expire(product, price)
            results = Results(product.currency, realised_micros=realised)
            day.earn(key[0], contract_id, results)
            longs, shorts = holding.sides
            for side, offset, lots in (
                (Side.SELL, Offset.CLOSE, longs),
                (Side.BUY, Offset.CLOSE, shorts),
            ):
                if lots:
                    terms = (side, offset, lots, price)
                    done = Traded(realised, premium_micros=0)
                    self._book.note(LotChangeKind.EXPIRED, key, terms, done=done)
                    realised = 0

    def import_lots(self, event: ev.OpeningBookImported) -> None:
        """Take over lots of a prior system, oldest first."""
        for item in sorted(event.lots, key=lambda entry: entry.opened_day):
            key = (item.sub_account_id, item.carrying_account_id, item.contract_id)
            product = self._gathered.product(item.contract_id)
            self._gathered.marks.setdefault(item.contract_id, item.carried_price_nanos)
            holding = self._book.owned(key)
            prices = (item.price_nanos, item.carried_price_nanos)
            opened = item.opened_day.toordinal()
            profit, value = holding.take_over(
                product, item.side, item.quantity_lots, prices, opened
            )
            results = Results(
                product.currency,
                brought_in_micros=profit,
                brought_in_option_value_micros=value,
            )
            self._gathered.day_of(item.contract_id).earn(key[0], item.contract_id, results)
            terms = (item.side, Offset.OPEN, item.quantity_lots, item.price_nanos)
            self._book.note(LotChangeKind.OPENING_BOOK, key, terms)
