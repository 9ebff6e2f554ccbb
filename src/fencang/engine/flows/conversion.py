"""What follows a conversion: waiting blocks end, and rules in force cut the successor's lots."""

from fencang.engine.flows.cuts import recut
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, BlockOrderDone
from fencang.messages.life_events import ContractConverted

__all__ = ["follow_converted"]


def follow_converted(state: DeskState, event: ContractConverted) -> list[AnyEvent]:
    """End what would close the old contract; close as much of the new one."""
    done: list[AnyEvent] = [
        BlockOrderDone(block_id=block.block_id, unfilled_lots=block.missing_lots)
        for _, block in sorted(state.blocks.items())
        if block.contract_id == event.from_contract_id and not block.is_done
    ]
    lines = state.contracts[event.to_contract_id].sorted_lines()
    return done + recut(state, [line for line in lines if line.sub.holding])
