"""Reference values by kind: ``/sub-accounts``, ``/position-limits``, ``/users`` and all others.

Each kind has the same three operations: a list, one value with its version as ETag, and a change of
one value.  A change says which version it was made for, and the engine compares, in the step that
would change the value: so of two changes of one version exactly one is done, whoever made them and
through whichever gateway.  The gateway itself compares nothing, because a request that is repeated
gets its first answer, also when the version has moved on since.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from fencang.gateways.forms.forms import BodyFault, BodyFaults, form_of, read_body
from fencang.gateways.rest.commands import outcome_of
from fencang.gateways.rest.key_terms import KeyTerms, terms_of, whole_key
from fencang.gateways.rest.operation import Call, Handler, Operation, Parameter, Reply
from fencang.gateways.rest.paging import CURSOR, LIMIT, PAGE_ROWS, Page, page_of
from fencang.gateways.rest.preconditions import etag, expected_version, is_known
from fencang.gateways.rest.problem import NAMESPACE, Refused
from fencang.gateways.rest.reference_kinds import FILTERS, KINDS, Kind
from fencang.gateways.rest.reference_views import VIEWS, View
from fencang.gateways.rest.sight import is_of_books, require_common, sees_item
from fencang.messages.commands import DefineDesk
from fencang.messages.events import DeskDefined
from fencang.messages.reasons import Reason
from fencang.messages.record import Record
from fencang.projections.definitions import Defined
from fencang.refdata.api_key import ApiKey
from fencang.refdata.desk import DeskItem
from fencang.refdata.item_key import item_name

__all__ = ["KEY", "KEY_LENGTH_MAX", "REFERENCE_VALUES", "Id", "seen_definition"]

KEY_LENGTH_MAX = 400
Id = Annotated[str, msgspec.Meta(max_length=64)]
KEY = Parameter(
    "key",
    Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_LENGTH_MAX)],
    "What identifies it: one segment, so that / in it is written %2F; parts have | between them.",
    True,
)


class _Forms(NamedTuple):
    """What a kind is read and shown as; ``told`` makes of a value what is shown of it."""

    row: Any
    row_form: Any
    body: Any
    told: Callable[[Any], Any]


def _as_it_is(item: Any) -> Any:  # noqa: ANN401 - any kind
    return item


def _forms(kind: Kind, view: View | None = None) -> _Forms:
    name = kind.item.__name__ if view is None else view.shown.__name__
    item: type[Any] = kind.item
    told: Callable[[Any], Any] = _as_it_is
    if view is not None:
        item, told = view.shown, view.of
    elif kind.item is ApiKey:
        item, told = KeyTerms, terms_of
    row = msgspec.defstruct(
        f"Stated{name}",
        [("key", str), ("version", int), ("item", item)],
        frozen=True,
        kw_only=True,
        module=__name__,
    )
    row.__doc__ = f"One of the {kind.words}; ``version`` is its last record, and its ETag."
    body = msgspec.defstruct(
        f"Put{name}", [("item", item)], frozen=True, kw_only=True, module=__name__
    )
    return _Forms(row, form_of(row, is_tagged=False), body, told)


def _shown(forms: _Forms, key: str, version: int, item: DeskItem) -> Any:  # noqa: ANN401
    return forms.row_form.from_domain(forms.row(key=key, version=version, item=forms.told(item)))


def _list_of(kind: Kind, forms: _Forms) -> Handler:
    async def handle(call: Call) -> Reply:
        board, asked, sub_tree = call.desk.board, call.parameters, call.caller.sub_tree
        require_common(sub_tree, kind.words, is_of_books=is_of_books(kind.item))
        wanted = [(name, asked[name]) for name in kind.filters if name in asked]

        def kept() -> Iterator[tuple[str, Defined]]:
            for found in board.definitions.of_kind(kind.item.__name__):
                if all(getattr(found.item, name) == value for name, value in wanted) and sees_item(
                    board, sub_tree, found.item
                ):
                    yield found.key, found

        page = page_of(board.sequence, kept(), asked.get("cursor"), asked.get("limit", PAGE_ROWS))
        rows = tuple(_shown(forms, each.key, each.sequence, each.item) for each in page.rows)
        return Reply(Page(sequence=page.sequence, rows=rows, next_cursor=page.next_cursor))

    return handle


def seen_definition(call: Call, kind: str, key: str) -> Defined:
    """Return a value that a caller reaches.

    Raises:
        Refused: there is none; of what is outside its sub-tree the same is said.
    """
    board = call.desk.board
    found = board.definitions.get(kind, key)
    if found is None or not sees_item(board, call.caller.sub_tree, found.item):
        raise Refused.of(404, "not-found", f"no {kind} {key} is defined")
    return found


def _get_of(kind: Kind, forms: _Forms) -> Handler:
    async def handle(call: Call) -> Reply:
        require_common(call.caller.sub_tree, kind.words, is_of_books=is_of_books(kind.item))
        found = seen_definition(call, kind.item.__name__, call.parameters["key"])
        headers = {"ETag": etag(found.sequence)}
        if is_known(call.headers, found.sequence):
            return Reply(None, 304, headers)
        return Reply(_shown(forms, found.key, found.sequence, found.item), 200, headers)

    return handle


def _put_of(kind: Kind, forms: _Forms) -> Handler:
    async def handle(call: Call) -> Reply:
        require_common(call.caller.sub_tree, "changes of reference values", is_of_books=False)
        key, item = call.parameters["key"], read_body(forms.body, call.body or b"{}").item
        expected = expected_version(call.headers)
        if kind.item is ApiKey:
            present = call.desk.board.definitions.get("ApiKey", key)
            # Read beside the sequencer, and safe: of another version than expected nothing is kept.
            item = whole_key(item, None if present is None else present.item)  # type: ignore[arg-type]
        name = item_name(item)
        if name != key:
            fault = BodyFault("$.item", f"is {name}, and the path says {key}")
            raise BodyFaults([fault], is_of_form=True)
        command = DefineDesk(
            items=(item,), entered_by=call.caller.user_id, expected_versions=(expected,)
        )
        record = await call.desk.enter(command, call.origin, call.caller.lane)
        return _answered(record, key, forms)

    return handle


def _answered(record: Record, key: str, forms: _Forms) -> Reply:
    """Return the value as it is from this record on.

    Raises:
        Refused: with 412 where another version was there.
    """
    try:
        outcome_of(record, (), with_events=False)
    except Refused as refused:
        if refused.problem.reason != Reason.DEFINITION_CHANGED:
            raise
        kind, title = "version-differs", "Another version is there"
        problem = replace(refused.problem, status=412, type=NAMESPACE + kind, title=title)
        raise Refused(problem) from refused
    (item,) = (
        one for event in record.events if isinstance(event, DeskDefined) for one in event.items
    )
    shown = _shown(forms, key, record.sequence, item)
    return Reply(shown, 200, {"ETag": etag(record.sequence)})


def _operations(kind: Kind) -> tuple[Operation, ...]:
    forms = _forms(kind)
    return _listing(kind, forms), _reading(kind, forms), _changing(kind, forms)


def _view_operations(view: View) -> tuple[Operation, ...]:
    kind, forms = view.kind, _forms(view.kind, view)
    words = (view.shown.__doc__ or "").strip()
    return dataclasses.replace(_listing(kind, forms), description=words), _reading(kind, forms)


def _listing(kind: Kind, forms: _Forms) -> Operation:
    form = forms.row_form.form
    filters = tuple(Parameter(name, Id, f"Rows of {FILTERS[name]}.") for name in kind.filters)
    return Operation(
        method="GET",
        path=kind.path,
        name=f"list_{kind.many}",
        tag=kind.tag,
        summary=f"All {kind.words}",
        description=(kind.item.__doc__ or "").strip(),
        scope=kind.scope,
        handler=_list_of(kind, forms),
        answer=Page[form],  # type: ignore[valid-type]
        parameters=(*filters, LIMIT, CURSOR),
        statuses=(400,),
    )


def _reading(kind: Kind, forms: _Forms) -> Operation:
    return Operation(
        method="GET",
        path=kind.path + "/{key}",
        name=f"get_{kind.one}",
        tag=kind.tag,
        summary=f"One of the {kind.words}, with its version as ETag",
        scope=kind.scope,
        handler=_get_of(kind, forms),
        answer=forms.row_form.form,
        parameters=(KEY,),
        statuses=(304, 400, 404),
    )


def _changing(kind: Kind, forms: _Forms) -> Operation:
    return Operation(
        method="PUT",
        path=kind.path + "/{key}",
        name=f"put_{kind.one}",
        tag=kind.tag,
        summary=f"Change or add one of the {kind.words}",
        description=(
            "It is stated whole. A change that loosens takes two persons: propose it as a draft."
        ),
        scope=kind.change_scope,
        handler=_put_of(kind, forms),
        answer=forms.row_form.form,
        body=form_of(forms.body, is_tagged=False).form,
        parameters=(KEY,),
        is_write=True,
        is_conditional=True,
        statuses=(400, 412, 422, 428, 503),
    )


REFERENCE_VALUES: tuple[Operation, ...] = (
    *(operation for kind in KINDS for operation in _operations(kind)),
    *(operation for view in VIEWS for operation in _view_operations(view)),
)
