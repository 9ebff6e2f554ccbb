"""Trading days in tables, for a clerk."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell"]

QUESTIONS = {
    "sessions": "Sessions of the day are over",
    "prices": "Settlement prices are in",
    "approvals": "Settlement prices are approved",
    "fills": "Fills are matched",
    "orders": "Orders of the day are gone",
    "breaks": "Breaks are mended",
    "books": "The two books agree",
}


def tell(found: dict[str, Any]) -> None:
    """Print every venue's day and its checklist."""
    console = Console(highlight=False)
    for venue in found["venues"]:
        console.print(f"[bold]{escape(venue['venue'])}[/bold]: {_day(venue)}")
        for hours in venue["product_hours"]:
            console.print(f"  {escape(_hours(hours))}")
        if venue.get("refused"):
            reason = escape(venue["reason"])
            console.print(f"[red]refused[/red] ({reason}): {escape(venue['refused'])}")
        if venue["rows"]:
            console.print(_table(venue["rows"]))
    console.print(f"As of record {found['sequence']:,}.")


def _day(venue: dict[str, Any]) -> str:
    if venue["trading_day"] is None:
        return "no trading day yet"
    if venue["is_closed"]:
        return f"{venue['trading_day']} is closed"
    settled = "settled" if venue["is_settled"] else "not settled"
    return f"{venue['trading_day']}, phase {venue['phase'].replace('_', '-')}, {settled}"


def _hours(hours: dict[str, Any]) -> str:
    names = ", ".join(hours["products"])
    until = hours["until"]
    told = f" until {until[:16].replace('T', ' ')} UTC" if until else ""
    return f"{names}: phase {hours['phase'].replace('_', '-')}{told}"


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("row", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("met", no_wrap=True)
    table.add_column("what is missing")
    for row in rows:
        met = "[green]yes[/green]" if row["is_met"] else "[red]no[/red]"
        table.add_row(row["check"], QUESTIONS[row["check"]], met, escape(row["missing"]))
    return table
