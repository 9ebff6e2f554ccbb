"""The auditor's law of position limits: nobody's group beyond a hard limit, and duties to report.

Laws: an order that is accepted or enlarged keeps every number that it raises within each hard limit
of each regime, unless an exemption of its owner covers it; nothing is opened where rules are not
known; an order is refused for a limit only where it lies beyond it, and for unknown rules only
where they are; at a settlement duties to report arise and end as what is held says, and in no other
way.  Regimes are left out of options: desks here have none.
"""

from datetime import date

from fencang.messages.commands import AnyCommand, ReplaceOrder, ReportOrderStatus, SubmitOrder
from fencang.messages.events import (
    CommandRejected,
    OrderAccepted,
    OrderRejected,
    ReplaceRequested,
    TradingDaySettled,
)
from fencang.messages.message import Side
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.reasons import Reason
from fencang.messages.regime_events import ReportDutyArisen, ReportDutyEnded
from fencang.refdata.regime import (
    PPM,
    Exemption,
    LimitBucket,
    Regime,
    RegimeLimit,
    ReportThreshold,
)
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.persons import Persons
from fencang.simulation.auditor.positions_by_law import Asked, Counting, Scope
from fencang.simulation.auditor.proposals import Proposals
from fencang.simulation.auditor.reference import Reference

__all__ = ["Regimes"]

DutyKey = tuple[str, str, str, str]
"""(threshold, first person of the group, month, side)."""


class Regimes:
    """Limits, refusals and duties, judged by the auditor's own sums."""

    def __init__(
        self,
        reference: Reference,
        persons: Persons,
        counting: Counting,
        days: Days,
        proposals: Proposals,
    ) -> None:
        self.reference, self.persons, self.counting = reference, persons, counting
        self.days, self.proposals = days, proposals
        self.duties: set[DutyKey] = set()
        self.handlers: Handlers = {
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            OrderRejected: self._refuse,
            CommandRejected: self._refuse_replace,
            TradingDaySettled: self._settle,
        }

    @property
    def today(self) -> date:
        """Return the latest day of any venue."""
        return max(self.days.today.values(), default=date.min)

    # -------------------------------------------------------------------------- what is sent

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id:
            return
        terms = event.terms
        unknown = self.unknown(terms.contract_id)
        if unknown:
            if not event.is_reducing:
                page.report("regime unknown", f"order {event.order_id} opens: {unknown}")
            return
        place = terms.carrying_account_id, terms.contract_id, terms.side, terms.offset
        added = Asked(event.sub_account_id, *place, terms.quantity_lots)
        self._require_within(page, f"order {event.order_id}", added)

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.counting.orders.orders.get(event.order_id)
        is_again = isinstance(page.record.command, ReportOrderStatus)
        if order is None or order.event.block_id or not order.has_grown or is_again:
            return
        terms = order.event.terms
        if not self.unknown(terms.contract_id):
            lots = event.quantity_lots - order.quantity_lots
            place = terms.carrying_account_id, terms.contract_id, terms.side, terms.offset
            added = Asked(order.event.sub_account_id, *place, lots)
            self._require_within(page, f"order {event.order_id} enlarged", added)

    def _require_within(self, page: Page, name: str, added: Asked) -> None:
        """Accuse an order, which works already, of every hard limit that it passes."""
        owner = self.reference.owner(added.sub_account_id)
        gone = added._replace(quantity_lots=-added.quantity_lots)
        place = 0 if added.side is Side.BUY else 1
        for scope, limit, lots_max in self.counting.scopes(owner, added.contract_id, self.today):
            after = self.counting.worst(scope, blocks=False)[place]
            before = self.counting.worst(scope, gone, blocks=False)[place]
            if after <= max(before, lots_max * PPM):
                continue
            if not self.is_exempt(owner, scope, limit, after, place):
                page.report(
                    "regime limit",
                    f"{name} takes {sorted(scope.persons)} to {after} millionths of a lot, "
                    f"{limit.limit_id} is {lots_max}",
                )

    def is_exempt(
        self, owner: str, scope: Scope, limit: RegimeLimit, after: int, place: int
    ) -> bool:
        """Return whether an exemption of the owner covers a number; others must fit the limit."""
        lots_max = limit.lots_max(self.today) or 0
        others = scope._replace(persons=scope.persons - {owner})
        if self.counting.worst(others, blocks=False)[place] > lots_max * PPM:
            return False
        for exemption in self.persons.each(Exemption):
            is_same = (exemption.regime_id, exemption.group_id) == (
                limit.regime_id,
                limit.group_id,
            )
            is_own = exemption.person_id == owner and limit.bucket in exemption.buckets
            cap = (exemption.long_lots_max, exemption.short_lots_max)[place]
            if is_same and is_own and exemption.is_valid(self.today) and after <= cap * PPM:
                return True
        return False

    def unknown(self, contract_id: str) -> str:
        """Return what is not known of the rules for a contract, in words, or nothing."""
        today = self.today
        for regime in self.persons.governing(self.reference.product(contract_id).venue_id):
            members = self.persons.members(regime.regime_id, contract_id)
            if not regime.is_valid(today) or not members:
                return f"{regime.regime_id} is over or counts {contract_id} nowhere"
            for member in members:
                limits = [
                    limit
                    for limit in self.persons.each(RegimeLimit)
                    if (limit.regime_id, limit.group_id) == (regime.regime_id, member.group_id)
                ]
                if not self.persons.group(member).confirmed:
                    return f"{member.group_id} was not confirmed"
                if not all(limit.confirmed for limit in limits):
                    return f"a limit of {member.group_id} was not confirmed"
                needs_month = any(limit.bucket is not LimitBucket.ALL_MONTHS for limit in limits)
                if needs_month and not self.reference.contracts[contract_id].month:
                    return f"{contract_id} has no month"
        return ""

    # ------------------------------------------------------------------------ what is refused

    def _refuse(self, page: Page, event: OrderRejected) -> None:
        if event.reason not in {Reason.REGIME_UNKNOWN, Reason.REGIME_LIMIT}:
            return
        asked = self._asked(page.record.command)
        if asked is None:
            return
        if event.reason is Reason.REGIME_UNKNOWN and not self.unknown(asked.contract_id):
            page.report("regime refusal", f"{asked} was refused, and the rules are known")
        if event.reason is Reason.REGIME_LIMIT:
            self._require_beyond(page, asked, event.node_id)

    def _refuse_replace(self, page: Page, event: CommandRejected) -> None:
        command = page.record.command
        if event.reason is not Reason.REGIME_LIMIT or not isinstance(command, ReplaceOrder):
            return
        order = self.counting.orders.orders[command.order_id]
        terms = order.event.terms
        lots = command.quantity_lots - order.quantity_lots
        place = terms.carrying_account_id, terms.contract_id, terms.side, terms.offset
        asked = Asked(order.event.sub_account_id, *place, lots)
        self._require_beyond(page, asked, event.detail.partition(": ")[0])

    def _asked(self, command: AnyCommand) -> Asked | None:
        """Return what an order or an accepted proposal asked for."""
        if isinstance(command, AcceptProposal):
            proposal = self.proposals.known.get(command.proposal_id)
            if proposal is None:
                return None
            terms = proposal.terms
            place = terms.carrying_account_id, terms.contract_id, terms.side, terms.offset
            return Asked(proposal.to_sub_account_id, *place, terms.quantity_lots)
        if not isinstance(command, SubmitOrder):
            return None
        sub = self.reference.sub_accounts[command.sub_account_id]
        venue_id = self.reference.product(command.contract_id).venue_id
        (carrying,) = [
            route.carrying_account_id for route in sub.routes if route.venue_id == venue_id
        ]
        place = carrying, command.contract_id, command.side, command.offset
        return Asked(command.sub_account_id, *place, command.quantity_lots)

    def _require_beyond(self, page: Page, asked: Asked, limit_id: str) -> None:
        """Accuse a refusal of a limit that the lots would have kept, at the worst of blocks."""
        owner = self.reference.owner(asked.sub_account_id)
        place = 0 if asked.side is Side.BUY else 1
        for scope, limit, lots_max in self.counting.scopes(owner, asked.contract_id, self.today):
            if limit.limit_id == limit_id:
                after = self.counting.worst(scope, asked, blocks=True)[place]
                is_exempt = self.is_exempt(owner, scope, limit, after, place)
                if after <= lots_max * PPM or is_exempt:
                    page.report(
                        "regime refusal",
                        f"{asked} was refused by {limit_id} of {lots_max}: {after} millionths",
                    )
                return
        page.report("regime refusal", f"{asked} was refused by {limit_id}, which binds it not")

    # --------------------------------------------------------------------- what is to be told

    def _settle(self, page: Page, event: TradingDaySettled) -> None:
        asked, wanted = self._due(event.venue_id, event.trading_day)
        arisen = [each for each in page.record.events if isinstance(each, ReportDutyArisen)]
        ended = {
            (each.threshold_id, each.persons_id, each.month, each.side)
            for each in page.record.events
            if isinstance(each, ReportDutyEnded)
        }
        told = {
            (each.threshold_id, each.persons_id, each.month, each.side): each.held_lots
            for each in arisen
        }
        new = {key: lots for key, lots in wanted.items() if key not in self.duties}
        over = {key for key in self.duties if key[0] in asked and key not in wanted}
        if told != new:
            page.report("report duty", f"told to arise are {told}, what is held says {new}")
        if ended != over:
            page.report("report duty", f"told to end are {ended}, what is held says {over}")
        self.duties = (self.duties | new.keys()) - over

    def _due(self, venue_id: str, day: date) -> tuple[set[str], dict[DutyKey, int]]:
        """Return the levels asked at a settlement, and what is to be reported by them."""
        asked: set[str] = set()
        wanted: dict[DutyKey, int] = {}
        for regime in self.persons.governing(venue_id):
            for level in self.persons.each(ReportThreshold):
                if level.regime_id != regime.regime_id:
                    continue
                asked.add(level.threshold_id)
                is_here = any(
                    member.group_id == level.group_id
                    for contract_id in self.reference.contracts
                    if self.reference.product(contract_id).venue_id == venue_id
                    for member in self.persons.members(regime.regime_id, contract_id)
                )
                if is_here and level.from_day <= day:
                    for group in self._groups(regime.regime_id, level.group_id):
                        scope = Scope(regime, level.group_id, group)
                        wanted |= self._reached(scope, level)
        return asked, wanted

    def _groups(self, regime_id: str, group_id: str) -> set[frozenset[str]]:
        (regime,) = [each for each in self.persons.each(Regime) if each.regime_id == regime_id]
        return {
            frozenset(self.persons.one_with(name, regime, group_id, self.today))
            for name in self.persons.persons
        }

    def _reached(self, scope: Scope, level: ReportThreshold) -> dict[DutyKey, int]:
        """Return the months and sides in which a group holds a level or more, and the lots."""
        found: dict[DutyKey, int] = {}
        months = {contract.month for contract in self.reference.contracts.values()}
        for month in sorted(months) if level.each_month else [None]:
            of_month = scope._replace(month=month)
            for side, held in zip(("long", "short"), self.counting.held(of_month), strict=True):
                if held >= level.quantity_lots_min * PPM:
                    key = level.threshold_id, min(scope.persons), month or "", side
                    found[key] = -(-held // PPM)
        return found
