"""Calls about regimes.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Regime, StatedRegime

__all__ = [
    "RegimesResource",
    "get_regime",
    "list_regimes",
    "put_regime",
]

_LIST_REGIMES = Operation(
    name="list_regimes",
    method="GET",
    path="/regimes",
    answer=Page[StatedRegime],
    in_query={"regime_id": "regime_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_regimes(
    *, regime_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[StatedRegime]]:
    """All regimes.

    One body of rules: of a legislator, an authority or a venue.

    Valid from its first to its last day, both included; after that it is unknown, and nothing
    that it governs is opened.  ``authority`` may be a venue.  ``source`` cites the text.

    ``regime_id``: Rows of this regime.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_REGIMES.ask(locals())


_GET_REGIME = Operation(name="get_regime", method="GET", path="/regimes/{key}", answer=StatedRegime)


def get_regime(key: str) -> Ask[StatedRegime]:
    """One of the regimes, with its version as ETag."""
    return _GET_REGIME.ask(locals())


_PUT_REGIME = Operation(
    name="put_regime",
    method="PUT",
    path="/regimes/{key}",
    answer=StatedRegime,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_regime(
    key: str, *, if_match: int, item: Regime, idempotency_key: str | None = None
) -> Ask[StatedRegime]:
    """Change or add one of the regimes.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_REGIME.ask(locals())


class RegimesResource(Resource[TransportT]):
    """Calls about regimes."""

    list = Listing(list_regimes)
    page = Method(list_regimes)
    get = Method(get_regime)
    put = Method(put_regime)
    __call__ = Listing(list_regimes)
