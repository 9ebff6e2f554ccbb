"""Writes: each operation enters one command, and answers with what its record says.

What the path and the key say is not asked in the body: identifiers in the path, and who acts.  The
answer depends on the record alone, so a repeated request is answered alike, also after a restart.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec

from fencang.basics.time import format_time
from fencang.gateways.forms.forms import form_of, read_body, to_form
from fencang.gateways.rest.lanes import lane_of
from fencang.gateways.rest.mass_cancel import MassCancelOutcome, mass_cancel_outcome
from fencang.gateways.rest.operation import Call, Handler, Operation, Parameter, Reply, links_with
from fencang.gateways.rest.plans import require_as_computed
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import reach_of, require_book, require_common, told_to
from fencang.messages import commands as c
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.connection_commands import SetDeadline, StopTrading
from fencang.messages.draft_commands import ApproveDraft, ProposeDraft, RejectDraft, WithdrawDraft
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.events import (
    AnyEvent,
    CommandRejected,
    OrderAccepted,
    OrderRejected,
    ReplaceRejected,
)
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.message import Command
from fencang.messages.record import Record
from fencang.projections.tables.texts import TimeText

__all__ = ["COMMANDS", "OrderOutcome", "Outcome", "outcome_of"]

ACTORS = (
    "entered_by",
    "approved_by",
    "accepted_by",
    "rejected_by",
    "proposed_by",
    "withdrawn_by",
    "maker",
    "checker",
)
"""Fields that name who acts: filled from the caller's key, never from a body."""

FROM_KEY = (*ACTORS, "interface")
"""What a body does not say: who acts, and by which door."""

Number = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did: its record, and every event decided from it, in the API's form."""

    sequence: int
    time: TimeText
    events: tuple[dict[str, Any], ...]


class OrderOutcome(Outcome, frozen=True, kw_only=True):
    """What became of an order on its way in; ``order_ids`` are several where it was divided."""

    order_ids: tuple[int, ...]


def outcome_of(
    record: Record,
    seen: Sequence[AnyEvent],
    *,
    of_order: bool = False,
    with_events: bool = True,
) -> Outcome:
    """Return the answer to a command; ``seen`` are the events that its caller may be told.

    Raises:
        Refused: the desk refused it; the refusal stands in the journal.
    """
    for event in record.events:
        match event:
            case CommandRejected(reason=reason, detail=detail):
                raise Refused.by_desk(reason, detail, record.sequence)
            case OrderRejected(reason=reason, detail=detail):
                raise Refused.by_desk(
                    reason,
                    detail,
                    record.sequence,
                    node_id=event.node_id,
                    limit=event.limit,
                    value=event.value,
                )
            case ReplaceRejected(reason=reason, text=text) if reason is not None:
                raise Refused.by_desk(reason, text, record.sequence)
            case _:
                pass
    told = seen if with_events else ()
    events: Any = tuple(map(to_form, told))  # encoded as the objects that the document promises
    time = format_time(record.time_ns)
    if not of_order:
        return Outcome(sequence=record.sequence, time=time, events=events)
    order_ids = tuple(event.order_id for event in seen if isinstance(event, OrderAccepted))
    return OrderOutcome(sequence=record.sequence, time=time, events=events, order_ids=order_ids)


def _given(call: Call, command: type[Command], names: Sequence[str]) -> dict[str, Any]:
    """Return the fields that the path and the key say."""
    fields = command.__struct_fields__
    given = {name: call.parameters[name] for name in names}
    if "interface" in fields:
        given["interface"] = call.caller.interface
    for name in ACTORS:
        if name in fields:
            # No name is a signature: a second person signs a draft, and one operator needs none.
            is_second = name == "approved_by" and command is not c.ApprovePlan
            given[name] = "" if is_second else call.caller.user_id
    return given


def _entering(
    command: type[Command],
    names: tuple[str, ...],
    told: Callable[[Record], Any] | None,
    *,
    of_order: bool,
) -> Handler:
    async def handle(call: Call) -> Reply:
        read: Any = read_body(command, call.body or b"{}", _given(call, command, names))
        reach = reach_of(call.desk.board, read)
        require_common(call.caller.sub_tree, "such changes", is_of_books=bool(reach))
        for book_id, named in reach:
            require_book(call, book_id, named)
        if command is c.ProposePlan:
            await require_as_computed(call, read)
        lane = lane_of(call.desk.board, read, call.caller)
        record = await call.desk.enter(read, call.origin, lane)
        seen = told_to(call.desk.board, call.caller.sub_tree, record)
        outcome = outcome_of(record, seen, of_order=of_order)
        status = 201 if of_order and command is c.SubmitOrder else 200
        return Reply(outcome if told is None else told(record), status)

    return handle


def _write(
    method: str,
    path: str,
    command: type[Command],
    tag: str,
    summary: str,
    *,
    scope: str = "",
    of_order: bool = False,
    links: tuple[tuple[str, str, str], ...] = (),
    told: tuple[type, Callable[[Record], Any]] | None = None,
) -> Operation:
    """Return the operation that enters a command; what is in braces comes from the path.

    ``told``: the type of its answer and how that is read from the record, where it has its own.
    """
    names = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    fields = command.__struct_fields__
    without = frozenset({*names, *(name for name in FROM_KEY if name in fields)})
    in_path = form_of(command).fields
    return Operation(
        method=method,
        path=path,
        name=_snake(command.__name__),
        tag=tag,
        summary=summary,
        description=(command.__doc__ or "").strip(),
        scope=scope or f"{tag.replace(' ', '_')}:write",
        handler=_entering(command, names, told[1] if told else None, of_order=of_order),
        answer=told[0] if told else OrderOutcome if of_order else Outcome,
        status=201 if command is c.SubmitOrder else 200,
        body=form_of(command, is_tagged=False, without=without).form,
        parameters=tuple(
            Parameter(name, in_path[name].type, "In the path.", True) for name in names
        ),
        is_write=True,
        statuses=(400, 403, 422, 503),
        links=links,
    )


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)[1:]


COMMANDS: tuple[Operation, ...] = (
    _write(
        "POST",
        "/orders",
        c.SubmitOrder,
        "orders",
        "Place an order",
        of_order=True,
        links=links_with("order_id", "/order_ids/0", "get_order", "cancel_order", "explain_order"),
    ),
    _write(
        "PUT",
        "/orders/{order_id}",
        c.ReplaceOrder,
        "orders",
        "Change quantity and price of a working order",
        of_order=True,
    ),
    _write("POST", "/orders/{order_id}/cancel", c.CancelOrder, "orders", "Cancel a working order"),
    _write(
        "POST",
        "/orders/cancel",
        CancelOrders,
        "orders",
        "Cancel all orders of a node, or some of them",
        told=(MassCancelOutcome, mass_cancel_outcome),
    ),
    _write(
        "POST",
        "/envelopes",
        OpenEnvelope,
        "envelopes",
        "Reserve risk ahead",
        links=links_with("envelope_id", "/events/0/envelope_id", "close_envelope"),
    ),
    _write(
        "POST",
        "/envelopes/{envelope_id}/close",
        CloseEnvelope,
        "envelopes",
        "Give an envelope back",
    ),
    _write(
        "POST",
        "/plans",
        c.ProposePlan,
        "plans",
        "Propose a move of capital",
        scope="plans:propose",
        links=links_with(
            "plan_id",
            "/events/0/plan_id",
            "get_plan",
            "explain_plan",
            "approve_plan",
            "reject_plan",
            "apply_plan",
        ),
    ),
    _write(
        "POST",
        "/plans/{plan_id}/approve",
        c.ApprovePlan,
        "plans",
        "Approve a plan",
        scope="drafts:approve",
    ),
    _write(
        "POST",
        "/plans/{plan_id}/reject",
        c.RejectPlan,
        "plans",
        "Reject a plan",
        scope="plans:tighten",
    ),
    _write(
        "POST",
        "/plans/{plan_id}/apply",
        c.ApplyPlan,
        "plans",
        "Apply an approved plan",
        scope="plans:propose",
    ),
    _write(
        "POST",
        "/drafts",
        ProposeDraft,
        "drafts",
        "Propose a change for a second person, signed",
        scope="drafts:tighten",
        links=links_with("draft_id", "/events/0/draft_id", "approve_draft", "reject_draft"),
    ),
    _write(
        "POST",
        "/drafts/{draft_id}/approve",
        ApproveDraft,
        "drafts",
        "Approve a draft, signed: its command is decided at once",
        scope="drafts:approve",
    ),
    _write(
        "POST",
        "/drafts/{draft_id}/reject",
        RejectDraft,
        "drafts",
        "Turn a draft down",
        scope="drafts:tighten",
    ),
    _write(
        "POST",
        "/drafts/{draft_id}/withdraw",
        WithdrawDraft,
        "drafts",
        "Take one's own draft back",
        scope="drafts:tighten",
    ),
    _write(
        "POST",
        "/instructions/{instruction_id}/cancel",
        CancelInstruction,
        "orders",
        "Take back what waits for the next trading day",
    ),
    _write(
        "POST",
        "/transfers/capital",
        c.TransferCapital,
        "transfers",
        "Move capital",
        scope="plans:propose",
    ),
    _write(
        "POST",
        "/transfers/positions",
        TransferPosition,
        "transfers",
        "Move lots between books",
        scope="suspense:propose",
    ),
    _write(
        "POST",
        "/cash/deposits",
        c.DepositCash,
        "cash",
        "Book cash that arrived",
        scope="ledger:propose",
    ),
    _write(
        "POST",
        "/cash/withdrawals",
        c.WithdrawCash,
        "cash",
        "Pay cash out of the reserve",
        scope="ledger:propose",
    ),
    _write(
        "POST",
        "/cash/conversions",
        c.ConvertCurrency,
        "cash",
        "Exchange currencies",
        scope="ledger:propose",
    ),
    _write("POST", "/prices", c.MarkPrices, "prices", "Mark contracts to prices"),
    _write(
        "POST",
        "/trading-states",
        c.SetTradingState,
        "trading states",
        "Stop or resume a node",
        scope="trading_states:tighten",
    ),
    _write(
        "POST",
        "/kill-switch",
        StopTrading,
        "trading states",
        "Stop a node at once",
        scope="trading_states:tighten",
    ),
    _write(
        "POST",
        "/deadlines",
        SetDeadline,
        "trading states",
        "Cancel orders unless told again",
        scope="orders:write",
    ),
    _write(
        "POST",
        "/suspense/assignments",
        c.AssignSuspense,
        "suspense",
        "Assign suspense lots",
        scope="suspense:propose",
    ),
    _write(
        "POST",
        "/suspense/undone-assignments",
        UndoSuspenseAssignment,
        "suspense",
        "Undo an assignment",
        scope="suspense:propose",
    ),
    _write("POST", "/fills", EnterFill, "fills", "Enter a fill by hand", scope="suspense:propose"),
    _write(
        "POST",
        "/fills/corrections",
        CorrectFill,
        "fills",
        "Correct a fill",
        scope="suspense:propose",
    ),
    _write("POST", "/fills/busts", BustFill, "fills", "Take a fill back", scope="suspense:propose"),
)
