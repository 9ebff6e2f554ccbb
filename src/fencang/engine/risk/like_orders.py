"""What makes two orders alike: the key of the control of like orders."""

from fencang.messages.commands import SubmitOrder
from fencang.messages.message import Offset, OrderTerms

__all__ = ["LikeOrder", "like_order"]

LikeOrder = tuple[str, str, int, int, int, int, int | None, int | None]
"""Sub-account, contract, side, offset, lots, order type, limit and stop price: every term that two
like orders share; enumerations as numbers, whose hash is quick."""


def like_order(
    sub_account_id: str, terms: SubmitOrder | OrderTerms, offset: Offset, quantity_lots: int
) -> LikeOrder:
    """Return what makes an order like another one: as it was asked for, or as it was sent."""
    return (
        sub_account_id,
        terms.contract_id,
        int(terms.side),
        int(offset),
        quantity_lots,
        int(terms.order_type),
        terms.limit_price_nanos,
        terms.stop_price_nanos,
    )
