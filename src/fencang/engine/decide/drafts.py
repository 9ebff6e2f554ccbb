"""Drafts: proposed by one person, approved by another, both signed; the desk verifies both itself.

The desk holds public keys only, so whoever stands between it and its users can show a draft or hold
it back, and can neither make one nor change it: the signatures would not verify.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.decide.draft_matters import matters_of
from fencang.engine.decide.refusal import rejected
from fencang.engine.drafts import DRAFTS_BYTES_MAX, DRAFTS_MAX, DRAFTS_OF_ONE_MAX
from fencang.engine.state import DeskState
from fencang.messages.commands import AnyCommand
from fencang.messages.draft_body import (
    DraftBodyFault,
    command_name,
    decode_body,
    name_fault,
    signed_command,
)
from fencang.messages.draft_commands import ApproveDraft, ProposeDraft, RejectDraft, WithdrawDraft
from fencang.messages.draft_events import (
    DraftApproved,
    DraftExpired,
    DraftProposed,
    DraftRefused,
    DraftRejected,
    DraftWithdrawn,
)
from fencang.messages.draft_signing import approval_text, proposal_text
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.reasons import Reason
from fencang.refdata.authority import PROGRAMS
from fencang.refdata.user import Role, UserKind
from fencang.signing.drafts import DraftText, draft_bytes
from fencang.signing.keys import verify

__all__ = [
    "Decide",
    "decide_approve",
    "decide_propose",
    "decide_reject",
    "decide_withdraw",
    "due_drafts",
]

Decide = Callable[[DeskState, Any], list[AnyEvent]]
"""How the command inside a draft is decided."""


def decide_propose(state: DeskState, command: ProposeDraft) -> list[AnyEvent]:
    """Open a draft that one person has signed."""
    inner = _not_asked(state) or _inner_of(state, command)
    if isinstance(inner, CommandRejected):
        return [inner]
    refusal = _too_many(state, command)
    if refusal is not None:
        return [refusal]
    stated = state.authority.stated
    assert stated is not None
    may = [stated.power(matter).propose for matter in matters_of(inner)]
    acts_for = _acts_for(state, command.maker, command.role, may, ())
    if isinstance(acts_for, CommandRejected):
        return [acts_for]
    maker, role, nonce = command.maker, command.role, command.nonce
    desk_id = state.authority.desk_id
    text = proposal_text(desk_id, inner, command.body, maker=maker, role=role, nonce=nonce)
    refusal = _signature_refusal(state, command.public_key, command.signature, text)
    if refusal is not None:
        return [refusal]
    return [
        DraftProposed(
            draft_id=state.authority.drafts.made + 1,
            command=text.command,
            body=command.body,
            body_sha256=text.body_sha256,
            maker=maker,
            role=role,
            acts_for=acts_for,
            nonce=nonce,
            public_key=command.public_key,
            signature=command.signature,
            opens_ns=state.time_ns + stated.cooling_off_ns,
            expires_ns=state.time_ns + stated.draft_age_ns_max,
        )
    ]


def _inner_of(state: DeskState, command: ProposeDraft) -> AnyCommand | CommandRejected:
    """Return the command in a proposal, or why it is none that the maker proposes now."""
    try:
        inner = decode_body(command.body)
    except DraftBodyFault as fault:
        return rejected(Reason.DRAFT_BODY_FAULTY, f"the body is {fault}")
    if not matters_of(inner):
        detail = f"{command_name(inner)} needs no second person: enter it"
        return rejected(Reason.DRAFT_BODY_FAULTY, detail)
    named = name_fault(inner, command.maker)
    if named:
        return rejected(Reason.DRAFT_BODY_FAULTY, named)
    wanted = state.authority.drafts.next_nonce(command.maker)
    if command.nonce != wanted:
        detail = f"{command.maker}'s next proposal is number {wanted}, this one is {command.nonce}"
        return rejected(Reason.DRAFT_NONCE, detail)
    return inner


def _not_asked(state: DeskState) -> CommandRejected | None:
    """Refuse drafts where nobody would look at signatures."""
    stated = state.authority.stated
    if stated is None:
        detail = "this desk defines no Authority: it takes names on trust, and has no drafts"
    elif stated.single_operator:
        detail = "one operator runs this desk alone: what needs two persons is entered by one"
    else:
        return None
    return rejected(Reason.SIGNATURES_NOT_ASKED, detail)


def _too_many(state: DeskState, command: ProposeDraft) -> CommandRejected | None:
    waiting = list(state.authority.drafts.open.values())
    own = sum(draft.maker == command.maker for draft in waiting)
    held = sum(len(draft.body) for draft in waiting) + len(command.body)
    if len(waiting) >= DRAFTS_MAX:
        detail = f"{DRAFTS_MAX} drafts are open"
    elif own >= DRAFTS_OF_ONE_MAX:
        detail = f"{command.maker} has {DRAFTS_OF_ONE_MAX} drafts open"
    elif held > DRAFTS_BYTES_MAX:
        detail = f"open drafts would hold {held:,} bytes, {DRAFTS_BYTES_MAX:,} are the most"
    else:
        return None
    return rejected(Reason.DRAFTS_TOO_MANY, f"{detail}: approve, reject or withdraw some first")


def _acts_for(
    state: DeskState,
    user_id: str,
    role: Role,
    may: list[tuple[Role, ...]],
    others: tuple[str, ...],
) -> str | CommandRejected:
    """Return whose role a user acts in: empty for the user's own; refuse who may not act in it.

    Args:
        state: the desk.
        user_id: who signs.
        role: the role that the signature names.
        may: for each matter the roles that may sign it.
        others: who the other signature counts as; the user acts for none of them.
    """
    user = state.authority.users.get(user_id)
    if user is None or not user.acts_at(state.time_ns):
        return rejected(Reason.ACTOR_UNKNOWN, f"no active user is called {user_id}")
    if user.kind is not UserKind.HUMAN or Role.VIEWER in user.roles:
        what = "is a service" if user.kind is not UserKind.HUMAN else "is a viewer"
        return rejected(Reason.ACTOR_VIEWS_ONLY, f"{user_id} {what} and signs no drafts")
    for allowed in may:
        if role not in allowed:
            names = ", ".join(allowed)
            return rejected(Reason.DRAFT_ROLE, f"{role} may not sign this; there are {names}")
    if role in user.roles:
        return ""
    givers = state.authority.delegators(user_id, role, state.time_ns)
    if not givers:
        return rejected(Reason.DRAFT_ROLE, f"{user_id} is no {role}, and acts for none")
    for giver in givers:
        if giver not in others:
            return giver
    detail = f"{user_id} acts as {role} for {givers[0]}, who signed already"
    return rejected(Reason.DRAFT_SAME_PERSON, detail)


def _signature_refusal(
    state: DeskState, public_key: str, signature: bytes, text: DraftText
) -> CommandRejected | None:
    user_id = text.user_id
    if public_key not in state.authority.users[user_id].public_keys:
        detail = f"{public_key[:12]}… is no public key of {user_id} today"
        return rejected(Reason.DRAFT_KEY, detail)
    if not verify(public_key, signature, draft_bytes(text)):
        words = f"{text.purpose} {text.command} as {text.role}"
        return rejected(Reason.DRAFT_SIGNATURE, f"{user_id} did not sign this: {words}")
    return None


def _found(state: DeskState, draft_id: int) -> DraftProposed | CommandRejected:
    drafts = state.authority.drafts
    draft = drafts.open.get(draft_id)
    if draft is not None:
        return draft
    closed = f"draft {draft_id} is closed: its record says how"
    detail = closed if draft_id <= drafts.made else f"no draft {draft_id}"
    return rejected(Reason.DRAFT_UNKNOWN, detail)


def decide_approve(state: DeskState, command: ApproveDraft, decide: Decide) -> list[AnyEvent]:
    """Approve a draft as a second person, and decide its command with both names."""
    refusal = _not_asked(state)
    if refusal is not None:
        return [refusal]
    draft = _found(state, command.draft_id)
    if isinstance(draft, CommandRejected):
        return [draft]
    inner = decode_body(draft.body)
    acts_for = _approval(state, command, draft, inner)
    if isinstance(acts_for, CommandRejected):
        return [acts_for]
    events = decide(state, signed_command(inner, command.checker))
    approved = DraftApproved(
        draft_id=draft.draft_id,
        command=draft.command,
        body_sha256=draft.body_sha256,
        maker=draft.maker,
        maker_role=draft.role,
        checker=command.checker,
        role=command.role,
        acts_for=acts_for,
        public_key=command.public_key,
        signature=command.signature,
    )
    first = events[0]
    if isinstance(first, CommandRejected):
        number = draft.draft_id
        return [approved, DraftRefused(draft_id=number, reason=first.reason, detail=first.detail)]
    return [approved, *events]


def _approval(
    state: DeskState, command: ApproveDraft, draft: DraftProposed, inner: AnyCommand
) -> str | CommandRejected:
    """Return whom the checker acts for, or why the approval does not count."""
    if state.time_ns < draft.opens_ns:
        left = draft.opens_ns - state.time_ns
        detail = f"draft {draft.draft_id} cools off for {left} ns more; approve it then"
        return rejected(Reason.DRAFT_COOLING_OFF, detail)
    first = tuple(name for name in (draft.maker, draft.acts_for) if name)
    if command.checker in first:
        detail = f"{command.checker} proposed it and cannot approve it too"
        return rejected(Reason.DRAFT_SAME_PERSON, detail)
    if command.role == draft.role:
        detail = f"proposed as {draft.role}, it is approved in another role"
        return rejected(Reason.DRAFT_SAME_ROLE, detail)
    stated = state.authority.stated
    assert stated is not None
    powers = [stated.power(matter) for matter in matters_of(inner)]
    may = [power.approve for power in powers]
    acts_for = _acts_for(state, command.checker, command.role, may, first)
    if isinstance(acts_for, CommandRejected):
        return acts_for
    desk_id = state.authority.desk_id
    text = approval_text(desk_id, draft, checker=command.checker, role=command.role)
    refusal = _signature_refusal(state, command.public_key, command.signature, text)
    refusal = refusal or _lapsed(state, draft, [power.propose for power in powers])
    return acts_for if refusal is None else refusal


def _lapsed(
    state: DeskState, draft: DraftProposed, may: list[tuple[Role, ...]]
) -> CommandRejected | None:
    """Refuse a draft whose maker could not propose it today: gone, without key or role."""
    again = _acts_for(state, draft.maker, draft.role, may, ())
    if isinstance(again, CommandRejected):
        why = again.detail
    elif draft.public_key not in state.authority.users[draft.maker].public_keys:
        why = f"{draft.public_key[:12]}… is no public key of {draft.maker} today"
    elif draft.acts_for and not _still_acts_for(state, draft):
        why = f"{draft.maker} acts for {draft.acts_for} no more"
    else:
        return None
    detail = f"{draft.maker} could not propose draft {draft.draft_id} today: {why}"
    return rejected(Reason.DRAFT_MAKER_LAPSED, detail)


def _still_acts_for(state: DeskState, draft: DraftProposed) -> bool:
    givers = state.authority.delegators(draft.maker, draft.role, state.time_ns)
    return draft.acts_for in givers


def decide_reject(state: DeskState, command: RejectDraft) -> list[AnyEvent]:
    """Close a draft because somebody will not have it; programs have no opinion."""
    if command.rejected_by in PROGRAMS:
        detail = f"{command.rejected_by} is a program; a person rejects a draft"
        return [rejected(Reason.ACTOR_UNKNOWN, detail)]
    draft = _found(state, command.draft_id)
    if isinstance(draft, CommandRejected):
        return [draft]
    return [
        DraftRejected(
            draft_id=draft.draft_id, rejected_by=command.rejected_by, reason=command.reason
        )
    ]


def decide_withdraw(state: DeskState, command: WithdrawDraft) -> list[AnyEvent]:
    """Close a draft because its maker takes it back."""
    draft = _found(state, command.draft_id)
    if isinstance(draft, CommandRejected):
        return [draft]
    if command.withdrawn_by != draft.maker:
        detail = f"draft {draft.draft_id} is {draft.maker}'s; others reject it"
        return [rejected(Reason.DRAFT_NOT_OWN, detail)]
    return [DraftWithdrawn(draft_id=draft.draft_id)]


def due_drafts(state: DeskState) -> list[AnyEvent]:
    """Return the drafts whose time has passed by the time of this command."""
    waiting = state.authority.drafts.open
    return [
        DraftExpired(draft_id=draft_id)
        for draft_id in sorted(waiting)
        if waiting[draft_id].expires_ns <= state.time_ns
    ]
