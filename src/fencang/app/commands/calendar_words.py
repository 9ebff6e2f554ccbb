"""Calendars in tables, for a person."""

from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell_calendar", "tell_list"]

PLAIN: dict[str, Any] = {"box": None, "padding": (0, 2, 0, 0), "title_justify": "left"}
UNCONFIRMED = "[yellow]unconfirmed[/yellow]"


def tell_list(found: dict[str, Any]) -> None:
    """Print which calendars there are, for which products, and where they were read."""
    console = Console(highlight=False)
    table = Table(title="Trading calendars", **PLAIN)
    for heading in ("calendar", "venue", "products", "from", "to"):
        table.add_column(heading, no_wrap=heading in {"calendar", "from", "to"})
    table.add_column("unconfirmed")
    for line in found["calendars"]:
        table.add_row(
            line["calendar"],
            escape(line["venue"]),
            escape(" ".join(line["products"])),
            str(line["first_day"]),
            str(line["last_day"]),
            _unconfirmed(line),
        )
    console.print(table)
    console.print("\n[bold]Sources[/bold]")
    for title in dict.fromkeys(
        title for line in found["calendars"] for title in line["source_titles"]
    ):
        console.print(f"  {escape(title)}", soft_wrap=True)


def _unconfirmed(line: dict[str, Any]) -> str:
    """Return what of a calendar nobody read in a source, counted; its own page names each row."""
    counts = (
        (line["unconfirmed_days"], "day"),
        (line["unconfirmed_templates"], "session"),
        (line["unconfirmed_pauses"], "pause"),
    )
    told = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count]
    return ", ".join(told) or "nothing"


def tell_calendar(found: dict[str, Any]) -> None:
    """Print the trading days of one calendar with their sessions, and what is special."""
    console = Console(highlight=False)
    console.print(f"[bold]{found['calendar']}[/bold]  {escape(found['name'])}")
    console.print(f"{found['timezone']}; speaks for {found['first_day']} to {found['last_day']}\n")
    console.print(_days(found))
    if found["special_days"]:
        console.print(_special_days(found["special_days"]))
    for pause in found["night_pauses"]:
        console.print(
            f"No night sessions from {pause['first_day']} to {pause['last_day']}: "
            f"{escape(pause['name'])}{'' if pause['confirmed'] else f' {UNCONFIRMED}'}"
        )
    for template in found["unconfirmed_sessions"]:
        console.print(
            f"{UNCONFIRMED} {template['phase']} {template['clock']}, "
            f"{template['from_day']} to {template['to_day']}"
        )
    console.print("\n[bold]Sources[/bold]")
    for source in found["sources"]:
        console.print(f"  {source['source_id']}: {escape(source['title'])}", soft_wrap=True)
        console.print(f"    {source['url']}", soft_wrap=True)


def _days(found: dict[str, Any]) -> Table:
    table = Table(title="Trading days", **PLAIN)
    for heading in ("day", "phase", "local", "UTC"):
        table.add_column(heading, no_wrap=heading != "local")
    for line in found["trading_days"]:
        day = line["day"]
        note = escape(line["note"]) + ("" if line["confirmed"] else f" {UNCONFIRMED}")
        label = f"{day:%a} {day}"
        if note:  # a line of its own, so that times are whole in eighty columns
            table.add_row(label, "", note.strip())
            label = ""
        for session in line["sessions"]:
            table.add_row(
                label,
                session["phase"],
                f"{_clock(session['local_start'], day)} to {_clock(session['local_end'], day)}",
                f"{_clock(session['utc_start'], day)} to {_clock(session['utc_end'], day)}",
            )
            label = ""
    return table


def _clock(text: str, day: date) -> str:
    """Return hour and minute, with the weekday where it is not that of the trading day."""
    moment = date.fromisoformat(text[:10])
    if moment == day:
        return text[11:16]
    near = abs(moment - day) < timedelta(days=7)
    return f"{moment:%a} {text[11:16]}" if near else f"{moment:%m-%d} {text[11:16]}"


def _special_days(lines: list[dict[str, Any]]) -> Table:
    table = Table(title="\nSpecial days", **PLAIN)
    for heading in ("day", "name", "what", "source", ""):
        table.add_column(heading, no_wrap=heading == "day")
    for line in lines:
        table.add_row(
            f"{line['day']:%a} {line['day']}",
            escape(line["name"]),
            escape(line["note"]),
            escape(", ".join(line["sources"])),
            "" if line["confirmed"] else UNCONFIRMED,
        )
    return table
