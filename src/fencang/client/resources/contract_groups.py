"""Calls about contract groups.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ContractGroup, StatedContractGroup

__all__ = [
    "ContractGroupsResource",
    "get_contract_group",
    "list_contract_groups",
    "put_contract_group",
]

_LIST_CONTRACT_GROUPS = Operation(
    name="list_contract_groups",
    method="GET",
    path="/contract-groups",
    answer=Page[StatedContractGroup],
    in_query={
        "regime_id": "regime_id",
        "group_id": "group_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_contract_groups(
    *,
    regime_id: str | None = None,
    group_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedContractGroup]]:
    """All contract groups.

    Contracts that one regime counts as one, in lots of their parent.

    ``regime_id``: Rows of this regime.
    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_CONTRACT_GROUPS.ask(locals())


_GET_CONTRACT_GROUP = Operation(
    name="get_contract_group",
    method="GET",
    path="/contract-groups/{key}",
    answer=StatedContractGroup,
)


def get_contract_group(key: str) -> Ask[StatedContractGroup]:
    """One of the contract groups, with its version as ETag."""
    return _GET_CONTRACT_GROUP.ask(locals())


_PUT_CONTRACT_GROUP = Operation(
    name="put_contract_group",
    method="PUT",
    path="/contract-groups/{key}",
    answer=StatedContractGroup,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_contract_group(
    key: str, *, if_match: int, item: ContractGroup, idempotency_key: str | None = None
) -> Ask[StatedContractGroup]:
    """Change or add one of the contract groups.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_CONTRACT_GROUP.ask(locals())


class ContractGroupsResource(Resource[TransportT]):
    """Calls about contract groups."""

    list = Listing(list_contract_groups)
    page = Method(list_contract_groups)
    get = Method(get_contract_group)
    put = Method(put_contract_group)
    __call__ = Listing(list_contract_groups)
