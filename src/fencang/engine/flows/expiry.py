"""What follows the end of an option: what was not exercised is settled at nothing."""

from fencang.engine.decide.market import settlements
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, ContractExpired, OptionExpiring

__all__ = ["follow_option_expiring"]


def follow_option_expiring(state: DeskState, event: OptionExpiring) -> list[AnyEvent]:
    """What was not exercised is worth nothing: settle it so, and end the contract."""
    settled = settlements(state, {event.contract_id: 0}, is_final=True)
    assert settled is not None, event  # zero less what a record held
    return [*settled, ContractExpired(contract_id=event.contract_id, final_price_nanos=0)]
