"""An order against the volume of its market, as functions over values; lots, no money.

Exactly the share passes, one lot more does not.  A market without volume takes no order.
"""

from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason
from fencang.refdata.impact import ImpactLimit

__all__ = [
    "Volume",
    "cooling_refusal",
    "order_lots_max",
    "order_refusal",
    "volume_refusal",
    "window_lots_max",
    "window_refusal",
]


class Volume(NamedTuple):
    """Lots that a market traded in a window of time, and when a feed said so."""

    quantity_lots: int
    window_ns: int
    reported_ns: int


def cooling_refusal(row: ImpactLimit, until_ns: int, time_ns: int) -> NodeRefusal | None:
    """Refuse while a node rests."""
    if time_ns >= until_ns:
        return None
    left = until_ns - time_ns
    detail = f"{row.node_id} has used up its share of the volume and rests for another {left} ns"
    return Reason.MARKET_IMPACT, row.node_id, 0, left, detail


def volume_refusal(row: ImpactLimit, volume: Volume | None, time_ns: int) -> NodeRefusal | None:
    """Refuse where the volume is not known or too old to say anything."""
    limit = row.volume_age_ns_max
    if volume is None:
        detail = f"no volume is known; {row.node_id} opens nothing on an unknown one"
        return Reason.MARKET_IMPACT, row.node_id, limit, limit + 1, detail
    age = time_ns - volume.reported_ns
    if age <= limit:
        return None
    detail = f"the volume is {age} ns old, {limit} ns are allowed by {row.node_id}"
    return Reason.MARKET_IMPACT, row.node_id, limit, age, detail


def order_lots_max(row: ImpactLimit, volume: Volume) -> int | None:
    """Return the lots that one order may have, None where the row does not say."""
    if row.order_share_ppm is None:
        return None
    return row.order_share_ppm * volume.quantity_lots // PPM


def window_lots_max(row: ImpactLimit, volume: Volume) -> int | None:
    """Return the lots that all orders of the row's window may have together."""
    if row.window_share_ppm is None:
        return None
    lots = row.window_share_ppm * volume.quantity_lots * row.window_ns
    return lots // (PPM * volume.window_ns)


def order_refusal(row: ImpactLimit, limit: int | None, lots: int) -> NodeRefusal | None:
    """Refuse an order that is too large beside the volume."""
    if limit is None or lots <= limit:
        return None
    detail = f"{lots} lots exceed {limit}, which is the share of the volume set at {row.node_id}"
    return Reason.MARKET_IMPACT, row.node_id, limit, lots, detail


def window_refusal(row: ImpactLimit, limit: int | None, lots: int) -> NodeRefusal | None:
    """Refuse lots that are, with all sent in the window, too large beside the volume."""
    if limit is None or lots <= limit:
        return None
    detail = (
        f"{lots} lots in {row.window_ns} ns exceed {limit}, which is the share of the volume set "
        f"at {row.node_id}"
    )
    return Reason.MARKET_IMPACT, row.node_id, limit, lots, detail
