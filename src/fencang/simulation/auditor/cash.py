"""The auditor's cash: every book and every carrying account, per currency.

Laws: per owner and currency the virtual books sum to the carrying accounts, over deposits,
withdrawals, transfers, fees, variation, conversions and opening books; no owner's cash pays for
another; a reserve is never negative after a transfer or a withdrawal; capital moves only where a
transfer command or an applied plan says so; fees are those of the schedule.
"""

from collections import defaultdict

from fencang.basics.money import PPM
from fencang.messages.commands import ApplyPlan, TransferCapital
from fencang.messages.events import (
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractSettled,
    CurrencyConverted,
    FillAllocated,
    FillSuspended,
    OpeningBookImported,
    SuspenseAssigned,
)
from fencang.messages.fill_commands import BustFill, CorrectFill
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    SuspenseAssignmentUndone,
)
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import RESERVE, SUSPENSE, Reference
from fencang.simulation.auditor.today import Range, Today

__all__ = ["Cash"]


class Cash:
    """Balances in micros."""

    def __init__(self, reference: Reference, today: Today) -> None:
        self.reference, self.today = reference, today
        self.books: defaultdict[tuple[str, str], int] = defaultdict(int)
        # (carrying account, owner, currency): what the broker holds, and for whom
        self.carrying: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self.handlers: Handlers = {
            CashDeposited: self._deposit,
            CashWithdrawn: self._withdraw,
            CapitalTransferred: self._transfer,
            CurrencyConverted: self._convert,
            OpeningBookImported: self._open,
            FillAllocated: self.pay_fee,
            FillSuspended: self._suspense_fee,
            SuspenseAssigned: self._assigned_fee,
            SuspenseAssignmentUndone: self._returned_fee,
            ContractSettled: self._variation,
        }

    def enter(self, book: str, carrying: str, currency: str, amount: int) -> None:
        """Enter an amount into a book and into its owner's part of a carrying account."""
        self.books[book, currency] += amount
        self.carrying[carrying, self.reference.owner(book), currency] += amount

    def _deposit(self, _page: Page, event: CashDeposited) -> None:
        book = RESERVE + event.owner_id
        self.enter(book, event.carrying_account_id, event.currency, event.amount_micros)

    def _withdraw(self, page: Page, event: CashWithdrawn) -> None:
        book = RESERVE + event.owner_id
        self.enter(book, event.carrying_account_id, event.currency, -event.amount_micros)
        self._check_reserve(page, event.owner_id, event.currency)
        self._check_owner(page, event.carrying_account_id, event.owner_id, event.currency)

    def _check_owner(self, page: Page, carrying: str, owner: str, currency: str) -> None:
        left = self.carrying[carrying, owner, currency]
        if left < 0:
            page.report(
                "owner cash", f"{owner} took {-left} micros {currency} of others' at {carrying}"
            )

    def _check_reserve(self, page: Page, owner: str, currency: str) -> None:
        left = self.books[RESERVE + owner, currency]
        if left < 0:
            page.report("reserve", f"reserve of {owner} stands at {left} micros {currency}")

    def _transfer(self, page: Page, event: CapitalTransferred) -> None:
        base = self.reference.base_currency
        owners = [self.reference.owner(book) for book in (event.from_book_id, event.to_book_id)]
        if owners[0] != owners[1] or not owners[0]:
            page.report("owner", f"capital moved from {owners[0]!r} to {owners[1]!r}")
        if event.amount_micros <= 0:
            page.report("capital", f"a transfer of {event.amount_micros} micros")
        self.books[event.from_book_id, base] -= event.amount_micros
        self.books[event.to_book_id, base] += event.amount_micros
        if event.from_book_id.startswith(RESERVE):
            self._check_reserve(page, owners[0], base)
        command = page.asked(event)
        if isinstance(command, TransferCapital):
            self._check_asked(page, command, event)
        elif not isinstance(command, ApplyPlan):
            page.report("capital", f"capital moved by {type(command).__name__}")

    def _check_asked(self, page: Page, asked: TransferCapital, event: CapitalTransferred) -> None:
        ends = (
            (asked.from_sub_account_id, event.from_book_id),
            (asked.to_sub_account_id, event.to_book_id),
        )
        right = all(
            book.startswith(RESERVE) if sub_account is None else book == sub_account
            for sub_account, book in ends
        )
        if not right or asked.amount_micros != event.amount_micros:
            page.report("capital", "a transfer differs from the one that was asked for")

    def _convert(self, page: Page, event: CurrencyConverted) -> None:
        book, carrying = event.book_id, event.carrying_account_id
        self.enter(book, carrying, event.sold_currency, -event.sold_micros)
        self.enter(book, carrying, event.bought_currency, event.bought_micros)
        owner = self.reference.owner(book)
        if book.startswith(RESERVE):
            self._check_reserve(page, owner, event.sold_currency)
        self._check_owner(page, carrying, owner, event.sold_currency)

    def _open(self, page: Page, event: OpeningBookImported) -> None:
        for cash in event.cash:
            book = cash.sub_account_id or RESERVE + cash.owner_id
            if self.reference.owner(book) != cash.owner_id:
                page.report("owner", f"opening cash of {cash.owner_id} in the book {book}")
            self.enter(book, cash.carrying_account_id, cash.currency, cash.amount_micros)

    # ------------------------------------------------------------------------------------- fees

    def refund(self, book: str, carrying: str, contract_id: str, amount: int) -> None:
        """Move what a correction changes of a fee: above zero it comes back."""
        self.enter(book, carrying, self.reference.product(contract_id).currency, amount)

    def pay_fee(self, page: Page, event: FillAllocated | EnteredFillAllocated) -> None:
        """Take the fee of allocated lots out of their book."""
        self._check_fee(page, event)
        currency = self.reference.product(event.contract_id).currency
        self.enter(event.sub_account_id, event.carrying_account_id, currency, -event.fee_micros)

    def _suspense_fee(self, page: Page, event: FillSuspended) -> None:
        self._check_fee(page, event)
        currency = self.reference.product(event.contract_id).currency
        book = SUSPENSE + event.carrying_account_id
        self.enter(book, event.carrying_account_id, currency, -event.fee_micros)

    def _assigned_fee(self, page: Page, event: SuspenseAssigned) -> None:
        if event.fee_micros < 0 and not self.reference.rebates:
            page.report("fee", f"{event.execution_id} assigned with fee {event.fee_micros}")
        currency = self.reference.product(event.contract_id).currency
        book = SUSPENSE + event.carrying_account_id
        self.enter(book, event.carrying_account_id, currency, event.fee_micros)
        self.enter(event.sub_account_id, event.carrying_account_id, currency, -event.fee_micros)
        owners = self.reference.owner(book), self.reference.owner(event.sub_account_id)
        if owners[0] != owners[1]:
            page.report("owner", f"suspense of {owners[0]!r} assigned to {owners[1]!r}")

    def _returned_fee(self, _page: Page, event: SuspenseAssignmentUndone) -> None:
        currency = self.reference.product(event.contract_id).currency
        carrying, fee = event.carrying_account_id, event.fee_micros
        self.enter(event.sub_account_id, carrying, currency, fee)
        self.enter(SUSPENSE + carrying, carrying, currency, -fee)

    def _check_fee(
        self, page: Page, event: FillAllocated | EnteredFillAllocated | FillSuspended
    ) -> None:
        if isinstance(page.record.command, CorrectFill | BustFill) and not event.fee_micros:
            return  # What a correction leaves owing is no trade of its own.
        product = self.reference.product(event.contract_id)
        if {event.contract_id, product.product_id} & self.reference.charged:
            return  # what rows charge is checked where they are told (``money``)
        fees = product.fees
        value = abs(self.reference.value(event.contract_id, event.price_nanos, event.quantity_lots))
        notional = (2 * value * fees.notional_ppm + PPM) // (2 * PPM)
        today = fees.close_today_per_lot_micros
        rate = fees.per_lot_micros if today is None else today
        lots, closes = event.quantity_lots, self._closes_today(event)
        fixed = notional + fees.clearing_per_lot_micros * lots
        least, most = sorted(fixed + rate * of + fees.per_lot_micros * (lots - of) for of in closes)
        if not least <= event.fee_micros <= most:
            page.report(
                "fee", f"{event.execution_id}: {event.fee_micros} is outside {least}..{most} micros"
            )

    def _closes_today(self, event: FillAllocated | EnteredFillAllocated | FillSuspended) -> Range:
        if isinstance(event, FillSuspended):
            return Range(0, 0)  # nobody's lots are closed yet
        return self.today.closes[event.execution_id, event.sub_account_id]

    def _variation(self, _page: Page, event: ContractSettled) -> None:
        for line in event.books:
            self.enter(
                line.book_id, line.carrying_account_id, event.currency, line.variation_micros
            )
        # What the brokers paid in total is entered apart, under nobody's name: the parts of the
        # owners must use it up.
        for part in event.carrying:
            self.books["", event.currency] += part.variation_micros
        for line in event.books:
            self.books["", event.currency] -= line.variation_micros

    def close(self, page: Page) -> None:
        """Check conservation per owner and currency after a record."""
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (book, currency), amount in self.books.items():
            sums[self.reference.owner(book), currency] += amount
        for (_, owner, currency), amount in self.carrying.items():
            sums[owner, currency] -= amount
        for (owner, currency), difference in sums.items():
            if difference:
                page.report("cash", f"{owner} {currency}: books exceed brokers by {difference}")
