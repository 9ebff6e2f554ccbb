"""Orders and block orders as the engine keeps them while they matter."""

from enum import IntEnum

from fencang.engine.accounts import Line, SubState
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.rolls import Roll
from fencang.messages.events import BlockLeg
from fencang.messages.message import Offset, OrderTerms, Side
from fencang.refdata.contract import Product

__all__ = ["Block", "Order", "OrderState", "Pending"]


class OrderState(IntEnum):
    """What the venue last said of an order; a pending request or doubt lies over it."""

    PENDING_NEW = 0
    WORKING = 1
    PARTLY_FILLED = 2
    FILLED = 3
    CANCELLED = 4
    REJECTED = 5
    EXPIRED = 6


class Pending(IntEnum):
    """A request the venue has not answered yet."""

    NOTHING = 0
    CANCEL = 1
    REPLACE = 2


class Order:
    """One venue order: of a sub-account (``line`` set) or a slice of a block (``block`` set)."""

    __slots__ = (
        "attempt",
        "block",
        "charged",
        "client_order_id",
        "envelope",
        "filled_lots",
        "is_in_doubt",
        "is_reducing",
        "limit_price_nanos",
        "line",
        "order_id",
        "pending",
        "pending_price_nanos",
        "pending_quantity_lots",
        "quantity_lots",
        "reserved_lots",
        "reserved_premium_micros",
        "roll",
        "routed_at_ns",
        "state",
        "terms",
    )

    def __init__(self, order_id: int, terms: OrderTerms, client_order_id: str) -> None:
        self.order_id = order_id
        self.terms = terms
        self.client_order_id = client_order_id
        self.quantity_lots = terms.quantity_lots
        self.limit_price_nanos = terms.limit_price_nanos
        self.filled_lots = 0
        self.state = OrderState.PENDING_NEW
        self.pending = Pending.NOTHING
        self.pending_quantity_lots = 0
        self.pending_price_nanos: int | None = None
        self.reserved_lots = 0
        self.reserved_premium_micros = 0
        self.routed_at_ns = 0
        self.is_in_doubt = False
        self.is_reducing = False
        self.attempt = 1
        self.charged: dict[str, int] = {}
        """Fee row with a minimum → what the order's fills have come to without it."""
        self.line: Line | None = None
        self.envelope: Envelope | None = None
        """Where its lots were taken from; it may have ended since."""
        self.block: Block | None = None
        self.roll: Roll | None = None

    @property
    def sub(self) -> SubState | None:
        """Return the sub-account that owns the order, None for a slice."""
        return self.line.sub if self.line is not None else None

    @property
    def is_live(self) -> bool:
        """Return whether the venue may still fill the order, as far as we know."""
        return self.state <= OrderState.PARTLY_FILLED

    @property
    def most_lots(self) -> int:
        """Return the largest quantity the venue may work: a replace it may have taken counts."""
        if self.pending is not Pending.NOTHING and self.pending_quantity_lots > self.quantity_lots:
            return self.pending_quantity_lots
        return self.quantity_lots

    @property
    def needed_lots(self) -> int:
        """Return the lots that must stay reserved."""
        if not self.is_live:
            return 0
        return max(0, self.most_lots - self.filled_lots)

    def needed_premium_micros(self, product: Product) -> int:
        """Return what the lots still to be bought may cost in premiums, at the worst price asked.

        Buying back what is short costs no more than what margin held for it sets free.
        """
        if self.terms.side is not Side.BUY or self.is_reducing:
            return 0
        worst = self.limit_price_nanos or 0
        if self.pending is not Pending.NOTHING and self.pending_price_nanos is not None:
            worst = max(worst, self.pending_price_nanos)
        return max(0, product.value_micros(worst, self.needed_lots))


class Block:
    """One block order: the split fixed beforehand and what each leg has received."""

    __slots__ = (
        "attempts_used",
        "block_id",
        "carrying_account_id",
        "contract_id",
        "is_done",
        "legs",
        "lines",
        "offset",
        "quantity_lots",
        "received",
        "reserved",
        "rule_id",
        "side",
        "slices",
    )

    def __init__(
        self,
        *,
        block_id: int,
        rule_id: str,
        carrying_account_id: str,
        contract_id: str,
        side: Side,
        offset: Offset,
        legs: tuple[BlockLeg, ...],
        lines: list[Line],
    ) -> None:
        self.block_id = block_id
        self.rule_id = rule_id
        self.carrying_account_id = carrying_account_id
        self.contract_id = contract_id
        self.side = side
        self.offset = offset
        self.legs = legs
        self.lines = lines
        self.quantity_lots = sum(leg.quantity_lots for leg in legs)
        self.received = [0] * len(legs)
        self.reserved = [0] * len(legs)
        self.slices: dict[int, Order] = {}
        self.attempts_used = 0
        self.is_done = False

    @property
    def missing_lots(self) -> int:
        """Return the instructed lots that have not been filled."""
        return self.quantity_lots - sum(self.received)
