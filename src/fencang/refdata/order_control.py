"""Controls of single orders: how large, how far from the market, on how old a price.

They stand on the account tree like position limits.  What a node leaves open it inherits; of all
nodes above an order the most restrictive counts.  The master account's row for ``"*"`` states
everything, so that nothing is unset at the root and nothing is infinite by oversight.

Source: Delegated Regulation (EU) 2017/589 (RTS 6), Article 15; FIA, Best Practices for Automated
Trading Risk Controls, July 2024.
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import (
    Definition,
    Identifier,
    NonNegativeLots,
    NonNegativeMicros,
    PartsPerMillion,
)

__all__ = ["CONTROL_FIELDS", "OrderControl", "order_control_faults"]

ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
AgeNs = Annotated[int, msgspec.Meta(ge=0, le=30 * DAY_NS)]


class OrderControl(Definition, tag="OrderControl.1"):
    """What one order of a node may be, in a contract, a product or in all (``"*"``).

    ``quantity_lots_max`` bounds its lots, ``value_micros_max`` its absolute value in the base
    currency.  A buy may lie above the reference price, and a sell below it, by ``collar_ppm`` of
    its absolute value, at least ``collar_ticks``; when the mark has moved more than
    ``fast_after_ppm`` from the last settlement, by ``fast_collar_ppm``.  On a mark older than
    ``price_age_ns_max`` nothing is opened.  ``takes_market_orders`` False asks for a limit price.
    ``is_restricted`` lets nothing be opened at all.
    """

    node_id: Identifier
    scope_id: ScopeId = "*"
    quantity_lots_max: NonNegativeLots | None = None
    value_micros_max: NonNegativeMicros | None = None
    collar_ppm: PartsPerMillion | None = None
    collar_ticks: NonNegativeLots | None = None
    fast_after_ppm: PartsPerMillion | None = None
    fast_collar_ppm: PartsPerMillion | None = None
    price_age_ns_max: AgeNs | None = None
    takes_market_orders: bool | None = None
    is_restricted: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a row."""
        return self.node_id, self.scope_id


CONTROL_FIELDS = (
    "quantity_lots_max",
    "value_micros_max",
    "collar_ppm",
    "collar_ticks",
    "fast_after_ppm",
    "fast_collar_ppm",
    "price_age_ns_max",
    "takes_market_orders",
)
"""What the row at the root must state."""


def order_control_faults(control: OrderControl) -> list[str]:
    """Return what is wrong with a row on its own."""
    fast, collar = control.fast_collar_ppm, control.collar_ppm
    if fast is not None and collar is not None and fast < collar:
        return ["fast_collar_ppm is narrower than collar_ppm: fast markets need more room"]
    return []
