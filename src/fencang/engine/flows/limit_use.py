"""Limits that are used more without an order: marks, rates, files, money and lots from elsewhere.

Position limits have their own way (``engine/flows/limits.py``), losses are told of by their ladder.
Marks, lots and money are looked at where they count; what changes everything is looked at
everywhere, and is rare.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from fencang.engine.accounts import PoolState, SubState
from fencang.engine.decide.exposure_news import exposure_news
from fencang.engine.decide.margin_news import standing_news
from fencang.engine.flows.mended_fills import LotsChanged, books_of
from fencang.engine.risk.exposures import ExposureRow
from fencang.engine.risk.loss_links import everyone
from fencang.engine.state import DeskState
from fencang.limits.exposures import BETA, GROSS, NET, SHARE
from fencang.messages import day_events as day
from fencang.messages import events as ev
from fencang.messages import exposure_events, life_events, limit_events, money_events
from fencang.messages.events import AnyEvent

__all__ = ["USE_FOLLOWED", "follow_use"]

_EVERYWHERE: frozenset[type[Any]] = frozenset(
    {
        ev.ContractExpired,
        ev.DeskDefined,
        ev.OpeningBookImported,
        ev.OptionExercised,
        ev.RatesMarked,
        ev.RiskArraysLoaded,
        ev.SpanParametersActivated,
        ev.TradingDaySettled,
        day.ContractsSettled,
        day.SettlementCorrected,
        exposure_events.BetasReported,
        life_events.ContractConverted,
        limit_events.OverrideBegun,
        limit_events.OverrideEnded,
    }
)
_OfLots = LotsChanged | ev.FillSuspended | ev.SuspenseAssigned
_OF_MONEY: frozenset[type[Any]] = frozenset(
    {
        ev.BenefitGranted,
        ev.CapitalTransferred,
        ev.CashDeposited,
        ev.CashWithdrawn,
        ev.CollateralReported,
        ev.CurrencyConverted,
        money_events.WireRequested,
        money_events.WireConfirmed,
        money_events.WireReturned,
        money_events.WireCancelled,
    }
)

USE_FOLLOWED = frozenset({*_EVERYWHERE, *_OF_MONEY, *_OfLots.__args__, ev.PricesMarked})
"""Events that change the use of limits of exposure and margin, beside orders."""


def follow_use(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Tell of exposure and margin that events brought to another level."""
    kinds = {type(event) for event in events}
    if not kinds & USE_FOLLOWED:
        return []
    if kinds & _EVERYWHERE:
        rows = [row for _, row in sorted(state.risk.exposures.rows.items())]
        return list(_told(state, rows, everyone(state)))
    names: set[str] = set()
    books: set[str] = set()
    for event in events:
        books.update(_books_of(event))
        if isinstance(event, ev.PricesMarked):
            marked = {mark.contract_id for mark in event.marks}
            names |= marked
            books.update(_holders_of(state, marked))
        elif isinstance(event, _OfLots):
            names.add(event.contract_id)
    subs = [state.subs[key] for key in sorted(books) if key in state.subs]
    pools = [state.pools[key] for key in sorted(state.pools)]
    return list(_told(state, _rows_of(state, names), [*subs, *pools]))


def _books_of(event: AnyEvent) -> Iterable[str]:
    """Return the books whose margin an event changed, beside their owners' pools."""
    match event:
        case ev.CapitalTransferred():
            return event.from_book_id, event.to_book_id
        case ev.CurrencyConverted():
            return (event.book_id,)
        case ev.BenefitGranted():
            return (event.sub_account_id,)
        case _ if isinstance(event, _OfLots):
            return books_of(event)
        case _:
            return ()


def _told(
    state: DeskState, rows: Iterable[ExposureRow], holders: Iterable[SubState | PoolState]
) -> Iterator[AnyEvent]:
    for row in rows:
        if not row.is_silent:
            yield from exposure_news(state, row)
    for holder in holders:
        yield from standing_news(state, holder)


def _rows_of(state: DeskState, names: Iterable[str]) -> list[ExposureRow]:
    """Return the rows that contracts, and options on them, count in, by node and scope.

    Rows of nodes that something was told of are among them: whether it has ended must not depend on
    which lines are open, for an empty one is no state.
    """
    numbers = {measure.watched.number for measure in (GROSS, NET, BETA, SHARE)}
    told = {node_id for number, node_id, _, _ in state.risk.warnings.told if number in numbers}
    rows = state.risk.exposures.rows
    found = {key: row for key, row in rows.items() if key[0] in told} if told else {}
    for name in names:
        counted = state.contracts[name].exposed
        if counted is not None:
            for each in (counted, *counted.dependents):
                found |= {link.at.row.key: link.at for link in each.links}
    return [found[key] for key in sorted(found)]


def _holders_of(state: DeskState, names: Iterable[str]) -> Iterator[str]:
    """Yield the sub-accounts that hold or work something in contracts."""
    for name in names:
        for lines in state.contracts[name].lines.values():
            yield from (key for key, line in lines.items() if not line.exposure.is_empty)
