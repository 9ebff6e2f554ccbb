"""What is reserved ahead must fit, after every command: else envelopes shrink or end in it.

Whatever comes without being asked for room (a mark, a parameter file, a lower limit, money that
leaves, a reduction, a fill nobody ordered) goes before envelopes; the newest gives way first.  An
envelope whose unused lots no longer fit shrinks to those that do; it ends where none do, or where
each of several lines holds all the lots.
What still does not fit after that ends too, so that two further steps are enough.
"""

from collections.abc import Iterator
from typing import Any

from fencang.engine.accounts import Line, SubState
from fencang.engine.decide.envelopes import closed
from fencang.engine.decide.exposure_checks import worst_cases
from fencang.engine.decide.exposure_limits import is_row_passed
from fencang.engine.flows.envelope_review import Review, leverage_excess
from fencang.engine.state import DeskState
from fencang.limits.regimes.counting import LOT_PARTS
from fencang.messages import day_events as day
from fencang.messages import envelope_events as env
from fencang.messages import events as ev
from fencang.messages import (
    exposure_events,
    fee_events,
    fill_events,
    life_events,
    limit_events,
    money_events,
)
from fencang.messages.envelope_events import EnvelopeCause as Cause
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk
from fencang.messages.events import AnyEvent
from fencang.messages.message import Side

__all__ = ["WATCHED", "follow_age", "follow_envelopes"]

CAUSES: dict[type[Any], Cause] = {
    **dict.fromkeys((ev.PricesMarked, ev.RatesMarked), Cause.MARK),
    **dict.fromkeys(
        (
            ev.SpanParametersActivated,
            ev.RiskArraysLoaded,
            ev.SessionOpened,
            day.TradingDayOpened,
        ),
        Cause.PARAMETERS,
    ),
    **dict.fromkeys(
        (
            ev.DeskDefined,
            limit_events.OverrideBegun,
            limit_events.OverrideEnded,
            exposure_events.BetasReported,
        ),
        Cause.LIMIT,
    ),
    **dict.fromkeys((ev.TradingStateSet, ev.OverGrantedChanged), Cause.STATE),
    ev.RuleFired: Cause.RULE,
    **dict.fromkeys((ev.ContractExpired, life_events.ContractConverted), Cause.CONTRACT),
    **dict.fromkeys(
        (
            ev.CashDeposited,
            ev.CashWithdrawn,
            ev.CapitalTransferred,
            ev.CurrencyConverted,
            ev.PlanApplied,
            ev.BenefitGranted,
            ev.CollateralReported,
            ev.TradingDaySettled,
            ev.ContractSettled,
            day.ContractsSettled,
            day.SettlementCorrected,
            money_events.WireRequested,
            money_events.WireConfirmed,
            money_events.WireReturned,
            money_events.WireCancelled,
            money_events.InterestPosted,
            fee_events.DayMinimumCharged,
        ),
        Cause.MARGIN,
    ),
    **dict.fromkeys(
        (
            ev.BlockOrderCreated,
            ev.FillSuspended,
            ev.SuspenseAssigned,
            ev.OptionExercised,
            ev.OpeningBookImported,
            fill_events.EnteredFillAllocated,
            fill_events.FillCorrected,
            fill_events.FillBusted,
            fill_events.PositionTransferred,
            fill_events.SuspenseAssignmentUndone,
        ),
        Cause.POSITION,
    ),
}
"""After these every envelope is looked at."""

_Quick = ev.FillAllocated | ev.OrderReplaced | ev.ReplaceRequested | ev.OrderAccepted
QUICK = frozenset(_Quick.__args__)
"""After these it is enough to look where the order stands; an acceptance only when it reduces,
makes shares bind, or may rely on an exemption."""

_Returning = (
    ev.OrderCancelled
    | ev.OrderExpired
    | ev.OrderRejectedByVenue
    | ev.OrderReplaced
    | ev.ReplaceRejected
)
"""After these an envelope may have lots again that an order had taken."""

WATCHED = frozenset(
    {
        *CAUSES,
        *QUICK,
        *_Returning.__args__,
        ev.BlockOrderDone,
        day.TradingDayClosed,
        *env.EnvelopeEvent.__args__,
    }
) - {ev.OrderAccepted}
"""What this flow looks at while envelopes are open; ``OrderAccepted`` as ``QUICK`` says."""


def follow_envelopes(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Return what the events of a step take away from envelopes."""
    ended = _ended_by_the_day(state, events)
    gone = {each.envelope_id for each in ended}
    cause = _cause(state, events)
    if cause is not None:
        is_last = any(type(event) in (EnvelopeShrunk, EnvelopeClosed) for event in events)
        return [*ended, *Review(state, cause, is_last=is_last).look(gone)]
    found: list[AnyEvent] = list(ended)
    for envelope_id, why in _grown(state, events):
        if envelope_id not in gone:
            gone.add(envelope_id)
            found += Review(state, why, is_last=False).look_at(envelope_id)
    return found


def follow_age(state: DeskState) -> list[AnyEvent]:
    """Return what betas that are too old now take away: lots count more by what nobody knows."""
    return Review(state, Cause.LIMIT, is_last=False).look(set())


def _grown(state: DeskState, events: list[AnyEvent]) -> Iterator[tuple[int, Cause]]:
    """Yield envelopes that reserve more lots than before the step.

    Orders gave lots back: what lay in working orders may not fit any more.  Or an envelope over
    several contracts was opened: one by one there was room, together they may ask for more.
    """
    known = state.risk.envelopes.open
    for event in events:
        if isinstance(event, EnvelopeOpened):
            if len(event.contract_ids) > 1:
                yield event.envelope_id, Cause.MARGIN
        elif isinstance(event, _Returning):
            order = state.orders.get(event.order_id)  # a done one may be forgotten
            envelope = order.envelope if order is not None else None
            if envelope is not None and envelope.envelope_id in known:
                yield envelope.envelope_id, Cause.POSITION


def _ended_by_the_day(state: DeskState, events: list[AnyEvent]) -> list[EnvelopeClosed]:
    venues = {each.venue_id for each in events if isinstance(each, day.TradingDayClosed)}
    if not venues:
        return []
    return [
        closed(envelope, Cause.DAY_END)
        for _, envelope in sorted(state.risk.envelopes.open.items())
        if envelope.lines[0].contract.product.venue_id in venues
    ]


def _cause(state: DeskState, events: list[AnyEvent]) -> Cause | None:
    """Return why envelopes are looked at; None where nothing of the step can concern them."""
    found: Cause | None = None
    for event in events:
        cause = CAUSES.get(type(event))
        if cause is not None and found in (None, Cause.MARK, Cause.MARGIN):
            found = cause  # the others look at more than money
        elif isinstance(event, EnvelopeShrunk | EnvelopeClosed):
            if event.cause not in (Cause.ASKED, Cause.EXPIRED, Cause.DAY_END):
                found = found or event.cause
            elif any(row.bounds_share for row in state.risk.exposures.rows.values()):
                found = found or Cause.LIMIT  # of a smaller whole the others have a larger share
            elif _lacks_money(state, state.subs[event.sub_account_id]):
                found = found or Cause.POSITION  # they may have hidden what the others ask for
        elif found is None:
            found = _quick_cause(state, event)
    return found


def _quick_cause(state: DeskState, event: AnyEvent) -> Cause | None:
    """Return why one event is a reason to look, where most of its kind are none.

    What works on one side hides what waits on the other, of which only the larger is margined: when
    an order ends, or a block, the waiting lots may ask for money that is not there.
    """
    if isinstance(event, _Quick) and _is_strained(state, event):
        return Cause.POSITION
    if isinstance(event, EnvelopeOpened) and _takes_room(state, event):
        return Cause.LIMIT
    if isinstance(event, ev.BlockOrderDone):
        subs = [each.lines[0].sub for each in state.risk.envelopes.open.values()]
        return Cause.POSITION if any(_lacks_money(state, sub) for sub in subs) else None
    if not isinstance(event, _Returning):
        return None
    order = state.orders.get(event.order_id)  # a done one may be forgotten
    line = order.line if order is not None else None
    if line is None:
        return None
    if _is_share_passed(state, line):
        return Cause.LIMIT
    return Cause.POSITION if _lacks_money(state, line.sub) else None


def _is_share_passed(state: DeskState, line: Line) -> bool:
    """Return whether something has too large a share now that an order is part of no whole."""
    if line.exposed is None:
        return False
    bounds = any(link.at.bounds_share for link in line.exposed.links)
    return bounds and is_row_passed(state.rates, line)


def _is_strained(state: DeskState, event: _Quick) -> bool:
    """Return whether a limit is passed or money lacks where lots came or went unasked."""
    line = _line_of(state, event)
    if line is None:
        return False
    if _is_law_passed(line):
        return True
    if isinstance(event, ev.OrderAccepted) and not event.is_reducing:
        # It was asked for its room; yet it may make a share bind that did not.
        return state.risk.exposures.has_shares_from and is_row_passed(state.rates, line)
    for side in Side:
        for node, worst in worst_cases(state, line, side, 0):
            if worst > node.lots_max(is_buy=side is Side.BUY) * node.scale:
                return True
    return _lacks_money(state, line.sub) or is_row_passed(state.rates, line)


def _lacks_money(state: DeskState, sub: SubState) -> bool:
    """Return whether margin of a book or its pool, or leverage, asks for more than there is."""
    standings = (sub.standing, sub.pool.standing)
    if any(standing.available_micros(state.rates) < 0 for standing in standings):
        return True
    return leverage_excess(state, sub) > 0


def _takes_room(state: DeskState, event: EnvelopeOpened) -> bool:
    """Return whether lots that were reserved leave others none: by an exemption, by a larger whole.

    An envelope was asked for its own room; yet it may make a share bind that did not.
    """
    has_shares = state.risk.exposures.has_shares_from
    return any(
        _is_law_passed(line) or (has_shares and is_row_passed(state.rates, line))
        for line in state.risk.envelopes.open[event.envelope_id].lines
    )


def _is_law_passed(line: Line) -> bool:
    """Return whether a number is beyond a hard limit of a jurisdiction, by an exemption or not.

    An exemption is one person's: what it lets through fills the limit for those that count as one
    with this person and have none.
    """
    counters = [tally.counter for tally in line.pool_entry.tallies]
    return any(
        bound.is_hard
        and max(each.total.long_parts, each.total.short_parts) > bound.lots_max * LOT_PARTS
        for each in counters
        for bound in each.bounds
    )


def _line_of(state: DeskState, event: _Quick) -> Line | None:
    """Return the line that lots came to; none for a slice, whose block was looked at."""
    if isinstance(event, ev.FillAllocated):
        sub = state.subs[event.sub_account_id]
        return sub.lines[event.carrying_account_id, event.contract_id]
    order = state.orders.get(event.order_id)
    return order.line if order is not None else None
