"""Warnings of margin: how much of what a book or a pool has is asked for, buffer left free.

The limit is what there is to back margin less the buffer, the use what is asked for: so the limit
is reached exactly where the next order would be refused.
"""

from collections.abc import Iterable, Iterator

from fencang.basics.money import PPM
from fencang.engine.accounts import PoolState, SubState
from fencang.engine.decide.limit_warnings import (
    LEVERAGE,
    MARGIN_POOL,
    MARGIN_SUB_ACCOUNT,
    Use,
    news_of,
)
from fencang.engine.state import DeskState
from fencang.limits.limit_warnings import Watched
from fencang.limits.margin_buffers import Buffer, buffer
from fencang.messages.events import AnyEvent

__all__ = [
    "buffer_of_book",
    "buffer_of_pool",
    "leverage_news",
    "own_margin_news",
    "pool_margin_news",
    "standing_news",
]


def buffer_of_book(state: DeskState, sub: SubState, need_micros: int) -> Buffer:
    """Return what must stay free beside a sub-account's requirement and a further need."""
    bound = state.risk.buffers.of_book(sub.path)
    return buffer(bound, state.rates.total(sub.standing.requirement) + need_micros)


def buffer_of_pool(state: DeskState, pool: PoolState, need_micros: int) -> Buffer:
    """Return what must stay free beside a pool's requirement and a further need."""
    bound = state.risk.buffers.of_pool(pool.owner_id, state.risk.warnings.root)
    return buffer(bound, state.rates.total(pool.standing.requirement) + need_micros)


def own_margin_news(
    state: DeskState, sub: SubState, need_micros: int, free_micros: int
) -> Iterable[AnyEvent]:
    """Return what is to be told of a sub-account's margin with a further need.

    ``free_micros`` are available without it, what must stay free taken away.
    """
    asked = sub.standing.need_micros(state.rates)
    # Nothing left to back what is asked for is no limit of nothing: it is wholly used.
    limit = max(1, asked + free_micros)
    return _news(state, MARGIN_SUB_ACCOUNT, sub.sub_account_id, limit, asked, asked + need_micros)


def pool_margin_news(
    state: DeskState, pool: PoolState, need_micros: int, free_micros: int
) -> Iterable[AnyEvent]:
    """Return what is to be told of the margin of an owner's pool, as of a sub-account's."""
    asked = pool.standing.need_micros(state.rates)
    limit = max(1, asked + free_micros)
    return _news(state, MARGIN_POOL, pool.owner_id, limit, asked, asked + need_micros)


def leverage_news(
    state: DeskState, sub: SubState, allowed_micros: int, before_micros: int, notional_micros: int
) -> Iterable[AnyEvent]:
    """Return what is to be told of the gross value that a mandate's leverage allows."""
    limit = max(1, allowed_micros)
    return _news(state, LEVERAGE, sub.sub_account_id, limit, before_micros, notional_micros)


def _news(
    state: DeskState, control: Watched, node_id: str, limit: int, before: int, value: int
) -> Iterable[AnyEvent]:
    """Return what is to be told; asked of every order, so nothing is made before it is needed."""
    shares = state.risk.warnings.shares.get((control.number, node_id, "", ""))
    if shares is not None:
        told_at, ended_below = shares
        if value * PPM < told_at * limit and before * PPM >= ended_below * limit:
            return ()
    path = (f"person:{node_id}",) if control is MARGIN_POOL else ()
    return news_of(state, control, Use(node_id, "", "", limit, before, value), path)


def standing_news(state: DeskState, holder: SubState | PoolState) -> Iterator[AnyEvent]:
    """Yield what is to be told of the margin and leverage of a book or pool as it stands."""
    rates, standing, kept = state.rates, holder.standing, 0
    available = standing.available_micros(rates)
    if isinstance(holder, PoolState):
        if state.risk.buffers:
            kept = buffer_of_pool(state, holder, 0).micros
        yield from pool_margin_news(state, holder, 0, available - kept)
        return
    if state.risk.buffers:
        kept = buffer_of_book(state, holder, 0).micros
    yield from own_margin_news(state, holder, 0, available - kept)
    leverage = holder.definition.mandate.leverage_max_ppm
    allowed = standing.equity_micros(rates) * leverage // PPM
    notional = rates.total(standing.notional)
    yield from leverage_news(state, holder, allowed, notional, notional)
