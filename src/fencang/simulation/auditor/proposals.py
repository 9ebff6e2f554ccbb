"""The auditor's proposals: excess is offered to persons apart, and accepted by their own.

Laws: only what a limit refused on the same day is proposed, and no more than its excess; source and
destination are persons apart, in every group that counts the contract, when it is proposed and when
it is accepted; who accepts may decide for the owner on that day and did not propose it; it becomes
an order of the destination on the terms proposed, before it expires; nothing is sent without that.
"""

from collections import defaultdict
from datetime import date

from msgspec.structs import replace

from fencang.messages.events import CommandRejected, OrderAccepted, OrderRejected
from fencang.messages.instruction_events import InstructionRefused
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.proposal_events import (
    ExcessProposed,
    ExcessRefused,
    ProposalAccepted,
    ProposalExpired,
    ProposalRejected,
)
from fencang.messages.reasons import Reason
from fencang.refdata.account import Capacity
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.persons import Persons
from fencang.simulation.auditor.reference import Reference

__all__ = ["Proposals"]


class Proposals:
    """Refusals of the day, and proposals that wait."""

    def __init__(self, reference: Reference, persons: Persons, days: Days) -> None:
        self.reference, self.persons, self.days = reference, persons, days
        self.refused: dict[int, tuple[date, ExcessRefused]] = {}
        self.taken: defaultdict[int, int] = defaultdict(int)
        """Refusal → lots that are proposed or accepted."""
        self.known: dict[int, ExcessProposed] = {}
        self.handlers: Handlers = {
            ExcessRefused: self._refuse,
            ExcessProposed: self._propose,
            ProposalAccepted: self._accept,
            ProposalRejected: self._reject,
            ProposalExpired: self._expire,
            OrderAccepted: self._order,
        }

    @property
    def today(self) -> date:
        """Return the latest day of any venue."""
        return max(self.days.today.values(), default=date.min)

    def _refuse(self, page: Page, event: ExcessRefused) -> None:
        is_refused = any(
            isinstance(each, OrderRejected | CommandRejected | InstructionRefused)
            and each.reason is Reason.REGIME_LIMIT
            for each in page.record.events
        )
        if not is_refused or not 0 < event.excess_lots <= event.terms.quantity_lots:
            page.report("proposal", f"refusal {event.refusal_id} is none of a limit's")
        self.refused[event.refusal_id] = self.today, event

    def _propose(self, page: Page, event: ExcessProposed) -> None:
        name, lots = f"proposal {event.proposal_id}", event.terms.quantity_lots
        day, refused = self.refused.get(event.refusal_id, (None, None))
        if refused is None or day != self.today or event.proposal_id in self.known:
            page.report("proposal", f"{name} rests on nothing that was refused today")
            return
        self.known[event.proposal_id] = event
        self.taken[event.refusal_id] += lots
        if self.taken[event.refusal_id] > refused.excess_lots:
            page.report("proposal", f"{name}: more is proposed than the excess")
        before = refused.terms
        kept = (before.contract_id, before.side, before.limit_price_nanos)
        if kept != (event.terms.contract_id, event.terms.side, event.terms.limit_price_nanos):
            page.report("proposal", f"{name} has other terms than what was refused")
        if event.from_sub_account_id != refused.sub_account_id:
            page.report("proposal", f"{name} comes from another account than the refused order")
        self._require_apart(page, name, event)
        target = self.reference.sub_accounts[event.to_sub_account_id]
        if self.persons.may_decide(event.entered_by, target.owner_id, self.today):
            page.report("proposal", f"{name} was made by who decides for {target.owner_id}")

    def _require_apart(self, page: Page, name: str, event: ExcessProposed) -> None:
        one, other = (
            self.reference.sub_accounts[sub_id]
            for sub_id in (event.from_sub_account_id, event.to_sub_account_id)
        )
        if one.owner_id == other.owner_id or other.capacity is Capacity.BACK_TO_BACK:
            page.report("proposal", f"{name}: the trade is not {other.owner_id}'s own")
        master = self.reference.master
        fallback = master.person_id if master else ""
        shares = (one.controller_id or fallback) == (other.controller_id or fallback)
        for regime, member in self.persons.counted(event.terms.contract_id):
            place = regime, member.group_id, self.today
            if other.owner_id in self.persons.one_with(one.owner_id, *place):
                page.report("proposal", f"{name}: both owners are one in {member.group_id}")
            elif shares and other.owner_id in self.persons.one_with(
                one.owner_id, *place, claims=False
            ):
                page.report("proposal", f"{name}: a claim parts them, one controller directs both")

    def _accept(self, page: Page, event: ProposalAccepted) -> None:
        name = f"proposal {event.proposal_id}"
        proposal = self.known.pop(event.proposal_id, None)
        if proposal is None or page.record.time_ns >= proposal.expires_ns:
            page.report("proposal", f"{name} is accepted and does not wait for it")
            return
        target = self.reference.sub_accounts[proposal.to_sub_account_id]
        if event.accepted_by == proposal.entered_by:
            page.report("second person", f"{name} was accepted by who proposed it")
        if not self.persons.may_decide(event.accepted_by, target.owner_id, self.today):
            page.report("proposal", f"{event.accepted_by} may not decide for {target.owner_id}")
        self._require_apart(page, name, proposal)
        sent = [
            each
            for each in page.record.events
            if isinstance(each, OrderAccepted) and not each.block_id
        ]
        wanted = proposal.to_sub_account_id, event.client_order_id, proposal.terms
        told = [
            # Own orders on the other side may leave it fewer lots, never more.
            (each.sub_account_id, each.client_order_id, replace(each.terms, quantity_lots=lots))
            for each in sent
            if each.terms.quantity_lots <= (lots := proposal.terms.quantity_lots)
        ]
        if told != [wanted] or len(sent) != 1:
            page.report("proposal", f"{name} became {sent}, not {wanted}")

    def _order(self, page: Page, event: OrderAccepted) -> None:
        asked = page.record.command
        is_asked = isinstance(asked, AcceptProposal) and not event.block_id
        if is_asked and not page.has(ProposalAccepted):
            page.report("proposal", f"order {event.order_id} was sent, nothing was accepted")

    def _reject(self, page: Page, event: ProposalRejected) -> None:
        self._end(page, event.proposal_id)

    def _expire(self, page: Page, event: ProposalExpired) -> None:
        proposal = self.known.get(event.proposal_id)
        if proposal is not None and page.record.time_ns < proposal.expires_ns:
            page.report("proposal", f"proposal {event.proposal_id} expired before its time")
        self._end(page, event.proposal_id)

    def _end(self, page: Page, proposal_id: int) -> None:
        proposal = self.known.pop(proposal_id, None)
        if proposal is None:
            page.report("proposal", f"proposal {proposal_id} ended and did not wait")
        else:
            self.taken[proposal.refusal_id] -= proposal.terms.quantity_lots
