"""Whom a correction must not touch: books of the desk compared before and after it.

Law: a corrected or busted fill, moved lots and a corrected settlement change cash, lots, cost and
profit of exactly the books that they name; every other sub-account and reserve stays to the micro.
The auditor cannot see this, since its books change only where an event says so.
"""

from fencang.engine.state import DeskState
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import CapitalTransferred
from fencang.messages.fill_events import FillBusted, FillCorrected, PositionTransferred
from fencang.messages.message import Event
from fencang.messages.record import Record

__all__ = ["Books", "books_before", "touched_by_mistake"]

Book = tuple[object, ...]
Books = dict[str, Book]
"""Book → cash, fees and positions, as comparable values."""
Mends = FillCorrected | FillBusted | PositionTransferred | SettlementCorrected


def books_before(state: DeskState, record: Record) -> Books | None:
    """Return every book before a record is applied, when the record corrects something."""
    if any(isinstance(event, Mends) for event in record.events):
        return _books(state)
    return None


def touched_by_mistake(state: DeskState, record: Record, before: Books) -> list[str]:
    """Return books that a record changed although nothing in it names them, sorted."""
    named = {book_id for event in record.events for book_id in _named(event)}
    after = _books(state)
    return sorted(
        book_id
        for book_id in {**before, **after}
        if book_id not in named and before.get(book_id) != after.get(book_id)
    )


def _named(event: Event) -> list[str]:
    match event:
        case FillCorrected() | FillBusted():
            return [mend.book_id for mend in event.mends]
        case PositionTransferred():
            return [event.from_sub_account_id, event.to_sub_account_id]
        case CapitalTransferred():  # it may have become due in the same record
            return [event.from_book_id, event.to_book_id]
        case SettlementCorrected():
            return [part.book_id for part in event.books]
        case _:
            return []


def _books(state: DeskState) -> Books:
    books: Books = {}
    for sub_id in sorted(state.subs):
        book = state.subs[sub_id].book
        positions = tuple(
            (
                place,
                held.carried_micros,
                held.realised_micros,
                held.variation_micros,
                tuple(tuple(layer) for layer in (*held.long.layers, *held.short.layers)),
            )
            for place, held in sorted(book.positions.items())
            # A line that was only looked at left an empty position: it is no change.
            if held.carried_micros or held.realised_micros or not held.is_flat
        )
        books[sub_id] = (_amounts(book.cash), _amounts(book.fees), positions)
    for owner_id in sorted(state.pools):
        reserve = state.pools[owner_id].reserve
        books[reserve.book_id] = (_amounts(reserve.cash), _amounts(reserve.fees))
    return books


def _amounts(by_currency: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((currency, amount) for currency, amount in sorted(by_currency.items()) if amount)
