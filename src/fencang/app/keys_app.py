"""``fencang keys``: what its commands are called and take; they live in ``commands/keys.py``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["keys_app"]

keys_app = typer.Typer(
    help="Keys that persons sign with; the desk knows their public half only.",
    no_args_is_help=True,
)


@keys_app.command("new")
def keys_new(
    out: Annotated[Path, typer.Option("--out", help="File of the private key; must be new.")],
    user: Annotated[str, typer.Option("--user", help="Show the user's table with it.")] = "",
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A role of that user; may be repeated.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Add the table of user or API key to this file.")
    ] = None,
    key_id: Annotated[
        str, typer.Option("--key-id", help="An API key of that user, by this name.")
    ] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="What the API key opens; may be repeated."),
    ] = None,
    until: Annotated[
        str, typer.Option("--until", help="When the API key ends (a year on unless told).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key: the private half into a file that only you can read, the public half shown.

    A person signs drafts with one key and requests with another: with --key-id it is the latter.
    """
    from fencang.app.commands.keys import Terms, run_new

    terms = Terms(user, tuple(role or ()), key_id, tuple(scope or ()), until)
    raise typer.Exit(run_new(out, terms, table, as_json=as_json))


@keys_app.command("show")
def keys_show(
    key: Annotated[Path, typer.Argument(help="File of a private key.")], as_json: AsJson = False
) -> None:
    """Show the public half of a private key."""
    from fencang.app.commands.keys import run_show

    raise typer.Exit(run_show(key, as_json=as_json))
