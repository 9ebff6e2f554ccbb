"""Loss limits, steps and liquidation in tables, for a risk officer."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fencang.basics.money import format_money

__all__ = ["tell"]

STEPS_SHOWN = 20
PRESSED_PERCENT = 80


def tell(found: dict[str, Any]) -> None:
    """Print limits, the last steps, plans that run, and what suspends them."""
    console = Console(highlight=False)
    if not found["limits"]:
        console.print("This desk states no loss limit.")
    else:
        console.print(_limits(found["limits"], found["currency"]))
    for step in found["steps"][-STEPS_SHOWN:]:
        console.print(
            f"{step['time'][:19]} {escape(step['node'])}: {step['step']} at {step['measure']} "
            f"{format_money(step['value_micros'])} of {format_money(step['limit_micros'])}"
        )
    for plan in found["plans"]:
        if plan["state"] == "running":
            console.print(f"[bold]Liquidation of {escape(plan['node'])}[/bold], {plan['measure']}")
            console.print(_legs(plan["legs"]))
        else:
            console.print(f"Liquidation of {escape(plan['node'])}: {plan['state']}")
    for each in found["suspensions"]:
        who = f" by {escape(each['entered_by'])}" if each["entered_by"] else ""
        console.print(
            f"[red]Suspended[/red] at {escape(each['node'])}{who}: {each['cause']}, "
            f"{escape(each['what'])}; two persons resume it"
        )
    budget = found["budget"]
    if budget is not None:
        console.print(
            f"Closed by force today: {budget['lots']:,} of {budget['day_lots_max']:,} lots, "
            f"{format_money(budget['micros'])} of {format_money(budget['day_micros_max'])}."
        )
    console.print(f"As of record {found['sequence']:,}.")


def _limits(rows: list[dict[str, Any]], currency: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("node", "measure"):
        table.add_column(name, no_wrap=True)
    for name in (f"limit {currency}", "is at", "used"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("step", no_wrap=True)
    for row in rows:
        used = row["used_percent"]
        colour = "red" if row["is_beyond"] else "yellow" if used >= PRESSED_PERCENT else "default"
        table.add_row(
            escape(row["node"]),
            row["measure"],
            format_money(row["limit_micros"]),
            format_money(row["value_micros"]),
            f"[{colour}]{used} %[/{colour}]",
            row["step"],
        )
    return table


def _legs(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("account", "contract", "side"):
        table.add_column(name, no_wrap=True)
    for name in ("lots", "stay", "sent", "closed", "intervals", "relief"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            escape(row["sub_account"]),
            escape(row["contract"]),
            row["side"],
            f"{row['lots']:,}",
            f"{row['kept_lots']:,}",
            f"{row['sent_lots']:,}",
            f"{row['closed_lots']:,}",
            f"{row['intervals']:,}",
            format_money(row["relief_micros"]),
        )
    return table
