"""One trading day of the whole desk, as it is gathered and as it is kept once it has ended."""

from datetime import date
from typing import NamedTuple

import msgspec

from fencang.messages.margin_events import AccountMargin, MarginLine
from fencang.projections.reference import reserve_id, suspense_id
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.person import LegalPerson
from fencang.reports.statement.holdings import Held
from fencang.reports.statement.values import CashEntry, LotChange, MovementKind

__all__ = ["Cash", "Day", "EndedDay", "Rate", "Results", "Tree"]

Cash = dict[str, dict[str, int]]
"""Book → currency → micros."""


class Rate(NamedTuple):
    """What a unit of a currency is worth in the base currency, and who said so."""

    rate_nanos: int
    source: str


class Results(NamedTuple):
    """Profit and loss of one book in one contract on one day."""

    currency: str
    realised_micros: int = 0
    variation_micros: int = 0
    premium_micros: int = 0
    brought_in_micros: int = 0
    brought_in_option_value_micros: int = 0
    fees_micros: int = 0

    def plus(self, other: "Results") -> "Results":
        """Return both together."""
        assert self.currency == other.currency, (self, other)
        return Results(
            self.currency,
            self.realised_micros + other.realised_micros,
            self.variation_micros + other.variation_micros,
            self.premium_micros + other.premium_micros,
            self.brought_in_micros + other.brought_in_micros,
            self.brought_in_option_value_micros + other.brought_in_option_value_micros,
            self.fees_micros + other.fees_micros,
        )


class Tree(NamedTuple):
    """Who is who on a day: copies, so that later definitions do not change the past."""

    base_currency: str
    persons: dict[str, LegalPerson]
    masters: dict[str, MasterAccount]
    carrying_accounts: dict[str, CarryingAccount]
    sub_accounts: dict[str, SubAccount]


class Day:
    """A day that movements are still gathered for."""

    __slots__ = (
        "accounts",
        "entries",
        "flags",
        "held",
        "lot_changes",
        "margin",
        "margin_day",
        "moved",
        "number",
        "rates",
        "results",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.moved: dict[str, dict[str, dict[MovementKind, int]]] = {}
        """Book → currency → kind → micros."""
        self.entries: list[CashEntry] = []
        self.lot_changes: list[LotChange] = []
        self.results: dict[tuple[str, str], Results] = {}
        """(book, contract) → profit and loss."""
        self.held: dict[str, list[Held]] = {}
        """Venue → positions as the venue left the day."""
        self.rates: dict[str, Rate] | None = None
        self.margin_day: date | None = None
        self.margin: tuple[MarginLine, ...] = ()
        self.accounts: tuple[AccountMargin, ...] = ()
        self.flags: tuple[str, ...] = ()

    @property
    def trading_day(self) -> date:
        """Return the calendar day; of the time before the first opening, the first day there is."""
        return date.fromordinal(self.number) if self.number else date.min

    def begun(self, number: int) -> "Day":
        """Return the time before the first opening as part of the first day."""
        assert self.number == 0, self.number
        self.number = number
        day = self.trading_day
        self.entries = [msgspec.structs.replace(each, trading_day=day) for each in self.entries]
        changes = self.lot_changes
        self.lot_changes = [msgspec.structs.replace(each, trading_day=day) for each in changes]
        return self

    def move(self, book_id: str, currency: str, kind: MovementKind, amount_micros: int) -> None:
        """Count a movement of cash."""
        kinds = self.moved.setdefault(book_id, {}).setdefault(currency, {})
        kinds[kind] = kinds.get(kind, 0) + amount_micros

    def earn(self, book_id: str, contract_id: str, results: Results) -> None:
        """Count profit and loss."""
        before = self.results.get((book_id, contract_id))
        self.results[book_id, contract_id] = results if before is None else before.plus(results)


class EndedDay:
    """A day with what stood before it and what stood after it.

    ``is_final`` is False for a day that has not ended: later records may still change it.
    """

    __slots__ = (
        "closing_cash",
        "closing_held",
        "day",
        "is_final",
        "opening_cash",
        "opening_held",
        "rates",
        "trading_day",
        "tree",
        "waits_for",
    )

    def __init__(
        self,
        day: Day,
        tree: Tree,
        rates: dict[str, Rate],
        *,
        cash: tuple[Cash, Cash],
        held: tuple[list[Held], list[Held]],
        waits_for: tuple[str, ...] = (),
        is_final: bool = True,
    ) -> None:
        self.day = day
        self.trading_day = date.fromordinal(day.number)
        self.tree = tree
        self.rates = rates
        self.opening_cash, self.closing_cash = cash
        self.opening_held, self.closing_held = held
        self.waits_for = waits_for
        self.is_final = is_final

    def book_ids(self) -> list[str]:
        """Return every sub-account, and the reserve and suspense accounts beside them, sorted."""
        subs, accounts = self.tree.sub_accounts, self.tree.carrying_accounts
        owners = {sub.owner_id for sub in subs.values()}
        owners |= {account.holder_id for account in accounts.values()}
        aside = {reserve_id(owner_id) for owner_id in owners} | {suspense_id(a) for a in accounts}
        return sorted({*self.closing_cash, *subs, *aside})
