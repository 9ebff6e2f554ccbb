"""The driver: walks through the days and hands rounds of commands to the desk.

Law: every command is a function of desk file, price files and durable records.  So a replay that
was killed is driven again from its beginning against its journal and goes on where that ends.

A trading day D, in time order:

1. 23:00 UTC before D: SPAN files of earlier days come in force and venues that trade on D open; the
   indicator closes since the last day are reported, and rules fire on them.  Strategies send orders
   decided on the closes before D.
2. 21:00 UTC of D: the bars of D meet the orders at the paper venue.  Its reports enter, then rates,
   marks and, where the desk limits orders by volume, what the bars traded; venues close, D is
   settled, contracts on their last day expire.  A desk that keeps days strictly closes D by its
   checklist.
3. On plan days capital is planned on the settled books, approved by a second person and applied.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from time import perf_counter_ns

from fencang.app.desk.desk import Desk
from fencang.app.replay.desk_session import DeskSession
from fencang.app.replay.moves import Moves
from fencang.app.replay.planner import Planner
from fencang.app.replay.prices import Prices
from fencang.app.replay.sessions import Sessions
from fencang.app.replay.span_files import SpanSchedule
from fencang.app.replay.tally import Tally
from fencang.app.replay.trading import Trading
from fencang.app.replay.venue import open_venue
from fencang.app.replay.view import OutsideView
from fencang.basics.time import DAY_NS, SECOND_NS, midnight_ns
from fencang.engine.checklist import checklist, unmet
from fencang.gateways.market_data import DayOfData, IndicatorLevel
from fencang.gateways.routing import EffectRouting
from fencang.messages.commands import AnyCommand, MarkPrices, MarkRates, RateMark, ReportIndicator
from fencang.messages.record import Record
from fencang.messages.trade_flow_commands import ContractVolume, ReportVolumes
from fencang.refdata.impact import ImpactLimit

__all__ = ["Replay"]

HOUR_NS = 3_600 * SECOND_NS
GATEWAY_ID = "paper"
Subscriber = Callable[[Sequence[Record]], None]


class Replay:
    """One replay from first to last day; ``subscribe`` hears every round once it is durable."""

    def __init__(
        self,
        desk: Desk,
        prices: Prices,
        session: DeskSession,
        span: SpanSchedule = SpanSchedule(),  # noqa: B008 - empty: no files, nothing to give out
    ) -> None:
        self._span = span
        self.desk = desk
        self.prices = prices
        self.session = session
        self.view = OutsideView()
        self.tally = Tally()
        self._venue = open_venue(desk)
        self._routing = EffectRouting(GATEWAY_ID, self._venue, self)
        self._trading = Trading(desk, prices.listings)
        self._sessions = Sessions(desk, prices.listings)
        self._planner = Planner(desk.plan)
        self._moves = Moves(desk.replay.moves)
        self._subscribers: list[Subscriber] = []
        self._cursor: AnyCommand | None = None
        self._levels: list[IndicatorLevel] = []
        self.observed_days: dict[int, date] = {}
        """Time of a durable indicator record → the day whose level it reports."""
        self._rates: dict[str, RateMark] = {}
        self._base = desk.master.base_currency
        self._wants_volumes = any(isinstance(row.item, ImpactLimit) for row in desk.risk_rows)

    def handled_sequence(self, gateway_id: str) -> int:
        """Return 0: the venue of a replay is made anew and takes every effect from the first."""
        assert gateway_id == GATEWAY_ID, gateway_id
        return 0

    @property
    def plans_not_made(self) -> list[str]:
        """Return why capital was not planned on a plan day."""
        return self._planner.not_made

    def subscribe(self, subscriber: Subscriber) -> None:
        """Let somebody hear every round's records."""
        self._subscribers.append(subscriber)

    def run(self, progress: Callable[[date], None] = lambda day: None) -> None:  # noqa: ARG005
        """Replay every day of the window."""
        opening_ns = midnight_ns(self.prices.first) - 12 * HOUR_NS
        self._commit([self.desk.define, *self.desk.opening], opening_ns)
        for data in self.prices.days():
            self._day(data)
            progress(data.day)
        self.session.finish()

    def _day(self, data: DayOfData) -> None:
        for rate in data.rates:
            if rate.currency != self._base:
                self._rates[rate.currency] = rate
        venues, data = self._sessions.opening(data)
        if venues:
            self._open(data, venues)
            self._close(data, venues)
            self._trading.observe(data)
            self.tally.days += 1
            self._plan(data.day)
        # A level of today is known to the desk from its next session on.
        self._levels.extend(data.indicators)

    def _open(self, data: DayOfData, venues: Sequence[str]) -> None:
        opening_ns = midnight_ns(data.day) - HOUR_NS
        opening = [
            *self._sessions.listing_commands(data),
            *self._span.before(data.day),
            *self._sessions.open_commands(data.day, venues),
        ]
        for bar in data.bars:
            self._sessions.list_at(self._venue, bar.contract_id)
        levels, self._levels = self._levels, []
        if levels:
            self._commit(opening, opening_ns)
            self._report(levels, opening_ns + SECOND_NS)
            opening = []
        trading = frozenset(bar.contract_id for bar in data.bars)
        orders = self._trading.orders(data.day, trading, self.view)
        self._commit([*opening, *orders], opening_ns + 2 * SECOND_NS)

    def _report(self, levels: Sequence[IndicatorLevel], time_ns: int) -> None:
        reports = [
            ReportIndicator(
                indicator=level.indicator, value_nanos=level.value_nanos, is_close=level.is_close
            )
            for level in levels
        ]
        records = self._commit(reports, time_ns)
        times = [each.time_ns for each in records if isinstance(each.command, ReportIndicator)]
        for observed_ns, level in zip(times, levels, strict=True):
            self.observed_days[observed_ns] = day_of(level.time_ns)

    def _close(self, data: DayOfData, venues: Sequence[str]) -> None:
        ticked = frozenset(tick.contract_id for tick in data.ticks)
        for bar in data.bars:
            if bar.contract_id not in ticked:
                self._venue.on_bar(bar)
        for tick in data.ticks:
            self._venue.on_tick(tick)
        last_ns = max(bar.time_ns for bar in data.bars)
        closing_ns = max(last_ns, midnight_ns(data.day) + 21 * HOUR_NS) + 60 * SECOND_NS
        for venue_id in venues:
            self._venue.close_session(venue_id, data.day, closing_ns)
        marks: list[AnyCommand] = []
        if self._rates:
            marks.append(MarkRates(source="feed", rates=tuple(self._rates.values())))
            self._rates = {}
        marks.append(MarkPrices(source="feed", marks=self._sessions.marks(data)))
        marks.extend(self._volumes(data))
        closing = self._sessions.close_commands(data, venues)
        self._moves.observe(data)
        self._commit([*marks, *closing, *self._moves.report(closing_ns)], closing_ns)
        for contract_id in self._sessions.take_expired():
            self._venue.delist_contract(contract_id)
        if self._sessions.keeps_days:
            self._end(data.day, venues, closing_ns + SECOND_NS)

    def _volumes(self, data: DayOfData) -> Iterator[ReportVolumes]:
        """Yield what the day's bars traded, where the desk holds orders against it."""
        if not self._wants_volumes:
            return
        traded: dict[str, int] = {}
        for bar in data.bars:
            if bar.volume_lots is not None:
                traded[bar.contract_id] = traded.get(bar.contract_id, 0) + bar.volume_lots
        if traded:
            volumes = tuple(ContractVolume(name, lots, DAY_NS) for name, lots in traded.items())
            yield ReportVolumes(source="feed", volumes=volumes)

    def _end(self, day: date, venues: Sequence[str], ending_ns: int) -> None:
        """Close the day by its checklist, once the venue's last reports have entered."""
        self._commit([], ending_ns)
        state = self.session.machine.state
        lacking = {
            venue_id: tuple(row.check for row in unmet(checklist(state, venue_id)))
            for venue_id in venues
        }
        self._commit(self._sessions.end_commands(day, venues, lacking), ending_ns + SECOND_NS)

    def _plan(self, day: date) -> None:
        plan_ns = midnight_ns(day) + 22 * HOUR_NS
        for proposal in self._planner.proposals(self.view, self.session.machine.sequence):
            records = self._commit([proposal], plan_ns)
            decision = self._planner.decision(records)
            if decision:
                self._commit(decision, plan_ns + SECOND_NS)

    def _commit(self, commands: Sequence[AnyCommand], time_ns: int) -> tuple[Record, ...]:
        """Commit a round: the gateway's cursor and the venue's reports first, then the commands."""
        self._venue.advance(time_ns)
        cursor = [self._cursor] if self._cursor is not None else []
        batch = [*cursor, *self._venue.take_reports(), *commands]
        if not batch:
            return ()
        was_live = self.session.is_live
        started_ns = perf_counter_ns()
        records = self.session.commit(batch, time_ns)
        took_us = (perf_counter_ns() - started_ns) // 1_000
        self.tally.count(records, took_us if was_live else None)
        self.view.apply(records)
        for subscriber in self._subscribers:
            subscriber(records)
        self._cursor = self._routing.release(records)
        return records


def day_of(time_ns: int) -> date:
    """Return the UTC calendar day of a time."""
    return date(1970, 1, 1) + timedelta(days=time_ns // DAY_NS)
