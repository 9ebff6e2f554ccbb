"""What follows an exercise: rules in force look at new lots, and an ending option ends."""

from fencang.engine.decide.market import settlements
from fencang.engine.flows.cuts import recut
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, ContractExpired, OptionExercised, OptionExpiring

__all__ = ["follow_exercised", "follow_option_expiring"]


def follow_exercised(state: DeskState, event: OptionExercised) -> list[AnyEvent]:
    """A rule in force cuts futures that an exercise brought: they were not there before."""
    events: list[AnyEvent] = []
    if event.underlying_id is None:
        return events
    for leg in event.legs:
        sub = state.subs.get(leg.book_id)
        if sub is not None:
            line = sub.lines[event.carrying_account_id, event.underlying_id]
            events += recut(state, [line])
    return events


def follow_option_expiring(state: DeskState, event: OptionExpiring) -> list[AnyEvent]:
    """What was not exercised is worth nothing: settle it so, and end the contract."""
    settled = settlements(state, {event.contract_id: 0}, is_final=True)
    assert settled is not None, event  # zero less what a record held
    return [*settled, ContractExpired(contract_id=event.contract_id, final_price_nanos=0)]
