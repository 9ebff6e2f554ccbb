"""Calls about risk signals.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import RiskSignalRow

__all__ = [
    "RiskSignalsResource",
    "list_risk_signals",
]

_LIST_RISK_SIGNALS = Operation(
    name="list_risk_signals",
    method="GET",
    path="/risk-signals",
    answer=Page[RiskSignalRow],
    in_query={
        "node_id": "node_id",
        "severity": "severity",
        "kind_name": "kind_name",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_risk_signals(
    *,
    node_id: str | None = None,
    severity: str | None = None,
    kind_name: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[RiskSignalRow]]:
    """Risk signals, the last of them, first told first.

    ``node_id``: Rows of this node.
    ``severity``: Signals of this severity: information, warning or critical.
    ``kind_name``: Signals of this kind.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_RISK_SIGNALS.ask(locals())


class RiskSignalsResource(Resource[TransportT]):
    """Calls about risk signals."""

    list = Listing(list_risk_signals)
    page = Method(list_risk_signals)
    __call__ = Listing(list_risk_signals)
