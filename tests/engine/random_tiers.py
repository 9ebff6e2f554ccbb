"""A careless office whose clients are of different tiers: doors, rates, days, second thoughts."""

from fencang.messages import commands as cmd
from fencang.messages.instruction_events import InstructionQueued
from fencang.messages.message import Interface, OrderType, TimeInForce
from fencang.messages.reasons import Reason
from tests.engine.desk import transfer
from tests.engine.firm import SECOND, changed, define
from tests.engine.life_acts import roll
from tests.engine.random_authority import approved_by_boss
from tests.engine.random_desk import SUBS, Office
from tests.engine.test_explain import ExplainingDesk
from tests.engine.tier_firm import FIX, REST, WEBSOCKET, call_off, dated, move, results, tier

DOORS = tuple(Interface)
OF_QUEUE = {
    Reason.INSTRUCTIONS_TOO_MANY,
    Reason.INSTRUCTION_DAY_UNKNOWN,
    Reason.MESSAGE_RATE,
    Reason.ORDER_CONTRACT_EXPIRED,
}
"""Why what would open another day may not even wait."""


class TierDesk(ExplainingDesk):
    """Explains every order; one that waits is refused nothing but to open at once."""

    def compare(self, found, events):
        if results(events):
            return
        reasons = {each.refusal[0] for each in found if each.refusal is not None}
        if Reason.TIER_NEXT_TRADING_DAY in reasons:
            first = events[0]
            assert isinstance(first, InstructionQueued) or first.reason in reasons | OF_QUEUE
            return
        super().compare(found, events)


class TierOffice(Office):
    """The careless office with tiers: some clients open at once, others on the next day."""

    def __init__(self, seed, **more):
        super().__init__(seed, **more)
        state, tiers = self.desk.state, ("vip", "ordinary", "plain")
        subs = [
            changed(sub.definition, service_tier=tiers[(seed + place) % 3])
            for place, (_, sub) in enumerate(sorted(state.subs.items()))
        ]
        rows = (tier("vip"), self._dated(), self._plain())
        self.desk.done(approved_by_boss(self.desk, define(*rows, *subs)))
        see = self.back_office.see
        # It compares what its own command did, not what became due beside it.
        self.back_office.see = lambda events: see([] if results(events) else events)

    def _dated(self):
        chance = self.chance
        return dated(
            cutoff_ns=chance.choice((0, 100 * SECOND)),
            venue_id=chance.choice(("NYMEX", "SHFE")),
            messages_per_second=chance.choice((1, 1_000)),
            messages_burst=chance.choice((3, 1_000)),
            instructions_max=chance.choice((3, 50)),
        )

    def _plain(self):
        chance = self.chance
        return tier(
            "plain",
            interfaces=chance.choice(((REST,), (REST, FIX), (REST, WEBSOCKET, FIX))),
            order_types=chance.choice(((OrderType.LIMIT,), tuple(OrderType))),
            times_in_force=chance.choice(((TimeInForce.GTC,), tuple(TimeInForce))),
            instruments=chance.choice((("CL",), ("*",), ("CLM0", "CU"))),
        )

    def _order(self):
        return changed(super()._order(), interface=self.chance.choice(DOORS))

    def _amend(self):
        return changed(super()._amend(), interface=self.chance.choice(DOORS))

    def _tiers(self):
        """Take back what waits, move capital and lots, roll, state a tier anew."""
        self.back_office._before = self.back_office._books()
        chance, waiting = self.chance, self.desk.state.risk.tiers.waiting
        number = chance.choice([*waiting]) if waiting else 1
        whose = waiting[number].sub_account_id if waiting else "ALPHA"
        one, two = chance.sample(SUBS, 2)
        held = self._held()
        return chance.choice(
            (
                call_off(number, whose if chance.random() < 0.8 else one),
                transfer(None, one, str(chance.randint(1, 9_000))),
                transfer(two, one, str(chance.randint(1, 9_000))),
                move(1, two, *held) if held else cmd.AdvanceTime(),
                roll(one, 1, name=f"q{chance.randrange(50)}", interface=chance.choice(DOORS)),
                define(self._dated(), approved_by=chance.choice(("boss", ""))),
                define(self._plain(), approved_by=chance.choice(("boss", ""))),
            )
        )

    def _held(self):
        """Return whose lots might move: account, side, contract and carrying account."""
        found = [
            (sub_id, cmd.Side.BUY, line.key[1], line.key[0])
            for sub_id, sub in sorted(self.desk.state.subs.items())
            for line in sub.sorted_lines()
            if line.position.long.quantity_lots
        ]
        return self.chance.choice(found) if found else ()
