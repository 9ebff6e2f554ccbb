"""Whether the nodes an order stands under take it now: trading states, messages, orders at work."""

from typing import Final

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.limit_warnings import WORKING_ORDERS, warn
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason

__all__ = ["message_check", "state_check", "state_refusal", "working_check"]

_HALTED: Final = TradingState.HALTED
_REDUCE_ONLY: Final = TradingState.REDUCE_ONLY
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def state_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what trading states, rules in force or an over-granted owner do not allow."""
    return state_refusal(ask.state, ask.line, reduces=ask.reduces)


def message_check(ask: Ask) -> NodeRefusal | None:
    """Refuse one message too many; a reducing order, and what makes an order smaller, pass."""
    order = ask.order
    if order is None:
        if ask.reduces:
            return None
    elif ask.stays_reducing or ask.quantity_lots < order.quantity_lots:
        return None
    return ask.state.flow.message_refusal(ask.line.path, ask.state.time_ns, is_due=ask.is_due)


def working_check(ask: Ask) -> NodeRefusal | None:
    """Refuse an order that would be one too many at work; warn before."""
    if ask.order is not None:
        return None
    flow, path, warnings = ask.state.flow, ask.line.path, ask.state.risk.warnings
    refusal = flow.working_refusal(path)
    if refusal is None and warnings.table.rows:
        for row in flow.rows_of(path):
            most, node_id = row.working_orders_max, row.node_id
            if most is None:
                continue
            orders, bounds = flow.working[node_id], warnings.counts.get(node_id)
            if bounds is None or bounds[0] != most:
                bounds = warnings.count_of(node_id, ask.state.path_above(node_id), most)
            if orders + 1 >= bounds[1] or orders < bounds[2]:
                warn(ask, WORKING_ORDERS, node_id, "", "", most, orders + 1, orders)
    return refusal


def state_refusal(state: DeskState, line: Line, *, reduces: bool) -> NodeRefusal | None:
    """Refuse what trading states, rules in force or an over-granted owner do not allow."""
    sub = line.sub
    sub_id = sub.sub_account_id
    if state.trading_states:
        strictest, node = state.trading_state(line.path)
        if strictest is _HALTED:
            return Reason.TRADING_HALTED, node, 0, 0, f"{node} is halted; cancels still pass"
        if strictest is _REDUCE_ONLY and not reduces:
            return Reason.REDUCE_ONLY, node, 0, 0, f"{node} may only reduce"
    if reduces:
        return None
    if sub.blocked_by:
        detail = f"rule {sub.blocked_by} blocks opening until it re-arms"
        return Reason.OPENING_BLOCKED_BY_RULE, sub_id, 0, 0, detail
    if sub.pool.is_over_granted:
        detail = f"deficits of {sub.pool.owner_id}'s sub-accounts exceed its reserve"
        return Reason.OVER_GRANTED, sub.pool.owner_id, 0, 0, detail
    return None
