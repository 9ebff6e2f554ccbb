"""A desk that traded three days, with a broker that executed the same, and their comparison."""

import random
from decimal import Decimal

from fencang.messages.message import Side
from fencang.projections.carrying_days import CarryingDays
from fencang.projections.reconciliations import Reconciliations
from fencang.projections.reference import Reference
from fencang.refdata.account import PositionMode
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, price
from tests.reports.broker import FEES, MAP, Books, Execution

DAYS = (MONDAY, TUESDAY, WEDNESDAY)
CONTRACTS = {
    "CLM0": ("20", "0.01"),
    "CLN0": ("21", "0.01"),
    "ESM0": ("3000", "0.25"),
    "FDAX": ("10000", "0.5"),
    "NKM0": ("20000", "5"),
}
VENUES = ("NYMEX", "EUREX", "OSE")


class TradedDays:
    """Three days of seeded trading on account C1, told to the desk and to the broker."""

    def __init__(self, seed, trades=8):
        self.chance = random.Random(seed)
        self.desk = trading_desk()
        self.books = Books(wires=[(MONDAY, "USD", Decimal(10_000_000))])
        self.levels = {name: Decimal(level) for name, (level, _) in CONTRACTS.items()}
        for place, day in enumerate(DAYS):
            if place:
                for venue in VENUES:
                    self.desk.next_day(day, venue)
            for _ in range(trades):
                self._trade(day)
            self._close(day)
        self.reference, self.days = Reference(), CarryingDays(Reference())
        self.fold()

    def fold(self):
        self.reference = Reference()
        self.days, self.breaks = CarryingDays(self.reference), Reconciliations()
        for record in self.desk.records:
            for part in (self.reference, self.days, self.breaks):
                part.apply(record)

    def _near(self, contract):
        tick = Decimal(CONTRACTS[contract][1])
        return self.levels[contract] + tick * self.chance.randint(-3, 3)

    def _trade(self, day):
        contract = self.chance.choice(sorted(CONTRACTS))
        side = self.chance.choice(list(Side))
        lots = self.chance.randint(1, 4)
        at = self._near(contract)
        sub = self.chance.choice(("ALPHA", "BETA", "GAMMA"))
        order_id = self.desk.accepted(sub, side, lots, contract, str(at))
        left = lots
        while left:
            part = self.chance.randint(1, left)
            left -= part
            self.desk.fill(order_id, part, str(at))
            number = self.desk.records[-1].command.execution_id
            fee = FEES.get(contract[:2], Decimal(0)) * part
            self.books.executions.append(Execution(number, contract, side.sign, part, at, fee, day))

    def _close(self, day):
        if self.chance.random() < 0.5:
            self.desk.deposit("250000")
            self.books.wires.append((day, "USD", Decimal(250_000)))
        for contract in CONTRACTS:
            self.levels[contract] = self._near(contract)
            self.books.prices[day, contract] = self.levels[contract]
        for venue, prefixes in (("NYMEX", ("CL", "ES")), ("EUREX", ("FD",)), ("OSE", ("NK",))):
            prices = {
                name: str(level) for name, level in self.levels.items() if name.startswith(prefixes)
            }
            self.desk.settle(day, venue, **prices)

    def basis(self, day, text, map_text=MAP, known=None):
        map_ = read_map(map_text, "map.toml")
        statement = read_statement(
            {"broker.csv": text.encode()},
            "broker.csv",
            map_,
            account="C1",
            contracts=self.reference.contracts,
            asked_day=day,
        )
        products = {key: self.reference.product_of(key) for key in self.reference.contracts}
        account = self.reference.carrying_accounts["C1"]
        return Basis(
            ours=self.days.day("C1", day),
            theirs=statement,
            tolerances=map_.tolerances,
            products=products,
            is_net=account.position_mode is PositionMode.NET,
            known=known or {},
            late=tuple(self.days.late_fills("C1")),
        )

    def compare(self, day, text, map_text=MAP, known=None):
        return compare(self.basis(day, text, map_text, known), MarginParts())


def nanos(text):
    return price(str(text))
