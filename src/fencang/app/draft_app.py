"""``fencang draft``: what its commands are called and take; they live in ``commands/drafts.py``.

With ``--data`` they read and write the journal on this machine, with ``--server`` they ask a desk
that is served somewhere else (``commands/remote_drafts.py``); keys stay here either way.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fencang.app.options import AsJson

if TYPE_CHECKING:
    from fencang.app.commands.remote_drafts import Server

__all__ = ["draft_app"]

draft_app = typer.Typer(
    help="Drafts: what one person proposes, another approves, and both sign.",
    no_args_is_help=True,
)

DATA = "The desk's journal, or the folder that holds it."
Data = Annotated[Path, typer.Option("--data", help=DATA)]
HereData = Annotated[Path | None, typer.Option("--data", help=DATA)]
ServerUrl = Annotated[
    str, typer.Option("--server", help="Instead of --data: where the desk is served.")
]
RequestKey = Annotated[
    Path | None,
    typer.Option(
        "--request-key",
        envvar="FENCANG_KEY_FILE",
        help="With --server: the API key that requests are signed with.",
    ),
]
KeyId = Annotated[
    str,
    typer.Option("--key-id", envvar="FENCANG_KEY_ID", help="With --server: that key's name."),
]
CaFile = Annotated[
    Path | None,
    typer.Option(
        "--ca-file", envvar="FENCANG_CA_FILE", help="With --server: certificates to trust."
    ),
]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the draft.", min=1)]
As = Annotated[str, typer.Option("--as", help="Your user id.")]
InRole = Annotated[str, typer.Option("--role", help="The role that you act in.")]
Key = Annotated[Path, typer.Option("--key", help="Your private key, as `fencang keys new` made.")]
AskedAs = Annotated[
    str, typer.Option("--as", help="Your user id; with --server, whose the API key is.")
]


def _place(
    data: Path | None, url: str, request_key: Path | None, key_id: str, ca_file: Path | None
) -> "Path | Server":
    """Return where the desk is: a journal here, or a server.

    Raises:
        UsageFault: neither is named, or both, or a server without a key to ask it with.
    """
    from fencang.app.exit_status import UsageFault

    if data is not None and not url:
        return data
    if data is not None or not url:
        raise UsageFault("name one place: --data for a journal here, --server for a served desk")
    if request_key is None or not key_id:
        raise UsageFault("--server is asked with an API key: --request-key FILE and --key-id NAME")
    from fencang.app.commands.remote_drafts import Server

    return Server(url, key_id, request_key, ca_file)


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
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed drafts too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List open drafts, or all that ever were."""
    from fencang.app.commands.drafts import run_list
    from fencang.app.commands.remote_drafts import run_remote_list

    place = _place(data, server, request_key, key_id, ca_file)
    if isinstance(place, Path):
        raise typer.Exit(run_list(place, everything=everything, as_json=as_json))
    raise typer.Exit(run_remote_list(place, everything=everything, as_json=as_json))


def _show(
    draft_id: int, place: "Path | Server", *, as_json: bool, changes_only: bool
) -> typer.Exit:
    from fencang.app.commands.drafts import run_show
    from fencang.app.commands.remote_drafts import run_remote_show

    if isinstance(place, Path):
        return typer.Exit(run_show(place, draft_id, as_json=as_json, changes_only=changes_only))
    found = run_remote_show(place, draft_id, as_json=as_json, changes_only=changes_only)
    return typer.Exit(found)


@draft_app.command("show")
def draft_show(
    draft_id: Number,
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Show a draft: who signed it when, and what it changes, before and after."""
    place = _place(data, server, request_key, key_id, ca_file)
    raise _show(draft_id, place, as_json=as_json, changes_only=False)


@draft_app.command("diff")
def draft_diff(
    draft_id: Number,
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what a draft changes, before and after, and nothing else."""
    place = _place(data, server, request_key, key_id, ca_file)
    raise _show(draft_id, place, as_json=as_json, changes_only=True)


@draft_app.command("propose")
def draft_propose(
    file: Annotated[
        Path, typer.Argument(help="Tables of a desk file, or a .json with one command.")
    ],
    maker: As,
    role: InRole,
    key: Key,
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Propose what a file states, signed with your key."""
    from fencang.app.commands.drafts import Signer, run_propose
    from fencang.app.commands.remote_drafts import run_remote_propose

    place, signer = _place(data, server, request_key, key_id, ca_file), Signer(maker, role, key)
    if isinstance(place, Path):
        raise typer.Exit(run_propose(place, file, signer, as_json=as_json))
    raise typer.Exit(run_remote_propose(place, file, signer, as_json=as_json))


@draft_app.command("approve")
def draft_approve(
    draft_id: Number,
    checker: As,
    role: InRole,
    key: Key,
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking once more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Approve a draft, signed with your key: it takes effect at once."""
    from fencang.app.commands.drafts import Signer, run_approve
    from fencang.app.commands.remote_drafts import run_remote_approve

    place, signer = _place(data, server, request_key, key_id, ca_file), Signer(checker, role, key)
    if isinstance(place, Path):
        raise typer.Exit(run_approve(place, draft_id, signer, asks=not yes, as_json=as_json))
    raise typer.Exit(run_remote_approve(place, draft_id, signer, asks=not yes, as_json=as_json))


@draft_app.command("reject")
def draft_reject(
    draft_id: Number,
    by: AskedAs = "",
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words that stay.")] = "",
    as_json: AsJson = False,
) -> None:
    """Turn a draft down; one person is enough."""
    from fencang.app.commands.drafts import run_reject
    from fencang.app.commands.remote_drafts import run_remote_reject

    place = _place(data, server, request_key, key_id, ca_file)
    if isinstance(place, Path):
        raise typer.Exit(run_reject(place, draft_id, _named(by), reason, as_json=as_json))
    raise typer.Exit(run_remote_reject(place, draft_id, reason, as_json=as_json))


@draft_app.command("withdraw")
def draft_withdraw(
    draft_id: Number,
    by: AskedAs = "",
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Take your own draft back."""
    from fencang.app.commands.drafts import run_withdraw
    from fencang.app.commands.remote_drafts import run_remote_withdraw

    place = _place(data, server, request_key, key_id, ca_file)
    if isinstance(place, Path):
        raise typer.Exit(run_withdraw(place, draft_id, _named(by), as_json=as_json))
    raise typer.Exit(run_remote_withdraw(place, draft_id, as_json=as_json))


def _named(user_id: str) -> str:
    """Return who acts on a journal here.

    Raises:
        UsageFault: nobody is named.
    """
    from fencang.app.exit_status import UsageFault

    if not user_id:
        raise UsageFault("say who you are: --as")
    return user_id


@draft_app.command("revert")
def draft_revert(
    draft_id: Number,
    maker: As,
    role: InRole,
    key: Key,
    data: HereData = None,
    server: ServerUrl = "",
    request_key: RequestKey = None,
    key_id: KeyId = "",
    ca_file: CaFile = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --server: sign without asking once more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Propose the values that were in force before a draft was applied."""
    from fencang.app.commands.drafts import Signer, run_revert
    from fencang.app.commands.remote_drafts import run_remote_revert

    place, signer = _place(data, server, request_key, key_id, ca_file), Signer(maker, role, key)
    if isinstance(place, Path):
        raise typer.Exit(run_revert(place, draft_id, signer, as_json=as_json))
    raise typer.Exit(run_remote_revert(place, draft_id, signer, asks=not yes, as_json=as_json))
