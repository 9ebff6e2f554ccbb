"""Which limit nodes a line counts in: those of the account tree, those beside it, and groups.

On the tree every node has one for the contract and one for the product, because unset inherits and
the root states all.  Beside it, and in groups of products, a node is there only where a limit is
stated: what is not stated is not asked.  When such a limit comes, what is held and what works is
counted anew.
"""

from typing import TYPE_CHECKING, NamedTuple

from fencang.engine.limit_nodes import LimitNode
from fencang.engine.risk.envelopes import count_in_nodes
from fencang.limits.row_scopes import ANY_SCOPE
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.account import side_node_of, side_nodes
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup

if TYPE_CHECKING:
    from fencang.engine.accounts import ContractState, Line
    from fencang.engine.state import DeskState

__all__ = [
    "LimitLinks",
    "link_limits",
    "moves_limits",
    "open_told_nodes",
    "relink_limits",
    "suspense_links",
]


class LimitLinks(NamedTuple):
    """Nodes that count lots as they are, and nodes of groups with what one lot counts there."""

    nodes: tuple[LimitNode, ...]
    groups: tuple[tuple[LimitNode, int], ...] = ()

    def change(
        self, long_lots: int, short_lots: int, buys: int, sells: int, *, is_gross: bool
    ) -> None:
        """Change open and working lots at every node."""
        for node in self.nodes:
            exposure = node.exposure(is_gross=is_gross)
            exposure.change(long_lots, short_lots, buys, sells)
        for node, parts in self.groups:
            exposure = node.exposure(is_gross=is_gross)
            exposure.change(long_lots * parts, short_lots * parts, buys * parts, sells * parts)


def links_of(
    state: "DeskState",
    path: tuple[str, ...],
    beside: tuple[str, ...],
    contract: "ContractState",
) -> LimitLinks:
    """Return every node over ``path[0]`` and beside it, contract before product, groups last."""
    contract_id, product_id = contract.contract.contract_id, contract.product.product_id
    scopes = ((contract_id, product_id), (product_id,))
    on_tree = [path[depth:] for depth in range(len(path))]
    others = [(node_id,) for node_id in beside]
    nodes = [_node(state, above, scope_ids) for above in on_tree for scope_ids in scopes]
    limits = state.limits
    nodes += [
        _node(state, other, scope_ids)
        for other in others
        for scope_ids in scopes
        if limits.row_of(other, (*scope_ids, ANY_SCOPE)) is not None
    ]
    groups = tuple(
        (_node(state, above, (group_id,), is_group=True), ratio_ppm)
        for group_id, ratio_ppm in state.risk.limit_groups.holding(contract_id, product_id)
        for above in (*on_tree, *others)
        if limits.row_of(above, (group_id,)) is not None
    )
    return LimitLinks(tuple(nodes), groups)


def _node(
    state: "DeskState",
    path: tuple[str, ...],
    scope_ids: tuple[str, ...],
    *,
    is_group: bool = False,
) -> LimitNode:
    key = path[0], scope_ids
    found = state.limit_nodes.get(key)
    if found is None:
        found = state.limit_nodes[key] = LimitNode(path, scope_ids, is_group=is_group)
    return found


def link_limits(state: "DeskState", line: "Line") -> None:
    """Let a line count in its nodes from now on; what it holds is not counted yet."""
    beside = line.path[len(line.sub.path) :]
    links = links_of(state, line.sub.path, beside, line.contract)
    line.take_limits(links)


def suspense_links(state: "DeskState", carrying_id: str, contract: "ContractState") -> LimitLinks:
    """Return the nodes that a carrying account's suspended lots count in: nobody's are the root's.

    They are the carrying account's, the venue's and the holder's too.
    """
    assert state.master is not None
    holder_id = state.carrying[carrying_id].account.holder_id
    beside = side_nodes(carrying_id, contract.product.venue_id, holder_id)
    return links_of(state, (state.master.master_account_id,), beside, contract)


def moves_limits(state: "DeskState", item: DeskItem) -> bool:
    """Return whether lines may count in other nodes after a definition."""
    match item:
        case LimitGroup():
            return True
        case PositionLimit(node_id=node_id, scope_id=scope_id):
            return side_node_of(node_id) is not None or scope_id in state.risk.limit_groups.rows
        case _:
            return False


def open_told_nodes(state: "DeskState") -> None:
    """Let every node be there that a warning was told of, though nothing counts in it any more.

    Whether a told level has ended is asked of nodes, and which lines are open is no state.
    """
    for reason, node_id, scope_id, _ in sorted(state.risk.warnings.told):
        if reason != Reason.POSITION_LIMIT:
            continue
        contract = state.contracts.get(scope_id)
        scope_ids = (scope_id,) if contract is None else (scope_id, contract.product.product_id)
        is_group = scope_id in state.risk.limit_groups.rows
        _node(state, state.path_above(node_id), scope_ids, is_group=is_group)


def relink_limits(state: "DeskState") -> None:
    """Count all lots anew, in the nodes that are stated now."""
    state.limit_nodes.clear()
    for sub in state.subs.values():
        for line in sub.lines.values():
            link_limits(state, line)
            held = line.exposure
            links = LimitLinks(line.limit_nodes, line.group_nodes)
            # What envelopes reserve over several contracts counts once where these meet.
            buys = held.buy_lots - line.enveloped[Side.BUY]
            sells = held.sell_lots - line.enveloped[Side.SELL]
            links.change(held.long_lots, held.short_lots, buys, sells, is_gross=line.is_gross)
    for envelope in state.risk.envelopes.open.values():
        count_in_nodes(envelope, envelope.reserved_lots)
    for carrying_id, carrying in state.carrying.items():
        for contract_id, position in carrying.suspense.positions.items():
            links = suspense_links(state, carrying_id, state.contracts[contract_id])
            lots = position.long_lots, position.short_lots, 0, 0
            links.change(*lots, is_gross=carrying.is_gross)
    open_told_nodes(state)
