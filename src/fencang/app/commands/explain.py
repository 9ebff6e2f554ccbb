"""``fencang explain``: why an order was accepted or refused, decided again from its journal."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fencang.app.commands.explain_words import tell
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ExitStatus, InputFault
from fencang.app.journals import journal_in, reading
from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX, parse_client_order_text
from fencang.engine.explain import Explanation, Result, explain, explain_instruction
from fencang.limits.evaluation import Evaluation
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import CommandRejected, OrderAccepted, OrderRejected
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.life_commands import RollPosition
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.record import Record

__all__ = ["explanation_found", "run_explain"]

Found = dict[str, Any]

_EXPLAINED = (SubmitOrder, ReplaceOrder, RollPosition, AcceptProposal)


def run_explain(data: Path, order: str, *, as_json: bool) -> ExitStatus:
    """Explain an order from the state before it; 1 where it was refused."""
    found = explanation_found(data, order)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        tell(found)
    return ExitStatus.DONE if found["accepted"] else ExitStatus.DIFFERENCES_FOUND


def explanation_found(data: Path, order: str) -> Found:
    """Return every control of an order as plain values.

    Raises:
        InputFault: nothing in the journal answers to that name, or it is no order of a client.
    """
    record = _record(data, order)
    command, result = record.command, _result(record, order)
    machine = recovered(data, record.sequence - 1)
    if result is not None:
        parts = explain_instruction(machine.state, record, result)
    elif isinstance(command, _EXPLAINED):
        machine.prepare(record.sequence, record.time_ns)
        parts = explain(machine.state, command)
    else:
        kind = type(command).__name__
        raise InputFault(
            f"{order} was made by record {record.sequence:,}, a {kind}: the desk's own orders "
            "(rules, delivery guard, liquidation) are not asked the ladder"
        )
    return {
        "order": order,
        "sequence": record.sequence,
        "command": type(command).__name__,
        **_answer(record, result),
        "parts": [_part(each) for each in parts],
    }


def _answer(record: Record, result: Result | None) -> Found:
    """Return how an order was answered: accepted, refused, or to wait for a trading day."""
    refused: list[CommandRejected | OrderRejected | InstructionRefused]
    if result is None:
        refused = [
            each for each in record.events if isinstance(each, CommandRejected | OrderRejected)
        ]
        numbers = [each.order_id for each in record.events if isinstance(each, OrderAccepted)]
    else:
        refused = [result] if isinstance(result, InstructionRefused) else []
        numbers = list(result.order_ids) if isinstance(result, InstructionApplied) else []
    days = [each.trading_day for each in record.events if isinstance(each, InstructionQueued)]
    return {
        "accepted": not refused,
        "waits_for": days[0].isoformat() if days and result is None else None,
        "order_ids": numbers,
        "recorded": refused[0].detail if refused else "",
        "reason": int(refused[0].reason) if refused else None,
    }


def _result(record: Record, order: str) -> Result | None:
    """Return what became of the instruction that an order was, when the record decided it."""
    number, named = _number(order), order.rpartition(":")
    for event in record.events:
        if isinstance(event, InstructionApplied):
            names = _names_of_orders(record, event.order_ids)
            if number in event.order_ids or (named[0], named[2]) in names:
                return event
        elif isinstance(event, InstructionRefused):
            name = (event.sub_account_id, event.client_order_id)
            if number is None and (named[0], named[2]) == name:
                return event
    return None


def _names_of_orders(record: Record, numbers: tuple[int, ...]) -> list[tuple[str, str]]:
    return [
        (each.sub_account_id, each.client_order_id)
        for each in record.events
        if isinstance(each, OrderAccepted) and each.order_id in numbers
    ]


def _part(part: Explanation) -> Found:
    rows = [_row(each, place < part.reached) for place, each in enumerate(part.evaluations)]
    bound = part.reached - 1 if part.refusal is not None else None
    return {
        "lots": part.ask_lots,
        "reduces": part.reduces,
        "refused_by": None if bound is None else rows[bound],
        "controls": rows,
    }


def _row(found: Evaluation, is_reached: bool) -> Found:
    return {
        "control": found.control,
        "node": found.node_id,
        "scope": found.scope_id,
        "limit": found.limit if found.unit else None,
        "value": found.value if found.unit else None,
        "head_room": found.head_room if found.unit else None,
        "unit": found.unit,
        "passes": found.passes,
        "reached": is_reached,
        "reason": None if found.reason is None else int(found.reason),
        "detail": found.detail,
    }


def _record(data: Path, order: str) -> Record:
    """Return the record that an order, or its refusal, stands in."""
    sequence = _sequence_of(order)
    with reading(journal_in(data)) as journal:
        if sequence is not None:
            if 1 <= sequence <= journal.last_sequence:
                record = next(iter(journal.read(sequence))).record()
                if sequence * ORDERS_PER_COMMAND_MAX <= (_number(order) or 0):
                    return _require_order(record, order)
            raise InputFault(
                f"the journal has {journal.last_sequence:,} records and no order {order}"
            )
        named = order.rpartition(":")
        latest = None
        for record in (stored.record() for stored in journal.read(1)):
            if named[0] and (named[0], named[2]) in _names(record):
                latest = record
    if latest is None:
        raise InputFault(
            f"nothing in the journal answers to {order}: an order id, a ClOrdID as F12.0, or "
            "SUB_ACCOUNT:CLIENT_ORDER_ID"
        )
    return latest


def _require_order(record: Record, order: str) -> Record:
    made = [each.order_id for each in record.events if isinstance(each, OrderAccepted)]
    if _number(order) in made:
        return record
    raise InputFault(f"record {record.sequence:,} made no order {order}")


def _number(order: str) -> int | None:
    return int(order) if order.isascii() and order.isdigit() else parse_client_order_text(order)


def _sequence_of(order: str) -> int | None:
    number = _number(order)
    return None if number is None else number // ORDERS_PER_COMMAND_MAX


def _names(record: Record) -> Iterator[tuple[str, str]]:
    command = record.command
    for event in record.events:
        if isinstance(event, InstructionApplied):
            yield from _names_of_orders(record, event.order_ids)
        elif isinstance(event, InstructionRefused) and event.client_order_id:
            yield event.sub_account_id, event.client_order_id
    if isinstance(command, SubmitOrder):
        yield command.sub_account_id, command.client_order_id
    elif isinstance(command, RollPosition):
        yield command.sub_account_id, command.client_roll_id
    elif isinstance(command, AcceptProposal):
        for event in record.events:
            if isinstance(event, OrderAccepted):
                yield event.sub_account_id, event.client_order_id
