"""The auditor's clock of phases: what sessions say of a moment, and whether the desk noticed.

Laws: a phase begins with the first record at or after its time, before anything else of that
record is decided, and it is the phase that the sessions of the open trading day say; a venue that
has sessions enters no phase that they do not say.
"""

from datetime import date

from fencang.messages.day_commands import OpenTradingDay
from fencang.messages.day_events import PhaseEntered, TradingDayClosed, TradingDayOpened
from fencang.messages.events import SessionClosed, SessionOpened
from fencang.refdata.session import Phase, Session
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Phases"]

Due = tuple[str, Phase, int]
"""(venue, phase, when it was due)."""


class Phases:
    """Sessions and phases of venues."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.sessions: dict[str, tuple[Session, ...]] = {}
        self.days: dict[str, date] = {}
        self.phases: dict[str, Phase] = {}
        self._heard_ns = 0
        self.handlers: Handlers = {
            SessionOpened: self._open_session,
            SessionClosed: self._close,
            TradingDayOpened: self._open_day,
            TradingDayClosed: self._close_day,
            PhaseEntered: self._enter,
        }

    def takes_orders(self, venue_id: str) -> bool:
        """Return whether orders may be taken now."""
        phase = self.phases.get(venue_id, Phase.CLOSE)
        venue = self.reference.venues.get(venue_id)
        return phase is Phase.OPEN or (
            phase is Phase.PRE_OPEN and venue is not None and venue.pre_open_orders
        )

    def begin(self, page: Page) -> None:
        """Check at the beginning of a record that time brought the phases it should."""
        now = page.record.time_ns
        due = [self._due(venue_id, now) for venue_id in sorted(self.sessions)]
        wanted = [each for each in due if each is not None]
        self._heard_ns = now
        for place, (venue_id, phase, due_ns) in enumerate(wanted):
            told = page.record.events[place] if place < len(page.record.events) else None
            right = PhaseEntered(
                venue_id=venue_id,
                trading_day=self.days[venue_id],
                phase=phase,
                due_ns=due_ns,
            )
            if told != right:
                page.report("phase", f"{venue_id} enters {phase.value}, told was {told}")
        entered = sum(isinstance(event, PhaseEntered) for event in page.record.events)
        if entered > len(wanted) and not isinstance(page.record.command, OpenTradingDay):
            page.report("phase", f"{entered} phases were entered, due were {len(wanted)}")

    def _due(self, venue_id: str, now_ns: int) -> Due | None:
        """Return the phase a venue enters: some session began or ended since the last record."""
        moments = [
            moment
            for session in self.sessions[venue_id]
            for moment in (session.start_ns, session.end_ns)
            if self._heard_ns < moment <= now_ns
        ]
        return (venue_id, self._phase(venue_id, now_ns), min(moments)) if moments else None

    def _phase(self, venue_id: str, now_ns: int) -> Phase:
        found = Phase.CLOSE
        for session in self.sessions[venue_id]:
            if session.start_ns <= now_ns < session.end_ns:
                found = session.phase
        return found

    def _enter(self, page: Page, event: PhaseEntered) -> None:
        venue_id = event.venue_id
        if venue_id not in self.sessions:
            page.report("phase", f"{venue_id} enters {event.phase.value} and has no sessions")
        elif event.phase is not self._phase(venue_id, page.record.time_ns):
            page.report("phase", f"{venue_id} enters {event.phase.value}, which is not its phase")
        self.phases[venue_id] = event.phase

    def _open_session(self, _page: Page, event: SessionOpened) -> None:
        if self.days.get(event.venue_id) != event.trading_day:
            self.sessions.pop(event.venue_id, None)
        self.days[event.venue_id] = event.trading_day
        self.phases[event.venue_id] = Phase.OPEN

    def _close(self, _page: Page, event: SessionClosed) -> None:
        self.phases[event.venue_id] = Phase.CLOSE

    def _open_day(self, page: Page, event: TradingDayOpened) -> None:
        venue_id = event.venue_id
        self.days[venue_id] = event.trading_day
        self.sessions.pop(venue_id, None)
        if not event.sessions:
            return
        self.sessions[venue_id] = event.sessions
        right = self._phase(venue_id, page.record.time_ns)
        told = [
            other.phase
            for other in page.record.events
            if isinstance(other, PhaseEntered) and other.venue_id == venue_id
        ]
        if right is not self.phases.get(venue_id, Phase.CLOSE) and right not in told:
            page.report("phase", f"{venue_id} opens a day in {right.value} and nobody said so")

    def _close_day(self, _page: Page, event: TradingDayClosed) -> None:
        self.sessions.pop(event.venue_id, None)
        self.phases[event.venue_id] = Phase.CLOSE
