"""Limits that are used more without an order: marks, rates, files, money and lots from elsewhere.

Position limits have their own way (``engine/flows/limits.py``), losses are told of by their ladder.
A mark is looked at where it counts; what changes everything is looked at everywhere, and is rare.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from fencang.engine.accounts import PoolState, SubState
from fencang.engine.decide.exposure_news import exposure_news
from fencang.engine.decide.margin_news import standing_news
from fencang.engine.flows.mended_fills import LotsChanged
from fencang.engine.risk.exposures import ExposureRow
from fencang.engine.risk.loss_links import everyone
from fencang.engine.state import DeskState
from fencang.messages import day_events as day
from fencang.messages import events as ev
from fencang.messages import exposure_events, life_events, limit_events, money_events
from fencang.messages.events import AnyEvent

__all__ = ["USE_FOLLOWED", "follow_use"]

_EVERYWHERE: frozenset[type[Any]] = frozenset(
    {
        ev.BenefitGranted,
        ev.CapitalTransferred,
        ev.CashDeposited,
        ev.CashWithdrawn,
        ev.CollateralReported,
        ev.ContractExpired,
        ev.CurrencyConverted,
        ev.DeskDefined,
        ev.FillSuspended,
        ev.OpeningBookImported,
        ev.OptionExercised,
        ev.RatesMarked,
        ev.RiskArraysLoaded,
        ev.SpanParametersActivated,
        ev.SuspenseAssigned,
        ev.TradingDaySettled,
        *LotsChanged.__args__,
        day.ContractsSettled,
        day.SettlementCorrected,
        exposure_events.BetasReported,
        life_events.ContractConverted,
        limit_events.OverrideBegun,
        limit_events.OverrideEnded,
        money_events.WireRequested,
        money_events.WireConfirmed,
        money_events.WireReturned,
        money_events.WireCancelled,
    }
)

USE_FOLLOWED = frozenset({*_EVERYWHERE, ev.PricesMarked})
"""Events that change the use of limits of exposure and margin, beside orders."""


def follow_use(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Tell of exposure and margin that events brought to another level."""
    if any(type(event) in _EVERYWHERE for event in events):
        rows = [row for _, row in sorted(state.risk.exposures.rows.items())]
        return list(_told(state, rows, everyone(state)))
    marked = [event for event in events if isinstance(event, ev.PricesMarked)]
    if not marked:
        return []
    names = sorted({mark.contract_id for event in marked for mark in event.marks})
    return list(_told(state, _rows_of(state, names), _holders_of(state, names)))


def _told(
    state: DeskState, rows: Iterable[ExposureRow], holders: Iterable[SubState | PoolState]
) -> Iterator[AnyEvent]:
    for row in rows:
        if not row.is_silent:
            yield from exposure_news(state, row)
    for holder in holders:
        yield from standing_news(state, holder)


def _rows_of(state: DeskState, names: list[str]) -> list[ExposureRow]:
    """Return the rows that contracts, and options on them, count in, by node and scope."""
    found: dict[tuple[str, str], ExposureRow] = {}
    for name in names:
        counted = state.contracts[name].exposed
        if counted is not None:
            for each in (counted, *counted.dependents):
                found |= {link.at.row.key: link.at for link in each.links}
    return [found[key] for key in sorted(found)]


def _holders_of(state: DeskState, names: list[str]) -> Iterator[SubState | PoolState]:
    """Yield who holds or works something in contracts, sub-accounts before pools, by name."""
    subs: dict[str, SubState] = {}
    for name in names:
        for lines in state.contracts[name].lines.values():
            subs |= {key: line.sub for key, line in lines.items() if not line.exposure.is_empty}
    pools = {sub.pool.owner_id for sub in subs.values()}
    yield from (subs[key] for key in sorted(subs))
    yield from (state.pools[key] for key in sorted(pools))
