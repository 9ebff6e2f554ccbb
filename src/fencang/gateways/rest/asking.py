"""Operations that ask: margin, limits, envelopes, what-if, explanations, the audit trail."""

from typing import Annotated, Any

import msgspec

from fencang.basics.time import format_time
from fencang.gateways.forms.forms import form_of, read_body
from fencang.gateways.questions import (
    EnvelopeAnswer,
    LimitAnswer,
    MarginAnswer,
    NotKnown,
    OrderExplained,
)
from fencang.gateways.rest.key_terms import told
from fencang.gateways.rest.operation import Call, Handler, Operation, Parameter, Reply
from fencang.gateways.rest.paging import PAGE_ROWS, PAGE_ROWS_MAX
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_book, require_common, sees_book
from fencang.messages.commands import SubmitOrder
from fencang.messages.record import Record
from fencang.projections.tables.texts import TimeText

__all__ = ["ASKING", "Audit", "AuditRecord", "audit_record"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where books and pools stand as of ``sequence``."""

    sequence: int
    rows: tuple[MarginAnswer, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Position limits with their worst cases as of ``sequence``."""

    sequence: int
    rows: tuple[LimitAnswer, ...]


class Envelopes(msgspec.Struct, frozen=True, kw_only=True):
    """Open envelopes as of ``sequence``."""

    sequence: int
    rows: tuple[EnvelopeAnswer, ...]


class OriginForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command came from."""

    user_id: str
    key_id: str
    interface: str
    address: str
    request_id: str


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the journal: a command, where it came from, and what was decided from it."""

    sequence: int
    time: TimeText
    command: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    origin: OriginForm | None


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """Records in order; go on with ``next_sequence``, None at the end of the journal."""

    records: tuple[AuditRecord, ...]
    next_sequence: int | None


async def _margin(call: Call) -> Reply:
    sequence, rows = await call.desk.questions.margin()
    seen = tuple(row for row in rows if sees_book(call, row.book_id))
    return Reply(Standing(sequence=sequence, rows=seen))


async def _limits(call: Call) -> Reply:
    sequence, rows = await call.desk.questions.limits()
    seen = tuple(row for row in rows if sees_book(call, row.node_id))
    return Reply(Limits(sequence=sequence, rows=seen))


async def _envelopes(call: Call) -> Reply:
    sequence, rows = await call.desk.questions.envelopes()
    seen = tuple(row for row in rows if sees_book(call, row.sub_account_id))
    return Reply(Envelopes(sequence=sequence, rows=seen))


async def _what_if(call: Call) -> Reply:
    order = read_body(SubmitOrder, call.body, {"interface": call.caller.interface})
    require_book(call, order.sub_account_id)
    return Reply(await call.desk.questions.what_if(order))


async def _explain(call: Call) -> Reply:
    order = call.parameters["order_id"]
    row = call.desk.board.tables["orders"].get(str(order))
    if call.caller.sub_tree and (row is None or not sees_book(call, row.sub_account_id)):  # type: ignore[attr-defined]
        raise Refused.of(404, "not-found", f"no order {order} is known to this key")
    try:
        return Reply(await call.desk.questions.explain(str(order)))
    except NotKnown as fault:
        raise Refused.of(404, "not-found", str(fault)) from fault


async def _audit(call: Call) -> Reply:
    asked = call.parameters
    require_common(call.caller.sub_tree, "records", is_of_books=False)
    first, count = asked.get("from_sequence", 1), asked.get("limit", PAGE_ROWS)
    records = await call.desk.questions.records(first, count + 1)
    more = len(records) > count
    kept = tuple(audit_record(record) for record in records[:count])
    return Reply(Audit(records=kept, next_sequence=records[count].sequence if more else None))


def audit_record(record: Record) -> AuditRecord:
    """Return a record in the API's form."""
    origin = record.origin
    return AuditRecord(
        sequence=record.sequence,
        time=format_time(record.time_ns),
        command=told(record.command),
        events=tuple(map(told, record.events)),
        origin=None
        if origin is None
        else OriginForm(
            user_id=origin.user_id,
            key_id=origin.key_id,
            interface=origin.interface,
            address=origin.address,
            request_id=origin.request_id,
        ),
    )


def _ask(
    path: str, name: str, scope: str, summary: str, handler: Handler, answer: type
) -> Operation:
    return Operation(
        method="GET",
        path=path,
        name=name,
        tag=scope.partition(":")[0],
        summary=summary,
        scope=scope,
        handler=handler,
        answer=answer,
        statuses=(400, 503),
    )


ASKING: tuple[Operation, ...] = (
    _ask(
        "/margin", "get_margin", "margin:read", "Equity and margin of all books", _margin, Standing
    ),
    _ask("/limits", "get_limits", "limits:read", "Position limits and their use", _limits, Limits),
    _ask("/envelopes", "get_envelopes", "envelopes:read", "Open envelopes", _envelopes, Envelopes),
    Operation(
        method="POST",
        path="/orders/what-if",
        name="what_if",
        tag="orders",
        summary="What every control would say of an order now; nothing is entered",
        scope="orders:read",
        handler=_what_if,
        answer=OrderExplained,
        body=form_of(SubmitOrder, is_tagged=False, without=frozenset({"interface"})).form,
        statuses=(400, 403, 422, 503),
    ),
    Operation(
        method="GET",
        path="/orders/{order_id}/explanation",
        name="explain_order",
        tag="orders",
        summary="Why an order was accepted or refused: every control with its numbers",
        scope="orders:read",
        handler=_explain,
        answer=OrderExplained,
        parameters=(
            Parameter(
                "order_id", Annotated[int, msgspec.Meta(ge=0, le=1 << 53)], "Its number.", True
            ),
        ),
        statuses=(400, 404, 503),
    ),
    Operation(
        method="GET",
        path="/audit/records",
        name="list_records",
        tag="audit",
        summary="The journal: commands, where they came from, and what was decided",
        scope="audit:read",
        handler=_audit,
        answer=Audit,
        parameters=(
            Parameter(
                "from_sequence", Annotated[int, msgspec.Meta(ge=1, le=1 << 53)], "The first record."
            ),
            Parameter(
                "limit", Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)], "Records at most."
            ),
        ),
        statuses=(400, 503),
    ),
)
