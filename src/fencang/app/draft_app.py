"""``fencang draft``: what its commands are called and take; they live in ``commands/drafts.py``."""

from pathlib import Path
from typing import Annotated

import typer

from fencang.app.options import AsJson

__all__ = ["draft_app"]

draft_app = typer.Typer(
    help="Drafts: what one person proposes, another approves, and both sign.",
    no_args_is_help=True,
)

Data = Annotated[
    Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the draft.", min=1)]
As = Annotated[str, typer.Option("--as", help="Your user id.")]
InRole = Annotated[str, typer.Option("--role", help="The role that you act in.")]
Key = Annotated[Path, typer.Option("--key", help="Your private key, as `fencang keys new` made.")]


@draft_app.command("found")
def draft_found(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="Tables: [[user]], [authority].")
    ],
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Who enters it.")],
    approved_by: Annotated[str, typer.Option("--approved-by", help="The second person.")],
    as_json: AsJson = False,
) -> None:
    """Let a desk that takes names on trust ask for signatures from now on."""
    from fencang.app.commands.drafts import run_found

    raise typer.Exit(run_found(data, files, (by, approved_by), as_json=as_json))


@draft_app.command("list")
def draft_list(
    data: Data,
    everything: Annotated[bool, typer.Option("--all", help="Closed drafts too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List open drafts, or all that ever were."""
    from fencang.app.commands.drafts import run_list

    raise typer.Exit(run_list(data, everything=everything, as_json=as_json))


@draft_app.command("show")
def draft_show(draft_id: Number, data: Data, as_json: AsJson = False) -> None:
    """Show a draft: who signed it when, and what it changes, before and after."""
    from fencang.app.commands.drafts import run_show

    raise typer.Exit(run_show(data, draft_id, as_json=as_json))


@draft_app.command("diff")
def draft_diff(draft_id: Number, data: Data, as_json: AsJson = False) -> None:
    """Show what a draft changes, before and after, and nothing else."""
    from fencang.app.commands.drafts import run_show

    raise typer.Exit(run_show(data, draft_id, as_json=as_json, changes_only=True))


@draft_app.command("propose")
def draft_propose(
    file: Annotated[
        Path, typer.Argument(help="Tables of a desk file, or a .json with one command.")
    ],
    data: Data,
    maker: As,
    role: InRole,
    key: Key,
    as_json: AsJson = False,
) -> None:
    """Propose what a file states, signed with your key."""
    from fencang.app.commands.drafts import Signer, run_propose

    raise typer.Exit(run_propose(data, file, Signer(maker, role, key), as_json=as_json))


@draft_app.command("approve")
def draft_approve(
    draft_id: Number,
    data: Data,
    checker: As,
    role: InRole,
    key: Key,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking once more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Approve a draft, signed with your key: it takes effect at once."""
    from fencang.app.commands.drafts import Signer, run_approve

    signer = Signer(checker, role, key)
    raise typer.Exit(run_approve(data, draft_id, signer, asks=not yes, as_json=as_json))


@draft_app.command("reject")
def draft_reject(
    draft_id: Number,
    data: Data,
    by: As,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words that stay.")] = "",
    as_json: AsJson = False,
) -> None:
    """Turn a draft down; one person is enough."""
    from fencang.app.commands.drafts import run_reject

    raise typer.Exit(run_reject(data, draft_id, by, reason, as_json=as_json))


@draft_app.command("withdraw")
def draft_withdraw(draft_id: Number, data: Data, by: As, as_json: AsJson = False) -> None:
    """Take your own draft back."""
    from fencang.app.commands.drafts import run_withdraw

    raise typer.Exit(run_withdraw(data, draft_id, by, as_json=as_json))


@draft_app.command("revert")
def draft_revert(
    draft_id: Number, data: Data, maker: As, role: InRole, key: Key, as_json: AsJson = False
) -> None:
    """Propose the values that were in force before a draft was applied."""
    from fencang.app.commands.drafts import Signer, run_revert

    raise typer.Exit(run_revert(data, draft_id, Signer(maker, role, key), as_json=as_json))
