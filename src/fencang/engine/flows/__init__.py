"""Further steps of a command: what follows from events before the next command may come.

``REACTIONS`` maps an event type to the flows that look at it; a flow decides events from the state
after that event.  Steps repeat until nothing follows; ``STEPS_MAX`` bounds them.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.flows.blocks import (
    follow_contract_expired,
    follow_prices_marked,
    follow_session_opened,
    follow_slice_ended,
)
from fencang.engine.flows.cuts import follow_order_ended, follow_position_changed
from fencang.engine.flows.rules import follow_indicator, follow_rule_fired
from fencang.engine.flows.standing import follow_day_settled, follow_money_moved
from fencang.engine.state import DeskState
from fencang.messages import events as ev
from fencang.messages.events import AnyEvent

__all__ = ["REACTIONS", "STEPS_MAX", "react"]

STEPS_MAX = 64
"""More steps than any command takes; beyond it a flow is in a loop and the process stops."""

Reaction = Callable[[DeskState, Any], list[AnyEvent]]

REACTIONS: dict[type[Any], tuple[Reaction, ...]] = {
    ev.IndicatorReported: (follow_indicator,),
    ev.RuleFired: (follow_rule_fired,),
    ev.FillAllocated: (follow_position_changed,),
    ev.SuspenseAssigned: (follow_position_changed,),
    ev.OrderCancelled: (follow_order_ended, follow_slice_ended),
    ev.OrderExpired: (follow_order_ended, follow_slice_ended),
    ev.OrderRejectedByVenue: (follow_order_ended, follow_slice_ended),
    ev.OrderReplaced: (follow_order_ended,),
    ev.SessionOpened: (follow_session_opened,),
    ev.PricesMarked: (follow_prices_marked, follow_money_moved),
    ev.RatesMarked: (follow_money_moved,),
    ev.CashDeposited: (follow_money_moved,),
    ev.CapitalTransferred: (follow_money_moved,),
    ev.ContractExpired: (follow_contract_expired, follow_money_moved),
    ev.TradingDaySettled: (follow_day_settled, follow_money_moved),
    ev.OpeningBookImported: (follow_money_moved,),
}


def react(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Return the events that follow from the events of a step."""
    following: list[AnyEvent] = []
    seen = []
    for event in events:
        for reaction in REACTIONS.get(type(event), ()):
            # A flow that looks at the whole desk runs once a step, not once an event.
            if reaction is follow_money_moved:
                if reaction in seen:
                    continue
                seen.append(reaction)
            following += reaction(state, event)
    return following
