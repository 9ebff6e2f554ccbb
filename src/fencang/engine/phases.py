"""Phases of venues and products: what time has brought since the last command, what each allows.

A phase follows from the sessions of the open trading day and the time a command carries, never from
a clock.  ``DeskState.phase_due_ns`` says when the next one is due, of a venue or of products with
hours of their own, so that a command which changes no phase asks one number.
"""

from datetime import date

from fencang.engine.accounts import ContractState
from fencang.engine.state import NEVER_NS, DeskState
from fencang.engine.venues import Hours, ProductHours, VenueState
from fencang.messages.day_events import (
    PhaseEntered,
    ProductPhaseEntered,
    ProductSessionsStated,
    TradingDayOpened,
)
from fencang.messages.events import AnyEvent
from fencang.messages.reasons import Reason
from fencang.refdata.session import Phase, phase_at

__all__ = [
    "due_phases",
    "follow_day_opened",
    "follow_product_sessions",
    "hours_words",
    "link_hours",
    "next_change_ns",
    "phase_refusal",
    "refresh_phase_due",
]

NAMED_MAX = 3
"""So many products of a group its words name; the rest they count."""


def due_phases(state: DeskState) -> list[AnyEvent]:
    """Return the phases that venues and products have entered by the time of this command."""
    events: list[AnyEvent] = []
    for venue_id in sorted(state.venues):
        venue = state.venues[venue_id]
        for hours in venue.all_hours:
            due_ns = next_change_ns(hours, hours.phase_since_ns)
            if due_ns is not None and due_ns <= state.time_ns:
                events.append(_entered(state, venue, hours, due_ns))
    return events


def _entered(state: DeskState, venue: VenueState, hours: Hours, due_ns: int) -> AnyEvent:
    venue_id, day = venue.venue.venue_id, date.fromordinal(venue.today)
    phase = phase_at(hours.sessions, state.time_ns)
    if isinstance(hours, ProductHours):
        return ProductPhaseEntered(
            venue_id=venue_id,
            trading_day=day,
            product_ids=hours.product_ids,
            phase=phase,
            due_ns=due_ns,
        )
    return PhaseEntered(venue_id=venue_id, trading_day=day, phase=phase, due_ns=due_ns)


def next_change_ns(hours: Hours, after_ns: int) -> int | None:
    """Return the first begin or end of a session after a moment, None when there is none."""
    for session in hours.sessions:
        if session.start_ns > after_ns:
            return session.start_ns
        if session.end_ns > after_ns:
            return session.end_ns
    return None


def refresh_phase_due(state: DeskState) -> None:
    """Find when the next phase, override's turn or draft's end is due (a cache)."""
    all_hours = (hours for venue in state.venues.values() for hours in venue.all_hours)
    due = (next_change_ns(hours, hours.phase_since_ns) for hours in all_hours)
    phase_ns = min((each for each in due if each is not None), default=NEVER_NS)
    drafts_ns = state.authority.drafts.due_ns
    state.phase_due_ns = min(phase_ns, state.risk.overrides.due_ns, drafts_ns)


def link_hours(state: DeskState, venue: VenueState) -> None:
    """Let a venue's contracts ask the hours that their products keep today (a cache)."""
    for contract in state.contracts.values():
        if contract.venue is venue:
            contract.hours = venue.hours_of(contract.product.product_id)


def follow_day_opened(state: DeskState, event: TradingDayOpened) -> list[AnyEvent]:
    """Enter the phase that the day begins in, when its sessions say another than it is in."""
    venue = state.venues[event.venue_id]
    if not event.sessions or phase_at(event.sessions, state.time_ns) is venue.phase:
        return []
    return [_entered(state, venue, venue, state.time_ns)]


def follow_product_sessions(state: DeskState, event: ProductSessionsStated) -> list[AnyEvent]:
    """Enter the phases that the day begins in for products with hours of their own."""
    venue = state.venues[event.venue_id]
    return [
        _entered(state, venue, hours, state.time_ns)
        for hours in venue.product_hours
        if phase_at(hours.sessions, state.time_ns) is not hours.phase
    ]


def hours_words(venue: VenueState, hours: Hours) -> str:
    """Return whose hours they are: ``venue CBOT``, or ``ZC, ZW at venue CBOT``."""
    venue_words = f"venue {venue.venue.venue_id}"
    if not isinstance(hours, ProductHours):
        return venue_words
    names, more = hours.product_ids[:NAMED_MAX], len(hours.product_ids) - NAMED_MAX
    rest = f" and {more} more products" if more > 0 else ""
    return f"{', '.join(names)}{rest} at {venue_words}"


def phase_refusal(contract: ContractState) -> tuple[Reason, str] | None:
    """Return why the phase takes no new and no changed order; cancels always pass."""
    hours, venue = contract.hours, contract.venue
    if hours.phase is Phase.OPEN:
        return None
    is_own = isinstance(hours, ProductHours)
    product_id, whose = contract.product.product_id, f"venue {venue.venue.venue_id}"
    whose = f"product {product_id} at {whose}" if is_own else whose
    match hours.phase:
        case Phase.PRE_OPEN:
            if venue.venue.pre_open_orders:
                return None
            detail = f"{whose} takes no orders before it opens; cancels pass"
            return Reason.SESSION_PRE_OPEN, detail
        case Phase.HALT:
            return Reason.SESSION_HALTED, f"{whose} is halted; cancels pass"
        case _:
            return Reason.SESSION_CLOSED, f"{whose} is closed"
