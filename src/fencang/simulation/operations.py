"""What operations send about trading days: they open, settle, mend and close them.

Days are opened too early, closed too soon or by one person, settled twice, mended long after, and
left open over night; the desk must refuse what is wrong and go on.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from fencang.basics.time import SECOND_NS
from fencang.messages.commands import (
    AnyCommand,
    CloseSession,
    OpenSession,
    PriceMark,
    SettleTradingDay,
)
from fencang.messages.day_commands import (
    Check,
    CloseTradingDay,
    CorrectSettlement,
    OpenTradingDay,
    SettleContracts,
    SettlementPrice,
)
from fencang.refdata.session import Phase, Session
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.duties import Duties
from fencang.simulation.market import Market
from fencang.simulation.notes import Notes
from fencang.simulation.random import Chance

__all__ = ["Operations"]

MINUTE_NS = 60 * SECOND_NS


class Operations:
    """Opens and closes trading days, sensibly and otherwise."""

    def __init__(
        self,
        chance: Chance,
        duties: Duties,
        market: Market,
        notes: Notes,
        unmet: Callable[[str], tuple[Check, ...]],
    ) -> None:
        self._chance, self._duties = chance, duties
        self._market, self._notes, self._unmet = market, notes, unmet
        self._venues = list(dict.fromkeys(notes.venue_of.values()))

    def _persons(self) -> tuple[str, str]:
        return "ops-1", self._chance.weighted((("ops-2", 8), ("", 1), ("ops-1", 1)))

    def _venue(self) -> str:
        return self._chance.one_of(self._venues)

    # ---------------------------------------------------------------------------------- morning

    def morning(self, venue_id: str, day: date, now_ns: int) -> Iterator[AnyCommand]:
        """Put a venue on a day and open it; every step looks at what became of the one before."""
        session = OpenSession(venue_id=venue_id, trading_day=day)
        if not self._duties.has_trading_days:
            yield session
            return
        if self._chance.strikes(50_000):
            yield session  # before the day is open
        sessions = self._sessions(now_ns) if self._duties.has_sessions else ()
        yield self._open(venue_id, day, sessions)
        if self._notes.today.get(venue_id) != day:
            yield self._open(venue_id, day, sessions, reason="in a hurry")
        if self._notes.today.get(venue_id) != day:
            yield self._open(venue_id, day, sessions, reason="in a hurry", approved_by="ops-2")
        if not sessions or self._chance.strikes(100_000):
            yield session

    def report_late(self) -> list[AnyCommand]:
        """Tell fills again that came for a day which was closed: a person was called for them."""
        return [*self._notes.late.values()]

    def _open(
        self,
        venue_id: str,
        day: date,
        sessions: tuple[Session, ...],
        reason: str = "",
        approved_by: str = "",
    ) -> OpenTradingDay:
        return OpenTradingDay(
            venue_id=venue_id,
            trading_day=day,
            sessions=sessions,
            reason=reason,
            entered_by="ops-1",
            approved_by=approved_by,
        )

    def _sessions(self, now_ns: int) -> tuple[Session, ...]:
        """Return the phases of a day: early orders, trading with a halt in it, or less."""
        lengths = (
            (Phase.PRE_OPEN, self._chance.one_of((1, 10, 40))),
            (Phase.OPEN, self._chance.between(60, 300)),
            (Phase.HALT, self._chance.one_of((1, 15))),
            (Phase.OPEN, self._chance.between(30, 600)),
        )
        start, sessions = now_ns, []
        for phase, minutes in lengths:
            end = start + minutes * MINUTE_NS
            if phase is Phase.OPEN or self._chance.strikes(600_000):
                sessions.append(Session(phase, start, end))
            start = end + self._chance.one_of((0, 0, 5)) * MINUTE_NS
        return tuple(sessions)

    # ---------------------------------------------------------------------------------- evening

    def settle(
        self, venue_id: str, day: date, marks: tuple[PriceMark, ...]
    ) -> Iterator[AnyCommand]:
        """Settle a venue's day, in slices where the seed says so, and again with two persons."""
        if self._duties.has_slices and marks:
            some = marks[: self._chance.between(1, len(marks))]
            yield self._slice(venue_id, day, some)
            if self._chance.strikes(500_000):
                yield self._slice(venue_id, day, some, approved_by="ops-2")
        yield self._settle(venue_id, day, marks)
        if self._notes.settled.get(venue_id) != day:
            yield self._settle(venue_id, day, marks, approved_by="ops-2")

    def _settle(
        self, venue_id: str, day: date, marks: tuple[PriceMark, ...], approved_by: str = ""
    ) -> SettleTradingDay:
        left = tuple(mark for mark in marks if (mark.contract_id, day) not in self._notes.prices)
        return SettleTradingDay(
            venue_id=venue_id,
            trading_day=day,
            source="exchange",
            prices=left,
            entered_by="ops-1",
            approved_by=approved_by,
        )

    def _slice(
        self, venue_id: str, day: date, marks: tuple[PriceMark, ...], approved_by: str = ""
    ) -> SettleContracts:
        prices = tuple(SettlementPrice(mark.contract_id, mark.price_nanos) for mark in marks)
        return SettleContracts(
            venue_id=venue_id,
            trading_day=day,
            source=self._chance.one_of(("exchange", "exchange", "manual")),
            prices=prices,
            entered_by="ops-1",
            approved_by=approved_by,
        )

    def close(self, venue_id: str, day: date) -> Iterator[AnyCommand]:
        """Close a venue's day: as it is, then with what is missing accepted; or leave it open."""
        if not self._duties.has_trading_days or self._chance.strikes(100_000):
            return
        yield self._close(venue_id, day, (), "")
        if self._notes.closed.get(venue_id) == day or self._chance.strikes(150_000):
            return
        if self._chance.strikes(200_000):
            yield self._close(venue_id, day, (self._chance.one_of(list(Check)),), "ops-2")
        missing = self._unmet(venue_id)
        yield self._close(venue_id, day, missing, self._persons()[1])
        if self._notes.closed.get(venue_id) != day:
            yield self._close(venue_id, day, missing, "ops-2")

    def _close(
        self, venue_id: str, day: date, accepted: tuple[Check, ...], approved_by: str
    ) -> CloseTradingDay:
        reason = "it is late" if self._chance.strikes(950_000) else ""
        return CloseTradingDay(
            venue_id=venue_id,
            trading_day=day,
            entered_by="ops-1",
            accepted=accepted,
            reason=reason,
            approved_by=approved_by,
        )

    # ------------------------------------------------------------------------- between the hours

    def settle_some(self) -> list[AnyCommand]:
        """Settle a few contracts at any time: too early, again, by one person, of another day."""
        venue_id = self._venue()
        day = self._notes.today.get(venue_id, FIRST_DAY)
        day -= timedelta(days=self._chance.strikes(100_000))
        names = self._notes.unsettled(venue_id) or list(self._market.contracts)
        if self._chance.strikes(200_000):
            names = list(self._market.contracts)
        chosen = names[: self._chance.between(1, 2)]
        far = self._chance.one_of((0, 0, 3, 900))
        marks = tuple(PriceMark(name, self._market.price(name, far)) for name in chosen)
        return [self._slice(venue_id, day, marks, self._persons()[1])]

    def mend(self) -> list[AnyCommand]:
        """Correct a settlement, or give a day the price it had not."""
        known = list(self._notes.prices)[-12:]
        contract = self._chance.one_of(list(self._market.contracts))
        day = self._notes.today.get(self._notes.venue_of[contract], FIRST_DAY)
        day -= timedelta(days=self._chance.between(0, 3))
        if known and self._chance.strikes(700_000):
            contract, day = self._chance.one_of(known)
        entered_by, approved_by = self._persons()
        return [
            CorrectSettlement(
                contract_id=contract,
                trading_day=day,
                price_nanos=self._market.price(contract, self._chance.between(-6, 6)),
                source="exchange notice",
                reason="the exchange corrected it",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def shut(self) -> list[AnyCommand]:
        """Close a day in the middle of it; now and then with everything accepted."""
        venue_id = self._venue()
        day = self._notes.today.get(venue_id, FIRST_DAY)
        accepted: tuple[Check, ...] = ()
        if self._chance.strikes(150_000):
            accepted = self._unmet(venue_id)
        return [self._close(venue_id, day, accepted, self._persons()[1])]

    def reopen(self) -> list[AnyCommand]:
        """Open a day that was opened, closed or has not come."""
        venue_id = self._venue()
        day = self._notes.today.get(venue_id, FIRST_DAY)
        day += timedelta(days=self._chance.one_of((-1, 0, 0, 0)))
        if self._chance.strikes(500_000):
            return [OpenSession(venue_id=venue_id, trading_day=day)]
        return [self._open(venue_id, day, (), reason="again", approved_by="ops-2")]

    def pause(self) -> list[AnyCommand]:
        """Close a venue for a moment."""
        venue_id = self._venue()
        day = self._notes.today.get(venue_id, FIRST_DAY)
        return [
            CloseSession(venue_id=venue_id),
            OpenSession(venue_id=venue_id, trading_day=day),
        ]
