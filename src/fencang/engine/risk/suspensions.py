"""What suspends liquidation where: a node's own trouble, its owner's margin, a contract's price."""

from fencang.engine.accounts import Line
from fencang.engine.orders import Block
from fencang.engine.risk.liquidations import liquidated_node
from fencang.engine.state import DeskState
from fencang.messages.loss_events import Suspension
from fencang.refdata.account import side_node_of

__all__ = ["is_blocked", "is_withheld", "path_of"]


def is_blocked(state: DeskState, node_id: str) -> bool:
    """Return whether a node's liquidation may neither begin nor go on."""
    suspensions = state.risk.losses.liquidations.suspensions
    if not suspensions:
        return False
    above = path_of(state, node_id)
    return any(_blocks(state, key, cause, node_id, above) for key, cause in sorted(suspensions))


def _blocks(
    state: DeskState, key: str, cause: Suspension, node_id: str, above: tuple[str, ...]
) -> bool:
    """Return whether one suspension holds back the whole of a node's liquidation."""
    match cause:
        case Suspension.MARGIN_JUMP | Suspension.EQUITY_JUMP:
            is_master = state.master is not None and node_id == state.master.master_account_id
            return is_master or key in above
        case Suspension.PRICE_JUMP:
            contract = state.contracts[key.removeprefix("contract:")]
            lines = contract.sorted_lines()
            return any(not line.exposure.is_flat and _is_below(line, node_id) for line in lines)
        case Suspension.PAUSED:
            return key in above
        case Suspension.NOT_FILLED:
            return key == node_id
        case Suspension.PRICE_STALE | Suspension.BUDGET:
            return False  # other contracts go on, and what works for the budget too


def path_of(state: DeskState, node_id: str) -> tuple[str, ...]:
    """Return a node and all above it, its owner among them."""
    assert state.master is not None
    sub = state.subs.get(node_id)
    if sub is not None:
        return (*sub.path, f"person:{sub.definition.owner_id}")
    master_id = state.master.master_account_id
    return (node_id, master_id) if side_node_of(node_id) is not None else (master_id,)


def _is_below(line: Line, node_id: str) -> bool:
    return node_id in line.path


def is_withheld(state: DeskState, block: Block) -> bool:
    """Return whether a block order is of a liquidation that may not go on."""
    node_id = liquidated_node(block.rule_id)
    if not node_id:
        return False
    running = state.risk.losses.liquidations.running
    return node_id not in running or is_blocked(state, node_id)
