"""Which orders stand under a node, for whoever cancels them: kill switch, deadline, mass cancel."""

from collections.abc import Iterator, Mapping

from fencang.engine.accounts import SubState
from fencang.engine.orders import Order
from fencang.engine.state import DeskState
from fencang.refdata.account import side_node_of

__all__ = ["has_node", "orders_under", "subs_under"]


def has_node(state: DeskState, node_id: str) -> bool:
    """Return whether dealing can stand under a node: of the account tree, or beside it."""
    beside = side_node_of(node_id)
    if beside is not None:
        kind, identifier = beside
        kinds: dict[str, Mapping[str, object]]
        kinds = {"carrying": state.carrying, "venue": state.venues, "person": state.persons}
        return identifier in kinds[kind]
    is_master = state.master is not None and node_id == state.master.master_account_id
    return is_master or node_id in state.subs


def subs_under(state: DeskState, node_id: str) -> list[SubState]:
    """Return the sub-accounts that may have dealing under a node, by identifier."""
    beside = side_node_of(node_id) is not None
    return [
        state.subs[key] for key in sorted(state.subs) if beside or node_id in state.subs[key].path
    ]


def orders_under(state: DeskState, node_id: str) -> Iterator[Order]:
    """Yield the orders at work under a node, of one sub-account after another, by number.

    Slices of the desk's own block orders are of no sub-account and not among them.
    """
    for sub in subs_under(state, node_id):
        for _, order in sorted(sub.working.items()):
            assert order.line is not None
            if node_id in order.line.path:
                yield order
