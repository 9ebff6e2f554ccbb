"""``fencang draft``: proposing, looking at, approving and rejecting what two persons sign."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import typer

from fencang.app.commands.draft_file import read_draft_file
from fencang.app.commands.drafts_words import draft_words_of, list_words
from fencang.app.commands.entering import enter
from fencang.app.commands.keys import private_key_in
from fencang.app.data_directory import committing, recovered
from fencang.app.desk.definitions import read_definitions
from fencang.app.exit_status import ExitStatus, InputFault, UsageFault
from fencang.app.journals import journal_in, reading
from fencang.app.progress import counting
from fencang.basics.time import format_time
from fencang.engine.decide import outlook
from fencang.engine.draft_changes import Change, NothingBefore, changes_of, command_before
from fencang.engine.machine import Machine
from fencang.engine.state import DeskState
from fencang.journal.sequencer import Sequencer
from fencang.messages.commands import AnyCommand, DefineDesk
from fencang.messages.draft_body import decode_body
from fencang.messages.draft_commands import RejectDraft, WithdrawDraft
from fencang.messages.draft_events import DraftProposed
from fencang.messages.draft_signing import approval_text, sign_approval, sign_proposal
from fencang.projections.drafts import Drafts, DraftState, DraftView
from fencang.refdata.user import Role
from fencang.signing.drafts import draft_words

__all__ = [
    "Signer",
    "print_json",
    "role_of",
    "run_approve",
    "run_found",
    "run_list",
    "run_propose",
    "run_reject",
    "run_revert",
    "run_show",
    "run_withdraw",
    "view_json",
]

PROGRESS_EVERY_RECORDS = 1_000


class Signer(NamedTuple):
    """Who signs, in which role, with the key in which file."""

    user_id: str
    role: str
    key: Path


class _Draft(NamedTuple):
    """A draft as the journal has it: its life, its proposal, and its command."""

    view: DraftView
    proposed: DraftProposed
    command: AnyCommand


# --------------------------------------------------------------------------------------- looking on


def run_list(data: Path, *, everything: bool, as_json: bool) -> ExitStatus:
    """List open drafts, or all of them."""
    views = _views(data).drafts(None if everything else DraftState.OPEN)
    if as_json:
        print_json([view_json(view) for view in views])
    else:
        sys.stdout.write(list_words(views, everything=everything))
    return ExitStatus.DONE


def run_show(data: Path, draft_id: int, *, as_json: bool, changes_only: bool = False) -> ExitStatus:
    """Show a draft with what it changes: from the desk of now, or of when it was applied.

    Raises:
        InputFault: there is no such draft.
    """
    draft = _draft(data, draft_id)
    changes = changes_of(_state_before(data, draft.view), draft.command)
    if as_json:
        shown = [change._asdict() for change in changes]
        print_json(
            {"changes": shown} if changes_only else view_json(draft.view) | {"changes": shown}
        )
    else:
        sys.stdout.write(draft_words_of(draft.view, changes, changes_only=changes_only))
    return ExitStatus.DONE


def _state_before(data: Path, view: DraftView) -> DeskState:
    """Return the desk of now, or for a closed draft the desk just before it was closed."""
    until = view.closed_sequence - 1 if view.closed_sequence else None
    return recovered(data, until).state


def _views(data: Path) -> Drafts:
    drafts = Drafts()
    with reading(journal_in(data)) as journal, counting("Reading") as told:
        total = journal.last_sequence
        for stored in journal.read(1):
            record = stored.record()
            drafts.apply(record)
            if record.sequence % PROGRESS_EVERY_RECORDS == 0:
                told(record.sequence, total, "records")
    return drafts


def _draft(data: Path, draft_id: int) -> _Draft:
    view = _views(data).draft(draft_id)
    if view is None:
        raise InputFault(f"there is no draft {draft_id}; `fencang draft list --all` lists all")
    with reading(journal_in(data)) as journal:
        record = next(iter(journal.read(view.proposed_sequence))).record()
    (proposed,) = (each for each in record.events if isinstance(each, DraftProposed))
    return _Draft(view, proposed, decode_body(proposed.body))


# ------------------------------------------------------------------------------------------ signing


def run_found(
    data: Path, files: list[Path], persons: tuple[str, str], *, as_json: bool
) -> ExitStatus:
    """Define users and the authority of a desk that has none: the last time two names are enough.

    Raises:
        InputFault: a file is faulty, or the desk has an authority already.
    """
    items = tuple(item for file in files for item in read_definitions(file))
    command = DefineDesk(items=items, entered_by=persons[0], approved_by=persons[1])
    with committing(data) as sequencer:
        if sequencer.machine.state.authority.stated is not None:
            raise InputFault("this desk has an authority already: propose changes of it as drafts")
        words = "what needs two persons needs two signatures from now on"
        return enter(sequencer, command, words, as_json=as_json)


def run_propose(data: Path, file: Path, signer: Signer, *, as_json: bool) -> ExitStatus:
    """Propose what a file states.

    Raises:
        InputFault: the file or the key is faulty.
        UsageFault: there is no such role.
    """
    role_of(signer)
    command = read_draft_file(file, signer.user_id)
    with committing(data) as sequencer:
        return _propose(sequencer, command, signer, as_json=as_json)


def run_revert(data: Path, draft_id: int, signer: Signer, *, as_json: bool) -> ExitStatus:
    """Propose what was in force before a draft was applied.

    Raises:
        InputFault: it was not applied, or there is nothing that it could go back to.
    """
    role_of(signer)
    draft = _draft(data, draft_id)
    if draft.view.state is not DraftState.APPLIED:
        raise InputFault(f"draft {draft_id} is {draft.view.state}; only an applied one is reverted")
    before = _state_before(data, draft.view)
    try:
        command = command_before(before, draft.command, signer.user_id)
    except NothingBefore as fault:
        raise InputFault(f"draft {draft_id} cannot be reverted: {fault}") from fault
    with committing(data) as sequencer:
        return _propose(sequencer, command, signer, as_json=as_json)


def _propose(
    sequencer: Sequencer[Machine], command: AnyCommand, signer: Signer, *, as_json: bool
) -> ExitStatus:
    state = sequencer.machine.state
    authority = _asking(state)
    proposal = sign_proposal(
        authority.desk_id,
        command,
        private_key_in(signer.key),
        maker=signer.user_id,
        role=role_of(signer),
        nonce=authority.drafts.next_nonce(signer.user_id),
    )
    refusal = outlook(state, command)
    words = f"draft {authority.drafts.made + 1} is open"
    if refusal is not None:
        words += f"; the desk would refuse it today ({refusal.reason.words}): {refusal.detail}"
    return enter(sequencer, proposal, words, as_json=as_json)


def run_approve(
    data: Path, draft_id: int, signer: Signer, *, asks: bool, as_json: bool
) -> ExitStatus:
    """Approve a draft after its changes and the words under the signature were shown.

    Raises:
        InputFault: no such draft is open, or the key is faulty.
        UsageFault: there is no such role.
    """
    role = role_of(signer)
    with committing(data) as sequencer:
        state = sequencer.machine.state
        authority = _asking(state)
        draft = authority.drafts.open.get(draft_id)
        if draft is None:
            raise InputFault(f"no draft {draft_id} is open; `fencang draft list` lists them")
        key = private_key_in(signer.key)
        approval = sign_approval(authority.desk_id, draft, key, checker=signer.user_id, role=role)
        if not as_json:
            changes = changes_of(state, decode_body(draft.body))
            sys.stdout.write(_asked(authority.desk_id, draft, signer, changes))
        if asks and not as_json and not typer.confirm("Sign it?"):
            raise UsageFault("nothing was signed")
        done = f"draft {draft_id} is approved"
        return enter(sequencer, approval, done, as_json=as_json)


def _asked(desk_id: str, draft: DraftProposed, signer: Signer, changes: list[Change]) -> str:
    text = approval_text(desk_id, draft, checker=signer.user_id, role=Role(signer.role))
    view = Drafts.view_of(draft, 0, 0)
    return draft_words_of(view, changes, changes_only=True) + f"{draft_words(text)}.\n"


def run_reject(data: Path, draft_id: int, by: str, reason: str, *, as_json: bool) -> ExitStatus:
    """Turn a draft down."""
    command = RejectDraft(draft_id=draft_id, rejected_by=by, reason=reason)
    with committing(data) as sequencer:
        return enter(sequencer, command, f"draft {draft_id} is rejected", as_json=as_json)


def run_withdraw(data: Path, draft_id: int, by: str, *, as_json: bool) -> ExitStatus:
    """Take a draft back."""
    command = WithdrawDraft(draft_id=draft_id, withdrawn_by=by)
    with committing(data) as sequencer:
        return enter(sequencer, command, f"draft {draft_id} is withdrawn", as_json=as_json)


def _asking(state: DeskState) -> Any:  # noqa: ANN401 - the book of authority
    """Return the authority of a desk that asks for signatures.

    Raises:
        InputFault: it takes names on trust, or one operator runs it.
    """
    if not state.authority.asks_signatures:
        raise InputFault(
            "this desk asks for no signatures: it has no [authority], or one operator runs it"
        )
    return state.authority


def role_of(signer: Signer) -> Role:
    """Return the role that somebody acts in.

    Raises:
        UsageFault: there is no such role.
    """
    try:
        return Role(signer.role)
    except ValueError:
        known = ", ".join(Role)
        raise UsageFault(f"--role {signer.role}: it is one of {known}") from None


# ------------------------------------------------------------------------------------------ telling


def view_json(view: DraftView) -> dict[str, Any]:
    """Return a draft as ``--json`` shows it."""
    found = msgspec.to_builtins(view)
    for name in ("proposed_ns", "opens_ns", "expires_ns", "closed_ns"):
        found[name.removesuffix("_ns")] = format_time(found.pop(name)) if found[name] else ""
    return dict(found)


def print_json(found: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
