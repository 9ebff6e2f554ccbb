"""Commands of money at the brokers: wires, interest, margin calls."""

from datetime import date
from enum import IntEnum
from typing import Annotated

import msgspec

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import CurrencyCode, Identifier, Text

__all__ = [
    "ApplySweep",
    "ApproveWire",
    "CallKind",
    "CancelMarginCall",
    "CancelWire",
    "ConfirmWire",
    "MoneyCommand",
    "PostInterest",
    "ProposeSweep",
    "ReportMarginCall",
    "RequestWire",
    "ReturnWire",
    "SendWire",
    "WireDirection",
]

Amount = Annotated[int, msgspec.Meta(ge=1, le=MONEY_MICROS_MAX)]
Number = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
MomentNs = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class WireDirection(IntEnum):
    """Which way a wire goes, seen from the desk."""

    IN = 1
    OUT = 2


class CallKind(IntEnum):
    """What a margin call asks money for.

    ``VARIATION``: cash, unpaid variation and collateral together lie below zero.  ``INITIAL``: they
    do not cover the clearing house's margin.  ``HOUSE``: nor what the broker asks on top.
    """

    VARIATION = 1
    INITIAL = 2
    HOUSE = 3


class RequestWire(Command, tag="RequestWire.1"):
    """Ask for cash to be wired to or from a carrying account for an owner, at a value date.

    Cash to go out is promised at once: nothing else may use it.  The wire's number follows from
    the sequence of this command.
    """

    carrying_account_id: Identifier
    owner_id: Identifier
    currency: CurrencyCode
    direction: WireDirection
    amount_micros: Amount
    value_date: date
    reason: Text
    entered_by: Identifier


class ApproveWire(Command, tag="ApproveWire.1"):
    """Approve a requested wire as a second person."""

    wire_id: Number
    approved_by: Identifier


class SendWire(Command, tag="SendWire.1"):
    """The instruction has gone to the bank, under its reference."""

    wire_id: Number
    reference: Text
    entered_by: Identifier


class ConfirmWire(Command, tag="ConfirmWire.1"):
    """The broker shows the cash: booked now.  Out: the amount asked for; in: what arrived."""

    wire_id: Number
    amount_micros: Amount
    entered_by: Identifier


class ReturnWire(Command, tag="ReturnWire.1"):
    """A sent or confirmed wire came back; ``amount_micros`` of a confirmed one is booked back.

    Taking back cash that had come in needs two persons.
    """

    wire_id: Number
    amount_micros: Amount
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class CancelWire(Command, tag="CancelWire.1"):
    """Withdraw a wire that was not sent; what it promised is free again."""

    wire_id: Number
    reason: Text
    entered_by: Identifier


class PostInterest(Command, tag="PostInterest.1"):
    """Post interest on the balances of now for the nights from ``day`` up to ``until_day``.

    Friday's close until Monday bears three nights.  The next posting begins where this one ends.
    """

    day: date
    until_day: date
    entered_by: Identifier = "timer"


class ReportMarginCall(Command, tag="ReportMarginCall.1"):
    """Enter a margin call of a broker, to be met like our own and compared with it."""

    carrying_account_id: Identifier
    owner_id: Identifier
    currency: CurrencyCode
    kind: CallKind
    amount_micros: Amount
    due_ns: MomentNs
    reference: Identifier
    entered_by: Identifier


class CancelMarginCall(Command, tag="CancelMarginCall.1"):
    """Take back a call that its broker withdrew or that was wrong; needs two persons."""

    call_id: Number
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class ProposeSweep(Command, tag="ProposeSweep.1"):
    """Work out wires and conversions that bring an owner's balances to their targets."""

    owner_id: Identifier
    entered_by: Identifier


class ApplySweep(Command, tag="ApplySweep.1"):
    """Request and approve the wires of a proposal, all or none, as a second person."""

    sweep_id: Number
    approved_by: Identifier


MoneyCommand = (
    RequestWire
    | ApproveWire
    | SendWire
    | ConfirmWire
    | ReturnWire
    | CancelWire
    | PostInterest
    | ReportMarginCall
    | CancelMarginCall
    | ProposeSweep
    | ApplySweep
)
