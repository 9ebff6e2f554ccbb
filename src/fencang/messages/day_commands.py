"""Commands of the trading day: opening and closing it, settling in slices, correcting."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, Nanos, Text
from fencang.refdata.session import ProductSessions, Sessions

__all__ = [
    "Check",
    "CloseTradingDay",
    "CorrectSettlement",
    "DayCommand",
    "OpenTradingDay",
    "SettleContracts",
    "SettlementPrice",
]

CHECKS_MAX = 32
GROUPS_MAX = 64


class Check(StrEnum):
    """The rows of a trading day's checklist."""

    SESSIONS = "sessions"
    PRICES = "prices"
    APPROVALS = "approvals"
    FILLS = "fills"
    ORDERS = "orders"
    BREAKS = "breaks"
    BOOKS = "books"


class OpenTradingDay(Command, tag="OpenTradingDay.1"):
    """Begin a venue's trading day; its phases follow its sessions, in time order.

    A night session belongs to the day that is opened here.  Without sessions the venue opens and
    closes by ``OpenSession`` and ``CloseSession``.  Where days must be closed one after the other,
    a reason and a second person open one although the day before was not closed.
    ``product_sessions``: products that keep hours of their own on this day, each named once.
    """

    venue_id: Identifier
    trading_day: date
    sessions: Sessions = ()
    reason: Text = ""
    entered_by: Identifier = "calendar"
    approved_by: SecondPerson = ""
    product_sessions: Annotated[
        tuple[ProductSessions, ...], msgspec.Meta(max_length=GROUPS_MAX)
    ] = ()


class CloseTradingDay(Command, tag="CloseTradingDay.1"):
    """End a venue's trading day once its checklist is met.

    ``accepted`` names exactly the rows that are not met; that needs a reason and a second person.
    """

    venue_id: Identifier
    trading_day: date
    entered_by: Identifier
    accepted: Annotated[tuple[Check, ...], msgspec.Meta(max_length=CHECKS_MAX)] = ()
    reason: Text = ""
    approved_by: SecondPerson = ""


class SettlementPrice(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """One contract's settlement price."""

    contract_id: Identifier
    price_nanos: Nanos


class SettleContracts(Command, tag="SettleContracts.1"):
    """Settle some contracts of a venue's day, all or none of them: a slice of the settlement.

    The day itself counts as settled with ``SettleTradingDay`` or when it is closed.  Manual sources
    and prices far from the mark need two persons.
    """

    venue_id: Identifier
    trading_day: date
    source: Text
    prices: Annotated[tuple[SettlementPrice, ...], msgspec.Meta(min_length=1)]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class CorrectSettlement(Command, tag="CorrectSettlement.1"):
    """Mend the settlement of a contract on a day, or give it the price it had not; two persons.

    Entries are made on today and name the day they mend.
    """

    contract_id: Identifier
    trading_day: date
    price_nanos: Nanos
    source: Text
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


DayCommand = OpenTradingDay | CloseTradingDay | SettleContracts | CorrectSettlement
