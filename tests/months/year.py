"""A careless year in a real journal: every kind of contract, of mending and of money, day by day.

The office of ``tests.engine.random_desk`` works on through a year of trading days.  Here it gets
what a year has and a day has not: venues that settle, close and open the next day, holidays, months
whose options and futures end while the next ones are listed, books of prior systems, and a journal.
"""

from datetime import date, timedelta

from fencang.basics.price import format_price
from fencang.basics.time import midnight_ns
from fencang.engine.checklist import checklist, unmet
from fencang.engine.invariants import check
from fencang.journal.sequencer import Core, OpenBatch
from fencang.journal.snapshots import Snapshot
from fencang.messages import commands as cmd
from fencang.messages.message import Side, TradingState
from fencang.refdata.contract import Contract
from tests.engine import option_firm
from tests.engine.acts import opening, opening_cash, opening_lots
from tests.engine.day_acts import close_day, correct, open_day
from tests.engine.desk import Desk, settlement, transfer
from tests.engine.firm import MONDAY, SECOND, changed, define, price
from tests.engine.money_firm import post
from tests.engine.option_firm import expire, instruct, report
from tests.engine.random_desk import SUBS, Office
from tests.engine.random_desk import expire as end_future
from tests.engine.span_firm import KEYS

VENUES = {
    "COMEX": ("GCM0",),
    "EUREX": ("FDAX",),
    "NYMEX": ("CLM0", "ESM0"),
    "OSE": ("NKM0",),
    "SHFE": ("CU06",),
}
OPTIONS = ("LOC", "LOP", "LFC", "LXC")
STEPS = 22
"""Commands of the office on a day, beside those of the day itself."""


def resumed(node):
    return cmd.SetTradingState(
        node_id=node,
        trading_state=TradingState.ACTIVE,
        reason="a new month",
        entered_by="risk",
        approved_by="boss",
    )


class JournaledDesk(Desk):
    """A desk whose commands go into a journal, a day's at a time; laws are checked by the month."""

    def __init__(self, journal):
        super().__init__()
        self.journal = journal
        self.core = Core(self.machine, journal, lambda: self.now_ns)
        self.batch = OpenBatch(1, journal.last_hash)

    def do(self, command, after_ns=SECOND):
        self.now_ns += after_ns
        record, frame = self.core.decide(command)
        self.batch.add(record, frame)
        self.records.append(record)
        return record.events

    def store(self):
        """Make durable what was decided since the last time."""
        batch = self.batch
        self.journal.append(batch.closed(self.core.chain_hash), batch.first_sequence - 1)
        self.batch = OpenBatch(self.core.sequence + 1, self.core.chain_hash)

    def snapshot(self):
        return Snapshot(self.core.sequence, self.core.chain_hash, self.machine.dump())


class YearOffice(Office):
    """The careless office, with contracts that come and go by the month."""

    def __init__(self, seed, journal):
        super().__init__(seed, uses_span=True, desk=JournaledDesk(journal))
        for name, level in {"FDAX": (10_000, 50), "NKM0": (20_000, 500)}.items():
            self.contracts[name], self.levels[name] = level, level[0]
        for name in OPTIONS:
            del self.contracts[name]
        self.day = self.interest_day = MONDAY
        self.month = self.systems = 0
        self.series = {}
        self.list_month()

    def _price(self, contract):
        """Return a price near the level, on the tick; what has ended is filled late at times."""
        _, tick = self.contracts.get(contract, (0, 1))
        whole = self.levels[contract] * 100 + self.chance.randint(-5, 5) * tick
        whole -= whole % tick
        return price(f"{whole // 100}.{whole % 100:02d}") if whole > 0 else 0

    def _exercise(self):
        """Instruct, exercise and assign in the month's options; they end with the month."""
        name = self.chance.choice(sorted(self.series))
        account, lots = self.chance.choice(("C1", "C1", "CN1")), self.chance.randint(0, 3)
        kind, identity = self.chance.choice(("exercised", "assigned")), f"h{len(self.desk.records)}"
        if self.chance.random() < 0.4:
            sub = self.chance.choice(("ALPHA", "BETA", "NEST", "MIXED"))
            return instruct(sub, lots, lots // 2, name, account)
        return report(kind, lots + 1, name, identity, account)

    # ---------------------------------------------------------------------------------- months

    def list_month(self):
        """List the month's options on June crude and a crude month of its own."""
        self.month += 1
        made = [self._option(name) for name in OPTIONS]
        crude = f"CL{self.month:02d}"
        made.append(Contract(contract_id=crude, product_id="CL", margin_key=KEYS["CLN0"]))
        self.desk.done(define(*made))
        self.series = {each.contract_id: each.product_id for each in made[:-1]}
        for name in self.series:
            self.contracts[name], self.levels[name] = (2, 1), 2
        self.contracts[crude], self.levels[crude] = (21, 1), self.levels["CLM0"]
        self.crude = crude
        self._begin_anew()
        self.desk.mark(**{name: format_price(self._price(name)) for name in (*self.series, crude)})

    def _begin_anew(self):
        """Bring new money and let everybody trade again, whatever the month before did to them."""
        self.desk.deposit("3000000")
        for sub in ("ALPHA", "BETA", "GAMMA", "NEST", "MIXED"):
            self.desk.do(transfer(None, sub, "300000"))
        for node in ("MASTER", *SUBS):
            self.desk.do(resumed(node))

    def _option(self, name):
        known = getattr(option_firm, name)
        return changed(known, contract_id=f"{name}{self.month:02d}")

    def end_month(self):
        """End what the month listed; look at the laws."""
        at = format_price(self._price("CLM0"))
        for name in sorted(self.series):
            self.desk.done(expire(name, at))
            del self.contracts[name]
        end_future(self.desk, self.crude, format_price(self._price(self.crude)))
        del self.contracts[self.crude]
        assert check(self.desk.state) == []

    def take_over(self):
        """Take in the books of a prior system, as a sub-account of their own."""
        self.systems += 1
        name, crude = f"PRIOR{self.systems}", format_price(self.levels["CLM0"] * 10**9)
        known = self.desk.state.subs["GAMMA"].definition
        self.desk.done(define(changed(known, sub_account_id=name, name=name)))
        lots = opening_lots(name, Side.BUY, 3, at="18", carried=crude)
        self.desk.done(opening((lots,), (opening_cash(name, "40000"),)))

    # ------------------------------------------------------------------------------------ days

    def live(self, days):
        """Work through so many days; yield after each one is stored."""
        is_over = False
        for count in range(1, days + 1):
            for _ in range(STEPS):
                self.step()
            self.step("cash")
            if count % 20 == 7:
                self.take_over()
            self.evening()
            is_over = is_over or count % 20 == 0
            if is_over and not self.desk.state.venues["NYMEX"].is_day_closed:
                # On a day that is open: some days the venue stays shut.
                self.end_month()
                self.list_month()
                is_over = False
            self.desk.store()
            yield count

    def evening(self):
        """Settle and close every venue's day, post interest, open the next day."""
        tomorrow = self.day + timedelta(days=3 if self.day.weekday() == 4 else 1)
        for venue in VENUES:
            self.settle(venue)
        if self.interest_day < tomorrow:
            nights = min(31, (tomorrow - self.interest_day).days)
            self.desk.do(post(self.interest_day, self.interest_day + timedelta(days=nights)))
            self.interest_day += timedelta(days=nights)
        self.desk.now_ns = max(self.desk.now_ns, midnight_ns(tomorrow))
        for venue in VENUES:
            if self.chance.random() < 0.97 and self._today(venue) < tomorrow:
                self.desk.do(open_day(tomorrow, venue=venue, reason="on", approved_by="boss"))
                self.desk.do(cmd.OpenSession(venue_id=venue, trading_day=tomorrow))
        self.day = tomorrow
        if self.chance.random() < 0.2:
            self.mend()

    def settle(self, venue):
        """Settle what has no price of the day yet, and close the day, whatever is missing."""
        state, day = self.desk.state, self._today(venue)
        if state.venues[venue].is_day_closed:
            return
        names = [name for name in self.contracts if self._lacks_price(name, venue)]
        prices = {name: format_price(self._price(name)) for name in sorted(names)}
        self.desk.do(settlement(day, venue, "exchange", "boss", **prices))
        self.desk.do(cmd.CloseSession(venue_id=venue))
        left = [row.check for row in unmet(checklist(state, venue))]
        self.desk.do(close_day(day, *left, venue=venue, reason="late", approved_by="boss"))

    def mend(self):
        """Correct a settlement of the days before."""
        name = self.chance.choice(("CLM0", "CU06", "FDAX", "NKM0", self.crude))
        kept = sorted(self.desk.state.contracts[name].settlements)
        if kept:
            day = date.fromordinal(self.chance.choice(kept[-3:]))
            self.desk.do(correct(day, format_price(self._price(name)), name))

    def _today(self, venue):
        return date.fromordinal(self.desk.state.venues[venue].today)

    def _lacks_price(self, name, venue):
        contract = self.desk.state.contracts[name]
        if contract.is_expired or contract.venue.venue.venue_id != venue:
            return False
        settled = contract.settlements.get(contract.venue.today)
        return settled is None or settled.price_nanos is None
