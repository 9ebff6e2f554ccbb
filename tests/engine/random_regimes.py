"""A careless office under position limits of jurisdictions: papers change, excess is proposed."""

from datetime import timedelta

from fencang.messages import commands as cmd
from fencang.messages.message import TradingState
from fencang.refdata.ties import ClaimStatus, ControlBasis, ControlEdge
from tests.engine.desk import BUY, SELL, order, transfer
from tests.engine.fill_acts import enter
from tests.engine.firm import SECOND, define, limit, sub_account
from tests.engine.proposal_firm import (
    CAROL,
    FRANK,
    accept,
    claim,
    client_account,
    owns,
    propose,
    reject,
    representative,
    watch,
)
from tests.engine.random_authority import approved_by_boss
from tests.engine.random_desk import Office
from tests.engine.regime_firm import BEGIN, exemption, regime_limit, use_regimes

__all__ = ["LawfulOffice"]

PEOPLE = ("CAROL", "CAROL", "CAROL", "FRANK", "ops", "EVE")


class LawfulOffice(Office):
    """The careless office with regimes in force, whose limits are soon reached."""

    def __init__(self, seed, *, uses_span=False):
        super().__init__(seed, uses_span=uses_span)
        few = (regime_limit(14), regime_limit(3, "SP"), regime_limit(12, "CU", regime_id="CN"))
        use_regimes(self.desk, *few, exemption(16))
        self.numbers = {"mirror_times": 2, "turn_days": 14, "reporting_days": (self.day,)}
        persons = (limit("MASTER", "*", 5_000), CAROL, FRANK, watch(**self.numbers))
        self.desk.done(approved_by_boss(self.desk, define(*persons)))
        self.desk.done(approved_by_boss(self.desk, define(client_account(self.desk))))
        self.opened = 0

    def step(self, only=""):
        super().step(only or ("regimes" if self.chance.random() < 0.5 else ""))

    def _regimes(self):
        """Orders near a limit, proposals, answers; ties, claims and powers that come and go."""
        kinds = {
            self._near_limit: 40,
            self._propose: 20,
            self._answer: 24,
            self._papers: 10,
            self._hand_over: 4,
            self._go_round: 6,
        }
        return self.chance.choices(list(kinds), list(kinds.values()))[0]()

    def _go_round(self):
        """Capital that moves between two accounts, one way or the other."""
        return transfer(*self.chance.choice((("ALPHA", "BETA"), ("BETA", "ALPHA"))), "1000")

    def _near_limit(self):
        self.opened += 1
        state = self.desk.state
        if not state.venues["NYMEX"].is_open:
            return cmd.OpenSession(venue_id="NYMEX", trading_day=self.day)
        if state.trading_states:
            node = min(state.trading_states)
            return cmd.SetTradingState(
                node_id=node,
                trading_state=TradingState.ACTIVE,
                reason="",
                entered_by="risk",
                approved_by="boss",
            )
        sub = self.chance.choice(("ALPHA", "ALPHA", "BETA", "FUNDOMNI", "CLIENT1"))
        sides = (BUY, SELL, SELL) if sub == "CLIENT1" else (BUY, BUY, BUY, SELL)
        return order(
            sub,
            self.chance.choice(sides),
            self.chance.choice((2, 2, 5, 9)),
            "CLM0",
            client_order_id=f"n{self.opened}",
        )

    def _propose(self):
        known = self.desk.state.regimes.watch.refusals
        number = self._pick(sorted(known), 1)
        is_client = number in known and known[number].refused.sub_account_id == "CLIENT1"
        other = "FUNDOMNI" if is_client else "CLIENT1"
        return propose(
            number,
            self.chance.choice((1, 1, 2, 5)),
            self.chance.choice((other, other, other, other, "BETA", "NOBODY")),
            self.chance.choice(("ops", "ops", "ops", "CAROL")),
        )

    def _answer(self):
        self.opened += 1
        waiting = self.desk.state.regimes.watch.proposals
        number, name = self._pick(sorted(waiting), 1), self.chance.choice(PEOPLE)
        right = "CAROL"
        if number in waiting and waiting[number].to_sub_account_id != "CLIENT1":
            right = "FRANK"
        if not self.desk.state.venues["NYMEX"].is_open:
            return cmd.OpenSession(venue_id="NYMEX", trading_day=self.day)
        return self.chance.choice(
            (
                accept(number, name, f"p{self.opened}"),
                accept(number, right, f"p{self.opened}"),
                accept(number, right, f"p{self.opened}"),
                accept(number, right, f"p{self.opened}"),
                reject(number, name),
                cmd.AdvanceTime(),
            )
        )

    def _papers(self):
        chance = self.chance
        last = self.day + timedelta(days=chance.randint(-1, 2))
        share = chance.choice((60_000, 95_000, 95_000, 100_000))
        directs = ControlEdge(
            controller_id="FUND",
            controlled_id="CLIENT",
            basis=ControlBasis.MANDATE,
            valid_from=BEGIN,
            valid_to=max(BEGIN, last),
            evidence="mandate",
        )
        boss = chance.choice(("boss", "boss", ""))
        item = chance.choice(
            (
                owns(share, valid_to=max(BEGIN, last)),
                directs,
                claim(status=chance.choice(list(ClaimStatus)), valid_to=max(BEGIN, last)),
                client_account(self.desk, controller_id=chance.choice((*["CLIENT"] * 7, None))),
                representative("CAROL", "CLIENT", is_revoked=chance.random() < 0.3),
                representative("FRANK", "CLIENT", is_revoked=chance.random() < 0.8),
                regime_limit(chance.choice((10, 14, 30))),
                sub_account(f"NEW{chance.randrange(3)}"),
                watch(proposal_age_ns_max=chance.choice((20, 3_600)) * SECOND, **self.numbers),
            )
        )
        return define(item, approved_by=boss)

    def _hand_over(self):
        """A fill entered by hand, for the client or for the fund's account beside its."""
        self.opened += 1
        sub = self.chance.choice(("CLIENT1", "FUNDOMNI"))
        return enter(f"h-{self.opened}", BUY, "20", {sub: 2}, carrying_account_id="OMNI")
