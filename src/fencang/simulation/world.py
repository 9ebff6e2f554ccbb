"""One run: a seed becomes a desk, its traders, its venue and its misfortunes, and the laws hold.

After every durable record the auditor reads it, and the engine's own invariants are checked on a
follower that only applies events (in long campaigns on every 32nd record).  A crash may strike
before a batch is durable, after it, before sending, between two sendings and before the cursor; the
desk then comes up by its ordinary start.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import chain

from fencang.basics.time import SECOND_NS, midnight_ns
from fencang.engine.checklist import checklist, unmet
from fencang.gateways.paper.faults import FaultPlan
from fencang.gateways.paper.state import PaperConfig
from fencang.gateways.paper.venue import PaperVenue
from fencang.journal.header import JournalHeader
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import SequencerStopped
from fencang.journal.snapshots import Snapshot
from fencang.messages.commands import (
    AnyCommand,
    CloseSession,
    ExpireContract,
    ReportFill,
    SubmitOrder,
)
from fencang.messages.day_commands import Check
from fencang.messages.record import Record
from fencang.refdata.desk import DeskItem
from fencang.refdata.venue import Venue
from fencang.simulation.cancel_desk import CancelDesk, has_mass_cancels
from fencang.simulation.clock import SimulatedClock
from fencang.simulation.compliance import Compliance
from fencang.simulation.desks import FIRST_DAY, draw_desk
from fencang.simulation.disk import Crash, Fuse, SimulatedDisk
from fencang.simulation.duties import Duties, draw_duties, with_duties
from fencang.simulation.firm_controls import has_firm_controls, with_firm_controls
from fencang.simulation.market import Market
from fencang.simulation.network import Network
from fencang.simulation.notes import Notes
from fencang.simulation.office import Office
from fencang.simulation.process import DeskProcess, KeptSnapshots
from fencang.simulation.random import Chance
from fencang.simulation.risk_desk import RiskDesk
from fencang.simulation.rulebooks import has_rulebooks, with_rulebooks
from fencang.simulation.signatories import Signatories, has_signatories
from fencang.simulation.staff import Staff
from fencang.simulation.strangers import Strangers
from fencang.simulation.strategists import Strategists, has_strategists
from fencang.simulation.swarm import Swarm, draw_swarm
from fencang.simulation.tier_desk import TierDesk, has_tiers, with_tiers
from fencang.simulation.treasury import Treasury
from fencang.simulation.value_desk import ValueDesk
from fencang.simulation.value_rows import has_value_rows, with_value_rows
from fencang.simulation.watch import Watch
from fencang.simulation.workload import Traders

__all__ = ["World"]

LAST_RESTARTS_MAX = 5
"""So often a desk is restarted in the end, while the venue swallows what is sent again."""

CRASHES_MAX = 25
_HEADER = JournalHeader(
    format_version=1,
    desk_id="SIMULATION",
    decision_version=1,
    fencang_version="simulated",
    python_version="simulated",
    numpy_version="simulated",
    numba_version="simulated",
    msgspec_version="simulated",
)


class World:
    """Everything of one seed."""

    def __init__(
        self, seed: int, actions_max: int | None = None, *, is_thorough: bool = True
    ) -> None:
        chance = Chance(seed)
        self.swarm: Swarm = draw_swarm(chance.fork("swarm"))
        self._chance = chance.fork("world")
        self._fate = chance.fork("crashes")
        self.duties: Duties = draw_duties(chance.fork("duties"))
        self._fate_of_duties = chance.fork("crashes of duties")
        items = self._draw_items(chance)
        self._fate_of_risk = chance.fork("crashes of risk")
        self._fate_of_compliance = chance.fork("crashes of compliance")
        self._fate_of_strategists = chance.fork("crashes of strategists")
        self._fate_of_signatories = chance.fork("crashes of signatories")
        self._fate_of_tiers = chance.fork("crashes of tiers")
        self._fate_of_cancels = chance.fork("crashes of mass cancels")
        self.venue_ids = [item.venue_id for item in items if isinstance(item, Venue)]
        self.market = Market(chance.fork("market"), self.swarm, items)
        self.clock = SimulatedClock(midnight_ns(FIRST_DAY))
        self.now_ns = self.clock.now_ns
        self.disk = SimulatedDisk(MemoryJournal(_HEADER))
        self.snapshots = KeptSnapshots()
        self.venue = PaperVenue(self._venue_config(seed))
        self.network = Network(
            chance.fork("network"),
            late_ppm=self.swarm.late_ppm,
            double_ppm=self.swarm.double_ppm,
            late_steps_max=self.swarm.late_steps_max,
        )
        self.watch = Watch(Notes(items), is_thorough=is_thorough)
        self._hire(chance, items)
        self._askers = self._list_askers()
        self.story = self.watch.story
        self.acknowledged: list[Record] = []
        self.executed: dict[tuple[str, str], ReportFill] = {}
        self._actions_left = actions_max
        self._is_calm = True
        self.desk: DeskProcess | None = None

    def _draw_items(self, chance: Chance) -> list[DeskItem]:
        """Return the desk's reference values, with what only some desks have."""
        items: list[DeskItem] = draw_desk(chance.fork("desk"), self.swarm)
        items = with_duties(items, self.duties)
        lawful = chance.fork("rules of law")
        self.has_rulebooks = has_rulebooks(lawful)
        if self.has_rulebooks:
            items = with_rulebooks(lawful, items)
        own = chance.fork("firm controls")
        self.has_firm_controls = has_firm_controls(own)
        items = with_firm_controls(own, items) if self.has_firm_controls else items
        values = chance.fork("value rows")
        self.has_value_rows = has_value_rows(values)
        items = with_value_rows(values, items) if self.has_value_rows else items
        tiers = chance.fork("services")
        self.has_tiers = has_tiers(tiers)
        return with_tiers(tiers, items) if self.has_tiers else items

    def _hire(self, chance: Chance, items: list[DeskItem]) -> None:
        witness, notes = self.watch.witness, self.watch.notes
        self.traders = Traders(
            chance.fork("traders"),
            items,
            self.market,
            witness,
            knows_terms=self.has_firm_controls,
        )
        self.office = Office(
            chance.fork("office"), self.swarm, items, self.market, witness, self._capital
        )
        self.treasury = Treasury(chance.fork("treasury"), items, self.office.currencies, witness)
        self.strangers = Strangers(chance.fork("strangers"), items, self.market, witness)
        self.staff = Staff(
            chance.fork("staff"), self.duties, items, self.market, notes, self._unmet
        )
        self.compliance = self.watch.compliance = Compliance(
            chance.fork("compliance"), items, has_rulebooks=self.has_rulebooks
        )
        self.risk_desk = RiskDesk(
            chance.fork("risk desk"),
            items,
            self.market,
            witness,
            lambda: self.now_ns,
            has_controls=self.has_firm_controls or self.has_value_rows,
        )
        self._hire_more(chance, items)

    def _hire_more(self, chance: Chance, items: list[DeskItem]) -> None:
        """Hire those who are not on every desk."""
        values = chance.fork("value desk")
        self.value_desk = ValueDesk(values, items, has_rows=self.has_value_rows)
        own = chance.fork("strategists")
        self.has_strategists = has_strategists(own)
        self.strategists = self.watch.strategists = Strategists(
            own, items, self.market, self._capital, is_there=self.has_strategists
        )
        own = chance.fork("signatures")
        self.has_signatories = has_signatories(own)
        self.signatories = self.watch.signatories = Signatories(
            own, items, is_there=self.has_signatories
        )
        self.tier_desk = self.watch.tier_desk = TierDesk(
            chance.fork("tier desk"), items, is_there=self.has_tiers
        )
        own = chance.fork("mass cancels")
        self.cancel_desk = CancelDesk(own, items, is_there=has_mass_cancels(own))

    def _list_askers(self) -> dict[str, Callable[[], list[AnyCommand]]]:
        traders, office, strangers = self.traders, self.office, self.strangers
        treasury = self.treasury
        return {
            "order": traders.order,
            "reduce": traders.reduce,
            "cancel": traders.cancel,
            "replace": traders.replace,
            "deposit": office.deposit,
            "withdraw": office.withdraw,
            "transfer": office.transfer,
            "convert": office.convert,
            "plan": office.plan,
            "suspense": office.suspense,
            "state": office.state,
            "stranger": strangers.stranger,
            "rogue": strangers.rogue,
            "malformed": strangers.malformed,
            "define": office.define,
            "import": office.import_book,
            "wire": treasury.wire,
            "interest": treasury.interest,
            "call": treasury.call,
        }

    def _venue_config(self, seed: int) -> PaperConfig:
        ticks = {name: self.market.product(name).tick_nanos for name in self.market.contracts}
        plan = FaultPlan(rates_ppm=dict(self.swarm.faults), seed=seed, late_calls=2)
        return PaperConfig(
            tick_nanos=ticks,
            latency_ns=self.swarm.latency_ns,
            participation_max_ppm=500_000,
            fault_plan=plan,
        )

    def _capital(self, sub_account_id: str) -> int:
        return self.watch.view.capital_micros(sub_account_id)

    def _unmet(self, venue_id: str) -> tuple[Check, ...]:
        assert self.desk is not None
        return tuple(row.check for row in unmet(checklist(self.desk.machine.state, venue_id)))

    # ----------------------------------------------------------------------------------- the run

    def run(self) -> None:
        """Live through every day of the seed.

        Raises:
            Broken: a law does not hold.
        """
        self._start()
        opening = (
            *self.office.opening(),
            *self.treasury.opening(),
            *self.risk_desk.opening(),
            *self.signatories.founding(),
        )
        for command in opening:
            self._commit([command])
        self._is_calm = False
        day = FIRST_DAY
        for _ in range(self.swarm.days):
            self._live_a_day(day)
            day += timedelta(days=3 if day.isoweekday() == 5 else 1)
        self._is_calm = True
        self._wind_up(day)

    def _live_a_day(self, day: date) -> None:
        self.traders.today = day
        self._pass_time(max(1, midnight_ns(day) + 9 * 3600 * SECOND_NS - self.now_ns))
        self._begin_day(day)
        names = [(name, weight) for name, weight in self.swarm.weights.items()]
        if not names:
            names = [("order", 1)]
        for _ in range(self.swarm.actions_per_day):
            if self._actions_left is not None:
                if self._actions_left <= 0:
                    break
                self._actions_left -= 1
            self._act(self._chance.weighted(names))
            self._pass_time(self._chance.between(1, 600 * SECOND_NS))
        self._end_day(day)

    def _begin_day(self, day: date) -> None:
        operations = self.staff.operations
        for venue_id in self.venue_ids:
            for command in operations.morning(venue_id, day, self.now_ns):
                self._commit_duty([command])
        for late in operations.report_late():
            self._commit_duty([late])

    def _act(self, name: str) -> None:
        self.story[name] += 1
        count = self._chance.between(1, self.swarm.batch_max)
        match name:
            case "prices":
                self._move_prices()
            case "rates":
                self._commit([self.market.move_rates()])
            case "indicator":
                self._commit([self.market.move_index(is_close=False)])
            case "order" | "reduce" | "cancel" | "replace":
                ask = self._askers[name]
                self._commit([command for _ in range(count) for command in ask()])
            case "repeat":
                self._repeat()
            case "tick":
                self._pass_time(3600 * SECOND_NS)
            case "expire":
                self._expire(self._chance.one_of(list(self.market.contracts)))
            case _:
                self._commit(self._askers[name]())
        self._deliver()
        self._misfortune()
        duty, commands = self.staff.act()
        if duty:
            self.story[duty] += 1
            self._commit_duty(commands)
        for people, fate in (
            (self.compliance, self._fate_of_compliance),
            (self.risk_desk, self._fate_of_risk),
            (self.value_desk, self._fate_of_risk),
            (self.strategists, self._fate_of_strategists),
            (self.signatories, self._fate_of_signatories),
            (self.tier_desk, self._fate_of_tiers),
            (self.cancel_desk, self._fate_of_cancels),
        ):
            act, commands = people.act()
            if act:
                self.story[act] += 1
                self._commit_apart(commands, fate)

    def _commit_duty(self, commands: Sequence[AnyCommand]) -> None:
        """Commit what only desks with duties do."""
        self._commit_apart(commands, self._fate_of_duties)

    def _commit_apart(self, commands: Sequence[AnyCommand], fate: Chance) -> None:
        """Commit what only some desks do; it has crashes of its own."""
        kept, self._fate = self._fate, fate
        try:
            self._commit(commands)
        finally:
            self._fate = kept

    def _repeat(self) -> None:
        if self.acknowledged:
            self._commit([self._chance.one_of(self.acknowledged[-60:]).command])

    def _move_prices(self) -> None:
        marks, bars = self.market.move(self.now_ns)
        for bar in bars:
            self.venue.on_bar(bar)
        if self._chance.strikes(500_000):
            self._deliver()
        self._commit([marks])

    def _expire(self, contract_id: str) -> None:
        if contract_id in self.watch.witness.expired or not self._chance.strikes(400_000):
            return
        self.venue.delist_contract(contract_id)
        if self._chance.strikes(700_000):
            self._deliver()
        price = self.market.price(contract_id)
        self._commit(
            [ExpireContract(contract_id=contract_id, final_price_nanos=price, source="exchange")]
        )

    def _end_day(self, day: date) -> None:
        self._commit([self.market.move_index(is_close=True)])
        for venue_id in self.venue_ids:
            self.venue.close_session(venue_id, day, self.now_ns)
            closing: list[AnyCommand] = [CloseSession(venue_id=venue_id)]
            self._commit(closing)
        self._deliver()
        for contract in self.market.contracts.values():
            last = contract.last_trading_day
            if (
                last is not None
                and last <= day
                and contract.contract_id not in self.watch.witness.expired
            ):
                self._expire(contract.contract_id)
        for venue_id in self.venue_ids:
            prices = [
                name
                for name in self.market.contracts
                if self.market.product(name).venue_id == venue_id
                and name not in self.watch.witness.expired
                and not self._chance.strikes(60_000)
            ]
            marks = self.market.marks(prices).marks
            operations = self.staff.operations
            evening = operations.settle(venue_id, day, marks), operations.close(venue_id, day)
            for command in chain(*evening):
                self._commit_duty([command])
        self._deliver()

    def _wind_up(self, day: date) -> None:
        """Cancel what works, hear everybody out, restart once more: every order finds its end."""
        self._pass_time(max(1, midnight_ns(day) + 9 * 3600 * SECOND_NS - self.now_ns))
        if self._opens_last_day:
            self._begin_day(day)
        for _ in range(3):
            self._commit(self.cancel_desk.everything() or self.traders.cancel_everything())
            self._pass_time(10 * SECOND_NS)
            self.network.step()
            self._deliver(everything=True)
        self._close_venues(day)
        self._deliver(everything=True)
        for _ in range(LAST_RESTARTS_MAX):
            self._restart_at_the_end(day)
            if not self._has_unanswered():
                break

    def _restart_at_the_end(self, day: date) -> None:
        self.story["restarts"] += 1
        self._start()
        for _ in range(4):
            self._pass_time(10 * SECOND_NS)
            self._deliver(everything=True)
            if self._opens_last_day:
                # The day of the wind-up was open: what a rule sent in it ends with it.
                self._close_venues(day)

    def _has_unanswered(self) -> bool:
        """Return whether the venue swallowed an order again: only a restart asks for it."""
        auditor = self.watch.auditor
        return any(
            order.is_live and order_id not in auditor.checklist.in_doubt
            for order_id, order in auditor.orders.live.items()
        )

    @property
    def _opens_last_day(self) -> bool:
        """Return whether a day may have been closed before everything of it was told."""
        return self.duties.has_trading_days or self.duties.duty_ppm > 0

    def _close_venues(self, day: date) -> None:
        for venue_id in self.venue_ids:
            self.venue.close_session(venue_id, day, self.now_ns)

    # --------------------------------------------------------------------------------- the desk

    def _start(self) -> None:
        while True:
            try:
                self.desk = DeskProcess(
                    disk=self.disk,
                    snapshots=self.snapshots,
                    clock=self.clock,
                    link=self.venue,
                    may_die=self._may_die,
                    on_durable=self.watch.see,
                    batch_max=self.swarm.batch_max,
                )
            except (Crash, SequencerStopped):
                self._crashed()
            else:
                return

    def _crashed(self) -> None:
        self.story["crashes"] += 1
        self.desk = None
        self.disk.fuse = Fuse.NONE
        self.network.reconnect()
        self.watch.see(
            [stored.record() for stored in self.disk.read(self.watch.auditor.sequence + 1)]
        )

    def _commit(self, commands: Sequence[AnyCommand]) -> bool:
        if not commands:
            return True
        assert self.desk is not None
        commands = self.signatories.brought(commands)
        if self._may_crash(self.swarm.crash_ppm):
            self.disk.fuse = self._fate.one_of((Fuse.LOSE, Fuse.KEEP, Fuse.KEEP, Fuse.FULL))
        try:
            self.acknowledged += self.desk.commit(commands)
        except (Crash, SequencerStopped):
            self._crashed()
            self._start()
            if self._fate.strikes(500_000):
                # A client that heard nothing asks again under the same name.
                again = [command for command in commands if isinstance(command, SubmitOrder)]
                self._commit(again)
            return False
        return True

    def _may_die(self, where: str) -> None:
        if self._may_crash(self.swarm.crash_ppm // 4):
            raise Crash(where)

    def _may_crash(self, rate_ppm: int) -> bool:
        # A desk that dies faster than it recovers only asks the venue the same again and again.
        if self._is_calm or self.story["crashes"] >= CRASHES_MAX:
            return False
        return self._fate.strikes(rate_ppm)

    def _misfortune(self) -> None:
        if self._fate.strikes(self.swarm.snapshot_ppm):
            self.snapshots.write(
                Snapshot(
                    sequence=self.watch.follower.sequence,
                    chain_hash=self.disk.last_hash,
                    state=self.watch.follower.dump(),
                )
            )
            self.story["snapshots"] += 1
        if self._fate.strikes(self.swarm.clock_back_ppm):
            self.clock.advance(-self._fate.below(7200 * SECOND_NS))

    def _pass_time(self, by_ns: int) -> None:
        self.now_ns += by_ns
        self.clock.advance(max(by_ns, self.now_ns - self.clock.now_ns - 7200 * SECOND_NS))
        self.venue.advance(self.now_ns)
        self.network.step()

    def _deliver(self, *, everything: bool = False) -> None:
        reports = self.venue.take_reports()
        for report in reports:
            if isinstance(report, ReportFill):
                self.executed[report.carrying_account_id, report.execution_id] = report
        self.network.send(reports)
        arrived = self.network.take(everything=everything)
        size = self.swarm.batch_max
        for start in range(0, len(arrived), size):
            chunk = arrived[start : start + size]
            if not self._commit(chunk):
                return
            self.network.confirm(len(chunk))
