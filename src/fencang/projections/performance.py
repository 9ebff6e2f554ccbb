"""Daily profit, equity, capital shares and margin use: one row of integers per trading day.

Profit of a day is variation margin less fees, kept exactly per currency while the day runs and
valued in the base currency once, at the rates known when the day completes.  Deposits, transfers,
conversions and opening books are not profit; they change the capital that the profit is earned on.

A trading day is complete when every venue that opened it has settled it.  What happens while no day
of the venue is open counts to the next day that completes; a venue that opens a completed day late
adds to its row when it settles.  Law: per currency, the books' profit sums to the carrying
accounts' (``DayRow.unbalanced`` stays empty); in the base currency the pool's profit is the sum.
"""

from dataclasses import dataclass, field
from datetime import date

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_half_away
from fencang.messages.day_events import SettlementCorrected, TradingDayOpened
from fencang.messages.events import (
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractSettled,
    FillAllocated,
    FillSuspended,
    OpeningBookImported,
    SessionOpened,
    SuspenseAssigned,
    TradingDaySettled,
)
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    SuspenseAssignmentUndone,
)
from fencang.messages.money_events import (
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.projections.cash_moves import WireNote, moves_of
from fencang.projections.projection import Projection
from fencang.projections.reference import POOL, pool_id, reserve_id, suspense_id

__all__ = ["DAYS_MAX", "DayRow", "Performance"]

DAYS_MAX = 25_000
"""A hundred years of trading days; older rows are forgotten."""

BETWEEN_DAYS = 0


@dataclass(slots=True)
class DayRow:
    """One completed trading day (yyyymmdd); maps run from book to micros of the base currency.

    ``capital_micros`` is what the profit was earned on: equity at the end of the day before and
    everything moved in or out since.  ``unbalanced`` lists currencies (exact micros) by which the
    books' profit differs from the carrying accounts'.
    """

    trading_day: int
    profit_micros: dict[str, int]
    capital_micros: dict[str, int]
    equity_micros: dict[str, int]
    requirement_micros: dict[str, int]
    unbalanced: dict[str, int]


@dataclass(slots=True)
class _OpenDay:
    opened: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    books: dict[tuple[str, str], int] = field(default_factory=dict)
    carrying: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return bool(self.settled) and all(venue in self.settled for venue in self.opened)

    def add(self, book_id: str, currency: str, amount_micros: int) -> None:
        key = (book_id, currency)
        self.books[key] = self.books.get(key, 0) + amount_micros

    def add_carrying(self, currency: str, amount_micros: int) -> None:
        self.carrying[currency] = self.carrying.get(currency, 0) + amount_micros


class Performance(Projection):
    """Rows of completed days; applied after the ``books`` that it reads equity from."""

    __slots__ = (
        "_first_seen",
        "_moved",
        "_open_days",
        "_rows",
        "_venue_days",
        "_wires",
        "books",
        "days_max",
    )

    def __init__(self, books: Books, days_max: int = DAYS_MAX) -> None:
        self.books = books
        self.days_max = days_max
        self._rows: dict[int, DayRow] = {}
        self._open_days: dict[int, _OpenDay] = {}
        self._venue_days: dict[str, int] = {}
        self._moved: dict[str, int] = {}
        self._first_seen: dict[str, int] = {}
        self._wires: dict[int, WireNote] = {}

    def apply(self, record: Record) -> None:
        """Fold in money of the record first, then complete the days that it settled."""
        settled = []
        for event in record.events:
            match event:
                case FillAllocated() | EnteredFillAllocated():
                    self._pay_fee(event.sub_account_id, event)
                case FillCorrected() | FillBusted():
                    self._mend_fees(event)
                case FillSuspended():
                    self._pay_fee(suspense_id(event.carrying_account_id), event)
                case SuspenseAssigned():
                    self._move_fee(event, event.fee_micros)
                case SuspenseAssignmentUndone():
                    self._move_fee(event, -event.fee_micros)
                case ContractSettled():
                    self._settle(event)
                case SettlementCorrected(following_day=None):
                    self._correct(event)
                case (
                    SessionOpened(venue_id=venue_id, trading_day=trading_day)
                    | TradingDayOpened(venue_id=venue_id, trading_day=trading_day)
                ):
                    self._open(venue_id, _number(trading_day))
                case TradingDaySettled():
                    settled.append(event)
                case (
                    CashDeposited() | CashWithdrawn() | CapitalTransferred() | OpeningBookImported()
                ):
                    self._move(event)
                case InterestPosted():
                    self._bear_interest(event)
                case DayMinimumCharged():
                    self._pay_minimum(event)
                case WireRequested() | WireConfirmed() | WireReturned() | WireCancelled():
                    self._move_wire(event)
                case _:
                    pass
        for event in settled:
            self._settle_day(event.venue_id, _number(event.trading_day))

    def _move_wire(
        self, event: WireRequested | WireConfirmed | WireReturned | WireCancelled
    ) -> None:
        for move in moves_of(event, self._wires):
            if not move.is_carrying:
                value = self.books.reference.value_in_base(move.currency, move.amount_micros)
                self._add_moved(move.name, value)

    def content(self) -> object:
        """Return the rows and what has not been completed yet."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "books"}

    # ------------------------------------------------------------------------------------ questions

    def days(self) -> list[int]:
        """Return the completed trading days (yyyymmdd), in the order of completion."""
        return list(self._rows)

    def row(self, trading_day: int) -> DayRow | None:
        """Return a completed day; None while it is open or when it never was."""
        return self._rows.get(trading_day)

    def rows(self) -> list[DayRow]:
        """Return all completed days."""
        return list(self._rows.values())

    def first_day(self, book_id: str) -> int | None:
        """Return the first completed day on which the book had capital, lots' profit or equity."""
        return self._first_seen.get(book_id)

    def history(self, book_id: str, days_max: int) -> list[tuple[int, int, int]]:
        """Return (trading day, profit, capital) of the last days, from the book's first day on."""
        first = self._first_seen.get(book_id)
        if first is None:
            return []
        rows = list(self._rows.values())[-days_max:]
        return [
            (row.trading_day, row.profit_micros.get(book_id, 0), row.capital_micros.get(book_id, 0))
            for row in rows
            if row.trading_day >= first
        ]

    def profit_micros(self, name: str, trading_day: int) -> int:
        """Return a day's profit of a book, or of ``@pool:PERSON``; 0 for a day not completed."""
        row = self._rows.get(trading_day)
        if row is None:
            return 0
        if not name.startswith(POOL):
            return row.profit_micros.get(name, 0)
        owner_of = self.books.reference.owner_of
        owner_id = name.removeprefix(POOL)
        return sum(
            profit for book, profit in row.profit_micros.items() if owner_of(book) == owner_id
        )

    def profit_total_micros(self, name: str) -> int:
        """Return the profit of a book or pool over all remembered days."""
        return sum(self.profit_micros(name, day) for day in self._rows)

    def equity_curve(self, name: str) -> list[tuple[int, int]]:
        """Return (trading day, equity) of a book or ``@pool:PERSON``, one point per day."""
        return [
            (row.trading_day, row.equity_micros[name])
            for row in self._rows.values()
            if name in row.equity_micros
        ]

    def capital_shares(self, owner_id: str) -> list[tuple[int, dict[str, int]]]:
        """Return (trading day, sub-account → ppm of what all the owner's sub-accounts hold)."""
        names = self.books.reference.sub_account_ids(owner_id)
        shares = []
        for row in self._rows.values():
            held = {name: max(0, row.equity_micros.get(name, 0)) for name in names}
            whole = sum(held.values())
            if whole:
                ppm = {name: divide_half_away(part * PPM, whole) for name, part in held.items()}
                shares.append((row.trading_day, ppm))
        return shares

    def margin_use(self, name: str) -> list[tuple[int, int]]:
        """Return (trading day, requirement in ppm of equity); days without equity left out."""
        return [
            (row.trading_day, divide_half_away(row.requirement_micros.get(name, 0) * PPM, equity))
            for row in self._rows.values()
            if (equity := row.equity_micros.get(name, 0)) > 0
        ]

    def unbalanced_days(self) -> list[int]:
        """Return days on which the books' profit is not the carrying accounts'; empty by law."""
        return [row.trading_day for row in self._rows.values() if row.unbalanced]

    # ---------------------------------------------------------------------------------------- folds

    def _open(self, venue_id: str, day: int) -> None:
        self._venue_days[venue_id] = day
        opened = self._open_days.setdefault(day, _OpenDay()).opened
        if venue_id not in opened:
            opened.append(venue_id)

    def _day_of(self, contract_id: str) -> _OpenDay:
        return self._day_of_venue(self.books.reference.product_of(contract_id).venue_id)

    def _day_of_venue(self, venue_id: str) -> _OpenDay:
        day = self._venue_days.get(venue_id, BETWEEN_DAYS)
        if day not in self._open_days:
            day = BETWEEN_DAYS
        return self._open_days.setdefault(day, _OpenDay())

    def _pay_fee(
        self, book_id: str, event: FillAllocated | EnteredFillAllocated | FillSuspended
    ) -> None:
        if event.fee_micros:
            currency = self.books.reference.product_of(event.contract_id).currency
            day = self._day_of(event.contract_id)
            day.add(book_id, currency, -event.fee_micros)
            day.add_carrying(currency, -event.fee_micros)

    def _pay_minimum(self, event: DayMinimumCharged) -> None:
        day = self._day_of_venue(event.venue_id)
        for part in event.books:
            day.add(part.book_id, event.currency, -part.amount_micros)
            day.add_carrying(event.currency, -part.amount_micros)

    def _mend_fees(self, event: FillCorrected | FillBusted) -> None:
        """Count the change of fees today; the day it mends has been told already."""
        currency = self.books.reference.product_of(event.contract_id).currency
        day = self._day_of(event.contract_id)
        for mend in event.mends:
            if mend.fee_micros:
                day.add(mend.book_id, currency, -mend.fee_micros)
                day.add_carrying(currency, -mend.fee_micros)

    def _move_fee(
        self, event: SuspenseAssigned | SuspenseAssignmentUndone, fee_micros: int
    ) -> None:
        currency = self.books.reference.product_of(event.contract_id).currency
        day = self._day_of(event.contract_id)
        day.add(suspense_id(event.carrying_account_id), currency, fee_micros)
        day.add(event.sub_account_id, currency, -fee_micros)

    def _bear_interest(self, event: InterestPosted) -> None:
        """Count interest as profit or loss of whatever day is completed next."""
        day = self._open_days.setdefault(BETWEEN_DAYS, _OpenDay())
        for move in moves_of(event, self._wires):
            if move.is_carrying:
                day.add_carrying(move.currency, move.amount_micros)
            else:
                day.add(move.name, move.currency, move.amount_micros)

    def _settle(self, event: ContractSettled) -> None:
        day = self._day_of(event.contract_id)
        for book in event.books:
            day.add(book.book_id, event.currency, book.variation_micros)
        for carrying in event.carrying:
            day.add_carrying(event.currency, carrying.variation_micros)

    def _correct(self, event: SettlementCorrected) -> None:
        """Count a mended settlement to the day that mends it."""
        day = self._day_of(event.contract_id)
        for book in event.books:
            day.add(book.book_id, event.currency, book.difference_micros)
        for carrying in event.carrying:
            day.add_carrying(event.currency, carrying.difference_micros)

    def _move(
        self, event: CashDeposited | CashWithdrawn | CapitalTransferred | OpeningBookImported
    ) -> None:
        value = self.books.reference.value_in_base
        match event:
            case CashDeposited() | CashWithdrawn():
                sign = 1 if isinstance(event, CashDeposited) else -1
                amount = sign * value(event.currency, event.amount_micros)
                self._add_moved(reserve_id(event.owner_id), amount)
            case CapitalTransferred():
                self._add_moved(event.from_book_id, -event.amount_micros)
                self._add_moved(event.to_book_id, event.amount_micros)
            case OpeningBookImported(cash=cash):
                for entry in cash:
                    book_id = entry.sub_account_id or reserve_id(entry.owner_id)
                    self._add_moved(book_id, value(entry.currency, entry.amount_micros))

    def _add_moved(self, book_id: str, amount_micros: int) -> None:
        self._moved[book_id] = self._moved.get(book_id, 0) + amount_micros

    def _settle_day(self, venue_id: str, day: int) -> None:
        open_day = self._open_days.setdefault(day, _OpenDay())
        open_day.settled.append(venue_id)
        if open_day.is_complete:
            self._complete(day, open_day)

    def _complete(self, day: int, open_day: _OpenDay) -> None:
        profit: dict[str, int] = {}
        unbalanced: dict[str, int] = {}
        for part in (open_day, self._open_days.pop(BETWEEN_DAYS, _OpenDay())):
            for (book_id, currency), amount in part.books.items():
                value = self.books.reference.value_in_base(currency, amount)
                profit[book_id] = profit.get(book_id, 0) + value
                unbalanced[currency] = unbalanced.get(currency, 0) + amount
            for currency, amount in part.carrying.items():
                unbalanced[currency] = unbalanced.get(currency, 0) - amount
        del self._open_days[day]
        self._write_row(day, profit, {key: gap for key, gap in unbalanced.items() if gap})

    def _write_row(self, day: int, profit: dict[str, int], unbalanced: dict[str, int]) -> None:
        books = self.books.book_ids()
        late = self._rows.get(day)
        previous = late or (next(reversed(self._rows.values())) if self._rows else None)
        before = (late.capital_micros if late else previous.equity_micros) if previous else {}
        capital = {book: before.get(book, 0) + self._moved.get(book, 0) for book in books}
        self._moved.clear()
        if late is not None:
            for book, amount in late.profit_micros.items():
                profit[book] = profit.get(book, 0) + amount
            for currency, amount in late.unbalanced.items():
                unbalanced[currency] = unbalanced.get(currency, 0) + amount
        equity = {book: self.books.equity_micros(book) for book in books}
        requirement = {book: self.books.standing(book).requirement_micros for book in books}
        for master in self.books.reference.masters.values():
            line = self.books.standing(pool_id(master.person_id))
            equity[line.book_id] = line.equity_micros
            requirement[line.book_id] = line.requirement_micros
        self._rows[day] = DayRow(day, profit, capital, equity, requirement, unbalanced)
        for book in books:
            if book not in self._first_seen and (capital[book] or equity[book]):
                self._first_seen[book] = day
        if len(self._rows) > self.days_max:
            del self._rows[next(iter(self._rows))]


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
