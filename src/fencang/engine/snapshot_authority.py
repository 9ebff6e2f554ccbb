"""Open drafts and what signatures name the desk by, to their stored form and back.

Users, keys, delegations and the authority stand among the definitions.
"""

import msgspec

from fencang.engine.authority import AuthorityBook
from fencang.messages.draft_events import DraftProposed

__all__ = ["AuthorityForm", "authority_form", "restore_authority"]


class AuthorityForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The desk's name in signatures, drafts so far, and those that are open."""

    desk_id: str = ""
    drafts_made: int = 0
    nonces: list[tuple[str, int]] = []
    """Maker, proposals so far."""
    drafts: list[DraftProposed] = []


def authority_form(authority: AuthorityBook) -> AuthorityForm:
    """Return the stored form."""
    drafts = authority.drafts
    return AuthorityForm(
        desk_id=authority.desk_id,
        drafts_made=drafts.made,
        nonces=sorted(drafts.nonces.items()),
        drafts=[drafts.open[key] for key in sorted(drafts.open)],
    )


def restore_authority(authority: AuthorityBook, form: AuthorityForm) -> None:
    """Set what is remembered from its stored form; the definitions are there already."""
    authority.desk_id = form.desk_id
    drafts = authority.drafts
    drafts.made = form.drafts_made
    drafts.nonces = dict(form.nonces)
    drafts.open = {draft.draft_id: draft for draft in form.drafts}
    drafts.refresh_due()
