"""Drafts as those see them who sign: the very bytes of the command, and what a proposal names.

Who is asked to sign gets the bytes themselves and reads there what would be done; nothing that this
server says about them has to be believed.
"""

import base64
from typing import Annotated

import msgspec

from fencang.gateways.questions import NotKnown
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_common
from fencang.messages.draft_body import command_name, decode_body, encode_body
from fencang.messages.draft_events import DraftProposed
from fencang.projections.drafts import DraftState, DraftView
from fencang.projections.tables.rows import DraftRow

__all__ = ["DRAFTS", "CommandBefore", "DraftInFull", "SigningTerms"]

_NUMBER = Parameter("draft_id", Annotated[int, msgspec.Meta(ge=1, le=1 << 53)], "Its number.", True)


class DraftInFull(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with all that a second person signs: ``body`` is its command in base64.

    ``desk_id`` names the desk in the signed text.  ``acts_for`` and ``closed_acts_for`` are whose
    role maker and checker act in by delegation; keys are the public ones that they signed with.
    """

    draft: DraftRow
    desk_id: str
    body: str
    acts_for: str
    public_key: str
    closed_acts_for: str
    closed_key: str


class SigningTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller's next proposal is signed with: desk, person, and the number it bears.

    ``desk_id`` is empty where the desk asks for no signatures.
    """

    desk_id: str
    user_id: str
    nonce: int


class CommandBefore(msgspec.Struct, frozen=True, kw_only=True):
    """The command that takes an applied draft back, in base64, for the caller to sign and propose.

    It states the values that were in force before; what is new since then is switched off.
    """

    draft_id: int
    command: str
    body: str


async def _signing(call: Call) -> Reply:
    require_common(call.caller.sub_tree, "drafts", is_of_books=False)
    drafts, user_id = call.desk.board.drafts, call.caller.user_id
    is_asking = not call.desk.is_single_operator
    return Reply(
        SigningTerms(
            desk_id=drafts.desk_id if is_asking else "",
            user_id=user_id,
            nonce=drafts.nonces.get(user_id, 0) + 1,
        )
    )


async def _proposed(call: Call, draft_id: int) -> tuple[DraftView, DraftProposed]:
    """Return a draft, and its proposal from the journal.

    Raises:
        Refused: it is not among the last.
    """
    view = call.desk.board.drafts.draft(draft_id)
    if view is None:
        detail = f"no draft {draft_id} is among the last; the audit trail holds older ones"
        raise Refused.of(404, "not-found", detail)
    (record,) = await call.desk.questions.records(view.proposed_sequence, 1)
    (proposed,) = (
        event
        for event in record.events
        if isinstance(event, DraftProposed) and event.draft_id == draft_id
    )
    return view, proposed


async def _get_draft(call: Call) -> Reply:
    require_common(call.caller.sub_tree, "drafts", is_of_books=False)
    board, draft_id = call.desk.board, call.parameters["draft_id"]
    view, proposed = await _proposed(call, draft_id)
    row = board.tables["drafts"][str(draft_id)]
    assert isinstance(row, DraftRow), row
    return Reply(
        DraftInFull(
            draft=row,
            desk_id=board.drafts.desk_id,
            body=base64.b64encode(proposed.body).decode(),
            acts_for=view.acts_for,
            public_key=view.public_key,
            closed_acts_for=view.closed_acts_for,
            closed_key=view.closed_key,
        )
    )


async def _get_before(call: Call) -> Reply:
    require_common(call.caller.sub_tree, "drafts", is_of_books=False)
    draft_id = call.parameters["draft_id"]
    view, proposed = await _proposed(call, draft_id)
    if view.state is not DraftState.APPLIED:
        detail = f"draft {draft_id} is {view.state}; only an applied one is taken back"
        raise Refused.of(422, "not-applied", detail)
    try:
        command = await call.desk.questions.command_before(
            view.closed_sequence, decode_body(proposed.body), call.caller.user_id
        )
    except NotKnown as fault:
        raise Refused.of(422, "nothing-before", str(fault)) from fault
    body = base64.b64encode(encode_body(command)).decode()
    return Reply(CommandBefore(draft_id=draft_id, command=command_name(command), body=body))


DRAFTS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/drafts/{draft_id}",
        name="get_draft",
        tag="drafts",
        summary="One draft, with the bytes that a second person signs",
        scope="drafts:read",
        handler=_get_draft,
        answer=DraftInFull,
        parameters=(_NUMBER,),
        statuses=(400, 404, 503),
    ),
    Operation(
        method="GET",
        path="/drafts/{draft_id}/before",
        name="get_draft_before",
        tag="drafts",
        summary="The command that states again what was in force before an applied draft",
        scope="drafts:read",
        handler=_get_before,
        answer=CommandBefore,
        parameters=(_NUMBER,),
        statuses=(400, 404, 422, 503),
    ),
    Operation(
        method="GET",
        path="/signing",
        name="get_signing_terms",
        tag="drafts",
        summary="What this person's next proposal is signed with",
        scope="drafts:read",
        handler=_signing,
        answer=SigningTerms,
        statuses=(400,),
    ),
)
