"""What wires and interest do to cash, for every read model that folds it.

Cash of an outgoing wire stands in the owner's promised cash (``@promised:PERSON``) from its request
until it is confirmed, returned or cancelled.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from fencang.messages.money_commands import WireDirection
from fencang.messages.money_events import (
    InterestKind,
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.projections.reference import promised_id, reserve_id

__all__ = [
    "CASH_EVENTS",
    "WIRES_MAX",
    "CashEvent",
    "Move",
    "MovementKind",
    "WireNote",
    "moves_of",
]

WIRES_MAX = 10_000
"""Wires remembered; the oldest finished ones are forgotten first, as the desk does."""

CashEvent = WireRequested | WireConfirmed | WireReturned | WireCancelled | InterestPosted
CASH_EVENTS = (WireRequested, WireConfirmed, WireReturned, WireCancelled, InterestPosted)


class MovementKind(StrEnum):
    """Why cash moved, in the order of the cash table.

    ``PROMISED`` cash went to wires under way or came back from them; ``CORRECTION`` is variation of
    settlements whose price was wrong.
    """

    OPENING_BOOK = "opening_book"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    WIRE = "wire"
    PROMISED = "promised"
    TRANSFER = "transfer"
    CONVERSION = "conversion"
    INTEREST = "interest"
    VARIATION = "variation"
    CORRECTION = "correction"
    PREMIUM = "premium"
    FEES = "fees"
    DAY_MINIMUM = "day_minimum"


class WireNote(NamedTuple):
    """What a later event of a wire needs to know of it."""

    carrying_account_id: str
    owner_id: str
    currency: str
    is_out: bool
    amount_micros: int
    state: str


class Move(NamedTuple):
    """Cash that a book gained, or a carrying account for an owner (then ``is_carrying``)."""

    name: str
    owner_id: str
    currency: str
    amount_micros: int
    is_carrying: bool = False
    at: str = ""
    """Of a book: the carrying account that the cash came from or went to, if any."""


def moves_of(event: CashEvent, wires: dict[int, WireNote]) -> list[Move]:
    """Return the moves of an event and keep ``wires`` in step."""
    match event:
        case InterestPosted():
            return _interest(event)
        case WireRequested():
            is_out = event.direction is WireDirection.OUT
            note = WireNote(
                event.carrying_account_id,
                event.owner_id,
                event.currency,
                is_out,
                event.amount_micros,
                "requested",
            )
            _keep(wires, event.wire_id, note)
            return _between(note, reserve_id, promised_id) if is_out else []
        case WireConfirmed():
            note = wires[event.wire_id]._replace(
                amount_micros=event.amount_micros, state="confirmed"
            )
            wires[event.wire_id] = note
            book = promised_id if note.is_out else reserve_id
            return _outside(note, book(note.owner_id), -1 if note.is_out else 1)
        case WireReturned() | WireCancelled():
            note = wires[event.wire_id]
            state = "returned" if isinstance(event, WireReturned) else "cancelled"
            wires[event.wire_id] = note._replace(state=state)
            if isinstance(event, WireReturned) and note.state == "confirmed":
                back = note._replace(amount_micros=event.amount_micros)
                return _outside(back, reserve_id(note.owner_id), 1 if note.is_out else -1)
            return _between(note, promised_id, reserve_id) if note.is_out else []


def _keep(wires: dict[int, WireNote], wire_id: int, note: WireNote) -> None:
    wires[wire_id] = note
    if len(wires) > WIRES_MAX:
        done = ("confirmed", "returned", "cancelled")
        del wires[min(key for key, each in wires.items() if each.state in done)]


def _between(
    note: WireNote, source: Callable[[str], str], target: Callable[[str], str]
) -> list[Move]:
    owner, amount = note.owner_id, note.amount_micros
    return [
        Move(source(owner), owner, note.currency, -amount, at=note.carrying_account_id),
        Move(target(owner), owner, note.currency, amount, at=note.carrying_account_id),
    ]


def _outside(note: WireNote, book_id: str, sign: int) -> list[Move]:
    carrying, owner, amount = note.carrying_account_id, note.owner_id, sign * note.amount_micros
    return [
        Move(carrying, owner, note.currency, amount, is_carrying=True),
        Move(book_id, owner, note.currency, amount, at=carrying),
    ]


def _interest(event: InterestPosted) -> list[Move]:
    moves = []
    for line in event.lines:
        owner, currency, amount = line.owner_id, line.currency, line.amount_micros
        if not amount:
            continue
        account = line.account_id
        if line.kind is InterestKind.BROKER:
            moves.append(Move(account, owner, currency, amount, is_carrying=True))
            moves.append(Move(reserve_id(owner), owner, currency, amount, at=account))
        else:
            moves.append(Move(reserve_id(owner), owner, currency, -amount))
            moves.append(Move(account, owner, currency, amount))
    return moves
