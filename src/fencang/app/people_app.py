"""``fencang people``: what its commands are called; they live in ``commands/people.py``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["people_app"]

people_app = typer.Typer(
    help="Logins of people, at the host itself: the first one in, who stands how, leavers.",
    no_args_is_help=True,
)

Data = Annotated[
    Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
]
User = Annotated[str, typer.Argument(metavar="USER", help="Its user id.")]


@people_app.command("invite")
def people_invite(user: User, data: Data, as_json: AsJson = False) -> None:
    """Show a code, once, with which the first administrator or the one operator enrols."""
    from fencang.app.commands.people import run_invite

    raise typer.Exit(run_invite(data, user, as_json=as_json))


@people_app.command("list")
def people_list(data: Data, as_json: AsJson = False) -> None:
    """List the persons of the desk and how they stand with their logins."""
    from fencang.app.commands.people import run_list

    raise typer.Exit(run_list(data, as_json=as_json))


@people_app.command("end")
def people_end(user: User, data: Data, as_json: AsJson = False) -> None:
    """End every session of a user and what it signs in with, at a running server too."""
    from fencang.app.commands.people import run_end

    raise typer.Exit(run_end(data, user, as_json=as_json))
