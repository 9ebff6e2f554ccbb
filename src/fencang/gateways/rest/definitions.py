"""All reference values in one list, whatever their kind, and several of them changed at once."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from fencang.gateways.forms.forms import form_of, read_body
from fencang.gateways.rest.commands import Outcome, outcome_of
from fencang.gateways.rest.key_terms import told
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.paging import CURSOR, LIMIT, PAGE_ROWS, Page, page_of
from fencang.gateways.rest.preconditions import etag, is_known
from fencang.gateways.rest.problem import Fault, Refused
from fencang.gateways.rest.reference_kinds import KIND_OF
from fencang.gateways.rest.reference_values import KEY, Id, seen_definition
from fencang.gateways.rest.sight import is_of_books, require_common, sees_item
from fencang.messages.commands import DefineDesk
from fencang.projections.definitions import Defined

__all__ = ["DEFINITIONS", "DefinitionForm"]

_FROM_KEY = frozenset({"entered_by", "approved_by"})


class DefinitionForm(msgspec.Struct, frozen=True, kw_only=True):
    """A reference value; ``version`` is the record that defined it last, and its ETag."""

    kind: str
    key: str
    version: int
    item: dict[str, Any]


def _require_kind(call: Call, name: str) -> None:
    """Refuse a kind that a caller may not see, with what it lacks.

    Raises:
        Refused: its key lacks the scope of the kind, or is bound to a node and the kind is not.
    """
    kind = KIND_OF.get(name)
    if kind is None:
        raise Refused.of(404, "not-found", f"{name} is no kind of reference values")
    if kind.scope not in call.caller.scopes:
        raise Refused.of(403, "scope-missing", f"this key lacks the scope {kind.scope}")
    require_common(call.caller.sub_tree, kind.words, is_of_books=is_of_books(kind.item))


async def _list_definitions(call: Call) -> Reply:
    board, asked, caller = call.desk.board, call.parameters, call.caller
    if "kind" in asked:
        _require_kind(call, asked["kind"])
        kinds = [asked["kind"]]
    else:
        kinds = [name for name in board.definitions.kinds() if KIND_OF[name].scope in caller.scopes]

    def kept() -> Iterator[tuple[str, tuple[str, Defined]]]:
        for kind in kinds:
            for defined in board.definitions.of_kind(kind):
                if sees_item(board, caller.sub_tree, defined.item):
                    yield f"{kind}|{defined.key}", (kind, defined)

    page = page_of(board.sequence, kept(), asked.get("cursor"), asked.get("limit", PAGE_ROWS))
    rows = tuple(_definition(*each) for each in page.rows)
    return Reply(Page(sequence=page.sequence, rows=rows, next_cursor=page.next_cursor))


def _definition(kind: str, defined: Defined) -> DefinitionForm:
    return DefinitionForm(
        kind=kind, key=defined.key, version=defined.sequence, item=told(defined.item)
    )


async def _get_definition(call: Call) -> Reply:
    kind = call.parameters["kind"]
    _require_kind(call, kind)
    defined = seen_definition(call, kind, call.parameters["key"])
    headers = {"ETag": etag(defined.sequence)}
    if is_known(call.headers, defined.sequence):
        return Reply(None, 304, headers)
    return Reply(_definition(kind, defined), 200, headers)


async def _define(call: Call) -> Reply:
    require_common(call.caller.sub_tree, "changes of reference values", is_of_books=False)
    given = {"entered_by": call.caller.user_id, "approved_by": ""}
    command = read_body(DefineDesk, call.body or b"{}", given)
    lacking = tuple(
        Fault(f"$.items[{place}]", f"this key lacks the scope {scope}")
        for place, item in enumerate(command.items)
        if (scope := KIND_OF[type(item).__name__].change_scope) not in call.caller.scopes
    )
    if lacking:
        raise Refused.of(403, "scope-missing", "nothing was done", lacking)
    record = await call.desk.enter(command, call.origin, call.caller.lane)
    return Reply(outcome_of(record, record.events))


DEFINITIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/definitions",
        name="list_definitions",
        tag="definitions",
        summary="Reference values of all kinds that this key may see",
        scope="contracts:read",
        handler=_list_definitions,
        answer=Page[DefinitionForm],
        parameters=(Parameter("kind", Id, "One kind, such as SubAccount."), LIMIT, CURSOR),
        statuses=(400, 404),
    ),
    Operation(
        method="GET",
        path="/definitions/{kind}/{key}",
        name="get_definition",
        tag="definitions",
        summary="One reference value, with its version as ETag",
        scope="contracts:read",
        handler=_get_definition,
        answer=DefinitionForm,
        parameters=(
            Parameter(
                "kind",
                Annotated[str, msgspec.Meta(min_length=1, max_length=64)],
                "The kind, such as SubAccount.",
                True,
            ),
            KEY,
        ),
        statuses=(304, 400, 404),
    ),
    Operation(
        method="POST",
        path="/definitions",
        name="define_desk",
        tag="definitions",
        summary="Define or change values, all or none",
        description=(DefineDesk.__doc__ or "").strip(),
        scope="limits:tighten",
        handler=_define,
        answer=Outcome,
        body=form_of(DefineDesk, is_tagged=False, without=_FROM_KEY).form,
        is_write=True,
        statuses=(400, 422, 503),
    ),
)
