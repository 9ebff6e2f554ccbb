"""Rolls as the engine keeps them: two orders, and what each of them has brought so far."""

from fencang.basics.rounding import divide_half_away
from fencang.messages.life_events import RollDone, RollStarted
from fencang.messages.message import Side

__all__ = ["Roll"]


class Roll:
    """One roll; ``price_lots`` are sums of price in nanos times lots, from which averages come.

    Worked number: 3 lots at 20.00 and 1 at 20.04 are an average of 20.01.
    """

    __slots__ = (
        "carrying_account_id",
        "client_roll_id",
        "far_lots",
        "far_order_id",
        "far_price_lots",
        "from_contract_id",
        "is_done",
        "near_lots",
        "near_order_id",
        "near_price_lots",
        "quantity_lots",
        "roll_id",
        "side",
        "sub_account_id",
        "to_contract_id",
    )

    def __init__(self, started: RollStarted) -> None:
        self.roll_id = started.roll_id
        self.sub_account_id = started.sub_account_id
        self.client_roll_id = started.client_roll_id
        self.carrying_account_id = started.carrying_account_id
        self.from_contract_id = started.from_contract_id
        self.to_contract_id = started.to_contract_id
        self.side: Side = started.side
        self.quantity_lots = started.quantity_lots
        self.near_order_id = started.near_order_id
        self.far_order_id = started.far_order_id
        self.near_lots = self.near_price_lots = 0
        self.far_lots = self.far_price_lots = 0
        self.is_done = False

    @property
    def order_ids(self) -> tuple[int, int]:
        """Return the near and the far order."""
        return self.near_order_id, self.far_order_id

    @property
    def imbalance_lots(self) -> int:
        """Return far less near lots."""
        return self.far_lots - self.near_lots

    def count(self, order_id: int, quantity_lots: int, price_nanos: int) -> None:
        """Count lots that a leg brought to the sub-account."""
        if order_id == self.near_order_id:
            self.near_lots += quantity_lots
            self.near_price_lots += quantity_lots * price_nanos
        else:
            self.far_lots += quantity_lots
            self.far_price_lots += quantity_lots * price_nanos

    def done(self) -> RollDone:
        """Return what came of the roll."""
        near, far, difference = None, None, None
        if self.near_lots:
            near = divide_half_away(self.near_price_lots, self.near_lots)
        if self.far_lots:
            far = divide_half_away(self.far_price_lots, self.far_lots)
        if self.near_lots and self.far_lots:
            # From the exact averages, so that it does not round twice.
            difference = divide_half_away(
                self.far_price_lots * self.near_lots - self.near_price_lots * self.far_lots,
                self.near_lots * self.far_lots,
            )
        return RollDone(
            roll_id=self.roll_id,
            sub_account_id=self.sub_account_id,
            near_lots=self.near_lots,
            far_lots=self.far_lots,
            near_average_nanos=near,
            far_average_nanos=far,
            difference_nanos=difference,
            imbalance_lots=self.imbalance_lots,
        )
