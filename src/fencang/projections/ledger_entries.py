"""Entries of the ledger: why the cash of a book or a carrying account moved, record by record.

An entry is a function of its event and of reference values: nothing is kept.  So history is read
from the journal by range, as far back as it goes, and the sum of all entries is what balances say.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.messages import events as ev
from fencang.messages import fill_events as fills
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.message import Side
from fencang.messages.money_events import (
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.messages.record import Record
from fencang.projections.cash_moves import CashEvent, MovementKind, WireNote, moves_of
from fencang.projections.reference import Reference, reserve_id, suspense_id

__all__ = ["Entry", "LedgerEntries", "needles_of"]

Earlier = Callable[[int], Record]
"""Gives an earlier record of the journal by its sequence."""

Bought = ev.FillAllocated | fills.EnteredFillAllocated | ev.FillSuspended
Assigned = ev.SuspenseAssigned | fills.SuspenseAssignmentUndone
Mended = fills.FillCorrected | fills.FillBusted


class Entry(NamedTuple):
    """One movement of cash of one book in one currency, in micros, positive to the book.

    ``place`` is the number of its event in the record.  ``is_carrying``: the book is a carrying
    account, as the broker sees it.  ``venue_id`` is None for cash that has no venue.
    ``reference`` names the execution, wire or row behind it.
    """

    place: int
    kind: MovementKind
    book_id: str
    currency: str
    amount_micros: int
    is_carrying: bool = False
    venue_id: str | None = None
    carrying_account_id: str = ""
    contract_id: str = ""
    other_book_id: str = ""
    reference: str = ""
    text: str = ""


_OF_WIRES = tuple(
    str(kind.__struct_config__.tag).encode()
    for kind in (WireConfirmed, WireReturned, WireCancelled)
)
"""Stored names of events that tell a wire's number and not its books."""


def needles_of(book_id: str) -> tuple[bytes, ...]:
    """Return bytes of which a stored record holds one at least where it moves cash of a book.

    A reserve and its like are named after a person or an account, whose name stands in the record.
    """
    return (book_id.rpartition(":")[2].encode(), *_OF_WIRES)


class _At(NamedTuple):
    """What entries of one event share."""

    place: int
    carrying_account_id: str
    contract_id: str
    currency: str
    venue_id: str
    reference: str


class LedgerEntries:
    """Reads entries from records; ``earlier`` is asked for the request of a wire."""

    def __init__(self, reference: Reference, earlier: Earlier) -> None:
        self._reference, self._earlier = reference, earlier

    def of(self, record: Record) -> Iterator[Entry]:
        """Yield the entries of a record, in the order of its events; amounts of 0 are none."""
        for index, event in enumerate(record.events):
            for entry in self._of_event(index, event):
                if entry.amount_micros:
                    yield entry

    def _of_event(self, index: int, event: ev.AnyEvent) -> Iterator[Entry]:
        match event:
            case ev.FillAllocated() | fills.EnteredFillAllocated() | ev.FillSuspended():
                yield from self._bought(index, event)
            case ev.SuspenseAssigned() | fills.SuspenseAssignmentUndone():
                yield from self._assigned(index, event)
            case fills.FillCorrected() | fills.FillBusted():
                yield from self._mended(index, event)
            case fills.PositionTransferred():
                yield from self._transferred(index, event)
            case ev.OptionExercised():
                yield from self._exercised(index, event)
            case ev.ContractSettled():
                yield from self._settled(index, event)
            case SettlementCorrected(following_day=None):
                yield from self._corrected(index, event)
            case DayMinimumCharged():
                yield from self._minimum(index, event)
            case ev.OpeningBookImported():
                yield from self._opening(index, event)
            case (
                WireRequested()
                | WireConfirmed()
                | WireReturned()
                | WireCancelled()
                | InterestPosted()
            ):
                yield from self._moved(index, event)
            case _:
                yield from self._by_hand(index, event)

    # ------------------------------------------------------------------------- in some contract

    def _at(self, index: int, account: str, contract_id: str, reference: str = "") -> _At:
        product = self._reference.product_of(contract_id)
        return _At(index, account, contract_id, product.currency, product.venue_id, reference)

    def _premium(self, contract_id: str, side: Side, lots: int, price_nanos: int) -> int:
        """Return the cash that moves at once when lots are traded; lots below 0 take it back."""
        product = self._reference.product_of(contract_id)
        if not product.pays_premium:
            return 0
        return -side.sign * product.value_micros(price_nanos, lots)

    def _paid(
        self, at: _At, book_id: str, premium: int, fee: int, *, carried: bool = True
    ) -> Iterator[Entry]:
        """Yield premium and fee of a book, and of the account they are paid from."""
        for kind, amount in ((MovementKind.PREMIUM, premium), (MovementKind.FEES, -fee)):
            yield _entry(at, kind, book_id, amount)
            if carried:
                yield _carrying(at, kind, amount)

    def _bought(self, index: int, event: Bought) -> Iterator[Entry]:
        account, contract_id = event.carrying_account_id, event.contract_id
        book_id = (
            suspense_id(account) if isinstance(event, ev.FillSuspended) else event.sub_account_id
        )
        premium = self._premium(contract_id, event.side, event.quantity_lots, event.price_nanos)
        at = self._at(index, account, contract_id, event.execution_id)
        yield from self._paid(at, book_id, premium, event.fee_micros)

    def _assigned(self, index: int, event: Assigned) -> Iterator[Entry]:
        account, contract_id = event.carrying_account_id, event.contract_id
        sign = 1 if isinstance(event, ev.SuspenseAssigned) else -1
        at = self._at(index, account, contract_id, event.execution_id)
        ends = ((suspense_id(account), -sign), (event.sub_account_id, sign))
        for book_id, direction in ends:
            lots, fee = direction * event.quantity_lots, direction * event.fee_micros
            premium = self._premium(contract_id, event.side, lots, event.price_nanos)
            yield from self._paid(at, book_id, premium, fee, carried=False)

    def _mended(self, index: int, event: Mended) -> Iterator[Entry]:
        contract_id, side = event.contract_id, event.side
        at = self._at(index, event.carrying_account_id, contract_id, event.execution_id)
        for mend in event.mends:
            premium = self._premium(contract_id, side, -mend.taken_lots, mend.taken_price_nanos)
            premium += self._premium(contract_id, side, mend.entered_lots, mend.entered_price_nanos)
            yield from self._paid(at, mend.book_id, premium, mend.fee_micros)

    def _transferred(self, index: int, event: fills.PositionTransferred) -> Iterator[Entry]:
        """Yield what lots move for where premiums are paid: elsewhere no cash moves."""
        if not self._reference.product_of(event.contract_id).pays_premium:
            return
        at = self._at(index, event.carrying_account_id, event.contract_id)
        value = event.side.sign * sum(piece.cost_micros for piece in event.pieces)
        giver, taker = event.from_sub_account_id, event.to_sub_account_id
        for book_id, other, amount in ((giver, taker, value), (taker, giver, -value)):
            yield _entry(at, MovementKind.PREMIUM, book_id, amount)._replace(
                other_book_id=other, text=event.reason
            )

    def _exercised(self, index: int, event: ev.OptionExercised) -> Iterator[Entry]:
        """Yield the premium that closing the option moves, if any: a future has none."""
        at = self._at(index, event.carrying_account_id, event.contract_id, event.execution_id)
        for leg in event.legs:
            for lots, side in ((leg.long_lots, Side.SELL), (leg.short_lots, Side.BUY)):
                premium = self._premium(event.contract_id, side, lots, event.close_price_nanos)
                yield from self._paid(at, leg.book_id, premium, 0)

    def _settled(self, index: int, event: ev.ContractSettled) -> Iterator[Entry]:
        kind, contract_id = MovementKind.VARIATION, event.contract_id
        for book in event.books:
            at = self._at(index, book.carrying_account_id, contract_id)
            yield _entry(at, kind, book.book_id, book.variation_micros)
        for carrying in event.carrying:
            at = self._at(index, carrying.carrying_account_id, contract_id)
            yield _carrying(at, kind, carrying.variation_micros)

    def _corrected(self, index: int, event: SettlementCorrected) -> Iterator[Entry]:
        kind, text = MovementKind.CORRECTION, f"{event.trading_day}: {event.reason}"
        for part in event.books:
            at = self._at(index, part.carrying_account_id, event.contract_id)
            yield _entry(at, kind, part.book_id, part.difference_micros)._replace(text=text)
        for carrying in event.carrying:
            at = self._at(index, carrying.carrying_account_id, event.contract_id)
            yield _carrying(at, kind, carrying.difference_micros)._replace(text=text)

    def _minimum(self, index: int, event: DayMinimumCharged) -> Iterator[Entry]:
        account, row = event.carrying_account_id, f"{event.product_id} {event.row_id}"
        at = _At(index, account, "", event.currency, event.venue_id, row)
        for part in event.books:
            yield _entry(at, MovementKind.DAY_MINIMUM, part.book_id, -part.amount_micros)
            yield _carrying(at, MovementKind.DAY_MINIMUM, -part.amount_micros)

    # -------------------------------------------------------------------------- cash by itself

    def _opening(self, index: int, event: ev.OpeningBookImported) -> Iterator[Entry]:
        kind = MovementKind.OPENING_BOOK
        for cash in event.cash:
            book_id = cash.sub_account_id or reserve_id(cash.owner_id)
            yield from _both(
                index,
                kind,
                book_id,
                cash.carrying_account_id,
                cash.currency,
                cash.amount_micros,
                event.source,
            )

    def _by_hand(self, index: int, event: ev.AnyEvent) -> Iterator[Entry]:
        match event:
            case ev.CashDeposited() | ev.CashWithdrawn():
                comes = isinstance(event, ev.CashDeposited)
                kind = MovementKind.DEPOSIT if comes else MovementKind.WITHDRAWAL
                amount = event.amount_micros if comes else -event.amount_micros
                book_id, account = reserve_id(event.owner_id), event.carrying_account_id
                yield from _both(index, kind, book_id, account, event.currency, amount, "")
            case ev.CapitalTransferred():
                giver, taker = event.from_book_id, event.to_book_id
                for book_id, other, sign in ((giver, taker, -1), (taker, giver, 1)):
                    yield Entry(
                        index,
                        MovementKind.TRANSFER,
                        book_id,
                        self._reference.base_currency,
                        sign * event.amount_micros,
                        other_book_id=other,
                        text=event.reason,
                    )
            case ev.CurrencyConverted():
                sold = event.sold_currency, -event.sold_micros
                bought = event.bought_currency, event.bought_micros
                for currency, amount in (sold, bought):
                    yield from _both(
                        index,
                        MovementKind.CONVERSION,
                        event.book_id,
                        event.carrying_account_id,
                        currency,
                        amount,
                        event.rate_source,
                    )
            case _:
                pass

    def _moved(self, index: int, event: CashEvent) -> Iterator[Entry]:
        """Yield what wires and interest move; an outgoing wire's cash is promised first."""
        wires, reference, text = {}, "", ""
        kind = MovementKind.INTEREST
        if not isinstance(event, InterestPosted):
            reference = str(event.wire_id)
            text = "" if isinstance(event, WireConfirmed) else event.reason
            if not isinstance(event, WireRequested):
                wires[event.wire_id] = self._wire(event)
        moves = moves_of(event, wires)
        if not isinstance(event, InterestPosted):
            is_wire = any(move.is_carrying for move in moves)
            kind = MovementKind.WIRE if is_wire else MovementKind.PROMISED
        for move in moves:
            yield Entry(
                index,
                kind,
                move.name,
                move.currency,
                move.amount_micros,
                is_carrying=move.is_carrying,
                carrying_account_id=move.name if move.is_carrying else move.at,
                reference=reference,
                text=text,
            )

    def _wire(self, event: WireConfirmed | WireReturned | WireCancelled) -> WireNote:
        """Return what is to be known of a wire: its request stands where its number says."""
        record = self._earlier(event.wire_id // ORDERS_PER_COMMAND_MAX)
        wires: dict[int, WireNote] = {}
        for each in record.events:
            if isinstance(each, WireRequested) and each.wire_id == event.wire_id:
                moves_of(each, wires)
        was_confirmed = isinstance(event, WireReturned) and event.amount_micros
        note = wires[event.wire_id]
        return note._replace(state="confirmed") if was_confirmed else note


def _entry(at: _At, kind: MovementKind, book_id: str, amount_micros: int) -> Entry:
    return Entry(
        at.place,
        kind,
        book_id,
        at.currency,
        amount_micros,
        venue_id=at.venue_id,
        carrying_account_id=at.carrying_account_id,
        contract_id=at.contract_id,
        reference=at.reference,
    )


def _carrying(at: _At, kind: MovementKind, amount_micros: int) -> Entry:
    return _entry(at, kind, at.carrying_account_id, amount_micros)._replace(is_carrying=True)


def _both(
    index: int,
    kind: MovementKind,
    book_id: str,
    carrying_account_id: str,
    currency: str,
    amount_micros: int,
    text: str,
) -> Iterator[Entry]:
    """Yield the entry of a book and that of the account where its cash is."""
    for name, is_carrying in ((book_id, False), (carrying_account_id, True)):
        yield Entry(
            index,
            kind,
            name,
            currency,
            amount_micros,
            is_carrying=is_carrying,
            carrying_account_id=carrying_account_id,
            text=text,
        )
