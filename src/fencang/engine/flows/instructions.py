"""What becomes of dated instructions when their contract is gone."""

from collections.abc import Iterator

from fencang.engine.conversion import ended_words
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent
from fencang.messages.instruction_events import InstructionExpired, InstructionQueued
from fencang.messages.life_commands import RollPosition

__all__ = ["follow_contract_gone"]


def follow_contract_gone(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """End what waits for a contract that has expired or become another one."""
    return list(_expired(state))


def _expired(state: DeskState) -> Iterator[InstructionExpired]:
    for instruction in state.risk.tiers.waiting.values():
        for contract_id in _contracts_of(instruction):
            contract = state.contracts[contract_id]
            if contract.is_expired:
                yield InstructionExpired(
                    instruction_id=instruction.instruction_id,
                    sub_account_id=instruction.sub_account_id,
                    contract_id=contract_id,
                    detail=ended_words(contract),
                )
                break


def _contracts_of(instruction: InstructionQueued) -> tuple[str, ...]:
    command = instruction.command
    if isinstance(command, RollPosition):
        return command.from_contract_id, command.to_contract_id
    return (instruction.contract_id,) if instruction.contract_id else ()
