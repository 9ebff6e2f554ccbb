"""What an order may add to positions: parameters known, delivery far, every node's limit kept."""

from collections.abc import Sequence

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.delivery import is_guarded
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryPolicy

__all__ = ["guard_check", "parameters_check", "position_check", "position_limit_refusal"]


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
    """Refuse lots that take the worst case of a side beyond the limit of a node."""
    line = ask.line
    return position_limit_refusal(ask.state, line.limit_nodes, line, ask.side, ask.added_lots)


def position_limit_refusal(
    state: DeskState, nodes: Sequence[LimitNode], line: Line, side: Side, added_lots: int
) -> NodeRefusal | None:
    """Refuse lots that take the worst case of a side beyond the limit of one of the nodes."""
    is_buy, is_gross = side is Side.BUY, line.is_gross
    limits = state.limits
    for node in nodes:
        limit = node.limit(limits)
        worst = node.worst_lots(added_lots, is_buy=is_buy, is_gross=is_gross)
        largest = limit.long_lots_max if is_buy else limit.short_lots_max
        if worst > largest:
            direction = "long" if is_buy else "short"
            detail = (
                f"worst case {worst} lots {direction} in {node.scope_ids[0]} exceeds "
                f"{largest} lots set at {limit.set_by}"
            )
            return Reason.POSITION_LIMIT, node.path[0], largest, worst, detail
    return None
