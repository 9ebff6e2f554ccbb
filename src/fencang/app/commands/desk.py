"""``fencang desk check``: every fault at once, or the desk that the file makes."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from fencang.app.desk.desk import Desk
from fencang.app.desk.faults import DeskFault
from fencang.app.desk.file import DeskFileFault, read_desk
from fencang.basics.money import format_money
from fencang.engine.machine import Machine
from fencang.messages.events import CommandRejected
from fencang.refdata.authority import Authority

__all__ = ["checked_desk", "desk_json", "refusals_of", "run_check"]


def run_check(path: Path, *, as_json: bool) -> None:
    """Check a desk file.

    Raises:
        InputFault: with every fault.
    """
    try:
        desk = checked_desk(path)
    except DeskFileFault as fault:
        if as_json:
            _print({"ok": False, "faults": [each._asdict() for each in fault.faults]})
            sys.exit(fault.status)
        raise
    if as_json:
        _print(desk_json(desk))
    else:
        sys.stdout.write(_words(path, desk))


def checked_desk(path: Path) -> Desk:
    """Return the desk of a file that an empty desk accepts whole."""
    desk = read_desk(path)
    refusals = refusals_of(desk)
    if refusals:
        raise DeskFileFault(path.name, refusals)
    return desk


def refusals_of(desk: Desk) -> list[DeskFault]:
    """Return what an empty desk refuses of these commands: the last word on a desk file."""
    machine = Machine()
    faults = []
    for sequence, command in enumerate((desk.define, *desk.opening), 1):
        for event in machine.execute(command, sequence, sequence):
            if isinstance(event, CommandRejected):
                words = f"the desk refuses {type(command).__name__}: {event.detail}"
                faults.append(DeskFault("desk", f"{words} ({event.reason.words})"))
        if faults:
            break
    return faults


def desk_json(desk: Desk) -> dict[str, Any]:
    """Return the desk with every template and grid expanded."""
    return {
        "ok": True,
        "name": desk.name,
        "single_operator": any(
            isinstance(row.item, Authority) and row.item.single_operator
            for row in desk.authority_rows
        ),
        "define": msgspec.to_builtins(desk.define),
        "opening": [msgspec.to_builtins(command) for command in desk.opening],
        "sub_accounts": [msgspec.to_builtins(account) for account in desk.sub_accounts],
        "accounts": [plan._asdict() for plan in desk.account_plans],
        "strategies": [spec._asdict() for spec in desk.strategies],
        "plan": msgspec.to_builtins(desk.plan),
        "replay": msgspec.to_builtins(desk.replay),
    }


def _print(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")


def _words(path: Path, desk: Desk) -> str:
    granted = sum(plan.capital_micros or 0 for plan in desk.account_plans)
    deposits = ", ".join(
        f"{format_money(deposit.amount_micros)} {deposit.currency}" for deposit in desk.deposits
    )
    base = desk.master.base_currency
    people = [row.item for row in desk.authority_rows]
    alone = any(isinstance(item, Authority) and item.single_operator for item in people)
    operator = "ONE OPERATOR: what needs two persons is done by one on this desk.\n" * alone
    return (
        f"{operator}"
        f"{path}: no fault.\n"
        f"{desk.name}: {len(desk.sub_accounts)} sub-accounts, {len(desk.products)} products, "
        f"{len(desk.contracts)} contracts, {len(desk.carrying)} carrying accounts, "
        f"{len(desk.rules)} rules.\n"
        f"Deposits {deposits or 'none'}; granted {format_money(granted)} {base}.\n"
    )
