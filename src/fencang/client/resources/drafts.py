"""Calls about drafts.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import CommandBefore, DraftInFull, DraftRow, Outcome, Role, SigningTerms

__all__ = [
    "DraftsResource",
    "approve_draft",
    "get_draft",
    "get_draft_before",
    "get_signing_terms",
    "list_drafts",
    "propose_draft",
    "reject_draft",
    "withdraw_draft",
]

_LIST_DRAFTS = Operation(
    name="list_drafts",
    method="GET",
    path="/drafts",
    answer=Page[DraftRow],
    in_query={"state": "state", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_drafts(
    *, state: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[DraftRow]]:
    """Changes that two persons sign.

    ``state``: Rows in this state.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_DRAFTS.ask(locals())


_PROPOSE_DRAFT = Operation(
    name="propose_draft",
    method="POST",
    path="/drafts",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def propose_draft(
    *,
    body: str,
    role: Role,
    nonce: int,
    public_key: str,
    signature: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Propose a change for a second person, signed.

    Propose a command that another person shall approve.

    ``body`` is the command in its stored bytes (``messages/draft_body.py``); it names the maker
    where it says who enters it.  ``nonce`` counts the maker's proposals, so that none counts
    twice.
    """
    return _PROPOSE_DRAFT.ask(locals())


_APPROVE_DRAFT = Operation(
    name="approve_draft",
    method="POST",
    path="/drafts/{draft_id}/approve",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def approve_draft(
    draft_id: int,
    *,
    role: Role,
    public_key: str,
    signature: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Approve a draft, signed: its command is decided at once.

    Approve a draft as another person in another role; its command is decided at once.
    """
    return _APPROVE_DRAFT.ask(locals())


_REJECT_DRAFT = Operation(
    name="reject_draft",
    method="POST",
    path="/drafts/{draft_id}/reject",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def reject_draft(
    draft_id: int, *, reason: str = "", idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Turn a draft down.

    Turn a draft down; one person is enough.
    """
    return _REJECT_DRAFT.ask(locals())


_WITHDRAW_DRAFT = Operation(
    name="withdraw_draft",
    method="POST",
    path="/drafts/{draft_id}/withdraw",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def withdraw_draft(draft_id: int, *, idempotency_key: str | None = None) -> Ask[Outcome]:
    """Take one's own draft back.

    Take a draft back, as its maker.
    """
    return _WITHDRAW_DRAFT.ask(locals())


_GET_DRAFT = Operation(
    name="get_draft", method="GET", path="/drafts/{draft_id}", answer=DraftInFull
)


def get_draft(draft_id: int) -> Ask[DraftInFull]:
    """One draft, with the bytes that a second person signs."""
    return _GET_DRAFT.ask(locals())


_GET_DRAFT_BEFORE = Operation(
    name="get_draft_before", method="GET", path="/drafts/{draft_id}/before", answer=CommandBefore
)


def get_draft_before(draft_id: int) -> Ask[CommandBefore]:
    """The command that states again what was in force before an applied draft."""
    return _GET_DRAFT_BEFORE.ask(locals())


_GET_SIGNING_TERMS = Operation(
    name="get_signing_terms", method="GET", path="/signing", answer=SigningTerms
)


def get_signing_terms() -> Ask[SigningTerms]:
    """What this person's next proposal is signed with."""
    return _GET_SIGNING_TERMS.ask(locals())


class DraftsResource(Resource[TransportT]):
    """Calls about drafts."""

    list = Listing(list_drafts)
    page = Method(list_drafts)
    propose = Method(propose_draft)
    approve = Method(approve_draft)
    reject = Method(reject_draft)
    withdraw = Method(withdraw_draft)
    get = Method(get_draft)
    get_before = Method(get_draft_before)
    signing_terms = Method(get_signing_terms)
    __call__ = Listing(list_drafts)
