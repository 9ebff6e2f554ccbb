"""Calls about keys.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import KeyTerms, StatedApiKey

__all__ = [
    "KeysResource",
    "get_key",
    "list_keys",
    "put_key",
]

_LIST_KEYS = Operation(
    name="list_keys",
    method="GET",
    path="/keys",
    answer=Page[StatedApiKey],
    in_query={"user_id": "user_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_keys(
    *, user_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedApiKey]]:
    """All keys.

    A key of a user: ``proof_hex`` proves it, ``scopes`` say what it opens.

    ``proof_hex`` is an Ed25519 public key (signed) or the SHA-256 of a token (bearer).
    ``sub_tree`` is the node that it may see and trade, with all below it; empty: the whole
    desk. ``networks`` are where requests may come from; empty: from anywhere.  It opens nothing
    before ``from_time`` and nothing at ``until_time`` and later, nor once it is revoked.

    ``user_id``: Rows of this user.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_KEYS.ask(locals())


_GET_KEY = Operation(name="get_key", method="GET", path="/keys/{key}", answer=StatedApiKey)


def get_key(key: str) -> Ask[StatedApiKey]:
    """One of the keys, with its version as ETag."""
    return _GET_KEY.ask(locals())


_PUT_KEY = Operation(
    name="put_key",
    method="PUT",
    path="/keys/{key}",
    answer=StatedApiKey,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_key(
    key: str, *, if_match: int, item: KeyTerms, idempotency_key: str | None = None
) -> Ask[StatedApiKey]:
    """Change or add one of the keys.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_KEY.ask(locals())


class KeysResource(Resource[TransportT]):
    """Calls about keys."""

    list = Listing(list_keys)
    page = Method(list_keys)
    get = Method(get_key)
    put = Method(put_key)
    __call__ = Listing(list_keys)
