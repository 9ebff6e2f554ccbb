"""``fencang risk``: what its commands are called and take; they live in ``commands``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["risk_app"]

risk_app = typer.Typer(help="Acts of a risk officer: stop, resume.", no_args_is_help=True)

Data = Annotated[
    Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
]
Node = Annotated[
    str,
    typer.Argument(
        metavar="NODE",
        help="A sub-account, the master account, venue:ID, carrying:ID or person:ID.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words that stay.")]
By = Annotated[str, typer.Option("--by", help="Who enters it.")]


@risk_app.command("stop")
def risk_stop(
    node: Node,
    data: Data,
    confirm: Annotated[str, typer.Option("--confirm", help="The node once more.")],
    reason: Reason,
    action: Annotated[
        str,
        typer.Option(
            "--action", help="reduce-only, reduce-only-and-cancel, halt or halt-and-cancel."
        ),
    ] = "halt-and-cancel",
    by: By = "risk",
    as_json: AsJson = False,
) -> None:
    """Stop a strategy's book, a sub-account, a venue, an owner, or everything; one person."""
    from fencang.app.commands.stopping import run_stop

    raise typer.Exit(run_stop(data, node, action, confirm, (by, reason), as_json=as_json))


@risk_app.command("resume")
def risk_resume(
    node: Node,
    data: Data,
    reason: Reason,
    approved_by: Annotated[str, typer.Option("--approved-by", help="The second person.")],
    by: By = "risk",
    as_json: AsJson = False,
) -> None:
    """Let a stopped node trade again; it needs two persons."""
    from fencang.app.commands.stopping import run_resume

    raise typer.Exit(run_resume(data, node, (by, approved_by, reason), as_json=as_json))
