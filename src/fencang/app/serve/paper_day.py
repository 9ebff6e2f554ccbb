"""The outside world of a paper desk: trades that meet its orders, marks, and trading days.

A venue made anew after a restart is given back the orders that the desk has seen working.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial

from fencang.app.desk.paper import PaperSettings
from fencang.app.serve.live_desk import LiveDesk
from fencang.basics.time import SECOND_NS
from fencang.engine.machine import Machine
from fencang.engine.orders import OrderState
from fencang.engine.state import DeskState
from fencang.gateways.paper import PaperConfig, PaperVenue
from fencang.gateways.paper.book import PaperOrder
from fencang.gateways.paper.market import PaperMarket, Quoted
from fencang.gateways.ports import DeskBusy, DeskStopped
from fencang.messages.commands import (
    AnyCommand,
    CloseSession,
    MarkPrices,
    OpenSession,
    PriceMark,
    SettleTradingDay,
)
from fencang.messages.day_commands import OpenTradingDay
from fencang.refdata.desk import DayPolicy
from fencang.refdata.venue import Venue

__all__ = ["MARKS_S", "PaperDay", "paper_venue"]

MARKS_S = 0.2
"""Prices are marked at most so often: what came between is conflated."""
DAY_CHECK_S = 5.0
DAYS_AHEAD_MAX = 30

Clock = Callable[[], int]


def paper_venue(state: DeskState, sequence: int) -> PaperVenue:
    """Return a venue that lists every living contract and works what the desk has seen working.

    Its name tells lives apart, so that no execution identifier comes twice.
    """
    ticks = {
        contract_id: found.product.tick_nanos
        for contract_id, found in sorted(state.contracts.items())
        if not found.is_expired
    }
    venue = PaperVenue(
        PaperConfig(
            name=f"P{sequence}",
            tick_nanos=ticks,
            queue_ahead_ppm=0,
            participation_max_ppm=1_000_000,
        )
    )
    for order_id, order in sorted(state.orders.items()):
        was_seen = order.state is not OrderState.PENDING_NEW
        if order.is_live and was_seen and not order.is_in_doubt:
            venue.readmit(
                PaperOrder(
                    order_id=order_id,
                    terms=order.terms,
                    venue_order_id="",
                    nth_order=0,
                    priority=0,
                    joined_ns=0,
                    quantity_lots=order.quantity_lots,
                    limit_price_nanos=order.limit_price_nanos,
                    filled_lots=order.filled_lots,
                )
            )
    return venue


class PaperDay:
    """Lets trades happen and days begin and end, as long as it runs."""

    def __init__(
        self, desk: LiveDesk, venue: PaperVenue, settings: PaperSettings, clock: Clock
    ) -> None:
        self._desk, self._venue, self._settings, self._clock = desk, venue, settings, clock
        self._marks: dict[str, int] = {}
        self._market = PaperMarket({}, settings.seed)

    async def begin(self) -> None:
        """Open today's session and mark every quoted contract once: then orders can come.

        Prices go on from where they stand, or begin where the desk file says.
        """
        for command in await self._desk.ask(partial(_day_commands, today=self._today())):
            await self._desk.enter(command)
        quoted = await self._desk.ask(partial(_quoted, start=self._settings.prices_nanos))
        self._market = PaperMarket(quoted, self._settings.seed)
        if quoted:
            await self._desk.enter(
                _marks({name: found.price_nanos for name, found in quoted.items()})
            )

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock() // SECOND_NS, UTC).date()

    async def run(self) -> None:
        """Run until cancelled, or until the desk stops, which says itself why."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._trade())
                tasks.create_task(self._mark())
                tasks.create_task(self._keep_days())
        except* DeskStopped:
            pass

    async def _trade(self) -> None:
        while True:
            tick = self._market.next_tick(self._clock())
            if tick is None:
                return
            self._venue.on_tick(tick)
            self._marks[tick.contract_id] = tick.price_nanos
            self._desk.exchange()
            await asyncio.sleep(1 / self._settings.trades_per_s)

    async def _mark(self) -> None:
        while True:
            await asyncio.sleep(MARKS_S)
            marks, self._marks = self._marks, {}
            if marks:
                try:
                    self._desk.tell(_marks(marks))
                except DeskBusy:
                    self._marks = marks | self._marks

    async def _keep_days(self) -> None:
        while True:
            due = partial(_day_commands, today=self._today())
            with contextlib.suppress(DeskBusy):  # what is still due then is due at the next look
                for command in await self._desk.ask(due):
                    self._desk.tell(command)
            await asyncio.sleep(DAY_CHECK_S)


def _marks(prices_nanos: Mapping[str, int]) -> MarkPrices:
    marks = tuple(PriceMark(*each) for each in sorted(prices_nanos.items()))
    return MarkPrices(source="paper", marks=marks)


def _quoted(machine: Machine, start: Mapping[str, int]) -> dict[str, Quoted]:
    """Return where the prices of living contracts stand, of those that the desk file quotes."""
    found = {}
    for contract_id, contract in sorted(machine.state.contracts.items()):
        if contract_id not in start or contract.is_expired:
            continue
        mark = contract.mark_nanos
        price = start[contract_id] if mark is None else mark
        tick = contract.product.tick_nanos
        found[contract_id] = Quoted(price_nanos=price - price % tick, tick_nanos=tick)
    return found


def _day_commands(machine: Machine, today: date) -> list[AnyCommand]:
    """Return what ends an old trading day and begins today's, of each venue that needs it."""
    state = machine.state
    strict = state.settings.day_policy is DayPolicy.STRICT
    commands: list[AnyCommand] = []
    for venue_id, found in sorted(state.venues.items()):
        day = _trading_day(found.venue, today)
        if found.is_open and found.today >= day.toordinal():
            continue
        if found.is_open:
            prices = tuple(
                PriceMark(contract_id, contract.mark_nanos)
                for contract_id, contract in sorted(state.contracts.items())
                if contract.product.venue_id == venue_id
                and contract.mark_nanos is not None
                and not contract.is_expired
            )
            commands += [
                CloseSession(venue_id=venue_id),
                SettleTradingDay(
                    venue_id=venue_id,
                    trading_day=date.fromordinal(found.today),
                    source="paper",
                    prices=prices,
                ),
            ]
        if strict and found.today != day.toordinal():
            commands.append(OpenTradingDay(venue_id=venue_id, trading_day=day))
        commands.append(OpenSession(venue_id=venue_id, trading_day=day))
    return commands


def _trading_day(venue: Venue, today: date) -> date:
    days = (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD_MAX))
    return next((day for day in days if venue.is_trading_day(day)), today)
