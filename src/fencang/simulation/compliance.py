"""What compliance and brokers of excess do: proposals, answers, papers that change meanwhile.

Many of them are wrong: proposals to one's own kin, answers by strangers, claims that one person
decides for both.  The desk must refuse those and go on.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from fencang.messages.commands import AdvanceTime, AnyCommand, DefineDesk
from fencang.messages.proposal_commands import AcceptProposal, ProposeExcess, RejectProposal
from fencang.messages.proposal_events import ExcessProposed, ExcessRefused
from fencang.messages.record import Record
from fencang.refdata.account import SubAccount
from fencang.refdata.desk import DeskItem
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import LimitStep, Regime, RegimeLimit
from fencang.refdata.ties import ClaimStatus, ControlBasis, ControlEdge
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.random import Chance
from fencang.simulation.rulebooks import BEGIN, SHARES_PPM, claim, owns, representative

__all__ = ["Compliance"]

ACT_PPM = 350_000


class Compliance:
    """Everybody who deals with position limits of jurisdictions; nobody where there are none."""

    def __init__(self, chance: Chance, items: list[DeskItem], *, has_rulebooks: bool) -> None:
        self._chance, self._is_there = chance, has_rulebooks
        self._subs = [item for item in items if isinstance(item, SubAccount)]
        self._persons = [item for item in items if isinstance(item, LegalPerson)]
        self._regimes = [item.regime_id for item in items if isinstance(item, Regime)]
        self._limits = [item for item in items if isinstance(item, RegimeLimit)]
        self._owner_of = {sub.sub_account_id: sub.owner_id for sub in self._subs}
        self._refused: list[ExcessRefused] = []
        self._proposed: list[ExcessProposed] = []
        self._number = 0

    def see(self, record: Record) -> None:
        """Take in a durable record."""
        for event in record.events:
            if isinstance(event, ExcessRefused):
                self._refused.append(event)
            elif isinstance(event, ExcessProposed):
                self._proposed.append(event)

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; often nobody does anything."""
        if not self._is_there or not self._chance.strikes(ACT_PPM):
            return "", []
        name = self._chance.weighted((("propose", 6), ("answer", 6), ("papers", 4), ("pass", 1)))
        acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "propose": self._propose,
            "answer": self._answer,
            "papers": self._papers,
            "pass": lambda: [AdvanceTime()],
        }
        return f"compliance {name}", acts[name]()

    def _propose(self) -> list[AnyCommand]:
        if not self._refused:
            return []
        refused = self._chance.one_of(self._refused[-5:])
        lots = self._chance.between(1, refused.excess_lots + self._chance.below(2))
        owner = self._owner_of[refused.sub_account_id]
        others = [sub for sub in self._subs if sub.owner_id != owner]
        if not others or self._chance.strikes(200_000):
            others = self._subs
        return [
            ProposeExcess(
                refusal_id=refused.refusal_id,
                to_sub_account_id=self._chance.one_of(others).sub_account_id,
                quantity_lots=lots,
                reason="offered",
                entered_by=self._chance.one_of(("broker", "broker", "FOR-FUND")),
            )
        ]

    def _answer(self) -> list[AnyCommand]:
        if not self._proposed:
            return []
        proposal = self._chance.one_of(self._proposed[-4:])
        own = f"FOR-{self._owner_of[proposal.to_sub_account_id]}"
        name = self._chance.weighted(((own, 8), ("broker", 1), ("FOR-FUND", 1)))
        if self._chance.strikes(150_000):
            return [RejectProposal(proposal_id=proposal.proposal_id, rejected_by=name)]
        self._number += 1
        return [
            AcceptProposal(
                proposal_id=proposal.proposal_id,
                client_order_id=f"p{self._number}",
                accepted_by=name,
            )
        ]

    # ---------------------------------------------------------------------------------- papers

    def _papers(self) -> list[AnyCommand]:
        second = self._chance.weighted((("ops-2", 8), ("", 1), ("ops-1", 1)))
        return [DefineDesk(items=(self._paper(),), entered_by="ops-1", approved_by=second)]

    def _paper(self) -> DeskItem:
        """Return a share, a tie, a claim, a power, a number or a controller that changes."""
        chance, persons = self._chance, self._persons
        place = chance.between(1, len(persons) - 1)
        owner, owned = persons[chance.below(place)], persons[place]
        last = FIRST_DAY + timedelta(days=chance.between(0, 6))
        sub = chance.one_of(self._subs)
        name = f"FOR-{chance.one_of(persons).person_id}"
        choices: list[DeskItem] = [
            owns(owner.person_id, owned.person_id, chance.one_of(SHARES_PPM), last),
            ControlEdge(
                controller_id=owner.person_id,
                controlled_id=owned.person_id,
                basis=ControlBasis.MANDATE,
                product_ids=chance.one_of(((), ("CL",))),
                valid_from=BEGIN,
                valid_to=last,
                evidence="mandate",
            ),
            claim(
                chance.one_of(self._regimes),
                owner.person_id,
                owned.person_id,
                last,
                chance.one_of(list(ClaimStatus)),
            ),
            representative(name, owned.person_id, is_revoked=chance.strikes(400_000)),
            replace(owned, owners_declared=chance.strikes(700_000)),
            replace(sub, controller_id=chance.one_of((None, sub.owner_id))),
        ]
        if self._limits:
            limit = chance.one_of(self._limits)
            step = LimitStep(limit.steps[0].from_day, chance.between(3, 40))
            choices.append(replace(limit, steps=(step,)))
        return chance.one_of(choices)
