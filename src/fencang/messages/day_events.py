"""Events of the trading day: opened, phases, settled in slices, corrected, closed."""

from datetime import date

from fencang.messages.day_commands import Check
from fencang.messages.message import Event
from fencang.refdata.session import Phase, ProductSessions, Session

__all__ = [
    "AcceptedCheck",
    "ContractsSettled",
    "CorrectedAccount",
    "CorrectedBook",
    "DayEvent",
    "PhaseEntered",
    "ProductPhaseEntered",
    "ProductSessionsStated",
    "SettlementCorrected",
    "SettlementPricesApproved",
    "TradingDayClosed",
    "TradingDayOpened",
]


class TradingDayOpened(Event, tag="TradingDayOpened.1"):
    """A venue is on another trading day; lots of earlier days are yesterday's from here on.

    ``left_open`` is the day before when it was not closed.
    """

    venue_id: str
    trading_day: date
    sessions: tuple[Session, ...]
    left_open: date | None
    reason: str


class PhaseEntered(Event, tag="PhaseEntered.1"):
    """A venue's phase by the sessions of its day; it was due at ``due_ns`` at the latest."""

    venue_id: str
    trading_day: date
    phase: Phase
    due_ns: int


class ProductSessionsStated(Event, tag="ProductSessionsStated.1"):
    """Products that keep hours of their own on the day that was opened with them."""

    venue_id: str
    trading_day: date
    groups: tuple[ProductSessions, ...]


class ProductPhaseEntered(Event, tag="ProductPhaseEntered.1"):
    """The phase of products with hours of their own; it was due at ``due_ns`` at the latest."""

    venue_id: str
    trading_day: date
    product_ids: tuple[str, ...]
    phase: Phase
    due_ns: int


class ContractsSettled(Event, tag="ContractsSettled.1"):
    """A slice of a venue's day was settled; the day goes on being settled."""

    venue_id: str
    trading_day: date
    source: str
    contract_ids: tuple[str, ...]


class SettlementPricesApproved(Event, tag="SettlementPricesApproved.1"):
    """Two persons stand for these settlement prices of the day."""

    venue_id: str
    trading_day: date
    approved_by: str
    contract_ids: tuple[str, ...]


class CorrectedBook(Event):
    """What a virtual book should have been paid more (or, below zero, less) at a settlement."""

    book_id: str
    carrying_account_id: str
    difference_micros: int


class CorrectedAccount(Event):
    """What a carrying account should have been paid more (or less) at a settlement."""

    carrying_account_id: str
    difference_micros: int


class SettlementCorrected(Event, tag="SettlementCorrected.1"):
    """A past settlement has its right price; the entries stand on today and mend ``trading_day``.

    ``following_day`` None: the mended settlement is the contract's last, the differences are paid
    now and carried values move with them.  Otherwise a settlement since then measured its variation
    from the wrong price and so has paid the differences back already: nothing is paid, the entries
    say what belongs to which of the two days.  ``is_final``: the contract ended with it.
    ``price_before_nanos`` is None when the contract had no price on the day.
    """

    contract_id: str
    trading_day: date
    price_before_nanos: int | None
    price_nanos: int
    currency: str
    source: str
    reason: str
    approved_by: str
    following_day: date | None
    is_final: bool
    carrying: tuple[CorrectedAccount, ...]
    books: tuple[CorrectedBook, ...]


class AcceptedCheck(Event):
    """A row of the checklist that was not met and was accepted: what was missing."""

    check: Check
    missing: str


class TradingDayClosed(Event, tag="TradingDayClosed.1"):
    """A venue's trading day has ended; nothing is booked on it any more."""

    venue_id: str
    trading_day: date
    accepted: tuple[AcceptedCheck, ...]
    reason: str


DayEvent = (
    TradingDayOpened
    | PhaseEntered
    | ProductSessionsStated
    | ProductPhaseEntered
    | ContractsSettled
    | SettlementPricesApproved
    | SettlementCorrected
    | TradingDayClosed
)
