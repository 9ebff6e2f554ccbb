"""Explanations of orders in tables, for whoever asks why."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fencang.basics.money import MICROS
from fencang.basics.price import format_price

__all__ = ["tell"]

Found = dict[str, Any]


def tell(found: Found) -> None:
    """Print what an order met, control by control, and what bound it."""
    console = Console(highlight=False)
    for part in found["parts"]:
        console.print(_table(part["controls"]))
        passing = _passing(part["controls"])
        if passing:
            console.print(f"Passed without a number: {escape(passing)}.")
    word = "accepted" if found["accepted"] else "refused"
    if found["waits_for"]:
        word = f"entered to wait for {found['waits_for']}"
    console.print(
        f"[bold]{escape(found['order'])}[/bold] was {word} at record {found['sequence']:,}."
    )
    if found["waits_for"]:
        console.print("Its service tier opens on the next trading day; it is asked all then.")
        return
    for part in found["parts"]:
        bound = part["refused_by"]
        if bound is not None:
            number = f" ({bound['reason']})" if bound["reason"] is not None else ""
            console.print(
                f"[red]Refused[/red] by {escape(bound['control'])} at {escape(bound['node'])}"
                f"{number}."
            )
        elif part["reduces"]:
            console.print("It reduces: what measures exposure was not asked.")
        else:
            console.print(_tightest(part["controls"]))
    if found["recorded"]:
        console.print(escape(found["recorded"]))


def _table(rows: list[Found]) -> Table:
    """Return a row for every number, and for what refuses without one."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("control", "where"):
        table.add_column(name, overflow="fold")
    for name in ("value", "limit", "room"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for row in rows:
        if not row["unit"] and row["passes"]:
            continue
        style = "dim" if not row["reached"] else ("" if row["passes"] else "red")
        answer = "" if row["passes"] else "refuses"
        if not row["reached"]:
            answer = "not asked" if row["passes"] else "would refuse"
        where = f"{row['node']} {row['scope']}".strip()
        unit = row["unit"]
        numbers = [_text(row[name], unit) for name in ("value", "limit", "head_room")]
        table.add_row(
            *(escape(cell) for cell in (row["control"], where, *numbers, answer)), style=style
        )
    return table


def _passing(rows: list[Found]) -> str:
    """Return the controls that only say yes or no, and said yes everywhere."""
    answers: dict[str, bool] = {}
    for row in rows:
        if not row["unit"] and row["reached"]:
            answers[row["control"]] = answers.get(row["control"], True) and row["passes"]
    return ", ".join(name for name, passes in answers.items() if passes)


def _text(number: int | None, unit: str) -> str:
    """Return a number to read; money in whole units of the base currency."""
    if number is None:
        return ""
    match unit:
        case "micros":
            return f"{number // MICROS:,}"
        case "nanos":
            return format_price(number)
        case "ns":
            return f"{number / 1e9:,.3f} s"
        case "ppm":
            return f"{number / 1e4:,.2f} %"
        case _:
            return f"{number:,} {unit}"


def _tightest(rows: list[Found]) -> str:
    """Return which limit had the least of itself left."""
    shares = [
        (row["head_room"] * 10_000 // row["limit"], row)
        for row in rows
        if row["limit"] and row["limit"] > 0
    ]
    if not shares:
        return "No control it met has a number."
    share, row = min(shares, key=lambda each: each[0])
    room = f"{share / 100:.2f} %"
    return f"Nearest: {escape(row['control'])} at {escape(row['node'])}, {room} of it left."
