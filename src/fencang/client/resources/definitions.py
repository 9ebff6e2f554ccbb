"""Calls about definitions.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Definition, DefinitionForm, Outcome

__all__ = [
    "DefinitionsResource",
    "define_desk",
    "get_definition",
    "list_definitions",
]

_LIST_DEFINITIONS = Operation(
    name="list_definitions",
    method="GET",
    path="/definitions",
    answer=Page[DefinitionForm],
    in_query={"kind": "kind", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_definitions(
    *, kind: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[DefinitionForm]]:
    """Reference values of all kinds that this key may see.

    ``kind``: One kind, such as SubAccount.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_DEFINITIONS.ask(locals())


_DEFINE_DESK = Operation(
    name="define_desk",
    method="POST",
    path="/definitions",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def define_desk(
    *,
    items: Sequence[Definition],
    expected_versions: Sequence[int] = (),
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Define or change values, all or none.

    Define or change reference values, all or none of them.

    ``expected_versions`` names for each item the record that defined it last, 0 for one that
    shall be new; another version refuses all.  Empty: whatever is there is changed.
    """
    return _DEFINE_DESK.ask(locals())


_GET_DEFINITION = Operation(
    name="get_definition", method="GET", path="/definitions/{kind}/{key}", answer=DefinitionForm
)


def get_definition(kind: str, key: str) -> Ask[DefinitionForm]:
    """One reference value, with its version as ETag."""
    return _GET_DEFINITION.ask(locals())


class DefinitionsResource(Resource[TransportT]):
    """Calls about definitions."""

    list = Listing(list_definitions)
    page = Method(list_definitions)
    define = Method(define_desk)
    get = Method(get_definition)
    __call__ = Listing(list_definitions)
