"""What an order may add to positions: parameters known, delivery far, every node's limit kept."""

from collections.abc import Container, Iterator
from typing import Final

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.limit_warnings import news_of_node
from fencang.engine.delivery import is_guarded
from fencang.engine.limit_nodes import LimitNode, outside_bounds
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.row_scopes import ANY_SCOPE
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryPolicy
from fencang.refdata.limit import PositionLimit

__all__ = [
    "guard_check",
    "parameters_check",
    "position_check",
    "position_limit_refusal",
    "worst_cases",
]

_BUY: Final = Side.BUY
_ALLOW: Final = DeliveryPolicy.ALLOW
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def parameters_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what nothing says the margin of."""
    contract = ask.line.contract
    if contract.lacks_parameters and not contract.product.fallback_margin:
        detail = f"the SPAN file in force has no contract {contract.contract.margin_key}"
        return Reason.MARGIN_PARAMETERS_MISSING, contract.product.venue_id, 0, 0, detail
    if contract.product.option is not None and not contract.is_span_margined:
        detail = f"{contract.contract.contract_id} is an option and no SPAN file margins it"
        return Reason.MARGIN_PARAMETERS_MISSING, contract.product.venue_id, 0, 0, detail
    return None


def guard_check(ask: Ask) -> NodeRefusal | None:
    """Refuse to open what may be delivered."""
    contract = ask.line.contract
    guard = contract.product.delivery_guard
    if guard.policy is not _ALLOW and is_guarded(contract, DeliveryPolicy.BLOCK):
        definition = contract.contract
        detail = (
            f"{definition.contract_id} may be delivered from "
            f"{definition.first_notice_day or definition.last_trading_day} on; "
            "positions are only reduced before"
        )
        return Reason.DELIVERY_GUARD, contract.product.venue_id, 0, 0, detail
    return None


def position_check(ask: Ask) -> NodeRefusal | None:
    """Refuse lots that take the worst case of a side beyond the limit of a node; warn before."""
    line, added = ask.line, ask.added_lots
    is_buy, is_gross, state = ask.side is _BUY, line.is_gross, ask.state
    loud = outside_bounds(line.limit_nodes, state, added, is_buy=is_buy, is_gross=is_gross)
    for node, worst in loud:
        if worst > node.lots_max(is_buy=is_buy):
            return _refusal(state, node, worst, is_buy=is_buy)
        ask.notices += news_of_node(state, node, worst, added, is_buy=is_buy)
    for in_group, parts in line.group_nodes:
        more = added * parts
        loud = outside_bounds((in_group,), state, more, is_buy=is_buy, is_gross=is_gross)
        for node, worst in loud:
            if worst > node.lots_max(is_buy=is_buy) * node.scale:
                return _refusal(state, node, worst, is_buy=is_buy)
            ask.notices += news_of_node(state, node, worst, more, is_buy=is_buy)
    return None


def position_limit_refusal(
    state: DeskState, line: Line, besides: Container[str], side: Side, added_lots: int
) -> NodeRefusal | None:
    """Refuse lots beyond the limit of one of a line's nodes, but for those that are named."""
    is_buy = side is _BUY
    for node, worst in worst_cases(state, line, side, added_lots):
        if node.path[0] not in besides and worst > node.lots_max(is_buy=is_buy) * node.scale:
            return _refusal(state, node, worst, is_buy=is_buy)
    return None


def worst_cases(
    state: DeskState, line: Line, side: Side, added_lots: int
) -> Iterator[tuple[LimitNode, int]]:
    """Yield every node of a line, and its worst case in lots or a group's parts with more lots."""
    is_buy, is_gross = side is _BUY, line.is_gross
    for node, parts in (*((node, 1) for node in line.limit_nodes), *line.group_nodes):
        node.refresh(state)
        yield node, node.worst_lots(added_lots * parts, is_buy=is_buy, is_gross=is_gross)


def _refusal(state: DeskState, node: LimitNode, worst: int, *, is_buy: bool) -> NodeRefusal:
    limit, scope_id = node.limit, node.scope_ids[0]
    largest, lots = node.lots_max(is_buy=is_buy), -(-worst // node.scale)
    direction = "long" if is_buy else "short"
    scope_ids = (*node.scope_ids, ANY_SCOPE)
    under = state.risk.overrides.words(PositionLimit.__name__, limit.set_by, scope_ids)
    detail = (
        f"worst case {lots} lots {direction} in {scope_id} exceeds "
        f"{largest} lots set at {limit.set_by}{under}"
    )
    return Reason.POSITION_LIMIT, node.path[0], largest, lots, detail
