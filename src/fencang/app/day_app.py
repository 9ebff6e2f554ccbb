"""``fencang day``: what its commands are called and take; they live in ``commands/day.py``."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson, parse_day

__all__ = ["day_app"]

day_app = typer.Typer(help="Open and close trading days by their checklist.", no_args_is_help=True)

Data = Annotated[
    Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
]
Venue = Annotated[str, typer.Option("--venue", help="One venue; without it every venue.")]
Reason = Annotated[str, typer.Option("--reason", help="Why what is missing may stay so.")]
By = Annotated[str, typer.Option("--by", help="Who asks.")]
ApprovedBy = Annotated[str, typer.Option("--approved-by", help="The second person.")]
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", help="A row that is not met and may stay so; may be repeated."),
]
Sessions = Annotated[
    list[str] | None,
    typer.Option(
        "--session",
        metavar="[PRODUCT:]PHASE=FROM/TO",
        help="pre_open, open, halt: open=2024-07-01T13:30Z/2024-07-01T20:00Z; may be repeated; "
        "with PRODUCT: in front one of a product that keeps hours of its own.",
    ),
]
Calendars = Annotated[
    list[str] | None,
    typer.Option(
        "--calendar",
        metavar="CALENDAR",
        help="Take the sessions of a trading calendar; PRODUCT=CALENDAR those of one product "
        "(may be repeated); desk those of all calendars that the desk names.",
    ),
]
DATE = typer.Option("--date", parser=parse_day, metavar="DAY", help="The day, as 2024-07-01.")


@day_app.command("status")
def day_status(
    data: Data,
    day: Annotated[date | None, DATE] = None,
    venue: Venue = "",
    as_json: AsJson = False,
) -> None:
    """Show every venue's day and what is missing before it can be closed (status 1: something)."""
    from fencang.app.commands.day import run_status

    raise typer.Exit(run_status(data, day, venue, as_json=as_json))


@day_app.command("open")
def day_open(
    data: Data,
    day: Annotated[date, DATE],
    venue: Venue = "",
    session: Sessions = None,
    calendar: Calendars = None,
    reason: Reason = "",
    by: By = "operations",
    approved_by: ApprovedBy = "",
    as_json: AsJson = False,
) -> None:
    """Open a trading day with its sessions; this process must be the journal's only writer."""
    from fencang.app.commands.day import Persons, run_open

    persons = Persons(by, approved_by, reason)
    status = run_open(
        data,
        day,
        venue,
        tuple(session or ()),
        persons,
        calendars=tuple(calendar or ()),
        as_json=as_json,
    )
    raise typer.Exit(status)


@day_app.command("close")
def day_close(
    data: Data,
    day: Annotated[date, DATE],
    venue: Venue = "",
    accept: Accept = None,
    reason: Reason = "",
    by: By = "operations",
    approved_by: ApprovedBy = "",
    as_json: AsJson = False,
) -> None:
    """Close a trading day whose checklist is met, or whose unmet rows two persons accept."""
    from fencang.app.commands.day import Persons, run_close

    persons = Persons(by, approved_by, reason)
    status = run_close(data, day, venue, tuple(accept or ()), persons, as_json=as_json)
    raise typer.Exit(status)
