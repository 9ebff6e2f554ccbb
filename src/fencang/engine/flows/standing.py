"""Where owners stand after money or prices moved: over-granted or not, and the daily publication.

Losses stay with the sub-account that made them; a sub-account below zero is carried by its owner's
reserve.  Deficits beyond the reserve would be eaten from the other sub-accounts' capital: the owner
is over-granted, plans freeze and opening is blocked until the deficits are covered.
"""

from fencang.basics.money import saturated
from fencang.engine.accounts import PoolState
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AnyEvent,
    FillAllocated,
    MarginLine,
    MarginPublished,
    OverGrantedChanged,
    TradingDaySettled,
)

__all__ = [
    "follow_day_settled",
    "follow_fills",
    "follow_money_moved",
    "pool_id",
    "uncovered_micros",
]


def pool_id(owner_id: str) -> str:
    """Return the identifier under which an owner's whole pool is published."""
    return f"@pool:{owner_id}"


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


def follow_day_settled(state: DeskState, event: TradingDaySettled) -> list[AnyEvent]:
    """Publish equity and requirement of every book and pool."""
    rates = state.rates
    lines = []
    for sub_id in sorted(state.subs):
        standing = state.subs[sub_id].standing
        lines.append(
            MarginLine(
                book_id=sub_id,
                equity_micros=saturated(standing.equity_micros(rates)),
                requirement_micros=saturated(rates.total(standing.requirement)),
            )
        )
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        lines.append(
            MarginLine(
                book_id=pool.reserve.book_id,
                equity_micros=saturated(rates.total(pool.reserve.cash)),
                requirement_micros=0,
            )
        )
        lines.append(
            MarginLine(
                book_id=pool_id(owner_id),
                equity_micros=saturated(pool.standing.equity_micros(rates)),
                requirement_micros=saturated(rates.total(pool.standing.requirement)),
            )
        )
    return [MarginPublished(trading_day=event.trading_day, lines=tuple(lines))]
