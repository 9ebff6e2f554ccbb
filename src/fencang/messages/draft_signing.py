"""Drafts signed: the texts under both signatures, and the commands that carry them.

Whoever holds a private key makes the commands with it; the desk makes the texts again and verifies.
"""

from fencang.messages.commands import AnyCommand
from fencang.messages.draft_body import command_name, encode_body
from fencang.messages.draft_commands import ApproveDraft, ProposeDraft
from fencang.messages.draft_events import DraftProposed
from fencang.refdata.user import Role
from fencang.signing.drafts import DraftText, Purpose, body_hash, draft_bytes
from fencang.signing.keys import PrivateKey

__all__ = ["approval_text", "proposal_text", "sign_approval", "sign_proposal"]


def proposal_text(
    desk_id: str, command: AnyCommand, body: bytes, *, maker: str, role: Role, nonce: int
) -> DraftText:
    """Return what a maker signs: the command in these bytes, as this proposal of the maker's."""
    return DraftText(
        desk_id=desk_id,
        purpose=Purpose.PROPOSE,
        nonce=str(nonce),
        command=command_name(command),
        body_sha256=body_hash(body),
        user_id=maker,
        role=role.value,
    )


def approval_text(desk_id: str, draft: DraftProposed, *, checker: str, role: Role) -> DraftText:
    """Return what a checker signs: this draft, to the byte, in this role."""
    return DraftText(
        desk_id=desk_id,
        purpose=Purpose.APPROVE,
        draft_id=draft.draft_id,
        command=draft.command,
        body_sha256=draft.body_sha256,
        user_id=checker,
        role=role.value,
    )


def sign_proposal(
    desk_id: str, command: AnyCommand, key: PrivateKey, *, maker: str, role: Role, nonce: int
) -> ProposeDraft:
    """Return the proposal of a command, signed by its maker."""
    body = encode_body(command)
    text = proposal_text(desk_id, command, body, maker=maker, role=role, nonce=nonce)
    return ProposeDraft(
        body=body,
        maker=maker,
        role=role,
        nonce=nonce,
        public_key=key.public_key.hex,
        signature=key.sign(draft_bytes(text)),
    )


def sign_approval(
    desk_id: str, draft: DraftProposed, key: PrivateKey, *, checker: str, role: Role
) -> ApproveDraft:
    """Return the approval of a draft, signed by its checker.

    The hash is that of the bytes in hand, not the one that came with them: what is shown is signed.
    """
    assert draft.body_sha256 == body_hash(draft.body), "these bytes are not the draft's"
    text = approval_text(desk_id, draft, checker=checker, role=role)
    return ApproveDraft(
        draft_id=draft.draft_id,
        checker=checker,
        role=role,
        public_key=key.public_key.hex,
        signature=key.sign(draft_bytes(text)),
    )
