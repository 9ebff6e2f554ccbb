"""What goes on beside a served desk goes on when the desk is busy, and ends when it stops."""

import asyncio

from fencang.app.desk.paper import PaperSettings
from fencang.app.serve import paper_day
from fencang.app.serve.paper_day import PaperDay
from fencang.gateways.paper.market import PaperMarket, Quoted
from fencang.gateways.ports import DeskBusy, DeskStopped
from fencang.messages.commands import MarkPrices


class Desk:
    """Has no room for the first things, then some, then stops."""

    def __init__(self, busy, stops_after):
        self.busy, self.stops_after = busy, stops_after
        self.asked, self.told = 0, []

    def _room(self):
        if self.busy:
            self.busy -= 1
            raise DeskBusy("full")
        if len(self.told) >= self.stops_after:
            raise DeskStopped("the disk is full")

    async def ask(self, _question):
        self.asked += 1
        self._room()
        return []

    def tell(self, command):
        self._room()
        self.told.append(command)

    def exchange(self):
        pass


class Venue:
    def on_tick(self, tick):
        pass


def test_a_busy_desk_is_told_later_and_a_stopped_one_is_left(monkeypatch):
    monkeypatch.setattr(paper_day, "MARKS_S", 0.001)
    monkeypatch.setattr(paper_day, "DAY_CHECK_S", 0.001)
    desk = Desk(busy=7, stops_after=3)
    settings = PaperSettings(trades_per_s=500, prices_nanos={}, seed=1)
    day = PaperDay(desk, Venue(), settings, lambda: 10**18)
    tick_nanos = 10**9
    quoted = {"COPPER": Quoted(price_nanos=4_000 * tick_nanos, tick_nanos=tick_nanos)}
    day._market = PaperMarket(quoted, 1)

    async def run():
        async with asyncio.timeout(20):
            await day.run()

    asyncio.run(run())
    assert desk.busy == 0
    assert desk.asked
    assert [type(each) for each in desk.told] == [MarkPrices] * 3
