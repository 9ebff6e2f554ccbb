"""What an order may add to positions: parameters known, delivery far, every node's limit kept."""

from collections.abc import Container, Iterator

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.limit_warnings import warn_of_position
from fencang.engine.delivery import is_guarded
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.position_limits import ANY_SCOPE
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryPolicy
from fencang.refdata.limit import PositionLimit

__all__ = [
    "guard_check",
    "parameters_check",
    "position_check",
    "position_evaluations",
    "position_limit_refusal",
]


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
    if guard.policy is not DeliveryPolicy.ALLOW and is_guarded(contract, DeliveryPolicy.BLOCK):
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
    is_buy, is_gross, state = ask.side is Side.BUY, line.is_gross, ask.state
    for node in line.limit_nodes:
        worst = node.worst_lots(added, is_buy=is_buy, is_gross=is_gross)
        most, told_at, ended_below = node.bound(state, is_buy=is_buy)
        if worst > most:
            return _refusal(state, node, worst, is_buy=is_buy)
        if worst >= told_at or worst - added < ended_below:
            warn_of_position(ask.notices, state, node, worst, added, is_buy=is_buy)
    for node, parts in line.group_nodes:
        more = added * parts
        worst = node.worst_lots(more, is_buy=is_buy, is_gross=is_gross)
        most, told_at, ended_below = node.bound(state, is_buy=is_buy)
        if worst > most:
            return _refusal(state, node, worst, is_buy=is_buy)
        if worst >= told_at or worst - more < ended_below:
            warn_of_position(ask.notices, state, node, worst, more, is_buy=is_buy)
    return None


def position_limit_refusal(
    state: DeskState, line: Line, besides: Container[str], side: Side, added_lots: int
) -> NodeRefusal | None:
    """Refuse lots beyond the limit of one of a line's nodes, but for those that are named."""
    is_buy = side is Side.BUY
    for node, parts in (*((node, 1) for node in line.limit_nodes), *line.group_nodes):
        if node.path[0] not in besides:
            worst = node.worst_lots(added_lots * parts, is_buy=is_buy, is_gross=line.is_gross)
            if worst > node.bound(state, is_buy=is_buy)[0]:
                return _refusal(state, node, worst, is_buy=is_buy)
    return None


def position_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield every node's limit and the worst case that the order makes there, in order."""
    line, is_buy = ask.line, ask.side is Side.BUY
    for node, parts in (*((node, 1) for node in line.limit_nodes), *line.group_nodes):
        worst = node.worst_lots(ask.added_lots * parts, is_buy=is_buy, is_gross=line.is_gross)
        reason, node_id, largest, value, detail = _refusal(ask.state, node, worst, is_buy=is_buy)
        yield Evaluation(
            "position limit",
            reason,
            node_id,
            node.scope_ids[0],
            largest,
            value,
            "lots",
            passes=value <= largest,
            detail="" if value <= largest else detail,
        )


def _refusal(state: DeskState, node: LimitNode, worst: int, *, is_buy: bool) -> NodeRefusal:
    node.bound(state, is_buy=is_buy)
    limit, scope_id = node.limit, node.scope_ids[0]
    largest = limit.long_lots_max if is_buy else limit.short_lots_max
    direction, lots = "long" if is_buy else "short", -(-worst // node.scale)
    scope_ids = (*node.scope_ids, ANY_SCOPE)
    under = state.risk.overrides.words(PositionLimit.__name__, limit.set_by, scope_ids)
    detail = (
        f"worst case {lots} lots {direction} in {scope_id} exceeds "
        f"{largest} lots set at {limit.set_by}{under}"
    )
    return Reason.POSITION_LIMIT, node.path[0], largest, lots, detail
