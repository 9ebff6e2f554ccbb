"""The paper venue of a replay, set up from the desk file's stated fills."""

from fencang.app.desk.desk import Desk
from fencang.gateways.paper import PaperConfig, PaperVenue

__all__ = ["open_venue", "slippage_nanos"]


def slippage_nanos(desk: Desk, product_id: str) -> int:
    """Return by how much a market order of this product fills worse than the bar's open."""
    fills = desk.replay.fills
    ticks = fills.slippage_ticks.get(product_id, fills.slippage_ticks_default)
    tick = next(each.tick_nanos for each in desk.products if each.product_id == product_id)
    return ticks * tick


def open_venue(desk: Desk) -> PaperVenue:
    """Return an empty paper venue for all venues of the desk.

    The venue counts slippage in ticks of each contract, the desk file per product: contracts are
    listed (``Sessions.list_at``) with the product's whole slippage as their tick, counted once.
    """
    fills = desk.replay.fills
    return PaperVenue(
        PaperConfig(
            slippage_ticks=1,
            latency_ns=fills.latency_ns,
            queue_ahead_ppm=fills.queue_ahead_ppm,
            participation_max_ppm=fills.volume_share_ppm,
        )
    )
