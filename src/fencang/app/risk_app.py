"""``fencang risk``: what its commands are called and take; they live in ``commands``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["risk_app"]

risk_app = typer.Typer(
    help="Acts of a risk officer: stop, resume, cancel, try an order, see what waits.",
    no_args_is_help=True,
)

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


@risk_app.command("cancel")
def risk_cancel(
    node: Node,
    data: Data,
    scope: Annotated[str, typer.Option("--scope", help="Only in this contract or product.")] = "",
    side: Annotated[str, typer.Option("--side", help="Only buy, or only sell.")] = "",
    account: Annotated[str, typer.Option("--account", help="Only at this carrying account.")] = "",
    by: By = "risk",
    as_json: AsJson = False,
) -> None:
    """Cancel all orders of a node, or some of them; new ones may come: to end that, stop it."""
    from fencang.app.commands.mass_cancel import CancelWords, run_cancel

    words = CancelWords(node, scope, side, account, by)
    raise typer.Exit(run_cancel(data, words, as_json=as_json))


@risk_app.command("order")
def risk_order(
    sub_account: Annotated[str, typer.Argument(metavar="SUB_ACCOUNT", help="Whose order it is.")],
    side: Annotated[str, typer.Argument(metavar="SIDE", help="buy or sell.")],
    lots: Annotated[int, typer.Argument(metavar="LOTS", help="How many.", min=1)],
    contract: Annotated[str, typer.Argument(metavar="CONTRACT", help="Of what.")],
    data: Data,
    at: Annotated[str, typer.Option("--at", help="Limit price; without one, at the market.")] = "",
    offset: Annotated[
        str, typer.Option("--offset", help="net, open, close, close_today or close_yesterday.")
    ] = "net",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would come of it.")
    ] = False,
    as_of: Annotated[
        int | None,
        typer.Option("--as-of", help="With --dry-run: as if it had come right after this record."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Enter an order by hand, or try one: what the ladder and substitutes would make of it."""
    from fencang.app.commands.hand_order import OrderWords, run_order

    words = OrderWords(sub_account, side, lots, contract, at, offset)
    raise typer.Exit(run_order(data, words, is_dry_run=dry_run, as_of=as_of, as_json=as_json))


@risk_app.command("instructions")
def risk_instructions(
    data: Data,
    sub_account: Annotated[
        str, typer.Option("--sub-account", help="Only what waits for this sub-account.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what waits for its trading day under a tier of the next trading day."""
    from fencang.app.commands.instructions import run_instructions

    raise typer.Exit(run_instructions(data, sub_account, as_json=as_json))
