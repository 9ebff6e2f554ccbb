"""Commands about fills beside the venue's own report: entry, correction, bust, transfer."""

from datetime import date
from enum import IntEnum
from typing import Annotated

import msgspec

from fencang.messages.message import Command, Offset, SecondPerson, Side
from fencang.refdata.definition import Identifier, Lots, Nanos, Text

__all__ = [
    "BustFill",
    "CorrectFill",
    "EnterFill",
    "FillCommand",
    "FillKind",
    "FillLeg",
    "TransferPosition",
    "UndoSuspenseAssignment",
]

LEGS_MAX = 10_000


class FillKind(IntEnum):
    """What kind of trade a fill is; numbers as in FIX tag 828 (TrdType), give-ups above it.

    A give-in comes from the firm that executed it, a give-up leaves to the one that will carry it.
    """

    ORDINARY = 0
    BLOCK_TRADE = 1
    EXCHANGE_FOR_PHYSICAL = 2
    TRANSFER = 3
    GIVE_UP = 1_001
    GIVE_IN = 1_002


class FillLeg(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One sub-account's lots of an entered fill."""

    sub_account_id: Identifier
    quantity_lots: Lots


class EnterFill(Command, tag="EnterFill.1"):
    """Book a fill that no venue reported to the desk; needs two persons.

    ``trade_day`` is when it was agreed, ``clearing_day`` the trading day it counts for; the lots it
    opens are of that day.  ``legs`` sum to the fill; without any it goes to suspense.
    """

    carrying_account_id: Identifier
    execution_id: Identifier
    kind: FillKind
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    price_nanos: Nanos
    trade_day: date
    clearing_day: date
    legs: Annotated[tuple[FillLeg, ...], msgspec.Meta(max_length=LEGS_MAX)]
    entered_by: Identifier
    approved_by: SecondPerson = ""
    offset: Offset = Offset.NET
    counterparty: Text = ""
    reason: Text = ""


class CorrectFill(Command, tag="CorrectFill.1"):
    """The venue or broker says that a fill had another price or quantity (FIX trade correct).

    ``execution_id`` is that of the fill or of an earlier correction of it, ``correction_id`` the
    correction's own.  Sources that begin with ``manual`` need two persons.
    """

    carrying_account_id: Identifier
    execution_id: Identifier
    correction_id: Identifier
    quantity_lots: Lots
    price_nanos: Nanos
    source: Text
    reason: Text = ""
    entered_by: Identifier = "venue"
    approved_by: SecondPerson = ""


class BustFill(Command, tag="BustFill.1"):
    """The venue or broker cancels a fill (FIX trade cancel); fields as in ``CorrectFill``."""

    carrying_account_id: Identifier
    execution_id: Identifier
    correction_id: Identifier
    source: Text
    reason: Text = ""
    entered_by: Identifier = "venue"
    approved_by: SecondPerson = ""


class TransferPosition(Command, tag="TransferPosition.1"):
    """Move lots between two sub-accounts of one owner, at the mark unless ``at_cost``.

    ``side`` BUY moves long lots, SELL short ones, the oldest first; they keep their days.  At cost
    needs the desk's permission (``DeskSettings.transfers_at_cost``) and two persons.
    """

    from_sub_account_id: Identifier
    to_sub_account_id: Identifier
    carrying_account_id: Identifier
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""
    at_cost: bool = False


class UndoSuspenseAssignment(Command, tag="UndoSuspenseAssignment.1"):
    """Bring lots that a sub-account got out of suspense today back there; needs two persons."""

    carrying_account_id: Identifier
    execution_id: Identifier
    sub_account_id: Identifier
    quantity_lots: Lots
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


FillCommand = EnterFill | CorrectFill | BustFill | TransferPosition | UndoSuspenseAssignment
