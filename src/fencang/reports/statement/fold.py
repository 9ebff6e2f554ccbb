"""The fold: durable records in, trading days of the whole desk out.

One pass over the journal; days outside the window are added up and forgotten.  What the days say is
compared with the desk's books (``projections.books``), which are folded beside them: a day whose
opening and movements do not come to the books' cash is a programmer's error and is never shown.
"""

from datetime import date

from fencang.basics.money import RATE_NANOS
from fencang.messages import events as ev
from fencang.messages.margin_events import MarginPublished
from fencang.messages.message import Offset, Side
from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.projections.reference import Reference, reserve_id, suspense_id
from fencang.refdata.contract import OptionRight, Product
from fencang.refdata.person import LegalPerson
from fencang.reports.statement.day import Cash, Day, EndedDay, Rate, Results, Tree
from fencang.reports.statement.holdings import (
    Held,
    HoldingKey,
    OwnedHolding,
    SuspendedHolding,
    Traded,
)
from fencang.reports.statement.trading_days import TradingDays
from fencang.reports.statement.values import (
    CashEntry,
    LotChange,
    LotChangeKind,
    MarkKind,
    MovementKind,
)

__all__ = ["StatementDays"]

Allotted = ev.FillAllocated | ev.FillSuspended | ev.SuspenseAssigned
Terms = tuple[Side, Offset, int, int]
"""Side, offset, lots and price in nanos."""
_NOTHING = Traded(0, 0)


class StatementDays:
    """Folds records; ``take`` gives the days of the window that have ended since the last call."""

    def __init__(self, first: date, last: date) -> None:
        self._window = (first.toordinal(), last.toordinal())
        self._clock = TradingDays()
        self._reference = Reference()
        self._books = Books(self._reference)
        self._persons: dict[str, LegalPerson] = {}
        self._rates: dict[str, Rate] = {}
        self._marks: dict[str, int] = {}
        self._settled: dict[str, tuple[int, int]] = {}
        """Contract → (day, price) of its last settlement."""
        self._holdings: dict[str, dict[HoldingKey, OwnedHolding | SuspendedHolding]] = {}
        """Venue → positions, so that a venue's day is closed without visiting the others'."""
        self._by_contract: dict[str, list[HoldingKey]] = {}
        self._days: dict[int, Day] = {0: Day(0)}
        self._cash: Cash = {}
        """What stood when the last day ended."""
        self._held: list[Held] = []
        self._ended: list[EndedDay] = []
        self._sequence = 0
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
        self._sequence = record.sequence
        self._reference.apply(record)
        for event in record.events:
            self._change(event)
        self._books.apply(record)
        while (ended := self._clock.end_first()) is not None:
            self._end(ended)

    def _change(self, event: ev.AnyEvent) -> None:
        """Do what an event does; one that moves cash or lots needs a case here."""
        match event:
            case ev.FillAllocated():
                self._allocated(event)
            case ev.FillBooked():
                self._marks.setdefault(event.contract_id, event.price_nanos)
            case ev.PricesMarked():
                self._marks.update((mark.contract_id, mark.price_nanos) for mark in event.marks)
            case ev.ContractSettled():
                self._settled_contract(event)
            case ev.FillSuspended():
                self._suspended(event)
            case ev.SuspenseAssigned():
                self._assigned(event)
            case ev.OptionExercised():
                self._exercised(event)
            case ev.ContractExpired():
                self._expired(event)
            case ev.OpeningBookImported():
                self._imported(event)
            case ev.CashDeposited() | ev.CashWithdrawn():
                self._paid(event)
            case ev.CapitalTransferred():
                self._transferred(event)
            case ev.CurrencyConverted():
                self._converted(event)
            case ev.SessionOpened():
                self._opened(event)
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
        for venue_id in sorted({*self._holdings, *day.held}):
            left = day.held.get(venue_id)
            found += self._freeze(venue_id, day.number) if left is None else left
        return found

    def _freeze(self, venue_id: str, number: int) -> list[Held]:
        holdings = self._holdings.get(venue_id, {})
        product_of = self._reference.product_of
        return [
            holdings[key].held(key, product_of(key[2]), self._mark(key[2], number), number)
            for key in sorted(holdings)
        ]

    def _mark(self, contract_id: str, number: int) -> tuple[int, MarkKind]:
        settled = self._settled.get(contract_id)
        if settled is not None and settled[0] == number:
            return settled[1], MarkKind.SETTLEMENT
        return self._marks[contract_id], MarkKind.MARK

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

    def _opened(self, event: ev.SessionOpened) -> None:
        venue_id, number = event.venue_id, event.trading_day.toordinal()
        for left in self._clock.left_by(venue_id, number):
            if left:
                self._days[left].held.setdefault(venue_id, self._freeze(venue_id, left))
        self._clock.open(venue_id, number)
        if 0 in self._days:
            self._days[number] = self._days.pop(0).begun(number)
            self._settled = {name: (number, price) for name, (_, price) in self._settled.items()}
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

    # ---------------------------------------------------------------------------------------- cash

    def _cash_moved(
        self, kind: MovementKind, book_id: str, currency: str, amount_micros: int, **more: str
    ) -> None:
        day = self._days[self._clock.of_cash()]
        day.move(book_id, currency, kind, amount_micros)
        day.entries.append(
            CashEntry(
                trading_day=day.trading_day,
                sequence=self._sequence,
                book_id=book_id,
                kind=kind,
                currency=currency,
                amount_micros=amount_micros,
                **more,
            )
        )

    def _paid(self, event: ev.CashDeposited | ev.CashWithdrawn) -> None:
        comes = isinstance(event, ev.CashDeposited)
        self._cash_moved(
            MovementKind.DEPOSIT if comes else MovementKind.WITHDRAWAL,
            reserve_id(event.owner_id),
            event.currency,
            event.amount_micros if comes else -event.amount_micros,
            carrying_account_id=event.carrying_account_id,
        )

    def _transferred(self, event: ev.CapitalTransferred) -> None:
        base, reason = self._reference.base_currency, event.reason
        ends = (
            (event.from_book_id, event.to_book_id, -1),
            (event.to_book_id, event.from_book_id, 1),
        )
        for book_id, other, sign in ends:
            self._cash_moved(
                MovementKind.TRANSFER,
                book_id,
                base,
                sign * event.amount_micros,
                other_book_id=other,
                text=reason,
            )

    def _converted(self, event: ev.CurrencyConverted) -> None:
        for currency, amount in (
            (event.sold_currency, -event.sold_micros),
            (event.bought_currency, event.bought_micros),
        ):
            self._cash_moved(
                MovementKind.CONVERSION,
                event.book_id,
                currency,
                amount,
                carrying_account_id=event.carrying_account_id,
                text=event.rate_source,
            )

    # ---------------------------------------------------------------------------------------- lots

    def _holding(self, key: HoldingKey) -> OwnedHolding | SuspendedHolding:
        venue_id = self._product(key[2]).venue_id
        holdings = self._holdings.setdefault(venue_id, {})
        found = holdings.get(key)
        if found is None:
            is_suspense = key[0] == suspense_id(key[1])
            found = holdings[key] = SuspendedHolding() if is_suspense else OwnedHolding()
            self._by_contract.setdefault(key[2], []).append(key)
        return found

    def _drop_if_gone(self, key: HoldingKey) -> None:
        holdings = self._holdings[self._product(key[2]).venue_id]
        if holdings[key].is_gone:
            del holdings[key]
            self._by_contract[key[2]].remove(key)

    def _product(self, contract_id: str) -> Product:
        return self._reference.product_of(contract_id)

    def _day_of(self, contract_id: str) -> Day:
        return self._days[self._clock.of_venue(self._product(contract_id).venue_id)]

    def _allot(self, kind: LotChangeKind, key: HoldingKey, event: Allotted, sign: int = 1) -> None:
        """Book lots with their fee into a book; ``sign`` -1 takes them back."""
        terms = (event.side, event.offset, sign * event.quantity_lots, event.price_nanos)
        self._trade(kind, key, terms, event.execution_id, sign * event.fee_micros)

    def _trade(
        self,
        kind: LotChangeKind,
        key: HoldingKey,
        terms: Terms,
        execution_id: str,
        fee_micros: int = 0,
    ) -> None:
        """Book lots into a book, with the premium and the fee that move with them."""
        product, day = self._product(key[2]), self._day_of(key[2])
        today = self._clock.venue_days.get(product.venue_id, 0)
        done = self._holding(key).trade(product, *terms, today)
        self._drop_if_gone(key)
        if done.premium_micros:
            day.move(key[0], product.currency, MovementKind.PREMIUM, done.premium_micros)
        if fee_micros:
            day.move(key[0], product.currency, MovementKind.FEES, -fee_micros)
        results = Results(
            product.currency,
            realised_micros=done.realised_micros,
            premium_micros=done.premium_micros,
            fees_micros=fee_micros,
        )
        day.earn(key[0], key[2], results)
        self._note_lots(
            kind, key, terms, execution_id=execution_id, fee_micros=fee_micros, done=done
        )

    def _note_lots(
        self,
        kind: LotChangeKind,
        key: HoldingKey,
        terms: Terms,
        *,
        execution_id: str = "",
        fee_micros: int = 0,
        done: Traded = _NOTHING,
    ) -> None:
        day = self._day_of(key[2])
        side, offset, lots, price_nanos = terms
        day.lot_changes.append(
            LotChange(
                trading_day=day.trading_day,
                sequence=self._sequence,
                book_id=key[0],
                kind=kind,
                execution_id=execution_id,
                carrying_account_id=key[1],
                contract_id=key[2],
                side=side.name.lower(),
                offset=offset.name.lower(),
                quantity_lots=lots,
                price_nanos=price_nanos,
                currency=self._product(key[2]).currency,
                premium_micros=done.premium_micros,
                fee_micros=fee_micros,
                realised_micros=done.realised_micros,
            )
        )

    def _allocated(self, event: ev.FillAllocated) -> None:
        key = (event.sub_account_id, event.carrying_account_id, event.contract_id)
        self._allot(LotChangeKind.FILL, key, event)

    def _suspended(self, event: ev.FillSuspended) -> None:
        account = event.carrying_account_id
        key = (suspense_id(account), account, event.contract_id)
        self._allot(LotChangeKind.SUSPENDED, key, event)

    def _assigned(self, event: ev.SuspenseAssigned) -> None:
        account = event.carrying_account_id
        source = (suspense_id(account), account, event.contract_id)
        self._allot(LotChangeKind.ASSIGNED, source, event, -1)
        target = (event.sub_account_id, account, event.contract_id)
        self._allot(LotChangeKind.ASSIGNED, target, event)

    def _exercised(self, event: ev.OptionExercised) -> None:
        """Close the option in each book of the event; the future in its place opens at strike."""
        account, underlying_id = event.carrying_account_id, event.underlying_id
        is_net = self._reference.is_net(account)
        closes, opens = (Offset.NET, Offset.NET) if is_net else (Offset.CLOSE, Offset.OPEN)
        is_call = self._reference.contracts[event.contract_id].right is OptionRight.CALL
        if underlying_id is not None:
            self._marks.setdefault(underlying_id, event.strike_nanos)
        for leg in event.legs:
            for kind, lots, side in (
                (LotChangeKind.EXERCISE, leg.long_lots, Side.SELL),
                (LotChangeKind.ASSIGNMENT, leg.short_lots, Side.BUY),
            ):
                if not lots:
                    continue
                key = (leg.book_id, account, event.contract_id)
                terms = (side, closes, lots, event.close_price_nanos)
                self._trade(kind, key, terms, event.execution_id)
                if underlying_id is not None:
                    # A call exercised buys, a call assigned sells; a put the other way round.
                    key = (leg.book_id, account, underlying_id)
                    takes = side.opposite if is_call else side
                    terms = (takes, opens, lots, event.strike_nanos)
                    self._trade(kind, key, terms, event.execution_id)

    def _settled_contract(self, event: ev.ContractSettled) -> None:
        contract_id, price = event.contract_id, event.price_nanos
        product, day = self._product(contract_id), self._day_of(contract_id)
        self._marks[contract_id] = price
        self._settled[contract_id] = (day.number, price)
        for part in event.books:
            key = (part.book_id, part.carrying_account_id, contract_id)
            paid = part.variation_micros
            realised = self._holding(key).settle(product, price, paid, is_final=event.is_final)
            if product.pays_variation(is_final=event.is_final):
                day.move(part.book_id, event.currency, MovementKind.VARIATION, paid)
            day.earn(
                part.book_id,
                contract_id,
                Results(event.currency, realised_micros=realised, variation_micros=paid),
            )
            self._drop_if_gone(key)

    def _expired(self, event: ev.ContractExpired) -> None:
        contract_id, price = event.contract_id, event.final_price_nanos
        product, day = self._product(contract_id), self._day_of(contract_id)
        holdings = self._holdings.get(product.venue_id, {})
        for key in sorted(self._by_contract.pop(contract_id, [])):
            holding = holdings.pop(key)
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
                    self._note_lots(LotChangeKind.EXPIRED, key, terms, done=done)
                    realised = 0

    def _imported(self, event: ev.OpeningBookImported) -> None:
        for item in sorted(event.lots, key=lambda entry: entry.opened_day):
            key = (item.sub_account_id, item.carrying_account_id, item.contract_id)
            product = self._product(item.contract_id)
            self._marks.setdefault(item.contract_id, item.carried_price_nanos)
            holding = self._holding(key)
            assert isinstance(holding, OwnedHolding), key
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
            self._day_of(item.contract_id).earn(key[0], item.contract_id, results)
            terms = (item.side, Offset.OPEN, item.quantity_lots, item.price_nanos)
            self._note_lots(LotChangeKind.OPENING_BOOK, key, terms)
        for cash in event.cash:
            self._cash_moved(
                MovementKind.OPENING_BOOK,
                cash.sub_account_id or reserve_id(cash.owner_id),
                cash.currency,
                cash.amount_micros,
                carrying_account_id=cash.carrying_account_id,
                text=event.source,
            )


def _closing(cash: Cash, day: Day) -> Cash:
    """Return the cash of all books after a day."""
    closing = dict(cash)
    for book_id, currencies in day.moved.items():
        balances = dict(closing.get(book_id, {}))
        for currency, kinds in currencies.items():
            balances[currency] = balances.get(currency, 0) + sum(kinds.values())
        closing[book_id] = balances
    return closing
