"""Reductions: what a rule or the delivery guard says must go, as block orders per account and side.

For each line the shortfall is open lots − lots that may stay − closing lots already working.
Working closes count although they are being cancelled: their lots are frozen, and when the cancel
is confirmed the shortfall is computed anew and the rest goes out.  Late fills are counted the same
way.  So the cut is complete in the end and never crosses zero.
"""

from fencang.engine.accounts import NOTHING_KEPT, Line, LineKey, SubState
from fencang.engine.delivery import DELIVERY_GUARD, is_closing
from fencang.engine.flows.blocks import first_slices
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AnyEvent,
    BlockLeg,
    BlockOrderCreated,
    OperatorCalled,
)
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import DeliveryPolicy
from fencang.rules.indicator import lots_kept

__all__ = [
    "block_order",
    "cut",
    "cut_lines",
    "recut",
]

Legs = dict[LineKey, list[tuple[Line, int]]]


def cut(state: DeskState, subs: list[SubState]) -> list[AnyEvent]:
    """Return the block orders (with their first slices) that bring accounts to what may stay."""
    return cut_lines(state, [(sub, sub.sorted_lines()) for sub in subs])


def cut_lines(
    state: DeskState, parts: list[tuple[SubState, list[Line]]], name: str = ""
) -> list[AnyEvent]:
    """Return the block orders that bring lines to what may stay.

    ``name`` is what the blocks stand under, where it is no rule that asks for them.
    """
    sells: Legs = {}
    buys: Legs = {}
    halted = []
    for sub, lines in parts:
        if state.trading_states:
            stopped = [line for line in lines if state.is_halted(line.path)]
            if any(not line.position.is_flat for line in stopped):
                halted.append(sub)
            lines = [line for line in lines if not state.is_halted(line.path)]  # noqa: PLW2901
        _add_legs(sub, lines, sells, buys)
    events: list[AnyEvent] = []
    for key in sorted({**sells, **buys}):
        for side, legs in ((Side.BUY, buys.get(key)), (Side.SELL, sells.get(key))):
            if legs is not None:
                events += block_order(state, key, side, legs, name)
    for sub in halted:
        who = "the delivery guard" if name == DELIVERY_GUARD else f"rule {sub.blocked_by}"
        detail = f"{who} cannot cut a halted sub-account; its positions stand"
        events.append(OperatorCalled(subject=sub.sub_account_id, detail=detail))
    return events


def _add_legs(sub: SubState, lines: list[Line], sells: Legs, buys: Legs) -> None:
    """Add what each line lacks.  A firing over 1,000 accounts comes here 20,000 times."""
    # With one rule in force, the ordinary case, its reference is read without a call per line.
    only = sub.holding[0] if len(sub.holding) == 1 else None
    positions = only.positions[sub.sub_account_id] if only is not None else {}
    keep_ppm = only.rule.keep_ppm if only is not None else 0
    for line in lines:
        exposure = line.exposure
        long_lots, short_lots = exposure.long_lots, exposure.short_lots
        if not (long_lots or short_lots):
            continue
        if only is None:
            kept_long, kept_short = sub.kept_of(line.key)
        else:
            reference = positions.get(line.key, NOTHING_KEPT)
            kept_long = lots_kept(reference[0], keep_ppm) if long_lots else 0
            kept_short = lots_kept(reference[1], keep_ppm) if short_lots else 0
        if line.contract.product.delivery_guard.policy is DeliveryPolicy.CLOSE:
            kept_long = 0 if is_closing(line.contract, is_long=True) else kept_long
            kept_short = 0 if is_closing(line.contract, is_long=False) else kept_short
        if long_lots > kept_long:
            closing = line.closing_lots(Side.SELL)
            shortfall = long_lots - kept_long - closing
            if shortfall > 0:
                sells.setdefault(line.key, []).append((line, shortfall))
        if short_lots > kept_short:
            closing = line.closing_lots(Side.BUY)
            shortfall = short_lots - kept_short - closing
            if shortfall > 0:
                buys.setdefault(line.key, []).append((line, shortfall))


def block_order(
    state: DeskState, key: LineKey, side: Side, legs: list[tuple[Line, int]], name: str
) -> list[AnyEvent]:
    """Return a block order, by default named after the rule over its first leg, with its slices."""
    carrying_id, contract_id = key
    created = BlockOrderCreated(
        block_id=state.new_order_id(),
        rule_id=name or legs[0][0].sub.blocked_by,
        carrying_account_id=carrying_id,
        contract_id=contract_id,
        side=side,
        offset=Offset.CLOSE if legs[0][0].is_gross else Offset.NET,
        legs=tuple(
            BlockLeg(sub_account_id=line.sub.sub_account_id, quantity_lots=lots)
            for line, lots in legs
        ),
    )
    return [created, *first_slices(state, created)]


def recut(state: DeskState, lines: list[Line]) -> list[AnyEvent]:
    """Return the block orders that bring lines under a rule to what may stay, cut together."""
    parts: dict[str, tuple[SubState, list[Line]]] = {}
    for line in lines:
        if line.sub.holding:
            parts.setdefault(line.sub.sub_account_id, (line.sub, []))[1].append(line)
    return cut_lines(state, list(parts.values()))
