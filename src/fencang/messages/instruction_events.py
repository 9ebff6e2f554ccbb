"""Events of dated instructions: entered on one day, decided in full on a later one."""

from datetime import date

from fencang.messages.commands import ReplaceOrder, SubmitOrder, TransferCapital
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.life_commands import RollPosition
from fencang.messages.message import Event
from fencang.messages.reasons import Reason

__all__ = [
    "Instruction",
    "InstructionApplied",
    "InstructionCancelled",
    "InstructionEvent",
    "InstructionExpired",
    "InstructionQueued",
    "InstructionRefused",
]

Instruction = SubmitOrder | ReplaceOrder | RollPosition | TransferCapital | TransferPosition
"""What may wait for its day."""


class InstructionQueued(Event, tag="InstructionQueued.1"):
    """An instruction waits until its venue is on ``trading_day`` or a later one.

    ``sub_account_id`` is whose position or capital it would enlarge; ``contract_id`` is empty for
    capital, and ``venue_id`` then the venue that the tier names.
    """

    instruction_id: int
    sub_account_id: str
    tier_id: str
    venue_id: str
    contract_id: str
    trading_day: date
    command: Instruction


class InstructionApplied(Event, tag="InstructionApplied.1"):
    """An instruction was decided on its day and accepted; what came of it stands before it.

    ``order_ids``: the new orders that it became, none where it is a transfer or a replacement.
    """

    instruction_id: int
    sub_account_id: str
    trading_day: date
    order_ids: tuple[int, ...]


class InstructionRefused(Event, tag="InstructionRefused.1"):
    """An instruction was decided on its day and refused, as ``OrderRejected`` tells it.

    ``client_order_id`` and ``contract_id`` are empty where it has none.
    """

    instruction_id: int
    sub_account_id: str
    trading_day: date
    client_order_id: str
    contract_id: str
    reason: Reason
    node_id: str
    limit: int
    value: int
    detail: str


class InstructionCancelled(Event, tag="InstructionCancelled.1"):
    """An instruction was taken back before its day."""

    instruction_id: int
    sub_account_id: str
    cancelled_by: str


class InstructionExpired(Event, tag="InstructionExpired.1"):
    """An instruction ended without a decision: its contract is gone."""

    instruction_id: int
    sub_account_id: str
    contract_id: str
    detail: str


InstructionEvent = (
    InstructionQueued
    | InstructionApplied
    | InstructionRefused
    | InstructionCancelled
    | InstructionExpired
)
