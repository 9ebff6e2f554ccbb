"""The laws of mass cancels that go on: bounded, in order, of nodes that are there."""

from collections.abc import Iterator

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.engine.decide.node_orders import has_node
from fencang.engine.risk.mass_cancels import MASS_CANCELS_MAX
from fencang.engine.state import DeskState

__all__ = ["mass_cancels_go_on_in_order"]


def mass_cancels_go_on_in_order(state: DeskState) -> Iterator[str]:
    """What goes on is bounded and in order, and has asked an order that came before it."""
    going_on = state.risk.mass_cancels.going_on
    numbers = list(going_on)
    if numbers != sorted(numbers) or len(numbers) > MASS_CANCELS_MAX:
        yield f"{len(numbers)} mass cancels are not kept in order"
    for number, each in going_on.items():
        if number != each.mass_cancel_id or number // ORDERS_PER_COMMAND_MAX > state.sequence:
            yield f"mass cancel {number} is kept as {each.mass_cancel_id}"
        if not 0 < each.last_order_id < number:
            yield f"mass cancel {number} has come to order {each.last_order_id}"
        if not has_node(state, each.node_id):
            yield f"mass cancel {number} goes on at {each.node_id}, which is not there"
