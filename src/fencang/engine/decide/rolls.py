"""A roll: two orders that pass every check together, or neither leaves.

The near leg is a reduction and skips what measures exposure; the far leg opens and is asked
everything, as if the near leg were not there: it may be filled first.  So limits and margin on the
product count both contracts until the near leg is filled, which is conservative.
"""

from fencang.engine.accounts import ContractState, Line
from fencang.engine.decide.ask import Ask, ask_of_submit
from fencang.engine.decide.entry import accepted, checked, entry_line, order_rejected
from fencang.engine.decide.queueing import queued
from fencang.engine.decide.self_match import waits_refusal
from fencang.engine.decide.tier import has_tiers, tier_check
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent
from fencang.messages.life_commands import RollPosition
from fencang.messages.life_events import RollStarted
from fencang.messages.message import Offset, OrderType, Side
from fencang.messages.reasons import Reason
from fencang.refdata.account import PositionMode

__all__ = ["decide_roll", "roll_asks"]


def decide_roll(state: DeskState, command: RollPosition, *, is_due: bool = False) -> list[AnyEvent]:
    """Accept and route both legs, or refuse the roll whole.

    Under a tier of the next trading day it waits as a whole, unless it ``is_due``.
    """
    near, far = _legs(state, command)
    refusal = _pair_refusal(state, command)
    if refusal is not None:
        return [order_rejected(near, refusal)]
    if not is_due and has_tiers(state):
        dated = _queued(state, command, near, far)
        if dated is not None:
            return [dated]
    asks = []
    for leg, word in ((near, "near"), (far, "far")):
        found = checked(state, leg, opens=leg is far, is_due=is_due)
        if isinstance(found, tuple):
            reason, node_id, limit, value, detail = found
            told = (reason, node_id, limit, value, f"{word} leg: {detail}")
            return [order_rejected(leg, told)]
        waits = waits_refusal(found)
        if waits is not None:
            return [order_rejected(leg, waits)]
        asks.append(found)
    return _started(state, command, *asks)


def _queued(
    state: DeskState, command: RollPosition, near: SubmitOrder, far: SubmitOrder
) -> AnyEvent | None:
    """Let a roll wait that its tier refuses nothing but the day; None: the ladder has its say."""
    sub = state.subs.get(command.sub_account_id)
    if sub is None or sub.tier is None or not sub.tier.is_dated:
        return None
    for leg in (near, far):
        line = entry_line(state, leg)
        if isinstance(line, tuple):
            return None
        refusal = tier_check(ask_of_submit(state, leg, line, opens=leg is far))
        if refusal is not None:
            if refusal[0] is not Reason.TIER_NEXT_TRADING_DAY:
                return None
            found = queued(state, command, sub, line.contract)
            return order_rejected(leg, found) if isinstance(found, tuple) else found
    return None


def roll_asks(state: DeskState, command: RollPosition) -> list[Ask | NodeRefusal]:
    """Return what both legs ask for, or why there is nothing to ask."""
    refusal = _pair_refusal(state, command)
    if refusal is not None:
        return [refusal]
    near, far = _legs(state, command)
    asks: list[Ask | NodeRefusal] = []
    for leg in (near, far):
        line = entry_line(state, leg)
        is_far = leg is far
        asks.append(
            line if isinstance(line, tuple) else ask_of_submit(state, leg, line, opens=is_far)
        )
    return asks


def _legs(state: DeskState, command: RollPosition) -> tuple[SubmitOrder, SubmitOrder]:
    """Return the two orders of a roll."""
    offset = Offset.OPEN if _is_gross(state, command) else Offset.NET
    near, far = (
        SubmitOrder(
            sub_account_id=command.sub_account_id,
            client_order_id=f"{command.client_roll_id}:{word}",
            contract_id=contract_id,
            side=side,
            quantity_lots=command.quantity_lots,
            order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
            limit_price_nanos=price,
            offset=own,
            time_in_force=command.time_in_force,
            expire_day=command.expire_day,
            interface=command.interface,
        )
        for word, contract_id, side, price, own in (
            (
                "near",
                command.from_contract_id,
                command.side.opposite,
                command.near_price_nanos,
                command.offset,
            ),
            ("far", command.to_contract_id, command.side, command.far_price_nanos, offset),
        )
    )
    return near, far


def _is_gross(state: DeskState, command: RollPosition) -> bool:
    """Return whether the account that takes the far leg keeps both sides apart."""
    sub, contract = state.subs.get(command.sub_account_id), _far(state, command)
    if sub is None or contract is None:
        return False
    carrying_id = state.route(sub, contract.product.venue_id)
    if carrying_id is None:
        return False
    return state.carrying[carrying_id].account.position_mode is PositionMode.GROSS


def _far(state: DeskState, command: RollPosition) -> ContractState | None:
    return state.contracts.get(command.to_contract_id)


def _pair_refusal(state: DeskState, command: RollPosition) -> NodeRefusal | None:
    """Refuse contracts that no roll joins, and a near leg that closes nothing."""
    sub = state.subs.get(command.sub_account_id)
    near, far = state.contracts.get(command.from_contract_id), _far(state, command)
    if sub is None or near is None or far is None:
        return None  # the ladder says which
    names = f"{command.from_contract_id} to {command.to_contract_id}"
    if near is far or near.product is not far.product:
        detail = f"{names}: a roll goes to another contract of the same product"
        return Reason.ROLL_CONTRACTS, command.sub_account_id, 0, 0, detail
    if near.contract.right is not far.contract.right:
        detail = f"{names}: a roll stays on the same right"
        return Reason.ROLL_CONTRACTS, command.sub_account_id, 0, 0, detail
    ends, later = near.contract.last_trading_day, far.contract.last_trading_day
    if ends is not None and later is not None and later <= ends:
        detail = f"{names}: the last trading day {later} is no later than {ends}"
        return Reason.ROLL_CONTRACTS, command.sub_account_id, 0, 0, detail
    carrying_id = state.route(sub, near.product.venue_id)
    line = sub.lines.get((carrying_id, command.from_contract_id)) if carrying_id else None
    return _closing_refusal(command, line) if carrying_id else None


def _closing_refusal(command: RollPosition, line: Line | None) -> NodeRefusal | None:
    """Refuse a near leg that does not close, or that no free lots of its own cover."""
    if command.offset is Offset.OPEN:
        detail = "the near leg closes lots, OPEN opens them"
        return Reason.OFFSET_MISMATCH, command.sub_account_id, 0, int(command.offset), detail
    closing = command.side.opposite
    free = line.open_lots(closing) - line.closing_lots(closing) if line is not None else 0
    if command.quantity_lots <= free:
        return None
    word = "long" if command.side is Side.BUY else "short"
    detail = f"{max(0, free)} lots {word} of {command.from_contract_id} can be rolled"
    node, wanted = command.sub_account_id, command.quantity_lots
    return Reason.ROLL_LOTS_TOO_FEW, node, max(0, free), wanted, detail


def _started(state: DeskState, command: RollPosition, near: Ask, far: Ask) -> list[AnyEvent]:
    roll_id = state.new_order_id()
    near_events, far_events = accepted(near, roll_id), accepted(far, roll_id)
    started = RollStarted(
        roll_id=roll_id,
        sub_account_id=command.sub_account_id,
        client_roll_id=command.client_roll_id,
        carrying_account_id=near.line.carrying_account_id,
        from_contract_id=command.from_contract_id,
        to_contract_id=command.to_contract_id,
        side=command.side,
        quantity_lots=command.quantity_lots,
        near_order_id=near_events[0].order_id,
        far_order_id=far_events[0].order_id,
    )
    events: list[AnyEvent] = [started, *near.cancels, *far.cancels, *near_events, *far_events]
    return [*events, *near.notices, *far.notices]
