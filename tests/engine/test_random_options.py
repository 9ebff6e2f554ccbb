"""A careless options desk: all laws hold through trades, marks, exercises and ends, any seed."""

import random

import pytest

from fencang.messages import commands as cmd
from fencang.messages.commands import PriceMark
from fencang.messages.message import Offset, Side
from tests.engine.desk import OPEN, order, trading_desk
from tests.engine.firm import MONDAY, define, price, rule, sub_account
from tests.engine.option_firm import PERMITTED, expire, instruct, option, report, use_options
from tests.engine.span_firm import collateral
from tests.seeds import seeds

SUBS = {"ALPHA": "C1", "BETA": "C1", "GAMMA": "C1", "MIXED": "CN1"}
NAMES = ("LOC", "LOP", "LFC", "LXC", "CLM0")


class Pit:
    """Opens, closes, exercises and forgets, by chance."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.desk = trading_desk()
        mixed = sub_account("MIXED", products=PERMITTED, tags=("cut",), routes={"NYMEX": "CN1"})
        use_options(self.desk, mixed, rule(keep_ppm=500_000, hold_ns=10**12))
        self.desk.fund("MIXED", "1000000", account="CN1")
        self.executions = 0

    def step(self):
        kinds = (self._trade, self._trade, self._stray, self._mark, self._exercise, self._office)
        for command in self.chance.choice(kinds)():
            self.desk.do(command)

    def _price(self, name):
        tenths = self.chance.randint(180, 240) if name == "CLM0" else self.chance.randint(0, 50)
        return price(f"{tenths // 10}.{tenths % 10}")

    def _trade(self):
        sub, name = self.chance.choice(sorted(SUBS)), self.chance.choice(NAMES)
        offsets = (OPEN, OPEN, Offset.CLOSE) if sub == "MIXED" else (Offset.NET,)
        side, lots = self.chance.choice(list(Side)), self.chance.randint(1, 9)
        offset, limit = self.chance.choice(offsets), self._price(name)
        identity = f"t{self.executions}"
        self.executions += 1
        yield (
            order(sub, side, lots, name, None, identity, offset=offset)
            if name == "CLM0"
            else (
                cmd.SubmitOrder(
                    sub_account_id=sub,
                    client_order_id=identity,
                    contract_id=name,
                    side=side,
                    quantity_lots=lots,
                    limit_price_nanos=limit,
                    offset=offset,
                )
            )
        )
        known = self.desk.state.subs[sub].client_order_ids.get(identity)
        if known is None:
            return
        filled = self.chance.randint(0, lots)
        if filled:
            yield self._fill(SUBS[sub], name, side, filled, offset, known)
        if filled < lots and self.chance.random() < 0.6:
            yield cmd.ReportOrderCancelled(order_id=known)

    def _fill(self, account, name, side, lots, offset, order_id):
        self.executions += 1
        return cmd.ReportFill(
            carrying_account_id=account,
            execution_id=f"x{self.executions}",
            order_id=order_id,
            contract_id=name,
            side=side,
            quantity_lots=lots,
            price_nanos=self._price(name),
            offset=offset,
        )

    def _stray(self):
        if self.chance.random() < 0.7:
            return
        account = self.chance.choice(("C1", "CN1"))
        offset = OPEN if account == "CN1" else Offset.NET
        name, side = self.chance.choice(NAMES), self.chance.choice(list(Side))
        yield self._fill(account, name, side, self.chance.randint(1, 4), offset, None)
        execution_id = f"x{self.executions}"
        if self.chance.random() < 0.5:
            yield cmd.AssignSuspense(
                carrying_account_id=account,
                execution_id=execution_id,
                sub_account_id="MIXED" if account == "CN1" else "BETA",
                quantity_lots=1,
                reason="found",
                entered_by="ops",
                approved_by="boss",
            )

    def _mark(self):
        name = self.chance.choice(NAMES)
        yield cmd.MarkPrices(source="feed", marks=(PriceMark(name, self._price(name)),))
        if self.chance.random() < 0.2:
            today = self.desk.state.venues["NYMEX"].today
            day = MONDAY.fromordinal(today)
            prices = tuple(PriceMark(name, self._price(name)) for name in NAMES)
            yield cmd.SettleTradingDay(
                venue_id="NYMEX",
                trading_day=day,
                source="feed",
                prices=prices,
            )
            yield cmd.CloseSession(venue_id="NYMEX")
            yield cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY.fromordinal(today + 1))

    def _exercise(self):
        name, account = self.chance.choice(NAMES), self.chance.choice(("C1", "CN1"))
        lots, kind = self.chance.randint(1, 5), self.chance.choice(("exercised", "assigned"))
        sub = self.chance.choice(sorted(SUBS))
        yield instruct(sub, lots // 2, lots % 2, name, SUBS[sub])
        self.executions += 1
        yield report(kind, lots, name, f"h{self.executions}", account)
        if self.chance.random() < 0.08:
            yield expire(name, self.chance.choice(("15", "19.99", "20", "20.01", "26")))

    def _office(self):
        self.executions += 1
        yield self.chance.choice(
            (
                collateral(self.chance.randint(0, 10**11)),
                cmd.ReportIndicator(indicator="VIX", value_nanos=price("20"), is_close=True),
                cmd.ReportIndicator(indicator="VIX", value_nanos=price("22")),
                define(option(f"N{self.executions}", "LO")),
                cmd.AdvanceTime(),
            )
        )


@pytest.mark.parametrize("seed", seeds(3, of=6))
def test_the_laws_hold_in_a_careless_pit(seed):
    pit = Pit(seed)
    for _ in range(90):
        pit.step()
    desk = pit.desk
    for name in ("LOC", "LOP", "LFC", "LXC"):
        if not desk.state.contracts[name].is_expired:
            desk.done(expire(name, "21"))
    for state in (desk.state,):
        options = {"LOC", "LOP", "LFC", "LXC"}
        held = [
            key
            for sub in state.subs.values()
            for key, position in sub.book.positions.items()
            if key[1] in options and not position.is_flat
        ]
        assert held == []
        assert all(not entry.premium_micros for entry in state.pools["FUND"].entries.values())


def test_a_careless_pit_gets_something_done():
    """Not everything is refused: the law would prove nothing."""
    seen = set()
    for seed in range(3):
        pit = Pit(seed)
        for _ in range(90):
            pit.step()
        seen |= {type(event).__name__ for record in pit.desk.records for event in record.events}
    assert {"OptionExercised", "ExerciseInstructed", "FillAllocated", "FillSuspended"} <= seen


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_the_laws_hold_over_many_pits(seed):
    test_the_laws_hold_in_a_careless_pit(seed)
