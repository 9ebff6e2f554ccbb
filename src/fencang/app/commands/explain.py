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
from fencang.engine.explain import Explanation, explain
from fencang.limits.evaluation import Evaluation
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import CommandRejected, OrderAccepted, OrderRejected
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
    command = record.command
    if not isinstance(command, _EXPLAINED):
        kind = type(command).__name__
        raise InputFault(
            f"{order} was made by record {record.sequence:,}, a {kind}: the desk's own orders "
            "(rules, delivery guard, liquidation) are not asked the ladder"
        )
    machine = recovered(data, record.sequence - 1)
    machine.prepare(record.sequence, record.time_ns)
    parts = explain(machine.state, command)
    refused = [each for each in record.events if isinstance(each, CommandRejected | OrderRejected)]
    return {
        "order": order,
        "sequence": record.sequence,
        "command": type(command).__name__,
        "accepted": not refused,
        "order_ids": [each.order_id for each in record.events if isinstance(each, OrderAccepted)],
        "recorded": refused[0].detail if refused else "",
        "reason": int(refused[0].reason) if refused else None,
        "parts": [_part(each) for each in parts],
    }


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
    if isinstance(command, SubmitOrder):
        yield command.sub_account_id, command.client_order_id
    elif isinstance(command, RollPosition):
        yield command.sub_account_id, command.client_roll_id
    elif isinstance(command, AcceptProposal):
        for event in record.events:
            if isinstance(event, OrderAccepted):
                yield event.sub_account_id, event.client_order_id
