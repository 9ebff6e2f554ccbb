"""``fencang risk instructions``: what waits for its trading day, for whom, and since when."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fencang.app.commands.fitting import Column, fitting
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ExitStatus
from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.engine.state import DeskState
from fencang.messages.commands import ReplaceOrder, SubmitOrder, TransferCapital
from fencang.messages.instruction_events import Instruction, InstructionQueued
from fencang.messages.life_commands import RollPosition

__all__ = ["instructions_found", "run_instructions"]

Found = dict[str, Any]


def run_instructions(data: Path, sub_account: str, *, as_json: bool) -> ExitStatus:
    """Show what waits, of one sub-account or of all."""
    found = instructions_found(recovered(data).state, sub_account)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        _tell(found)
    return ExitStatus.DONE


def instructions_found(state: DeskState, sub_account: str = "") -> Found:
    """Return what waits as plain values, in the order of numbers."""
    waiting = state.risk.tiers.waiting.values()
    return {
        "sequence": state.sequence,
        "instructions": [
            _row(each) for each in waiting if sub_account in ("", each.sub_account_id)
        ],
    }


def _row(queued: InstructionQueued) -> Found:
    command = queued.command
    return {
        "instruction_id": queued.instruction_id,
        "sub_account": queued.sub_account_id,
        "tier": queued.tier_id,
        "venue": queued.venue_id,
        "contract": queued.contract_id,
        "trading_day": queued.trading_day.isoformat(),
        "entered_by_record": queued.instruction_id // ORDERS_PER_COMMAND_MAX,
        "kind": type(command).__name__,
        "what": _words(command),
        "client_order_id": command.client_order_id if isinstance(command, SubmitOrder) else "",
    }


def _words(command: Instruction) -> str:
    """Return what is instructed, in words."""
    match command:
        case SubmitOrder(side=side, quantity_lots=lots, contract_id=contract):
            price = command.limit_price_nanos
            at = "" if price is None else f" at {format_price(price)}"
            return f"{side.name.lower()} {lots:,} {contract}{at}"
        case ReplaceOrder(order_id=number, quantity_lots=lots):
            return f"order {number} to {lots:,} lots"
        case RollPosition(quantity_lots=lots):
            return f"roll {lots:,} {command.from_contract_id} to {command.to_contract_id}"
        case TransferCapital(amount_micros=amount):
            return f"capital {format_money(amount)} from {command.from_sub_account_id or 'reserve'}"
        case _:
            word = "long" if command.side.sign > 0 else "short"
            source = command.from_sub_account_id
            return f"{command.quantity_lots:,} {command.contract_id} {word} from {source}"


def _tell(found: Found) -> None:
    """Print one line per instruction, in as many tables as the terminal's width needs."""
    console = Console(highlight=False)
    if not found["instructions"]:
        console.print("No instruction waits for its day.")
    for table in _tables(found["instructions"], console.width):
        console.print(table)
    console.print(f"As of record {found['sequence']:,}.")


def _tables(rows: list[Found], width: int) -> Iterator[Table]:
    if not rows:
        return iter(())
    names = [
        Column("instruction", [str(row["instruction_id"]) for row in rows]),
        Column("of", [row["sub_account"] for row in rows], is_number=False),
    ]
    told = [
        Column("what", [row["what"] for row in rows], is_number=False),
        Column("from", [row["trading_day"] for row in rows], is_number=False),
        Column("venue", [row["venue"] for row in rows], is_number=False),
        Column("tier", [row["tier"] for row in rows], is_number=False),
    ]
    return fitting(width, "Instructions that wait", names, told)
