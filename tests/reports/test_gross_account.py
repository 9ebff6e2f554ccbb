"""A gross account in Shanghai, three days of opens and closes, counted by a broker of its own.

Law: side by side and by age nothing differs; one lot more on any figure is one break.
"""

import random

import pytest

from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import BUY, CLOSE, CLOSE_TODAY, CLOSE_YESTERDAY, OPEN, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY
from tests.projections.test_carrying_days import folded

MAP = """
encoding = "gbk"
account = "CN1"
buy = ["买"]
sell = ["卖"]
[positions]
title = "持仓汇总"
[positions.columns]
contract = "合约"
long = "买持"
short = "卖持"
long_today = "今买"
short_today = "今卖"
[fills]
title = "成交记录"
[fills.columns]
execution = "成交序号"
contract = "合约"
side = "买/卖"
lots = "手数"
price = "成交价"
fee = "手续费"
"""


class Counter:
    """Old and new lots of each side, closed as the offset says."""

    def __init__(self):
        self.old = {BUY: 0, SELL: 0}
        self.new = {BUY: 0, SELL: 0}

    def next_day(self):
        for side in (BUY, SELL):
            self.old[side] += self.new[side]
            self.new[side] = 0

    def trade(self, side, offset, lots):
        """Take lots in; return what they cost: 10 a lot, nothing for closing today's."""
        if offset is OPEN:
            self.new[side] += lots
            return 10 * lots
        held = side.opposite
        todays = lots if offset is CLOSE_TODAY else 0
        if offset is CLOSE:
            todays = max(0, lots - self.old[held])
        self.old[held] -= lots - todays
        self.new[held] -= todays
        return 10 * (lots - todays)

    def choices(self, chance):
        """Return a side, an offset and lots that are there to be closed."""
        side = chance.choice((BUY, SELL))
        held = side.opposite
        most = {
            OPEN: 5,
            CLOSE: self.old[held] + self.new[held],
            CLOSE_TODAY: self.new[held],
            CLOSE_YESTERDAY: self.old[held],
        }
        offset = chance.choice([each for each, lots in most.items() if lots])
        return side, offset, chance.randint(1, min(5, most[offset]))

    def figures(self):
        longs, shorts = self.old[BUY] + self.new[BUY], self.old[SELL] + self.new[SELL]
        return [longs, shorts, self.new[BUY], self.new[SELL]]


def statement(figures, fills):
    held = ",".join(map(str, figures))
    lines = ["持仓汇总", "合约,买持,卖持,今买,今卖", f"CU06,{held}", ""]
    lines += ["成交记录", "成交序号,合约,买/卖,手数,成交价,手续费", *fills]
    return "\n".join(lines).encode("gbk")


def compared(days, day, payload):
    map_ = read_map(MAP, "map.toml")
    found = read_statement(
        {"b.csv": payload},
        "b.csv",
        map_,
        account="CN1",
        contracts=("CU06",),
        asked_day=day,
    )
    products = {"CU06": days.reference.product_of("CU06")}
    ours = days.day("CN1", day)
    return compare(Basis(ours, found, map_.tolerances, products, is_net=False, known={}), PARTS)


PARTS = MarginParts()


@pytest.mark.parametrize("seed", range(5))
def test_opens_and_closes_agree_and_a_lot_more_is_found(seed):
    chance = random.Random(seed)
    desk, counter = trading_desk(), Counter()
    told = {}
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        if day != MONDAY:
            desk.next_day(day, "SHFE")
            counter.next_day()
        fills = []
        for _ in range(12):
            side, offset, lots = counter.choices(chance)
            price = chance.randint(3_990, 4_010) * 10
            desk.trade("ALPHA", side, lots, str(price), "CU06", offset)
            number = desk.records[-1].command.execution_id
            fee = counter.trade(side, offset, lots)
            word = "买" if side is BUY else "卖"
            fills.append(f"{number},CU06,{word},{lots},{price},{fee}")
        told[day] = counter.figures(), fills
    days = folded(desk)
    names = ("CU06 long", "CU06 short", "CU06 long of today", "CU06 short of today")
    for day, (figures, fills) in told.items():
        assert compared(days, day, statement(figures, fills)).breaks == ()
        for place, name in enumerate(names):
            more = list(figures)
            more[place] += 1
            found = compared(days, day, statement(more, fills))
            assert [each.subject for each in found.causes] == [name]
        found = compared(days, day, statement(figures, fills[1:]))
        assert [each.kind.words for each in found.causes] == ["missing there"]
