"""The auditor's clock of phases: what sessions say of a moment, and whether the desk noticed.

Laws: a phase begins with the first record at or after its time, before anything else of that
record is decided, and it is the phase that the sessions of the open trading day say; a venue that
has sessions enters no phase that they do not say.  Products with hours of their own likewise.
"""

from datetime import date
from itertools import dropwhile

from fencang.messages.day_commands import OpenTradingDay
from fencang.messages.day_events import (
    PhaseEntered,
    ProductPhaseEntered,
    ProductSessionsStated,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import SessionClosed, SessionOpened
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.message import Event
from fencang.refdata.session import Phase, Session
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Phases"]

Products = tuple[str, ...]
"""Products that keep hours of their own together; none: the venue itself."""

VENUE: Products = ()


class Phases:
    """Sessions and phases of venues, and of products with hours of their own."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.sessions: dict[str, dict[Products, tuple[Session, ...]]] = {}
        """Venue → hours; the venue's own are there when its day has sessions."""
        self.days: dict[str, date] = {}
        self.phases: dict[tuple[str, Products], Phase] = {}
        self._heard_ns = 0
        self.handlers: Handlers = {
            SessionOpened: self._open_session,
            SessionClosed: self._close,
            TradingDayOpened: self._open_day,
            ProductSessionsStated: self._state_products,
            TradingDayClosed: self._close_day,
            PhaseEntered: self._enter_venue,
            ProductPhaseEntered: self._enter_products,
        }

    def phase_of(self, venue_id: str, product_id: str = "") -> Phase:
        """Return the phase that a product of a venue is in, or the venue."""
        for products in self.sessions.get(venue_id, {}):
            if product_id in products:
                return self.phases.get((venue_id, products), Phase.CLOSE)
        return self.phases.get((venue_id, VENUE), Phase.CLOSE)

    def is_shut(self, venue_id: str) -> bool:
        """Return whether the venue and all products with hours of their own are closed."""
        groups = {VENUE, *self.sessions.get(venue_id, {})}
        return all(
            self.phases.get((venue_id, products), Phase.CLOSE) is Phase.CLOSE for products in groups
        )

    def takes_orders(self, venue_id: str, product_id: str) -> bool:
        """Return whether orders in a product may be taken now."""
        phase = self.phase_of(venue_id, product_id)
        venue = self.reference.venues.get(venue_id)
        return phase is Phase.OPEN or (
            phase is Phase.PRE_OPEN and venue is not None and venue.pre_open_orders
        )

    def begin(self, page: Page) -> None:
        """Check at the beginning of a record that time brought the phases it should."""
        now = page.record.time_ns
        wanted = [
            found
            for venue_id in sorted(self.sessions)
            for products in self.sessions[venue_id]
            if (found := self._due(venue_id, products, now)) is not None
        ]
        self._heard_ns = now
        # What time brought to overrides is told ahead of it.
        events = list(dropwhile(_is_override, page.record.events))
        for place, right in enumerate(wanted):
            told = events[place] if place < len(events) else None
            if told != right:
                page.report("phase", f"{right} was due, told was {told}")
        entered = sum(
            isinstance(event, PhaseEntered | ProductPhaseEntered) for event in page.record.events
        )
        if entered > len(wanted) and not isinstance(page.record.command, OpenTradingDay):
            page.report("phase", f"{entered} phases were entered, due were {len(wanted)}")

    def _due(
        self, venue_id: str, products: Products, now_ns: int
    ) -> PhaseEntered | ProductPhaseEntered | None:
        """Return the phase that is entered: some session began or ended since the last record."""
        moments = [
            moment
            for session in self.sessions[venue_id][products]
            for moment in (session.start_ns, session.end_ns)
            if self._heard_ns < moment <= now_ns
        ]
        if not moments:
            return None
        day, due_ns = self.days[venue_id], min(moments)
        phase = self._phase(venue_id, products, now_ns)
        if products == VENUE:
            return PhaseEntered(venue_id=venue_id, trading_day=day, phase=phase, due_ns=due_ns)
        return ProductPhaseEntered(
            venue_id=venue_id, trading_day=day, product_ids=products, phase=phase, due_ns=due_ns
        )

    def _phase(self, venue_id: str, products: Products, now_ns: int) -> Phase:
        found = Phase.CLOSE
        for session in self.sessions[venue_id][products]:
            if session.start_ns <= now_ns < session.end_ns:
                found = session.phase
        return found

    def _enter_venue(self, page: Page, event: PhaseEntered) -> None:
        self._enter(page, event.venue_id, VENUE, event.phase)

    def _enter_products(self, page: Page, event: ProductPhaseEntered) -> None:
        self._enter(page, event.venue_id, event.product_ids, event.phase)

    def _enter(self, page: Page, venue_id: str, products: Products, phase: Phase) -> None:
        name = f"{', '.join(products) or 'the venue'} at {venue_id}"
        if products not in self.sessions.get(venue_id, {}):
            page.report("phase", f"{name} enters {phase.value} and has no sessions")
        elif phase is not self._phase(venue_id, products, page.record.time_ns):
            page.report("phase", f"{name} enters {phase.value}, which is not its phase")
        self.phases[venue_id, products] = phase

    def _open_session(self, page: Page, event: SessionOpened) -> None:
        """Opened by hand: products with hours of their own are where their sessions are."""
        venue_id = event.venue_id
        if self.days.get(venue_id) != event.trading_day:
            self.sessions.pop(venue_id, None)
        self.days[venue_id] = event.trading_day
        for products in self.sessions.get(venue_id, {}):
            self.phases[venue_id, products] = self._phase(venue_id, products, page.record.time_ns)
        self.phases[venue_id, VENUE] = Phase.OPEN

    def _close(self, _page: Page, event: SessionClosed) -> None:
        for products in (VENUE, *self.sessions.get(event.venue_id, {})):
            self.phases[event.venue_id, products] = Phase.CLOSE

    def _open_day(self, page: Page, event: TradingDayOpened) -> None:
        venue_id = event.venue_id
        self.days[venue_id] = event.trading_day
        self.sessions.pop(venue_id, None)
        if not event.sessions:
            return
        self.sessions[venue_id] = {VENUE: event.sessions}
        right = self._phase(venue_id, VENUE, page.record.time_ns)
        told = [
            other.phase
            for other in page.record.events
            if isinstance(other, PhaseEntered) and other.venue_id == venue_id
        ]
        if right is not self.phase_of(venue_id) and right not in told:
            page.report("phase", f"{venue_id} opens a day in {right.value} and nobody said so")

    def _state_products(self, page: Page, event: ProductSessionsStated) -> None:
        """Products begin the day in the venue's phase, and at once enter their own."""
        venue_id, before = event.venue_id, self.phase_of(event.venue_id)
        told = [
            (other.product_ids, other.phase)
            for other in page.record.events
            if isinstance(other, ProductPhaseEntered) and other.venue_id == venue_id
        ]
        for group in event.groups:
            products = group.product_ids
            self.sessions.setdefault(venue_id, {})[products] = group.sessions
            self.phases[venue_id, products] = before
            right = self._phase(venue_id, products, page.record.time_ns)
            if right is not before and (products, right) not in told:
                page.report("phase", f"{products} open a day in {right.value}, nobody said so")

    def _close_day(self, _page: Page, event: TradingDayClosed) -> None:
        self.sessions.pop(event.venue_id, None)
        self.phases[event.venue_id, VENUE] = Phase.CLOSE


def _is_override(event: Event) -> bool:
    return isinstance(event, OverrideBegun | OverrideEnded)
