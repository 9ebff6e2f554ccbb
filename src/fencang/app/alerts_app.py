"""``fencang alerts``: what its commands are called and take; ``commands/alerts.py`` has them."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["alerts_app"]

alerts_app = typer.Typer(
    help="What people were told, whether somebody looks after it, and by which channels.",
    no_args_is_help=True,
)

Data = Annotated[Path, typer.Option("--data", help="The folder of the desk's data.")]


@alerts_app.command("list")
def alerts_list(
    data: Data,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that somebody acknowledged too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show alerts, the newest first, and what became of each delivery; 1 where one is open."""
    from fencang.app.commands.alerts import run_list

    raise typer.Exit(run_list(data, everything=everything, as_json=as_json))


@alerts_app.command("acknowledge")
def alerts_acknowledge(
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER...", help="Which alerts.")],
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Who looks after them.")],
    note: Annotated[str, typer.Option("--note", help="What is being done.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say that somebody looks after alerts: they are told no further."""
    from fencang.app.commands.alerts import run_acknowledge

    raise typer.Exit(run_acknowledge(data, numbers, by, note, as_json=as_json))


@alerts_app.command("kinds")
def alerts_kinds(as_json: AsJson = False) -> None:
    """List what is told: every kind with its highest severity and its page of the guide."""
    from fencang.app.commands.alerts import run_kinds

    run_kinds(as_json=as_json)


@alerts_app.command("check")
def alerts_check(
    settings: Annotated[Path, typer.Argument(help="Settings of the server, server.toml.")],
    send: Annotated[
        bool, typer.Option("--send", help="Send a test to every channel, now.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List every fault of a server's settings, or show whom each kind of alert reaches."""
    from fencang.app.commands.alerts import run_check

    raise typer.Exit(run_check(settings, send=send, as_json=as_json))
