"""``fencang import``: what its commands are called and take; they live in ``commands``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["import_app"]

import_app = typer.Typer(help="Bring in the books of a prior system.", no_args_is_help=True)


@import_app.callback()
def import_books() -> None:
    """Bring in the books of a prior system."""


@import_app.command("positions")
def import_positions(
    positions: Annotated[Path, typer.Argument(help="Lots with their days and costs, CSV.")],
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    lots_total: Annotated[int, typer.Option("--lots-total", help="What the lots must sum to.")],
    cash: Annotated[Path | None, typer.Option("--cash", help="Cash of the books, CSV.")] = None,
    cash_total: Annotated[
        list[str] | None,
        typer.Option("--cash-total", metavar="USD=1000.00", help="What cash must sum to, each."),
    ] = None,
    add: Annotated[
        bool,
        typer.Option("--add", help="The lots add to what their sub-accounts hold or held already."),
    ] = False,
    by: Annotated[str, typer.Option("--by", help="Who asks.")] = "operations",
    approved_by: Annotated[str, typer.Option("--approved-by", help="The second person.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take lots and cash over, all or nothing; this process must be the journal's only writer."""
    from fencang.app.commands.import_book import BookQuestion, run_import

    question = BookQuestion(
        positions,
        cash,
        lots_total,
        tuple(cash_total or ()),
        entered_by=by,
        approved_by=approved_by,
        adds_to_holdings=add,
    )
    raise typer.Exit(run_import(data, question, as_json=as_json))
