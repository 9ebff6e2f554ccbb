"""What makes two orders alike: the key of the control of like orders.

It is stored in snapshots, so it stays plain Python: what a compiled module says of optional fields
cannot be read back at run time.
"""

from typing import NamedTuple

from fencang.messages.commands import SubmitOrder
from fencang.messages.message import Offset, OrderTerms

__all__ = ["LikeOrder", "like_order"]


class LikeOrder(NamedTuple):
    """Every term that two like orders share; enumerations as numbers, whose hash is quick."""

    sub_account_id: str
    contract_id: str
    side: int
    offset: int
    quantity_lots: int
    order_type: int
    limit_price_nanos: int | None
    stop_price_nanos: int | None


def like_order(
    sub_account_id: str, terms: SubmitOrder | OrderTerms, offset: Offset, quantity_lots: int
) -> LikeOrder:
    """Return what makes an order like another one: as it was asked for, or as it was sent."""
    return LikeOrder(
        sub_account_id,
        terms.contract_id,
        int(terms.side),
        int(offset),
        quantity_lots,
        int(terms.order_type),
        terms.limit_price_nanos,
        terms.stop_price_nanos,
    )
