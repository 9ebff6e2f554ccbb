"""Position limits of jurisdictions in tables, for a compliance officer."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell"]

PRESSED_PERCENT = 80


def tell(found: dict[str, Any]) -> None:
    """Print numbers, persons, duties, steps, refusals, proposals, alarms, what is blocked."""
    console = Console(highlight=False)
    if found["numbers"]:
        console.print(_numbers(found["numbers"]))
        console.print("Worst: positions and all working orders of a side, in parent lots.")
        console.print(
            "A level may be passed and is answered for; lagged: deltas of the day before;"
        )
        console.print("names in the last column are exemptions.")
    else:
        console.print("Nothing is held or works that a position limit of a jurisdiction counts.")
    for group in found["groups"]:
        console.print(
            f"[bold]{escape(', '.join(group['persons']))}[/bold] count as one in "
            f"{escape(group['regime'])}:"
        )
        for words in group["because"]:
            console.print(f"  {escape(words)}")
    for duty in found["duties"]:
        where = f" in {duty['month']}" if duty["month"] else ""
        console.print(
            f"To report since {duty['since']}: {escape(duty['threshold'])}, "
            f"{escape(duty['persons'])}, {duty['side']}{where}"
        )
    _steps(console, found)
    _excess(console, found)
    for alarm in found["alarms"]:
        console.print(
            f"[yellow]Alarm[/yellow] {alarm['day']}, {alarm['kind'].replace('_', ' ')} "
            f"({escape(', '.join(alarm['subjects']))}): {escape(alarm['evidence'])}"
        )
    for blocked in found["blocked"]:
        console.print(
            f"[red]Not opened[/red]: {escape(blocked['contract'])}, {escape(blocked['why'])}"
        )
    console.print(f"As of record {found['sequence']:,}.")


def _steps(console: Console, found: dict[str, Any]) -> None:
    """Print the limits that step down soon below what somebody had."""
    for step in found["steps"]:
        console.print(
            f"[yellow]Steps down[/yellow] on {step['from']}: {escape(step['limit'])}, below what "
            f"{escape(step['persons'])} had {step['side']} on {step['told']}"
        )


def _excess(console: Console, found: dict[str, Any]) -> None:
    """Print what limits refused today, and what of it waits for another owner's answer."""
    for row in found["refusals"]:
        console.print(
            f"Refused today ({row['refusal']}): {escape(row['sub_account'])} {row['side']} "
            f"{row['quantity_lots']:,} {escape(row['contract'])} by {escape(row['limit'])}; "
            f"{row['free_lots']:,} may be proposed to another owner"
        )
    for row in found["proposals"]:
        until = "expired" if row["is_expired"] else f"until {row['expires']}"
        console.print(
            f"Proposed ({row['proposal']}) by {escape(row['entered_by'])}: "
            f"{escape(row['from'])} to {escape(row['to'])}, {row['side']} "
            f"{row['quantity_lots']:,} {escape(row['contract'])}, {until}"
        )
        for words in row["checks"]:
            console.print(f"  {escape(words)}")


def _numbers(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("limit", "month", "persons", "side"):
        table.add_column(name, no_wrap=True)
    for name in ("worst", "limit", "room", "used"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for row in rows:
        used = row["used_percent"]
        colour = (
            "red"
            if row["is_passed"] or used >= 100
            else "yellow"
            if used >= PRESSED_PERCENT
            else ""
        )
        share = f"[{colour}]{used} %[/{colour}]" if colour else f"{used} %"
        table.add_row(
            escape(row["limit"]),
            row["month"],
            escape(row["persons"]),
            row["side"],
            row["worst_case_lots"],
            f"{row['quantity_lots_max']:,}",
            row["room_lots"],
            share,
            _remark(row),
        )
    return table


def _remark(row: dict[str, Any]) -> str:
    remarks = []
    if row["hardness"] == "accountability":
        remarks.append("level")
    if row["deltas"] == "lagged":
        remarks.append("lagged")
    if row["exemptions"]:
        remarks += map(escape, row["exemptions"])
    if row["is_passed"]:
        remarks.append("PASSED")
    return ", ".join(remarks)
