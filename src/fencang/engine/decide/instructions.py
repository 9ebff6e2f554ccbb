"""Dated instructions: entered under a tier of the next trading day, decided when that day comes.

On its day an instruction goes the ordinary way, as if it had come just then: nothing that was found
when it was entered is taken over, but that its tier has counted its message.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from fencang.engine.accounts import ContractState
from fencang.engine.decide import money, position_transfer, rolls, watched
from fencang.engine.decide.queueing import queued
from fencang.engine.decide.refusal import rejected
from fencang.engine.phases import phase_refusal
from fencang.engine.risk.tiers import DUE_PER_COMMAND_MAX
from fencang.engine.state import DeskState
from fencang.messages.commands import ReplaceOrder, SubmitOrder, TransferCapital
from fencang.messages.events import (
    AnyEvent,
    CommandRejected,
    OrderAccepted,
    OrderRejected,
)
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionCancelled,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.life_commands import RollPosition
from fencang.messages.reasons import Reason

__all__ = [
    "decide_cancel_instruction",
    "decide_due",
    "decide_transfer",
    "decide_transfer_position",
    "due_instructions",
    "is_due",
]

_ORDERS = (SubmitOrder, ReplaceOrder, RollPosition)


def decide_transfer(state: DeskState, command: TransferCapital) -> list[AnyEvent]:
    """Move capital; what a tier gives on the next trading day is found possible, and waits.

    Capital that leaves a book makes it smaller and waits for nothing.
    """
    events = money.decide_transfer(state, command)
    if command.to_sub_account_id is None:
        return events
    return _queued_instead(state, command, events, command.to_sub_account_id, None)


def decide_transfer_position(state: DeskState, command: TransferPosition) -> list[AnyEvent]:
    """Move lots; those that enlarge what a tier of the next trading day holds wait for it."""
    events = position_transfer.decide_transfer_position(state, command)
    if isinstance(events[0], CommandRejected):
        return events
    contract = state.contracts[command.contract_id]
    receiver = state.subs[command.to_sub_account_id]
    line = state.line(receiver, command.carrying_account_id, contract)
    if position_transfer.receiver_reduces(line, command):
        return events
    return _queued_instead(state, command, events, command.to_sub_account_id, contract)


def _queued_instead(
    state: DeskState,
    command: TransferCapital | TransferPosition,
    events: list[AnyEvent],
    to_sub_id: str,
    contract: ContractState | None,
) -> list[AnyEvent]:
    """Return what a transfer comes to: itself, or that it waits.

    Before its venue's first trading day there is none to wait behind: a desk is being opened.
    """
    sub = state.subs.get(to_sub_id)
    if sub is None or sub.tier is None or not sub.tier.is_dated:
        return events
    if isinstance(events[0], CommandRejected):
        return events
    venue_id = contract.product.venue_id if contract is not None else sub.tier.row.venue_id
    assert venue_id is not None
    if not state.venues[venue_id].today:
        return events
    found = queued(state, command, sub, contract)
    return [rejected(found[0], found[4]) if isinstance(found, tuple) else found]


def decide_cancel_instruction(state: DeskState, command: CancelInstruction) -> list[AnyEvent]:
    """Take back an instruction of the own sub-account; no tier is asked, as with every cancel."""
    found = state.risk.tiers.waiting.get(command.instruction_id)
    if found is None:
        detail = f"no instruction {command.instruction_id} waits for its day"
        return [rejected(Reason.INSTRUCTION_UNKNOWN, detail)]
    if found.sub_account_id != command.sub_account_id:
        detail = f"instruction {command.instruction_id} is not one of {command.sub_account_id}"
        return [rejected(Reason.INSTRUCTION_OF_ANOTHER_ACCOUNT, detail)]
    return [
        InstructionCancelled(
            instruction_id=found.instruction_id,
            sub_account_id=found.sub_account_id,
            cancelled_by=command.entered_by,
        )
    ]


# ------------------------------------------------------------------------------------ their day


def due_instructions(state: DeskState) -> list[InstructionQueued]:
    """Return what is to be decided now, in the order of numbers; a slice where there is much.

    Nothing becomes due but by a venue's day or phase, or a definition: as long as these are what
    they were, nothing is looked at again.
    """
    book = state.risk.tiers
    venues = [state.venues[key] for key in sorted(book.days)]
    seen = tuple(
        (venue.venue.venue_id, venue.today, *(hours.phase for hours in venue.all_hours))
        for venue in venues
        if venue.today >= min(book.days[venue.venue.venue_id])
    )
    if seen == book.seen:
        return []
    book.seen = seen
    due = [each for each in book.waiting.values() if is_due(state, each)] if seen else []
    if len(due) > DUE_PER_COMMAND_MAX:
        book.seen = None
    return due[:DUE_PER_COMMAND_MAX]


def is_due(state: DeskState, instruction: InstructionQueued) -> bool:
    """Return whether an instruction's day has come; an order waits until its market takes it."""
    venue = state.venues[instruction.venue_id]
    if venue.today < instruction.trading_day.toordinal():
        return False
    if not isinstance(instruction.command, _ORDERS):
        return True
    return phase_refusal(state.contracts[instruction.contract_id]) is None


_DECIDED: dict[type[Any], Callable[[DeskState, Any], list[AnyEvent]]] = {
    SubmitOrder: lambda state, command: watched.decide_submit(state, command, is_due=True),
    ReplaceOrder: lambda state, command: watched.decide_replace(state, command, is_due=True),
    RollPosition: lambda state, command: rolls.decide_roll(state, command, is_due=True),
    TransferCapital: money.decide_transfer,
    TransferPosition: position_transfer.decide_transfer_position,
}


def decide_due(state: DeskState, instruction: InstructionQueued) -> list[AnyEvent]:
    """Decide an instruction as if it had come just now."""
    command, venue = instruction.command, state.venues[instruction.venue_id]
    events = _DECIDED[type(command)](state, command)
    day = date.fromordinal(venue.today)
    for place, event in enumerate(events):
        if isinstance(event, OrderRejected | CommandRejected):
            others = [*events[:place], *events[place + 1 :]]
            return [_refused(instruction, day, event), *others]
    applied = InstructionApplied(
        instruction_id=instruction.instruction_id,
        sub_account_id=instruction.sub_account_id,
        trading_day=day,
        order_ids=tuple(each.order_id for each in events if isinstance(each, OrderAccepted)),
    )
    return [*events, applied]


def _refused(
    instruction: InstructionQueued, day: date, refusal: OrderRejected | CommandRejected
) -> InstructionRefused:
    of_order = refusal if isinstance(refusal, OrderRejected) else None
    return InstructionRefused(
        instruction_id=instruction.instruction_id,
        sub_account_id=instruction.sub_account_id,
        trading_day=day,
        client_order_id="" if of_order is None else of_order.client_order_id,
        contract_id=instruction.contract_id,
        reason=refusal.reason,
        node_id="" if of_order is None else of_order.node_id,
        limit=0 if of_order is None else of_order.limit,
        value=0 if of_order is None else of_order.value,
        detail=refusal.detail,
    )
