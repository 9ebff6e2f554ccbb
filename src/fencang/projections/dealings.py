"""What fills and what becomes of them moves in cash: fees and premiums, book by book.

Every event that books, suspends, assigns, mends, moves or exercises lots has its case here; where
the cash lies is the carrying account of the event.
"""

from typing import NamedTuple

from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import (
    FillAllocated,
    FillSuspended,
    OptionExercised,
    SuspenseAssigned,
)
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Event, Side
from fencang.projections.reference import Reference, suspense_id

__all__ = ["Dealing", "dealings_of"]

Assigned = SuspenseAssigned | SuspenseAssignmentUndone


class Dealing(NamedTuple):
    """Cash that a book gained at a carrying account, below zero what it paid."""

    book_id: str
    carrying_account_id: str
    currency: str
    amount_micros: int


def dealings_of(event: Event, reference: Reference) -> list[Dealing]:
    """Return what an event moves; nothing when it is not about lots."""
    match event:
        case FillAllocated() | EnteredFillAllocated():
            return [_taken(event, reference, event.sub_account_id, 1)]
        case FillSuspended():
            return [_taken(event, reference, suspense_id(event.carrying_account_id), 1)]
        case SuspenseAssigned() | SuspenseAssignmentUndone():
            sign = 1 if isinstance(event, SuspenseAssigned) else -1
            suspense = suspense_id(event.carrying_account_id)
            return [
                _taken(event, reference, suspense, -sign),
                _taken(event, reference, event.sub_account_id, sign),
            ]
        case FillCorrected() | FillBusted():
            return _mended(event, reference)
        case PositionTransferred():
            return _moved(event, reference)
        case OptionExercised():
            return _exercised(event, reference)
        case SettlementCorrected(following_day=None):
            return [
                Dealing(
                    part.book_id, part.carrying_account_id, event.currency, part.difference_micros
                )
                for part in event.books
            ]
        case DayMinimumCharged():
            return [
                Dealing(
                    part.book_id, event.carrying_account_id, event.currency, -part.amount_micros
                )
                for part in event.books
            ]
        case _:
            return []


def _premium(
    reference: Reference, contract_id: str, side: Side, quantity_lots: int, price_nanos: int
) -> int:
    """Return the cash that a trade moves at once; negative lots take one back."""
    product = reference.product_of(contract_id)
    if not product.pays_premium:
        return 0
    return -side.sign * product.value_micros(price_nanos, quantity_lots)


def _taken(
    event: FillAllocated | EnteredFillAllocated | FillSuspended | Assigned,
    reference: Reference,
    book_id: str,
    sign: int,
) -> Dealing:
    """Return what lots of a fill cost a book, or bring back with a sign of -1."""
    lots, contract_id = sign * event.quantity_lots, event.contract_id
    premium = _premium(reference, contract_id, event.side, lots, event.price_nanos)
    currency = reference.product_of(contract_id).currency
    amount = premium - sign * event.fee_micros
    return Dealing(book_id, event.carrying_account_id, currency, amount)


def _mended(event: FillCorrected | FillBusted, reference: Reference) -> list[Dealing]:
    contract_id, side = event.contract_id, event.side
    currency = reference.product_of(contract_id).currency
    found = []
    for mend in event.mends:
        taken = (-mend.taken_lots, mend.taken_price_nanos)
        entered = (mend.entered_lots, mend.entered_price_nanos)
        amount = sum(_premium(reference, contract_id, side, *each) for each in (taken, entered))
        amount -= mend.fee_micros
        found.append(Dealing(mend.book_id, event.carrying_account_id, currency, amount))
    return found


def _moved(event: PositionTransferred, reference: Reference) -> list[Dealing]:
    """Return what options that move are paid for, through the account that holds them."""
    product = reference.product_of(event.contract_id)
    if not product.pays_premium:
        return []
    value = event.side.sign * sum(piece.cost_micros for piece in event.pieces)
    account = event.carrying_account_id
    return [
        Dealing(event.from_sub_account_id, account, product.currency, value),
        Dealing(event.to_sub_account_id, account, product.currency, -value),
    ]


def _exercised(event: OptionExercised, reference: Reference) -> list[Dealing]:
    """Return what options that end are closed for; a future that takes their place moves none."""
    currency = reference.product_of(event.contract_id).currency
    found = []
    for leg in event.legs:
        amount = sum(
            _premium(reference, event.contract_id, side, lots, event.close_price_nanos)
            for side, lots in ((Side.SELL, leg.long_lots), (Side.BUY, leg.short_lots))
        )
        found.append(Dealing(leg.book_id, event.carrying_account_id, currency, amount))
    return found
