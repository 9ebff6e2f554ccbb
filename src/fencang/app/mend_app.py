"""``fencang mend``: what its commands are called and take; they live in ``commands/mend.py``."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson, parse_day

__all__ = ["mend_app"]

mend_app = typer.Typer(
    help="Mend what a reconciliation found: enter fills, assign and resolve breaks.",
    no_args_is_help=True,
)

Data = Annotated[
    Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
]
BreakId = Annotated[str, typer.Argument(help="A break, or the first signs of its identity.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words that stay.")]
By = Annotated[str, typer.Option("--by", help="Who enters it.")]
ApprovedBy = Annotated[str, typer.Option("--approved-by", help="The second person.")]


TRADED = typer.Option("--date", parser=parse_day, metavar="DAY", help="When it was traded.")
CLEARED = typer.Option(
    "--clearing-date", parser=parse_day, metavar="DAY", help="Its trading day, else --date."
)


@mend_app.command("fill")
def mend_fill(
    data: Data,
    account: Annotated[str, typer.Option("--account", help="The carrying account.")],
    execution: Annotated[str, typer.Option("--execution", help="The broker's number of the fill.")],
    contract: Annotated[str, typer.Option("--contract", help="The contract.")],
    side: Annotated[str, typer.Option("--side", help="buy or sell.")],
    lots: Annotated[int, typer.Option("--lots", help="How many lots.")],
    price: Annotated[str, typer.Option("--price", help="At what price.")],
    traded: Annotated[date, TRADED],
    clearing: Annotated[date | None, CLEARED] = None,
    leg: Annotated[
        list[str] | None,
        typer.Option(
            "--leg", metavar="SUB=LOTS", help="Whose it is; may be repeated; none: in suspense."
        ),
    ] = None,
    offset: Annotated[
        str, typer.Option("--offset", help="net, open, close, close_today or close_yesterday.")
    ] = "net",
    reason: Reason = "",
    by: By = "operations",
    approved_by: ApprovedBy = "",
    as_json: AsJson = False,
) -> None:
    """Enter a fill that the broker has and the book has not; it needs a second person."""
    from fencang.app.commands.mend import FillWords, run_fill

    words = FillWords(
        account, execution, contract, side, lots, price, traded, clearing, tuple(leg or ()), offset
    )
    raise typer.Exit(run_fill(data, words, (by, approved_by, reason), as_json=as_json))


@mend_app.command("assign")
def mend_assign(
    break_id: BreakId,
    data: Data,
    to: Annotated[str, typer.Option("--to", help="The person who looks after it.")],
    reason: Reason = "",
    by: By = "operations",
    as_json: AsJson = False,
) -> None:
    """Give an open break to a person."""
    from fencang.app.commands.mend import run_assign

    raise typer.Exit(run_assign(data, break_id, to, (by, "", reason), as_json=as_json))


@mend_app.command("resolve")
def mend_resolve(
    break_id: BreakId,
    data: Data,
    how: Annotated[str, typer.Option("--as", help="booked, explained or written_off.")],
    reason: Reason,
    record: Annotated[int, typer.Option("--record", help="The record that booked it.")] = 0,
    by: By = "operations",
    approved_by: ApprovedBy = "",
    as_json: AsJson = False,
) -> None:
    """End an open break by the word of two persons."""
    from fencang.app.commands.mend import run_resolve

    persons = (by, approved_by, reason)
    raise typer.Exit(run_resolve(data, break_id, how, record, persons, as_json=as_json))
