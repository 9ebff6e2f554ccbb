"""Where owners stand after money or prices moved: over-granted or not.

Losses stay with the sub-account that made them; a sub-account below zero is carried by its owner's
reserve.  Deficits beyond the reserve would be eaten from the other sub-accounts' capital: the owner
is over-granted, plans freeze and opening is blocked until the deficits are covered.
"""

from fencang.basics.money import saturated
from fencang.engine.accounts import PoolState
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, FillAllocated, OverGrantedChanged

__all__ = [
    "follow_fills",
    "follow_money_moved",
    "uncovered_micros",
]


def uncovered_micros(state: DeskState, pool: PoolState) -> int:
    """Return deficits minus what covers them, in base micros; above zero is over-granted.

    Reserve and suspense accounts cover; a sub-account below zero is a deficit.
    """
    rates = state.rates
    credit = 0
    for sub_id in pool.sub_ids:
        equity = state.subs[sub_id].standing.equity_micros(rates)
        if equity > 0:
            credit += equity
    return credit - pool.standing.equity_micros(rates)


def follow_fills(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Look at the owners when a fill left its sub-account below zero, or its owner is watched."""
    for event in events:
        if isinstance(event, FillAllocated):
            sub = state.subs[event.sub_account_id]
            if sub.pool.is_over_granted or sub.standing.equity_micros(state.rates) < 0:
                return follow_money_moved(state, events)
    return []


def follow_money_moved(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Say when an owner became over-granted, or no longer is."""
    changes: list[AnyEvent] = []
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        uncovered = uncovered_micros(state, pool)
        if (uncovered > 0) != pool.is_over_granted:
            changes.append(
                OverGrantedChanged(
                    owner_id=owner_id,
                    is_over_granted=uncovered > 0,
                    uncovered_micros=saturated(max(0, uncovered)),
                )
            )
    return changes
