"""Who owes whom inside the pool: where cash lies, whose it is, and what is asked and under way.

Per owner and currency a table: one row per book, one column per carrying account.  A cell is what
the book's own dealing (deposits, wires, variation, fees, conversions) put into the account or took
from it; the column "internal" is what the book was given by other books of its owner, or gave.
Laws: a row sums to the book's cash, a column to the cash at the account, the internal column to
zero: what one book holds of others' money, others are owed.
"""

from typing import NamedTuple

from fencang.messages.events import (
    AccountMargin,
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractSettled,
    CurrencyConverted,
    MarginPublished,
    OpeningBookImported,
)
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.message import Event
from fencang.messages.money_events import (
    FillCharged,
    MarginCallCancelled,
    MarginCallIssued,
    MarginCallMet,
    MarginCallOverdue,
    WireApproved,
    WireRequested,
    WireSent,
)
from fencang.messages.record import Record
from fencang.projections.cash_moves import CASH_EVENTS, CashEvent, WireNote, moves_of
from fencang.projections.dealings import dealings_of
from fencang.projections.projection import Projection
from fencang.projections.reference import Reference, reserve_id

__all__ = ["INTERNAL", "CallLine", "InternalRow", "Money", "WireLine", "is_open"]

INTERNAL = ""
"""Where cash comes from that another book of the owner gave."""
CALLS_MAX = 10_000

Place = tuple[str, str, str]
"""(book, currency, carrying account or ``INTERNAL``)."""


class InternalRow(NamedTuple):
    """One book's cash in one currency, by where its own dealing left it."""

    book_id: str
    cash_micros: int
    internal_micros: int
    """What other books gave it: above zero it holds others' money, below others hold its own."""
    at: dict[str, int]
    """Carrying account → what its dealing put in there, less what it took out."""


class WireLine(NamedTuple):
    """One wire as the last record left it."""

    wire_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    direction: str
    amount_micros: int
    value_date: str
    state: str


class CallLine(NamedTuple):
    """One margin call as the last record left it."""

    call_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    kind: str
    amount_micros: int
    due_ns: int
    reference: str
    state: str


class Money(Projection):
    """Balances, internal debts, wires, calls and fees by row; ``reference`` is applied before."""

    __slots__ = (
        "_accounts",
        "_calls",
        "_carrying",
        "_cells",
        "_fees",
        "_values",
        "_wires",
        "reference",
    )

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._cells: dict[Place, int] = {}
        self._carrying: dict[tuple[str, str, str], int] = {}
        self._wires: dict[int, WireNote] = {}
        self._values: dict[int, str] = {}
        self._calls: dict[int, CallLine] = {}
        self._accounts: dict[tuple[str, str, str], AccountMargin] = {}
        self._fees: dict[tuple[str, str, str, str], int] = {}

    def apply(self, record: Record) -> None:
        """Fold in everything that moves cash, and wires and calls."""
        for event in record.events:
            if isinstance(event, CASH_EVENTS):
                self._move(event)
            for book_id, carrying, currency, amount in dealings_of(event, self.reference):
                self._deal(book_id, currency, carrying, amount)
            self._fold(event)

    def content(self) -> object:
        """Return every amount, wire and call."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "reference"}

    # ------------------------------------------------------------------------------------ questions

    def owner_ids(self) -> list[str]:
        """Return the owners that have or had cash anywhere, sorted."""
        return sorted({owner for _, owner, _ in self._carrying})

    def currencies(self, owner_id: str) -> list[str]:
        """Return the currencies that an owner has or had at any carrying account, sorted."""
        return sorted({currency for _, owner, currency in self._carrying if owner == owner_id})

    def balances(self) -> dict[tuple[str, str, str], int]:
        """Return cash per (carrying account, owner, currency); empty ones are left out."""
        return {key: amount for key, amount in sorted(self._carrying.items()) if amount}

    def excess(self) -> dict[tuple[str, str, str], AccountMargin]:
        """Return margin per (carrying account, owner, currency) as published last."""
        return dict(sorted(self._accounts.items()))

    def internal(self, owner_id: str, currency: str) -> list[InternalRow]:
        """Return the table of an owner and currency, one row per book with anything in it."""
        rows: dict[str, dict[str, int]] = {}
        for (book_id, of, at), amount in sorted(self._cells.items()):
            if of == currency and amount and self.reference.owner_of(book_id) == owner_id:
                rows.setdefault(book_id, {})[at] = amount
        return [
            InternalRow(book_id, sum(cells.values()), cells.pop(INTERNAL, 0), cells)
            for book_id, cells in rows.items()
        ]

    def wires(self) -> list[WireLine]:
        """Return the wires that are remembered, oldest first."""
        return [
            WireLine(
                wire_id,
                note.carrying_account_id,
                note.owner_id,
                note.currency,
                "out" if note.is_out else "in",
                note.amount_micros,
                self._values[wire_id],
                note.state,
            )
            for wire_id, note in sorted(self._wires.items())
        ]

    def calls(self) -> list[CallLine]:
        """Return the margin calls that are remembered, oldest first."""
        return [self._calls[key] for key in sorted(self._calls)]

    def fees(self) -> dict[tuple[str, str, str, str], int]:
        """Return fees per (book, currency, kind, row) where fee rows were in force."""
        return dict(sorted(self._fees.items()))

    def gaps(self) -> dict[tuple[str, str, str], int]:
        """Return where the laws fail, as (owner, currency, place) → difference; empty by law."""
        gaps: dict[tuple[str, str, str], int] = {}
        for (book_id, currency, at), amount in self._cells.items():
            key = (self.reference.owner_of(book_id), currency, at)
            gaps[key] = gaps.get(key, 0) + amount
        for (carrying_id, owner_id, currency), amount in self._carrying.items():
            key = (owner_id, currency, carrying_id)
            gaps[key] = gaps.get(key, 0) - amount
        return {key: gap for key, gap in sorted(gaps.items()) if gap}

    # ---------------------------------------------------------------------------------------- folds

    def _add(self, book_id: str, currency: str, at: str, amount: int) -> None:
        key = (book_id, currency, at)
        self._cells[key] = self._cells.get(key, 0) + amount

    def _deal(self, book_id: str, currency: str, carrying_id: str, amount: int) -> None:
        """Move cash of a book at a carrying account, and the account's with it."""
        self._add(book_id, currency, carrying_id, amount)
        key = (carrying_id, self.reference.owner_of(book_id), currency)
        self._carrying[key] = self._carrying.get(key, 0) + amount

    def _give(self, source: str, target: str, currency: str, amount: int) -> None:
        """Move cash between two books of one owner: none moves at any account."""
        self._add(source, currency, INTERNAL, -amount)
        self._add(target, currency, INTERNAL, amount)

    def _move(self, event: CashEvent) -> None:
        moves = moves_of(event, self._wires)
        for move in moves:
            if move.is_carrying:
                key = (move.name, move.owner_id, move.currency)
                self._carrying[key] = self._carrying.get(key, 0) + move.amount_micros
            else:
                self._add(move.name, move.currency, move.at or INTERNAL, move.amount_micros)
        if len(self._values) > len(self._wires):
            self._values = {key: self._values[key] for key in self._values if key in self._wires}

    def _fold(self, event: Event) -> None:
        match event:
            case CashDeposited() | CashWithdrawn():
                sign = 1 if isinstance(event, CashDeposited) else -1
                book, amount = reserve_id(event.owner_id), sign * event.amount_micros
                self._deal(book, event.currency, event.carrying_account_id, amount)
            case CapitalTransferred():
                base = self.reference.base_currency
                self._give(event.from_book_id, event.to_book_id, base, event.amount_micros)
            case CurrencyConverted(book_id=book, carrying_account_id=carrying):
                self._deal(book, event.sold_currency, carrying, -event.sold_micros)
                self._deal(book, event.bought_currency, carrying, event.bought_micros)
            case OpeningBookImported(cash=cash):
                for entry in cash:
                    book = entry.sub_account_id or reserve_id(entry.owner_id)
                    carrying = entry.carrying_account_id
                    self._deal(book, entry.currency, carrying, entry.amount_micros)
            case ContractSettled():
                for part in event.books:
                    carrying, amount = part.carrying_account_id, part.variation_micros
                    self._deal(part.book_id, event.currency, carrying, amount)
            case FillCharged():
                for row in event.parts:
                    key = (event.book_id, event.currency, row.kind.value, row.row_id)
                    self._fees[key] = self._fees.get(key, 0) + row.amount_micros
            case DayMinimumCharged():
                for charge in event.books:
                    key = (charge.book_id, event.currency, event.kind.value, event.row_id)
                    self._fees[key] = self._fees.get(key, 0) + charge.amount_micros
            case MarginPublished(accounts=accounts):
                self._accounts = {
                    (line.carrying_account_id, line.owner_id, line.currency): line
                    for line in accounts
                }
            case _:
                self._follow(event)

    def _follow(self, event: Event) -> None:
        """Note how far a wire or a call has come."""
        match event:
            case WireRequested(wire_id=wire_id, value_date=day):
                self._values[wire_id] = day.isoformat()
            case WireApproved(wire_id=wire_id):
                self._wires[wire_id] = self._wires[wire_id]._replace(state="approved")
            case WireSent(wire_id=wire_id, value_date=day):
                self._wires[wire_id] = self._wires[wire_id]._replace(state="sent")
                self._values[wire_id] = day.isoformat()
            case MarginCallIssued():
                self._call(event)
            case MarginCallMet(call_id=call_id):
                self._end(call_id, f"met by {event.met_by.name.lower()}")
            case MarginCallCancelled(call_id=call_id):
                self._end(call_id, "cancelled")
            case MarginCallOverdue(call_id=call_id):
                self._end(call_id, "overdue")
            case _:
                pass

    def _call(self, event: MarginCallIssued) -> None:
        self._calls[event.call_id] = CallLine(
            event.call_id,
            event.carrying_account_id,
            event.owner_id,
            event.currency,
            event.kind.name.lower(),
            event.amount_micros,
            event.due_ns,
            event.reference,
            "open",
        )
        if len(self._calls) > CALLS_MAX:
            ended = [key for key, call in self._calls.items() if not is_open(call)]
            del self._calls[min(ended)]

    def _end(self, call_id: int, state: str) -> None:
        if call_id in self._calls:
            self._calls[call_id] = self._calls[call_id]._replace(state=state)


def is_open(call: CallLine) -> bool:
    """Return whether a call still asks for money."""
    return call.state in ("open", "overdue")
