"""How much of the market's volume a node's orders may be.

Every row that an order stands under is asked by itself, so a row of its own never widens another.
The master account's row for everything states both shares.

Source: trading platforms' market-impact limits (share of volume with a cooling-off time); the
volumes are what a feed reports.
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.definition import Definition, Identifier, PartsPerMillion

__all__ = ["IMPACT_FIELDS", "ImpactLimit"]

ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
SpanNs = Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)]


class ImpactLimit(Definition, tag="ImpactLimit.1"):
    """How large orders of a node may be beside what the market traded, in each contract.

    One order may be ``order_share_ppm`` of the lots traded in the window that a feed reported last.
    All orders sent in ``window_ns`` may be ``window_share_ppm`` of what the market trades in such a
    time at that pace; the order after which another like it would not fit makes the node rest for
    ``cooling_off_ns``.
    A volume older than ``volume_age_ns_max``, or none, opens nothing unless ``passes_unknown``.
    ``scope_id`` is a contract, a product or everything (``"*"``).
    """

    node_id: Identifier
    scope_id: ScopeId = "*"
    order_share_ppm: PartsPerMillion | None = None
    window_share_ppm: PartsPerMillion | None = None
    window_ns: SpanNs = 300 * SECOND_NS
    volume_age_ns_max: Annotated[int, msgspec.Meta(ge=1, le=30 * DAY_NS)] = 600 * SECOND_NS
    passes_unknown: bool = False
    cooling_off_ns: Annotated[int, msgspec.Meta(ge=0, le=DAY_NS)] = 0

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a row."""
        return self.node_id, self.scope_id


IMPACT_FIELDS = ("order_share_ppm", "window_share_ppm")
"""What the row at the root must state."""
