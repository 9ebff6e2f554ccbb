"""Our orders in one contract, as the venue keeps them: quantity, priority, queue position.

Priority is a number given on entry; a new price or a larger quantity takes a new number and the
back of the queue, a smaller quantity keeps both.  The orders of others are known only as
``queue_lots``, the lots ahead of ours at its price, counted from the first trade there.
"""

from enum import IntEnum

import msgspec

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.messages.message import OrderTerms, Side

__all__ = ["ContractBook", "Execution", "OrderState", "PaperOrder"]


class OrderState(IntEnum):
    """Where an order stands at the venue; all but WORKING are final."""

    WORKING = 1
    FILLED = 2
    CANCELLED = 3
    EXPIRED = 4
    REJECTED = 5


class Execution(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One fill of one order, kept so that it can be reported again under the same id."""

    execution_id: str
    quantity_lots: int
    price_nanos: int


class PaperOrder(msgspec.Struct, kw_only=True):
    """One order of ours at the venue.

    ``queue_lots`` None: no trade at its price yet.  ``nth_order`` counts arrivals,
    ``report_count`` and ``data_seen`` the opportunities of faults.
    """

    order_id: int
    terms: OrderTerms
    venue_order_id: str
    nth_order: int
    priority: int
    joined_ns: int
    quantity_lots: int
    limit_price_nanos: int | None
    state: OrderState = OrderState.WORKING
    filled_lots: int = 0
    executions: list[Execution] = []
    is_triggered: bool = False
    queue_lots: int | None = None
    report_count: int = 0
    data_seen: int = 0

    @property
    def side(self) -> Side:
        """Return the side of the order."""
        return self.terms.side

    @property
    def remaining_lots(self) -> int:
        """Return the lots still to be executed, 0 when the order is done or over-filled."""
        if self.state is not OrderState.WORKING:
            return 0
        return max(0, self.quantity_lots - self.filled_lots)


class ContractBook(msgspec.Struct, kw_only=True):
    """The working orders of one contract and what may still be taken from its traded volume.

    ``share_ppm_lots`` is the unused share of ticks: lots times parts per million.
    """

    tick_nanos: int
    orders: dict[int, PaperOrder] = {}
    last_price_nanos: int | None = None
    last_time_ns: int = 0
    share_ppm_lots: int = 0

    def change(
        self, order: PaperOrder, *, quantity_lots: int, limit_price_nanos: int | None, priority: int
    ) -> bool:
        """Give a working order a new total quantity and price; return whether it lost its place."""
        loses_place = (
            limit_price_nanos != order.limit_price_nanos or quantity_lots > order.quantity_lots
        )
        order.quantity_lots = quantity_lots
        order.limit_price_nanos = limit_price_nanos
        if loses_place:
            order.priority = priority
            order.queue_lots = None
        return loses_place

    def tick_supply(self, size_lots: int, participation_max_ppm: int) -> int:
        """Add a tick to the share; return the lots all our orders may take of it together.

        One tick of one lot has no whole lot at a share of 10 %, so the shares of a day's ticks add
        up, yet never more than the tick's own size is given.
        """
        self.share_ppm_lots += size_lots * participation_max_ppm
        return min(size_lots, divide_floor(self.share_ppm_lots, PPM))

    def use_share(self, lots: int) -> None:
        """Take executed lots from the share of ticks."""
        self.share_ppm_lots -= lots * PPM
