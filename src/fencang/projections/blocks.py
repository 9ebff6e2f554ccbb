"""Block orders: the split fixed beforehand, the slices sent for it, what each leg received.

A block order cuts several sub-accounts at once: a rule, a loss limit or the delivery guard made it.
Its slices are ordinary orders without a sub-account.  What a leg received is what fills gave it as
they were allocated; corrections later are told by executions.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from fencang.basics.rounding import divide_half_away
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    FillAllocated,
    OrderAccepted,
)
from fencang.messages.message import Offset, Side
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["DONE_BLOCKS_MAX", "DONE_LEGS_MAX", "BlockOrder", "BlockOrders", "Leg"]

DONE_BLOCKS_MAX = 10_000
DONE_LEGS_MAX = 100_000


@dataclass(slots=True)
class Leg:
    """One sub-account's part: lots instructed, lots received, their price sum and fees."""

    sub_account_id: str
    quantity_lots: int
    filled_lots: int = 0
    filled_price_lots: int = 0
    """Sum of price in nanos times lots."""
    fee_micros: int = 0

    @property
    def average_price_nanos(self) -> int | None:
        """Return the mean fill price, rounded half away from zero; None without fills."""
        if not self.filled_lots:
            return None
        return divide_half_away(self.filled_price_lots, self.filled_lots)


@dataclass(slots=True)
class BlockOrder:
    """One block order; ``unfilled_lots`` is None while it works, times in nanoseconds UTC."""

    block_id: int
    rule_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    legs: dict[str, Leg]
    created_ns: int
    changed_ns: int
    quantity_lots: int = 0
    filled_lots: int = 0
    filled_price_lots: int = 0
    attempts: int = 0
    order_ids: list[int] = field(default_factory=list)
    executions: dict[str, None] = field(default_factory=dict)
    """Identifiers of the executions of its slices, first allocated first."""
    unfilled_lots: int | None = None

    @property
    def average_price_nanos(self) -> int | None:
        """Return the mean fill price, rounded half away from zero; None without fills."""
        if not self.filled_lots:
            return None
        return divide_half_away(self.filled_price_lots, self.filled_lots)


class BlockOrders(Projection):
    """Block orders by number; of those that are done the oldest are forgotten first."""

    __slots__ = (
        "_blocks",
        "_changed",
        "_done",
        "_done_legs",
        "_forgotten",
        "_of_slice",
        "done_blocks_max",
        "done_legs_max",
    )

    def __init__(
        self, done_blocks_max: int = DONE_BLOCKS_MAX, done_legs_max: int = DONE_LEGS_MAX
    ) -> None:
        self.done_blocks_max = done_blocks_max
        self.done_legs_max = done_legs_max
        self._blocks: dict[int, BlockOrder] = {}
        self._done: OrderedDict[int, None] = OrderedDict()
        self._done_legs = 0
        self._of_slice: dict[int, BlockOrder] = {}
        self._changed: dict[int, dict[str, None]] = {}
        self._forgotten: list[BlockOrder] = []

    def apply(self, record: Record) -> None:
        """Fold in block orders, their slices and what fills gave their legs."""
        if len(self._changed) + len(self._forgotten) > self.done_blocks_max:
            self._changed.clear()  # nobody asks
            self._forgotten.clear()
        for event in record.events:
            kind = type(event)
            if kind is FillAllocated:
                self._fill(event, record.time_ns)  # type: ignore[arg-type]
            elif kind is OrderAccepted:
                if event.block_id:  # type: ignore[union-attr]
                    self._slice(event, record.time_ns)  # type: ignore[arg-type]
            elif kind is BlockOrderCreated:
                self._create(event, record.time_ns)  # type: ignore[arg-type]
            elif kind is BlockOrderDone:
                self._end(event, record.time_ns)  # type: ignore[arg-type]

    def content(self) -> object:
        """Return the blocks by number, and in which order they were done."""
        return [self._blocks, list(self._done), self.done_blocks_max, self.done_legs_max]

    @property
    def are_any(self) -> bool:
        """Return whether any block order is remembered, or was forgotten just now."""
        return bool(self._blocks or self._forgotten)

    def block(self, block_id: int) -> BlockOrder | None:
        """Return one block order; None when it never was, or was forgotten."""
        return self._blocks.get(block_id)

    def block_of(self, order_id: int | None) -> BlockOrder | None:
        """Return the block order that an order is a slice of; None for any other order."""
        return None if order_id is None else self._of_slice.get(order_id)

    def take_changed(self) -> dict[int, dict[str, None]]:
        """Return which blocks changed since the last call, and which of their legs."""
        changed, self._changed = self._changed, {}
        return changed

    def take_forgotten(self) -> list[BlockOrder]:
        """Return the blocks forgotten since the last call."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def _touch(self, block: BlockOrder, time_ns: int) -> dict[str, None]:
        block.changed_ns = time_ns
        return self._changed.setdefault(block.block_id, {})

    def _create(self, event: BlockOrderCreated, time_ns: int) -> None:
        legs: dict[str, Leg] = {}
        for leg in event.legs:
            found = legs.setdefault(leg.sub_account_id, Leg(leg.sub_account_id, 0))
            found.quantity_lots += leg.quantity_lots
        block = self._blocks[event.block_id] = BlockOrder(
            block_id=event.block_id,
            rule_id=event.rule_id,
            carrying_account_id=event.carrying_account_id,
            contract_id=event.contract_id,
            side=event.side,
            offset=event.offset,
            legs=legs,
            created_ns=time_ns,
            changed_ns=time_ns,
            quantity_lots=sum(leg.quantity_lots for leg in legs.values()),
        )
        self._touch(block, time_ns).update(dict.fromkeys(legs))

    def _slice(self, event: OrderAccepted, time_ns: int) -> None:
        block = self._blocks.get(event.block_id)
        if block is None:
            return
        block.order_ids.append(event.order_id)
        block.attempts = max(block.attempts, event.attempt)
        self._of_slice[event.order_id] = block
        self._touch(block, time_ns)

    def _fill(self, event: FillAllocated, time_ns: int) -> None:
        block = self._of_slice.get(event.order_id)
        leg = None if block is None else block.legs.get(event.sub_account_id)
        if block is None or leg is None:
            return
        lots = event.quantity_lots
        for each in (block, leg):
            each.filled_lots += lots
            each.filled_price_lots += lots * event.price_nanos
        leg.fee_micros += event.fee_micros
        block.executions[event.execution_id] = None
        self._touch(block, time_ns)[leg.sub_account_id] = None

    def _end(self, event: BlockOrderDone, time_ns: int) -> None:
        block = self._blocks.get(event.block_id)
        if block is None:
            return
        block.unfilled_lots = event.unfilled_lots
        self._touch(block, time_ns)
        if block.block_id not in self._done:
            self._done[block.block_id] = None
            self._done_legs += len(block.legs)
        while len(self._done) > self.done_blocks_max or self._done_legs > self.done_legs_max:
            self._forget(self._done.popitem(last=False)[0])

    def _forget(self, block_id: int) -> None:
        block = self._blocks.pop(block_id)
        self._done_legs -= len(block.legs)
        for order_id in block.order_ids:
            self._of_slice.pop(order_id, None)
        self._changed.pop(block_id, None)
        self._forgotten.append(block)
