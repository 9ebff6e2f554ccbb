"""Events of money at the brokers: fees by row, wires, interest, margin calls."""

from datetime import date
from enum import IntEnum

from fencang.messages.message import Event
from fencang.messages.money_commands import CallKind, WireDirection
from fencang.refdata.fees import FeeKind

__all__ = [
    "FeePart",
    "FillCharged",
    "InterestKind",
    "InterestLine",
    "InterestPosted",
    "MarginCallCancelled",
    "MarginCallIssued",
    "MarginCallMet",
    "MarginCallOverdue",
    "MetBy",
    "MoneyEvent",
    "ProposedConversion",
    "ProposedWire",
    "SweepApplied",
    "SweepProposed",
    "WireApproved",
    "WireCancelled",
    "WireConfirmed",
    "WireRequested",
    "WireReturned",
    "WireSent",
]


class FeePart(Event):
    """One row of a fee; ``counted_micros`` counts towards the order's minimum, if it has one.

    The amount of one ``is_for_day_minimum`` counts towards the day's.
    """

    row_id: str
    kind: FeeKind
    amount_micros: int
    counted_micros: int | None = None
    is_for_day_minimum: bool = False


class FillCharged(Event, tag="FillCharged.1"):
    """The fee of the allocated or suspended fill just before, row by row; no cash moves again.

    Written where fee rows are in force.  Without it ``rows_of_product`` in ``ledger.fees`` tells
    the rows.  ``order_id`` is None for what nobody ordered.
    """

    carrying_account_id: str
    execution_id: str
    book_id: str
    order_id: int | None
    currency: str
    parts: tuple[FeePart, ...]


class WireRequested(Event, tag="WireRequested.1"):
    """A wire waits; cash of an outgoing one left the reserve for the promised cash."""

    wire_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    direction: WireDirection
    amount_micros: int
    value_date: date
    reason: str
    entered_by: str


class WireApproved(Event, tag="WireApproved.1"):
    """A second person approved the wire."""

    wire_id: int
    approved_by: str


class WireSent(Event, tag="WireSent.1"):
    """The wire's instruction went to the bank, with the value date that it can have."""

    wire_id: int
    reference: str
    value_date: date


class WireConfirmed(Event, tag="WireConfirmed.1"):
    """Cash moved: out of the promised cash and the carrying account, or into it and the reserve."""

    wire_id: int
    amount_micros: int


class WireReturned(Event, tag="WireReturned.1"):
    """A wire came back; of a confirmed one ``amount_micros`` was booked back, otherwise nothing."""

    wire_id: int
    amount_micros: int
    reason: str


class WireCancelled(Event, tag="WireCancelled.1"):
    """A wire was withdrawn before it was sent; what it promised is in the reserve again."""

    wire_id: int
    reason: str


class InterestKind(IntEnum):
    """Between whom interest moves."""

    BROKER = 1
    """Carrying account and owner's reserve."""
    CASH = 2
    """Owner's reserve and sub-account, on the sub-account's cash."""
    BENEFIT = 3
    """Sub-account and owner's reserve, for the granted benefit that was used."""


class InterestLine(Event):
    """Interest of one balance, positive to whoever has it.

    ``account_id`` is the carrying account or the sub-account, ``rest`` what is accrued beyond
    whole micros, in ``ACCRUAL_SCALE``-ths of one; ``owed_micros`` the reserve could not pay.
    """

    kind: InterestKind
    account_id: str
    owner_id: str
    currency: str
    balance_micros: int
    amount_micros: int
    owed_micros: int
    rest: int


class InterestPosted(Event, tag="InterestPosted.1"):
    """Interest was posted for the nights from ``day`` up to ``until_day``."""

    day: date
    until_day: date
    lines: tuple[InterestLine, ...]


class MetBy(IntEnum):
    """What met a margin call."""

    CASH = 1
    COLLATERAL = 2
    REDUCTION = 3


class MarginCallIssued(Event, tag="MarginCallIssued.1"):
    """A margin call is open: ours from a publication, or a broker's under its ``reference``.

    ``requirement_micros`` is what was required when it was issued; ``ours_micros`` of a broker's
    call is what our open calls of that kind come to.
    """

    call_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    kind: CallKind
    amount_micros: int
    due_ns: int
    requirement_micros: int
    reference: str = ""
    ours_micros: int = 0


class MarginCallMet(Event, tag="MarginCallMet.1"):
    """A margin call needs nothing more."""

    call_id: int
    met_by: MetBy


class MarginCallCancelled(Event, tag="MarginCallCancelled.1"):
    """A margin call no longer holds."""

    call_id: int
    reason: str


class MarginCallOverdue(Event, tag="MarginCallOverdue.1"):
    """A margin call's time has passed and it is not met."""

    call_id: int
    missing_micros: int


class ProposedWire(Event):
    """Cash to be wired from one carrying account to another."""

    from_account_id: str
    to_account_id: str
    currency: str
    amount_micros: int


class ProposedConversion(Event):
    """Cash to be exchanged at a carrying account, at the desk's rates."""

    carrying_account_id: str
    sold_currency: str
    sold_micros: int
    bought_currency: str
    bought_micros: int


class SweepProposed(Event, tag="SweepProposed.1"):
    """Wires and conversions that would bring an owner's balances to their targets."""

    sweep_id: int
    owner_id: str
    proposed_by: str
    wires: tuple[ProposedWire, ...]
    conversions: tuple[ProposedConversion, ...]


class SweepApplied(Event, tag="SweepApplied.1"):
    """The wires of a proposal follow, requested and approved; its conversions call a person."""

    sweep_id: int


MoneyEvent = (
    FillCharged
    | WireRequested
    | WireApproved
    | WireSent
    | WireConfirmed
    | WireReturned
    | WireCancelled
    | InterestPosted
    | MarginCallIssued
    | MarginCallMet
    | MarginCallCancelled
    | MarginCallOverdue
    | SweepProposed
    | SweepApplied
)
