"""The fold: durable records in, trading days of the whole desk out.

One pass over the journal; days outside the window are added up and forgotten.  What the days say is
compared with the desk's books (``projections.books``), which are folded beside them: a day whose
opening and movements do not come to the books' cash is a programmer's error and is never shown.
"""

from datetime import date

from fencang.basics.money import RATE_NANOS
from fencang.messages import events as ev
from fencang.messages.day_events import TradingDayOpened
from fencang.messages.margin_events import MarginPublished
from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.refdata.person import LegalPerson
from fencang.reports.statement.day import Cash, Day, EndedDay, Rate, Tree
from fencang.reports.statement.fold_cash import CashFold
from fencang.reports.statement.fold_lots import LotFold
from fencang.reports.statement.fold_mends import MendFold
from fencang.reports.statement.gathered import Gathered
from fencang.reports.statement.holdings import Held
from fencang.reports.statement.lot_book import LotBook

__all__ = ["StatementDays"]


class StatementDays:
    """Folds records; ``take`` gives the days of the window that have ended since the last call."""

    def __init__(self, first: date, last: date) -> None:
        self._window = (first.toordinal(), last.toordinal())
        self._gathered = Gathered()
        self._clock = self._gathered.clock
        self._reference = self._gathered.reference
        self._days = self._gathered.days
        self._books = Books(self._reference)
        self._lots = LotBook(self._gathered)
        self._cash_fold = CashFold(self._gathered)
        self._lot_fold = LotFold(self._gathered, self._lots)
        self._mend_fold = MendFold(self._gathered, self._lots, self._lot_fold.fills)
        self._persons: dict[str, LegalPerson] = {}
        self._rates: dict[str, Rate] = {}
        self._cash: Cash = {}
        """What stood when the last day ended."""
        self._held: list[Held] = []
        self._ended: list[EndedDay] = []
        self.trading_days: list[date] = []
        """Every day that has ended, in order."""

    @property
    def is_past(self) -> bool:
        """Return whether every day of the window has ended: nothing more can change it."""
        return self._clock.open_days[0] > self._window[1]

    @property
    def open_days(self) -> list[date]:
        """Return the days that have not ended."""
        return [date.fromordinal(day) for day in self._clock.open_days if day]

    def apply(self, record: Record) -> None:
        """Fold in the next durable record."""
        self._gathered.sequence = record.sequence
        self._reference.apply(record)
        for event in record.events:
            self._change(event)
        self._books.apply(record)
        while (ended := self._clock.end_first()) is not None:
            self._end(ended)

    def _change(self, event: ev.AnyEvent) -> None:
        """Do what an event does; what moves cash or lots has its case in the folds beside."""
        self._cash_fold.change(event)
        self._lot_fold.change(event)
        self._mend_fold.change(event)
        match event:
            case ev.PricesMarked(marks=marks):
                self._gathered.marks.update((mark.contract_id, mark.price_nanos) for mark in marks)
            case ev.OpeningBookImported():
                self._lot_fold.import_lots(event)
                self._cash_fold.import_cash(event)
            case ev.SessionOpened() | TradingDayOpened():
                self._opened(event.venue_id, event.trading_day.toordinal())
            case ev.TradingDaySettled():
                self._day_settled(event)
            case MarginPublished():
                self._published(event)
            case ev.RatesMarked(source=source, rates=rates):
                self._rates.update((rate.currency, Rate(rate.rate_nanos, source)) for rate in rates)
            case ev.DeskDefined(items=items):
                people = [item for item in items if isinstance(item, LegalPerson)]
                self._persons.update((person.person_id, person) for person in people)
            case _:
                pass

    def take(self) -> list[EndedDay]:
        """Return the days of the window that have ended since the last call."""
        ended, self._ended = self._ended, []
        return ended

    def unended(self) -> list[EndedDay]:
        """Return the window's days that have not ended, as they stand; they may still change."""
        cash, held, found = self._cash, self._held, []
        for number in self._clock.open_days:
            day = self._days[number]
            opening, before = cash, held
            cash, held = _closing(cash, day), self._held_at(day)
            if number and self._is_wanted(number):
                found.append(
                    EndedDay(
                        day,
                        self._tree(),
                        self._rates_of(day),
                        cash=(opening, cash),
                        held=(before, held),
                        waits_for=tuple(self._clock.waits_for(number)),
                        is_final=False,
                    )
                )
        return found

    # ------------------------------------------------------------------------------- days that end

    def _end(self, number: int) -> None:
        day = self._days.pop(number)
        held = self._held_at(day)
        cash = _closing(self._cash, day)
        self._check_cash(cash)
        self.trading_days.append(date.fromordinal(number))
        if self._is_wanted(number):
            ended = EndedDay(
                day,
                self._tree(),
                self._rates_of(day),
                cash=(self._cash, cash),
                held=(self._held, held),
            )
            self._ended.append(ended)
        self._cash, self._held = cash, held

    def _held_at(self, day: Day) -> list[Held]:
        """Return all positions at the day's end: as each venue left the day, or as they stand."""
        found = []
        for venue_id in sorted({*self._lots.venue_ids, *day.held}):
            left = day.held.get(venue_id)
            found += self._lots.freeze(venue_id, day.number) if left is None else left
        return found

    def _check_cash(self, cash: Cash) -> None:
        """Compare with the books: what has ended and what is still open is all there is."""
        for day in self._days.values():
            cash = _closing(cash, day)
        for book_id in sorted({*cash, *self._books.book_ids()}):
            kept = self._books.cash(book_id)
            held = cash.get(book_id, {})
            found = {currency: amount for currency, amount in held.items() if amount}
            expected = {currency: amount for currency, amount in kept.items() if amount}
            assert found == expected, (book_id, found, expected)

    def _tree(self) -> Tree:
        reference = self._reference
        return Tree(
            reference.base_currency,
            dict(self._persons),
            dict(reference.masters),
            dict(reference.carrying_accounts),
            dict(reference.sub_accounts),
        )

    def _rates_of(self, day: Day) -> dict[str, Rate]:
        return self._known_rates() if day.rates is None else day.rates

    def _known_rates(self) -> dict[str, Rate]:
        base = self._reference.base_currency
        return {**self._rates, base: Rate(RATE_NANOS, "")}

    def _is_wanted(self, number: int) -> bool:
        return self._window[0] <= number <= self._window[1]

    # ------------------------------------------------------------------------- sessions and prices

    def _opened(self, venue_id: str, number: int) -> None:
        """Put a venue on a day, by its session or by its trading day; phases change no day."""
        for left in self._clock.left_by(venue_id, number):
            if left:
                self._days[left].held.setdefault(venue_id, self._lots.freeze(venue_id, left))
        self._clock.open(venue_id, number)
        if 0 in self._days:
            self._days[number] = self._days.pop(0).begun(number)
            settled = self._gathered.settled
            settled.update((name, (number, price)) for name, (_, price) in settled.items())
        if number not in self._days and number in self._clock.open_days:
            self._days[number] = self._inserted(number)

    def _inserted(self, number: int) -> Day:
        """Return a new day; venues that are past it left it as they left the day before it."""
        day = Day(number)
        before = max(each for each in self._clock.open_days if each < number)
        for venue_id, left in self._days[before].held.items():
            if self._clock.venue_days[venue_id] > number:
                day.held[venue_id] = [held.on_a_later_day() for held in left]
        return day

    def _day_settled(self, event: ev.TradingDaySettled) -> None:
        day = self._days[self._clock.of_venue(event.venue_id)]
        self._clock.settle(event.venue_id, event.trading_day.toordinal())
        day.rates = self._known_rates()

    def _published(self, event: MarginPublished) -> None:
        number = max(event.trading_day.toordinal(), self._clock.open_days[0])
        day = self._days[number]
        day.margin_day, day.margin = event.trading_day, event.lines
        day.accounts, day.flags = event.accounts, event.flags


def _closing(cash: Cash, day: Day) -> Cash:
    """Return the cash of all books after a day."""
    closing = dict(cash)
    for book_id, currencies in day.moved.items():
        balances = dict(closing.get(book_id, {}))
        for currency, kinds in currencies.items():
            balances[currency] = balances.get(currency, 0) + sum(kinds.values())
        closing[book_id] = balances
    return closing
