"""Block orders on their way: slices to the clip, priced inside the band, tried again.

Slices are DAY limit orders at the far edge of the price band around the mark.  What a slice leaves
unfilled when it ends is sliced anew with the next price or session, until ``attempts_max`` of the
rule; a slice whose limit the market has left behind is re-priced by a replace.  A block that
cannot be completed calls a person.
"""

from fencang.engine.accounts import ContractState
from fencang.engine.delivery import DELIVERY_GUARD
from fencang.engine.orders import Block, Order, Pending
from fencang.engine.state import DeskState
from fencang.engine.venues import Hours
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.events import (
    AnyEvent,
    BlockOrderCreated,
    BlockOrderDone,
    ContractExpired,
    OperatorCalled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRejectedByVenue,
    OrderRouted,
    PricesMarked,
    ReplaceRequested,
    SessionOpened,
)
from fencang.messages.message import OrderTerms, OrderType, Side
from fencang.refdata.session import Phase
from fencang.rules.indicator import band_limit_nanos, slices

OrderEnded = OrderCancelled | OrderExpired | OrderRejectedByVenue

__all__ = [
    "OrderEnded",
    "band_price_nanos",
    "first_slices",
    "follow_block_done",
    "follow_contract_expired",
    "follow_phase_entered",
    "follow_prices_marked",
    "follow_product_phase_entered",
    "follow_session_opened",
    "follow_slice_ended",
]

GUARD_ATTEMPTS_MAX = 20
"""How often the delivery guard slices one block anew; the next session makes another block."""


def band_price_nanos(contract: ContractState, side: Side) -> int | None:
    """Return the far edge of the price band around the mark, None without a mark."""
    if contract.mark_nanos is None:
        return None
    product = contract.product
    limit = band_limit_nanos(
        contract.mark_nanos,
        is_buy=side is Side.BUY,
        tick_nanos=product.tick_nanos,
        band_ppm=product.price_band_ppm,
        band_ticks=product.price_band_ticks,
    )
    return max(limit, product.tick_nanos) if product.positive_prices_only else limit


def first_slices(state: DeskState, created: BlockOrderCreated) -> list[AnyEvent]:
    """Return the first slices of a block that is being created in this step."""
    unrouted = sum(leg.quantity_lots for leg in created.legs)
    return _route_slices(state, created, unrouted, attempt=1)


def _route_slices(
    state: DeskState, block: Block | BlockOrderCreated, unrouted_lots: int, *, attempt: int
) -> list[AnyEvent]:
    """Return slices for lots that no live slice works for, or nothing while the venue is shut."""
    contract = state.contracts[block.contract_id]
    if unrouted_lots <= 0 or contract.hours.phase is not Phase.OPEN or contract.is_expired:
        return []
    limit = band_price_nanos(contract, block.side)
    product = contract.product
    events: list[AnyEvent] = []
    for quantity in slices(unrouted_lots, product.order_quantity_max):
        order_id = state.new_order_id()
        terms = OrderTerms(
            venue_id=product.venue_id,
            carrying_account_id=block.carrying_account_id,
            contract_id=block.contract_id,
            side=block.side,
            offset=block.offset,
            quantity_lots=quantity,
            order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
            limit_price_nanos=limit,
        )
        events.append(
            OrderAccepted(
                order_id=order_id,
                sub_account_id="",
                client_order_id="",
                terms=terms,
                is_reducing=True,
                block_id=block.block_id,
                attempt=attempt,
            )
        )
        events.append(OrderRouted(order_id=order_id, terms=terms))
    return events


def _attempts_max(state: DeskState, block: Block) -> int:
    if block.rule_id == DELIVERY_GUARD:
        return GUARD_ATTEMPTS_MAX
    armed = state.rules.get(block.rule_id)
    return armed.rule.attempts_max if armed is not None else 1


def _unrouted_lots(block: Block) -> int:
    """Return what fresh slices may ask for: missing lots that their legs still hold.

    A leg whose position went by another way (its own order, a fill after a cancel) lacks nothing
    any more; a slice for it would close somebody else's lots or carry it through zero.
    """
    wanted = 0
    for place, line in enumerate(block.lines):
        missing = block.legs[place].quantity_lots - block.received[place]
        others = line.closing_lots(block.side) - block.reserved[place]
        wanted += max(0, min(missing, line.open_lots(block.side) - others))
    return wanted - sum(order.needed_lots for order in block.slices.values())


def _retry(state: DeskState, block: Block) -> list[AnyEvent]:
    """Return fresh slices, or the end of the block when nothing or no attempt is left.

    A block whose every leg is halted waits for the next price after the halt.  With one leg that is
    not, it goes on whole: a reduction under way is not torn apart.
    """
    if block.is_done:
        return []
    if state.trading_states and all(state.is_halted(line.path) for line in block.lines):
        return []
    works = any(order.is_live for order in block.slices.values())
    unrouted = _unrouted_lots(block)
    if unrouted <= 0:
        if works:
            return []
        return [BlockOrderDone(block_id=block.block_id, unfilled_lots=block.missing_lots)]
    if block.attempts_used < _attempts_max(state, block):
        return _route_slices(state, block, unrouted, attempt=block.attempts_used + 1)
    return [] if works else _give_up(block, f"after {block.attempts_used} attempts")


def _give_up(block: Block, why: str) -> list[AnyEvent]:
    missing = block.missing_lots
    detail = f"{missing} lots of {block.contract_id} were not reduced {why}"
    return [
        BlockOrderDone(block_id=block.block_id, unfilled_lots=missing),
        OperatorCalled(subject=f"block {block.block_id}", detail=detail),
    ]


def follow_slice_ended(state: DeskState, event: OrderEnded) -> list[AnyEvent]:
    """Give a block up when its last slice ended and no attempt is left.

    A fresh slice waits for the next price or session: the venue's refusal came at this price.
    """
    order = state.orders.get(event.order_id)
    block = order.block if order is not None else None
    if block is None or block.is_done or state.contracts[block.contract_id].is_expired:
        return []
    if block.attempts_used >= _attempts_max(state, block):
        return _retry(state, block)
    return []


def follow_block_done(state: DeskState, event: BlockOrderDone) -> list[AnyEvent]:
    """Route blocks of the other side that waited for this one's slices to end.

    Two blocks of one owner never work against each other: the later one waits.
    """
    if not state.risk.self_match.is_stated:
        return []
    return [
        following
        for _, block in sorted(state.blocks.items())
        if not block.slices
        for following in _retry(state, block)
    ]


def follow_session_opened(state: DeskState, event: SessionOpened) -> list[AnyEvent]:
    """Route what waited for the venue to open."""
    events: list[AnyEvent] = []
    for hours in state.venues[event.venue_id].all_hours:
        events += _retry_all(state, hours)
    return events


def _retry_all(state: DeskState, hours: Hours) -> list[AnyEvent]:
    """Return fresh slices of the blocks in contracts that keep these hours, while they are open."""
    events: list[AnyEvent] = []
    if hours.phase is not Phase.OPEN:
        return events
    for _, block in sorted(state.blocks.items()):
        if state.contracts[block.contract_id].hours is hours:
            events += _retry(state, block)
    return events


def follow_phase_entered(state: DeskState, event: PhaseEntered) -> list[AnyEvent]:
    """Route what waited for trading to begin or to go on."""
    return _retry_all(state, state.venues[event.venue_id])


def follow_product_phase_entered(state: DeskState, event: ProductPhaseEntered) -> list[AnyEvent]:
    """Route what waited for products with hours of their own to trade."""
    return _retry_all(state, state.venues[event.venue_id].hours_of(event.product_ids[0]))


def follow_prices_marked(state: DeskState, event: PricesMarked) -> list[AnyEvent]:
    """Slice unrouted lots anew, and re-price slices that the market has left behind."""
    if not state.blocks:
        return []
    marked = {mark.contract_id for mark in event.marks}
    events: list[AnyEvent] = []
    for _, block in sorted(state.blocks.items()):
        phase = state.contracts[block.contract_id].hours.phase
        if block.contract_id in marked and phase is Phase.OPEN:
            events += _retry(state, block)
            events += _reprice(state, block)
    return events


def _reprice(state: DeskState, block: Block) -> list[AnyEvent]:
    contract = state.contracts[block.contract_id]
    limit = band_price_nanos(contract, block.side)
    if limit is None:
        return []
    return [
        ReplaceRequested(
            order_id=order.order_id,
            terms=order.terms,
            quantity_lots=order.quantity_lots,
            limit_price_nanos=limit,
        )
        for _, order in sorted(block.slices.items())
        if _is_left_behind(order, contract)
    ]


def _is_left_behind(order: Order, contract: ContractState) -> bool:
    """Return whether the mark lies beyond a working slice's limit, where it cannot fill."""
    price, mark = order.limit_price_nanos, contract.mark_nanos
    if price is None or mark is None or not order.is_live or order.is_in_doubt:
        return False
    if order.pending is not Pending.NOTHING or order.state == 0:
        return False
    return mark < price if order.terms.side is Side.SELL else mark > price


def follow_contract_expired(state: DeskState, event: ContractExpired) -> list[AnyEvent]:
    """End the blocks of a contract that is gone: its positions were settled for good."""
    return [
        BlockOrderDone(block_id=block.block_id, unfilled_lots=block.missing_lots)
        for _, block in sorted(state.blocks.items())
        if block.contract_id == event.contract_id and not block.is_done
    ]
