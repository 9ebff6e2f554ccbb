"""What maker and checker sign: a few lines that a person can read before signing them.

    fencang draft 1
    desk: ACME
    purpose: approve
    draft: 17
    nonce: -
    command: DefineDesk
    body-sha256: 9f86d081884c7d65…
    user: ann
    role: risk_officer

ASCII, each line ended by a line feed, always these nine in this order.  Values are identifiers, so
none can hold a line, and two drafts never have one text.  The first line is domain and version: no
signed request begins with it, so a key's signature of the one is worth nothing as the other.  The
text names the desk, so that no signature counts at another one, and the body by its hash, so that
what is signed is what is decided, to the byte.
"""

import enum
import hashlib
import re
from typing import Final

import msgspec

from fencang.signing.faults import DraftFault, quoted

__all__ = ["DRAFT_VERSION", "DraftText", "Purpose", "body_hash", "draft_bytes", "draft_words"]

DRAFT_VERSION: Final = 1
_NOTHING: Final = "-"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DRAFT_ID_MAX = (1 << 63) - 1


class Purpose(enum.StrEnum):
    """What a signature does to a draft."""

    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class DraftText(msgspec.Struct, frozen=True, kw_only=True):
    """The facts under a signature.

    ``desk_id`` names the desk for ever (its id, or the hash of its first record).  A proposal has
    no number yet, so ``draft_id`` is 0 and ``nonce`` is a word the maker uses once; any other
    purpose names the draft's number, and needs no nonce.  ``command`` is the type of the inner
    command, ``body_sha256`` the ``body_hash`` of its bytes, ``role`` the one the user acts in.
    """

    desk_id: str
    purpose: Purpose
    draft_id: int = 0
    nonce: str = ""
    command: str
    body_sha256: str
    user_id: str
    role: str


def body_hash(body: bytes) -> str:
    """Return the hex SHA-256 of a draft's body, the canonical msgpack of its command."""
    return hashlib.sha256(body).hexdigest()


def draft_bytes(draft: DraftText) -> bytes:
    """Return the bytes that are signed.

    Raises:
        DraftFault: all that cannot stand in the text, by name.
    """
    faults = _faults_of(draft)
    if faults:
        raise DraftFault("this draft cannot be signed: " + "; ".join(faults))
    lines = (
        f"fencang draft {DRAFT_VERSION}",
        f"desk: {draft.desk_id}",
        f"purpose: {draft.purpose.value}",
        f"draft: {draft.draft_id or _NOTHING}",
        f"nonce: {draft.nonce or _NOTHING}",
        f"command: {draft.command}",
        f"body-sha256: {draft.body_sha256}",
        f"user: {draft.user_id}",
        f"role: {draft.role}",
    )
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def draft_words(draft: DraftText) -> str:
    """Return in one sentence what a signature would say, to show before it is given."""
    which = "a new draft" if draft.purpose is Purpose.PROPOSE else f"draft {draft.draft_id}"
    return (
        f"{draft.user_id} as {draft.role} will {draft.purpose.value} {which} of {draft.command} "
        f"at desk {draft.desk_id} (SHA-256 of its body {draft.body_sha256})"
    )


def _faults_of(draft: DraftText) -> list[str]:
    words = {
        "desk_id": draft.desk_id,
        "command": draft.command,
        "user_id": draft.user_id,
        "role": draft.role,
    }
    is_proposal = draft.purpose is Purpose.PROPOSE
    if is_proposal:
        words["nonce"] = draft.nonce
    faults = [
        f"{name} is {quoted(word)}, of 1 to 128 letters, digits and _ . : / - are allowed"
        for name, word in words.items()
        if _WORD.fullmatch(word) is None
    ]
    if _SHA256.fullmatch(draft.body_sha256) is None:
        faults.append("body_sha256 is not 64 lower-case hexadecimal digits")
    if is_proposal and draft.draft_id != 0:
        faults.append("draft_id is given, and a proposal has none yet")
    if not is_proposal and not 0 < draft.draft_id <= _DRAFT_ID_MAX:
        faults.append(f"draft_id is {draft.draft_id}; to {draft.purpose.value} names a draft")
    if not is_proposal and draft.nonce:
        faults.append("nonce is given, and only a proposal has one")
    return faults
