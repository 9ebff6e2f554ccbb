"""Phases of venues: what time has brought since the last command, and what orders may do in each.

A phase follows from the sessions of the open trading day and the time a command carries, never from
a clock.  ``DeskState.phase_due_ns`` says when the next one is due, so that a command which changes
no phase asks one number.
"""

from datetime import date

from fencang.engine.state import NEVER_NS, DeskState
from fencang.engine.venues import VenueState
from fencang.messages.day_events import PhaseEntered, TradingDayOpened
from fencang.messages.events import AnyEvent
from fencang.messages.reasons import Reason
from fencang.refdata.session import Phase, phase_at

__all__ = [
    "due_phases",
    "follow_day_opened",
    "phase_refusal",
    "refresh_phase_due",
]


def due_phases(state: DeskState) -> list[AnyEvent]:
    """Return the phases that venues have entered by the time of this command."""
    events: list[AnyEvent] = []
    for venue_id in sorted(state.venues):
        venue = state.venues[venue_id]
        due_ns = _next_change_ns(venue, venue.phase_since_ns)
        if due_ns <= state.time_ns:
            events.append(_entered(state, venue, due_ns))
    return events


def _entered(state: DeskState, venue: VenueState, due_ns: int) -> PhaseEntered:
    return PhaseEntered(
        venue_id=venue.venue.venue_id,
        trading_day=date.fromordinal(venue.today),
        phase=phase_at(venue.sessions, state.time_ns),
        due_ns=due_ns,
    )


def _next_change_ns(venue: VenueState, after_ns: int) -> int:
    """Return the first begin or end of a session after a time, far ahead when there is none."""
    for session in venue.sessions:
        if session.start_ns > after_ns:
            return session.start_ns
        if session.end_ns > after_ns:
            return session.end_ns
    return NEVER_NS


def refresh_phase_due(state: DeskState) -> None:
    """Find the time at which the next phase of any venue is due (a cache)."""
    venues = state.venues.values()
    due = (_next_change_ns(venue, venue.phase_since_ns) for venue in venues)
    state.phase_due_ns = min(due, default=NEVER_NS)


def follow_day_opened(state: DeskState, event: TradingDayOpened) -> list[AnyEvent]:
    """Enter the phase that the day begins in, when its sessions say another than it is in."""
    venue = state.venues[event.venue_id]
    if not event.sessions or phase_at(event.sessions, state.time_ns) is venue.phase:
        return []
    return [_entered(state, venue, state.time_ns)]


def phase_refusal(venue: VenueState) -> tuple[Reason, str] | None:
    """Return why a venue's phase takes no new and no changed order; cancels always pass."""
    venue_id = venue.venue.venue_id
    match venue.phase:
        case Phase.OPEN:
            return None
        case Phase.PRE_OPEN:
            if venue.venue.pre_open_orders:
                return None
            detail = f"venue {venue_id} takes no orders before it opens; cancels pass"
            return Reason.SESSION_PRE_OPEN, detail
        case Phase.HALT:
            return Reason.SESSION_HALTED, f"venue {venue_id} is halted; cancels pass"
        case Phase.CLOSE:
            return Reason.SESSION_CLOSED, f"venue {venue_id} is closed"
