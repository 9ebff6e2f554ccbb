"""What a statement says, as frozen values: money in micros, prices in nanos, quantities in lots.

Every movement of cash has exactly one kind and stands in exactly one place:

======================  ============================================================
kind                    where its single items stand
======================  ============================================================
variation               ``results`` per contract
premium, fees           ``results`` per contract, and with each change of lots
every other kind        ``entries``
======================  ============================================================

A new kind of movement (interest, correction) is one member of ``MovementKind``, its words
in ``words.py`` and its event in ``fold.py``.
"""

from datetime import date
from enum import StrEnum
from typing import dataclass_transform

import msgspec

from fencang.projections.cash_moves import MovementKind

__all__ = [
    "FORM_VERSION",
    "Balance",
    "BookLine",
    "BrokerMargin",
    "CashEntry",
    "CashMovement",
    "LotChange",
    "LotChangeKind",
    "MarginReport",
    "MarginStanding",
    "MarkKind",
    "MovementKind",
    "PositionLine",
    "PositionSide",
    "ResultLine",
    "Scope",
    "Statement",
]

FORM_VERSION = 2
"""Version of the statement's fields; raised when the same day would give other bytes."""


class Scope(StrEnum):
    """Whose statement it is."""

    BOOK = "book"
    OWNER = "owner"
    DESK = "desk"


class LotChangeKind(StrEnum):
    """Why lots of a book changed.

    ``ASSIGNED`` lots came from suspense; ``ASSIGNMENT`` ends short options that were exercised.
    A correction takes lots of a fill back and enters the right ones; a bust only takes them back.
    Exercise and assignment stand for both legs: the option that ends, the future that opens; so
    does a conversion, for the contract that was and the one that it became, at average cost.
    """

    OPENING_BOOK = "opening_book"
    FILL = "fill"
    ENTERED = "entered"
    CORRECTION = "correction"
    BUST = "bust"
    TRANSFER = "transfer"
    SUSPENDED = "suspended"
    ASSIGNED = "assigned"
    EXERCISE = "exercise"
    ASSIGNMENT = "assignment"
    EXPIRED = "expired"
    CONVERSION = "conversion"


class PositionSide(StrEnum):
    """Side of open lots."""

    LONG = "long"
    SHORT = "short"


class MarkKind(StrEnum):
    """What an open position is valued at."""

    SETTLEMENT = "settlement"
    MARK = "mark"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class _Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The common form: frozen, all fields by name."""


class CashMovement(_Value):
    """What one kind of movement did to the cash of one currency."""

    kind: MovementKind
    amount_micros: int


class Balance(_Value):
    """Cash of one currency from opening to closing, and what it is worth.

    ``unpaid_micros`` is variation that open positions have not been paid at the closing marks.
    ``option_value_micros`` is what options whose premium was paid are worth at the closing marks,
    bought less sold: it is no cash and no part of equity.
    Valuation in the base currency is information: it never adds to cash.  Without a rate,
    ``rate_nanos`` is None and the value 0.
    """

    currency: str
    opening_micros: int
    movements: tuple[CashMovement, ...]
    closing_micros: int
    unpaid_micros: int
    option_value_micros: int
    rate_nanos: int | None
    rate_source: str
    base_value_micros: int

    @property
    def equity_micros(self) -> int:
        """Return cash and unpaid variation."""
        return self.closing_micros + self.unpaid_micros


class CashEntry(_Value):
    """One movement of cash that is neither variation, nor a premium, nor the fee of a fill.

    ``other_book_id`` is the other end of what moved between books; ``text`` a transfer's reason, a
    conversion's rate source, an opening book's origin, a wire's number and reason, the nights of
    interest, contract and day of a settlement that was corrected, or product, fee row and amount of
    a minimum of the day.
    """

    trading_day: date
    sequence: int
    book_id: str
    kind: MovementKind
    currency: str
    amount_micros: int
    carrying_account_id: str = ""
    other_book_id: str = ""
    text: str = ""


class LotChange(_Value, omit_defaults=True):
    """Lots that entered or left a book.  Negative lots take an earlier change back.

    ``premium_micros`` is the cash that moved with them: received, or paid if negative.
    What a correction realises stands with the last of its lots in a book.  The price of moved lots
    is what they moved for, over lots, half away from zero: the mark, or their average cost.
    ``roll_id`` is set on both legs of a roll, and left out of JSON where there is none.
    """

    trading_day: date
    sequence: int
    book_id: str
    kind: LotChangeKind
    execution_id: str
    carrying_account_id: str
    contract_id: str
    side: str
    offset: str
    quantity_lots: int
    price_nanos: int
    currency: str
    premium_micros: int
    fee_micros: int
    realised_micros: int
    roll_id: int = 0


class ResultLine(_Value):
    """Profit and loss in one contract over the period.

    Law: realised + change of unrealised - brought in = variation + premium + change of unpaid +
    change of option value - option value brought in.
    Variation is with that of corrected settlements, whose items stand by themselves.
    ``brought_in_micros`` is profit that a prior system had already been paid or had counted;
    ``brought_in_option_value_micros`` is what options that it handed over were worth to it.
    """

    contract_id: str
    currency: str
    realised_micros: int
    opening_unrealised_micros: int
    closing_unrealised_micros: int
    variation_micros: int
    premium_micros: int
    opening_unpaid_micros: int
    closing_unpaid_micros: int
    opening_option_value_micros: int
    closing_option_value_micros: int
    brought_in_micros: int
    brought_in_option_value_micros: int
    fees_micros: int

    @property
    def option_micros(self) -> tuple[int, int, int, int]:
        """Return what only options have: premium, value at opening, at closing, brought in."""
        return (
            self.premium_micros,
            self.opening_option_value_micros,
            self.closing_option_value_micros,
            self.brought_in_option_value_micros,
        )

    @property
    def net_micros(self) -> int:
        """Return realised and change of unrealised, less fees and what was brought in."""
        change = self.closing_unrealised_micros - self.opening_unrealised_micros
        return self.realised_micros + change - self.brought_in_micros - self.fees_micros


class PositionLine(_Value):
    """Open lots of one side, with their cost of record.

    ``average_price_nanos`` is cost over lots, half away from zero; None without lots.  Lots of a
    suspense account are carried at the last settlement and may be owed (negative).
    """

    book_id: str
    carrying_account_id: str
    contract_id: str
    side: PositionSide
    quantity_lots: int
    of_today_lots: int
    average_price_nanos: int | None
    mark_nanos: int
    mark_kind: MarkKind
    currency: str
    unrealised_micros: int


class MarginStanding(_Value):
    """A book (or an owner's pool) as published with the day's last settlement, base currency."""

    book_id: str
    equity_micros: int
    requirement_micros: int
    attributed_micros: int
    granted_micros: int


class BrokerMargin(_Value):
    """An owner's margin at one carrying account in one currency; a negative excess is a call."""

    carrying_account_id: str
    owner_id: str
    currency: str
    cash_micros: int
    unpaid_micros: int
    collateral_micros: int
    requirement_micros: int
    excess_micros: int


class MarginReport(_Value):
    """What was published with the day's last settlement; no day when nothing was.

    ``flags`` say what was not as it should be: stale files, contracts margined by rate.
    """

    trading_day: date | None
    standings: tuple[MarginStanding, ...]
    at_brokers: tuple[BrokerMargin, ...]
    flags: tuple[str, ...]


class BookLine(_Value):
    """One book of an owner or a desk: its cash per currency, to be added up.

    ``base_equity_micros`` values cash and unpaid variation in the base currency.
    """

    book_id: str
    name: str
    owner_id: str
    cash: tuple[tuple[str, int], ...]
    base_equity_micros: int


class Statement(_Value):
    """One statement of account.

    ``waits_for`` names venues whose day has not been settled; ``is_final`` says that the last day
    has ended, so that the statement never changes again.
    """

    form_version: int
    scope: Scope
    account_id: str
    name: str
    owner_id: str
    owner_name: str
    base_currency: str
    first_day: date
    last_day: date
    month: str
    trading_days: tuple[date, ...]
    is_final: bool
    waits_for: tuple[str, ...]
    balances: tuple[Balance, ...]
    results: tuple[ResultLine, ...]
    entries: tuple[CashEntry, ...]
    lot_changes: tuple[LotChange, ...]
    positions: tuple[PositionLine, ...]
    margin: MarginReport
    books: tuple[BookLine, ...]

    @property
    def base_equity_micros(self) -> int:
        """Return all currencies' equity valued in the base currency."""
        return sum(balance.base_value_micros for balance in self.balances)
