"""``fencang draft --server``: drafts of a desk somewhere else, signed here.

The private key that signs a draft stays in its file.  What would be done is read from the very
bytes that are signed; only what is there now is the server's word.
"""

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import typer

from fencang.app.commands.draft_file import read_draft_file
from fencang.app.commands.drafts import Signer, print_json, role_of, view_json
from fencang.app.commands.drafts_words import draft_words_of, list_words
from fencang.app.commands.keys import private_key_in
from fencang.app.exit_status import ExitStatus, InputFault, UsageFault
from fencang.client.errors import FencangError, NotAllowed, NotFound, Refused
from fencang.engine.draft_changes import Change
from fencang.gateways.forms.forms import to_form
from fencang.messages.commands import AnyCommand, DefineDesk, SetTradingState
from fencang.messages.draft_body import DraftBodyFault, command_name, decode_body
from fencang.messages.draft_commands import ProposeDraft
from fencang.messages.draft_events import DraftProposed
from fencang.messages.draft_signing import approval_text, sign_approval, sign_proposal
from fencang.projections.drafts import DraftState, DraftView
from fencang.refdata.desk import DeskItem
from fencang.refdata.item_key import item_key, item_name
from fencang.refdata.user import Role
from fencang.signing.drafts import body_hash, draft_words
from fencang.signing.keys import PrivateKey

if TYPE_CHECKING:
    from fencang.client import Desk
    from fencang.client.types import DraftInFull, DraftRow, Outcome, SigningTerms

__all__ = [
    "Server",
    "is_of_same",
    "run_remote_approve",
    "run_remote_list",
    "run_remote_propose",
    "run_remote_reject",
    "run_remote_revert",
    "run_remote_show",
    "run_remote_withdraw",
]


_UNSEEN: dict[str, Any] = {}
"""What stands for a value that an API key may not see."""


class Server(NamedTuple):
    """Where a desk is served, and the API key that requests are signed with."""

    url: str
    key_id: str
    request_key: Path
    ca_file: Path | None


class _Draft(NamedTuple):
    """A draft as its bytes say it."""

    view: DraftView
    proposed: DraftProposed
    command: AnyCommand
    desk_id: str


@contextmanager
def _asking(server: Server) -> Iterator["Desk"]:
    """Ask a desk; what it refuses on the way becomes a fault for a person.

    Raises:
        InputFault: no key, no such draft, no answer, or not allowed.
    """
    import ssl

    from fencang.client import Desk

    try:
        tls = ssl.create_default_context(cafile=server.ca_file) if server.ca_file else None
        with Desk(server.url, key_file=server.request_key, key_id=server.key_id, tls=tls) as desk:
            yield desk
    except FencangError as fault:
        raise InputFault(f"{server.url}: {fault}") from fault
    except OSError as fault:
        raise InputFault(f"{server.ca_file}: {fault.strerror or fault}") from fault


# --------------------------------------------------------------------------------------- looking on


def run_remote_list(server: Server, *, everything: bool, as_json: bool) -> ExitStatus:
    """List open drafts, or all that the server remembers."""
    with _asking(server) as desk:
        rows = list(desk.drafts.list(state=None if everything else DraftState.OPEN.value))
    views = [_view(row) for row in rows]
    if as_json:
        print_json([view_json(view) for view in views])
    else:
        sys.stdout.write(list_words(views, everything=everything))
    return ExitStatus.DONE


def run_remote_show(
    server: Server, draft_id: int, *, as_json: bool, changes_only: bool = False
) -> ExitStatus:
    """Show a draft with what it changes, beside what the desk has now."""
    with _asking(server) as desk:
        draft = _draft(desk, draft_id)
        changes, _ = _changes(desk, draft.command)
    if as_json:
        shown = [change._asdict() for change in changes]
        print_json(
            {"changes": shown} if changes_only else view_json(draft.view) | {"changes": shown}
        )
    else:
        sys.stdout.write(draft_words_of(draft.view, changes, changes_only=changes_only))
    return ExitStatus.DONE


def _draft(desk: "Desk", draft_id: int) -> _Draft:
    """Return a draft with its command, read from its bytes.

    Raises:
        InputFault: the bytes are no command of this version, or not what is said of them.
    """
    found = desk.drafts.get(draft_id)
    body = base64.b64decode(found.body)
    command = _decoded(draft_id, body)
    said = (found.draft.draft_id, found.draft.command, found.draft.body_sha256)
    if said != (draft_id, command_name(command), body_hash(body)):
        raise InputFault(f"draft {draft_id} has other bytes than the server says it has")
    view = _view(found.draft, found)
    return _Draft(view, _proposed(view, body), command, found.desk_id)


def _decoded(draft_id: int, body: bytes) -> AnyCommand:
    try:
        return decode_body(body)
    except DraftBodyFault as fault:
        raise InputFault(f"draft {draft_id}: {fault}") from fault


def _view(row: "DraftRow", full: "DraftInFull | None" = None) -> DraftView:
    return DraftView(
        draft_id=row.draft_id,
        command=row.command,
        body_sha256=row.body_sha256,
        maker=row.maker,
        role=row.role,
        acts_for=full.acts_for if full else "",
        public_key=full.public_key if full else "",
        proposed_sequence=row.proposed_sequence,
        proposed_ns=row.proposed_time.ns,
        opens_ns=row.opens_time.ns,
        expires_ns=row.expires_time.ns,
        state=DraftState(row.state),
        closed_sequence=row.closed_sequence or 0,
        closed_ns=row.closed_time.ns if row.closed_time else 0,
        closed_by=row.closed_by,
        closed_role=row.closed_role,
        closed_acts_for=full.closed_acts_for if full else "",
        closed_key=full.closed_key if full else "",
        reason=row.reason,
    )


def _proposed(view: DraftView, body: bytes) -> DraftProposed:
    """Return what was proposed, as far as a second person signs it."""
    return DraftProposed(
        draft_id=view.draft_id,
        command=view.command,
        body=body,
        body_sha256=view.body_sha256,
        maker=view.maker,
        role=view.role,  # type: ignore[arg-type]
        acts_for=view.acts_for,
        nonce=0,
        public_key=view.public_key,
        signature=b"",
        opens_ns=view.opens_ns,
        expires_ns=view.expires_ns,
    )


def _changes(desk: "Desk", command: AnyCommand) -> tuple[list[Change], list[str]]:
    """Return what a command changes, and in words what of it is as the server says it is now."""
    if not isinstance(command, DefineDesk):
        said = _plain(command)
        said.pop("approved_by", None)
        return [Change(command_name(command), name, None, said[name]) for name in said], []
    changes, kept = [], []
    for item in command.items:
        before, after, subject = _present(desk, item), _plain(item), " ".join(item_key(item))
        if before is _UNSEEN:
            kept.append(f"{subject}: what there is now, this API key may not see")
            before = None
        elif before is not None and before.get("proof_hex") == "":
            before["proof_hex"] = after["proof_hex"]  # not shown, and no change can touch it
        same = {name for name, value in after.items() if before and before[name] == value}
        changes += [
            Change(subject, name, before.get(name) if before else None, value)
            for name, value in after.items()
            if name not in same
        ]
        if same:
            told = ", ".join(f"{name} {after[name]}" for name in after if name in same)
            kept.append(f"{subject}: as it is, says the server: {told}")
    return changes, kept


def _present(desk: "Desk", item: DeskItem) -> dict[str, Any] | None:
    """Return what the desk has now, None where there is nothing."""
    try:
        return desk.definitions.get(type(item).__name__, item_name(item)).item
    except NotFound:
        return None
    except NotAllowed:
        return _UNSEEN


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    """Return a value in the API's form, as JSON has it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(to_form(value)))
    found.pop("type", None)
    return found


# ------------------------------------------------------------------------------------------ signing


def run_remote_propose(server: Server, file: Path, signer: Signer, *, as_json: bool) -> ExitStatus:
    """Propose what a file states, signed here.

    Raises:
        InputFault: the file or a key is faulty, or the desk asks for no signatures.
        UsageFault: there is no such role.
    """
    role, key = role_of(signer), private_key_in(signer.key)
    command = read_draft_file(file, signer.user_id)
    with _asking(server) as desk:
        terms = _terms(desk, server, signer)
        if not as_json:
            changes, _ = _changes(desk, command)
            sys.stdout.write("".join(f"{each}\n" for each in _words_of(changes)))
        outcome = _propose(desk, _signed(terms, command, signer.user_id, role, key))
    return _told(outcome, "a draft is open", as_json=as_json)


def run_remote_revert(
    server: Server, draft_id: int, signer: Signer, *, asks: bool, as_json: bool
) -> ExitStatus:
    """Propose what was in force before a draft was applied, signed here once it was shown.

    What was in force is the server's word, so it states the very values of the draft or is not
    signed, and a person reads it first.

    Raises:
        InputFault: it was not applied, there is nothing that it could go back to, or a key is
            faulty.
        UsageFault: there is no such role, or the person said no.
    """
    role, key = role_of(signer), private_key_in(signer.key)
    with _asking(server) as desk:
        terms, draft = _terms(desk, server, signer), _draft(desk, draft_id)
        command = _decoded(draft_id, base64.b64decode(desk.drafts.get_before(draft_id).body))
        if not is_of_same(command, draft.command, signer.user_id):
            raise InputFault(f"what the server would go back to is not of draft {draft_id}")
        if not as_json:
            changes, kept = _changes(desk, command)
            sys.stdout.write("".join(f"{each}\n" for each in [*_words_of(changes), *kept]))
        if asks and not as_json and not typer.confirm("Sign it?"):
            raise UsageFault("nothing was signed")
        outcome = _propose(desk, _signed(terms, command, signer.user_id, role, key))
    return _told(outcome, "a draft is open", as_json=as_json)


def _terms(desk: "Desk", server: Server, signer: Signer) -> "SigningTerms":
    """Return what the signer's next proposal is signed with.

    Raises:
        InputFault: the desk asks for no signatures, or the API key is another person's.
    """
    terms = desk.drafts.signing_terms()
    if not terms.desk_id:
        raise InputFault("this desk asks for no signatures: one operator runs it")
    _require_own(server, terms.user_id, signer)
    return terms


def _signed(
    terms: "SigningTerms", command: AnyCommand, maker: str, role: Role, key: PrivateKey
) -> ProposeDraft:
    desk_id, nonce = terms.desk_id, terms.nonce
    return sign_proposal(desk_id, command, key, maker=maker, role=role, nonce=nonce)


def _propose(desk: "Desk", proposal: ProposeDraft) -> "Outcome | Refused":
    return _entered(
        lambda: desk.drafts.propose(
            body=_text(proposal.body),
            role=proposal.role.value,
            nonce=proposal.nonce,
            public_key=proposal.public_key,
            signature=_text(proposal.signature),
        )
    )


def is_of_same(command: AnyCommand, draft: AnyCommand, user_id: str) -> bool:
    """Return whether a command states, for a person, just the values that a draft stated."""
    if isinstance(command, DefineDesk) and isinstance(draft, DefineDesk):
        keys = [[item_key(item) for item in each.items] for each in (command, draft)]
        return keys[0] == keys[1] and command.entered_by == user_id
    if isinstance(command, SetTradingState) and isinstance(draft, SetTradingState):
        return (command.node_id, command.entered_by) == (draft.node_id, user_id)
    return False


def run_remote_approve(
    server: Server, draft_id: int, signer: Signer, *, asks: bool, as_json: bool
) -> ExitStatus:
    """Approve a draft after its changes and the words under the signature were shown.

    Raises:
        InputFault: no such draft is open, or a key is faulty.
        UsageFault: there is no such role, or the person said no.
    """
    role, key = role_of(signer), private_key_in(signer.key)
    with _asking(server) as desk:
        _require_own(server, desk.drafts.signing_terms().user_id, signer)
        draft = _draft(desk, draft_id)
        if draft.view.state is not DraftState.OPEN:
            raise InputFault(f"draft {draft_id} is {draft.view.state}; nothing was signed")
        user_id = signer.user_id
        approval = sign_approval(draft.desk_id, draft.proposed, key, checker=user_id, role=role)
        if not as_json:
            changes, kept = _changes(desk, draft.command)
            text = approval_text(draft.desk_id, draft.proposed, checker=user_id, role=role)
            lines = [*_words_of(changes), *kept, f"{draft_words(text)}."]
            sys.stdout.write("".join(f"{each}\n" for each in lines))
        if asks and not as_json and not typer.confirm("Sign it?"):
            raise UsageFault("nothing was signed")
        outcome = _entered(
            lambda: desk.drafts.approve(
                draft_id,
                role=role.value,
                public_key=approval.public_key,
                signature=_text(approval.signature),
            )
        )
    return _told(outcome, f"draft {draft_id} is approved", as_json=as_json)


def run_remote_reject(server: Server, draft_id: int, reason: str, *, as_json: bool) -> ExitStatus:
    """Turn a draft down, as the person whose key the request is signed with."""
    with _asking(server) as desk:
        outcome = _entered(lambda: desk.drafts.reject(draft_id, reason=reason))
    return _told(outcome, f"draft {draft_id} is rejected", as_json=as_json)


def run_remote_withdraw(server: Server, draft_id: int, *, as_json: bool) -> ExitStatus:
    """Take a draft back, as the person whose key the request is signed with."""
    with _asking(server) as desk:
        outcome = _entered(lambda: desk.drafts.withdraw(draft_id))
    return _told(outcome, f"draft {draft_id} is withdrawn", as_json=as_json)


def _require_own(server: Server, user_id: str, signer: Signer) -> None:
    """Refuse to send what one person signs under the API key of another.

    Raises:
        InputFault: the key is another's.
    """
    if user_id != signer.user_id:
        raise InputFault(
            f"{server.key_id} is a key of {user_id}, and {signer.user_id} signs: ask with your own"
        )


def _words_of(changes: list[Change]) -> list[str]:
    return draft_words_of(_NO_VIEW, changes, changes_only=True).splitlines()


_NO_VIEW: Any = None
"""Changes alone are told without the life of their draft."""


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _entered(call: Any) -> "Outcome | Refused":  # noqa: ANN401 - one of the client's calls
    """Return what came of a call; a refusal of the desk is an answer too."""
    try:
        outcome: Outcome = call()
    except Refused as refused:
        return refused
    return outcome


def _told(found: "Outcome | Refused", done: str, *, as_json: bool) -> ExitStatus:
    """Tell what came of it as ``entering.enter`` does; 1 when it was refused."""
    events = () if isinstance(found, Refused) else found.events
    of_type = {event["type"]: event for event in events}
    refused = of_type.get("DraftRefused")
    told: dict[str, Any] = {"sequence": found.sequence, "refused": "", "reason": ""}
    if isinstance(found, Refused):
        told |= {"refused": str(found), "reason": found.reason_name.replace("_", " ")}
    elif refused is not None:
        told |= {"refused": refused["detail"], "reason": refused["reason"].replace("_", " ")}
    proposed = of_type.get("DraftProposed")
    if proposed is not None:
        told["draft_id"] = proposed["draft_id"]
        done = f"draft {proposed['draft_id']} is open"
    if as_json:
        print_json(told)
    elif told["refused"]:
        sys.stdout.write(f"refused ({told['reason']}): {told['refused']}\n")
    else:
        sys.stdout.write(f"record {found.sequence}: {done}\n")
    return ExitStatus.DIFFERENCES_FOUND if told["refused"] else ExitStatus.DONE
