"""Commands of drafts: what needs two persons is proposed by one and approved by another.

Both sign the bytes of ``signing/drafts.py`` with keys that the desk knows the public half of.  To
reject or withdraw a draft takes one person, and no signature: it takes nothing but the chance away.
"""

from typing import Annotated

import msgspec

from fencang.messages.message import Command
from fencang.refdata.definition import Identifier, Text
from fencang.refdata.user import PublicKeyHex, Role

__all__ = [
    "DRAFT_BYTES_MAX",
    "ApproveDraft",
    "DraftCommand",
    "ProposeDraft",
    "RejectDraft",
    "WithdrawDraft",
]

DRAFT_BYTES_MAX = 1 << 20
"""Largest command that a draft holds, in its stored bytes."""

DraftNumber = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
Signature = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class ProposeDraft(Command, tag="ProposeDraft.1"):
    """Propose a command that another person shall approve.

    ``body`` is the command in its stored bytes (``messages/draft_body.py``); it names the maker
    where it says who enters it.  ``nonce`` counts the maker's proposals, so that none counts twice.
    """

    body: Annotated[bytes, msgspec.Meta(min_length=1, max_length=DRAFT_BYTES_MAX)]
    maker: Identifier
    role: Role
    nonce: DraftNumber
    public_key: PublicKeyHex
    signature: Signature


class ApproveDraft(Command, tag="ApproveDraft.1"):
    """Approve a draft as another person in another role; its command is decided at once."""

    draft_id: DraftNumber
    checker: Identifier
    role: Role
    public_key: PublicKeyHex
    signature: Signature


class RejectDraft(Command, tag="RejectDraft.1"):
    """Turn a draft down; one person is enough."""

    draft_id: DraftNumber
    rejected_by: Identifier
    reason: Text = ""


class WithdrawDraft(Command, tag="WithdrawDraft.1"):
    """Take a draft back, as its maker."""

    draft_id: DraftNumber
    withdrawn_by: Identifier


DraftCommand = ProposeDraft | ApproveDraft | RejectDraft | WithdrawDraft
