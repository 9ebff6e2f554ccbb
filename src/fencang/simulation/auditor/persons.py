"""The auditor's persons: who counts as one with whom, worked out by walking along the ties.

Two persons are one where a tie of ownership, control, concert or ignorance joins them, and whoever
is one with either is one with both.  Shares are summed path by path; who own each other in a circle
are one owner.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar, cast

from fencang.messages.events import DeskDefined
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import PPM, ContractGroup, GroupMember, Regime, RegimeVenue
from fencang.refdata.ties import (
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
    Representative,
)
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Persons"]

Item = TypeVar("Item", bound=RegimeItem)
Direct = dict[str, list[tuple[str, Fraction]]]
"""Owner → whom it owns directly, and how much."""
Circle = frozenset[str]
Between = dict[Circle, list[tuple[Circle, Fraction]]]
"""The same between circles of owners; most have one member."""


class Persons:
    """Persons, ties between them, and the rules of regimes, as they were last defined."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.persons: dict[str, LegalPerson] = {}
        self.items: dict[type, dict[Any, RegimeItem]] = {}
        self.handlers: Handlers = {DeskDefined: self._define}

    def _define(self, _page: Page, event: DeskDefined) -> None:
        for item in event.items:
            if isinstance(item, LegalPerson):
                self.persons[item.person_id] = item
            elif isinstance(item, RegimeItem):
                self.items.setdefault(type(item), {})[item.key] = item

    def each(self, kind: type[Item]) -> list[Item]:
        """Return the definitions of one kind."""
        return cast("list[Item]", list(self.items.get(kind, {}).values()))

    # --------------------------------------------------------------------------- what counts

    def governing(self, venue_id: str) -> list[Regime]:
        """Return the regimes that govern a venue."""
        names = {each.regime_id for each in self.each(RegimeVenue) if each.venue_id == venue_id}
        return [regime for regime in self.each(Regime) if regime.regime_id in names]

    def members(self, regime_id: str, contract_id: str) -> list[GroupMember]:
        """Return where a contract counts: what is said of itself, else of its product."""
        product_id = self.reference.contracts[contract_id].product_id
        for scope in (contract_id, product_id):
            found = [
                each
                for each in self.each(GroupMember)
                if (each.regime_id, each.scope_id) == (regime_id, scope)
            ]
            if found:
                return found
        return []

    def group(self, member: GroupMember) -> ContractGroup:
        """Return the group of a membership."""
        key = member.regime_id, member.group_id
        return cast("ContractGroup", self.items[ContractGroup][key])

    def counted(self, contract_id: str) -> Iterator[tuple[Regime, GroupMember]]:
        """Yield every regime and membership that counts a contract."""
        for regime in self.governing(self.reference.product(contract_id).venue_id):
            for member in self.members(regime.regime_id, contract_id):
                yield regime, member

    # -------------------------------------------------------------------------- who is one

    def one_with(
        self, person_id: str, regime: Regime, group_id: str, day: date, *, claims: bool = True
    ) -> set[str]:
        """Return everybody who counts as one with a person in a group of contracts on a day."""
        pairs = list(self._pairs(regime, group_id, day, claims=claims))
        found, waiting = {person_id}, [person_id]
        while waiting:
            name = waiting.pop()
            for pair in pairs:
                if name in pair:
                    for other in pair - found:
                        found.add(other)
                        waiting.append(other)
        return found

    def _pairs(
        self, regime: Regime, group_id: str, day: date, *, claims: bool
    ) -> Iterator[frozenset[str]]:
        policy = regime.aggregation
        if policy.uses_control:
            yield from self._controlled(regime.regime_id, group_id, day)
        if policy.uses_concert:
            for edge in self.each(ConcertEdge):
                if _holds(edge, day):
                    yield frozenset((edge.first_id, edge.second_id))
        if policy.unknown_is_linked:
            for name, person in self.persons.items():
                if not person.owners_declared:
                    yield from (frozenset((name, other)) for other in self.persons)
        if policy.ownership_ppm is not None:
            direct = self._direct(regime.regime_id, day, claims=claims)
            circle = {name: _circle(direct, name) for name in self.persons}
            between = _between(direct, circle)
            for owner in self.persons:
                for owned in self.persons:
                    one, other = circle[owner], circle[owned]
                    share = Fraction(1) if one == other else _share(between, one, other)
                    if owner != owned and share * PPM >= policy.ownership_ppm:
                        yield frozenset((owner, owned))

    def _controlled(self, regime_id: str, group_id: str, day: date) -> Iterator[frozenset[str]]:
        master = self.reference.master
        for sub in self.reference.sub_accounts.values():
            controller = sub.controller_id or (master.person_id if master else sub.owner_id)
            yield frozenset((controller, sub.owner_id))
        products = {
            self.reference.contracts[each.scope_id].product_id
            if each.scope_id in self.reference.contracts
            else each.scope_id
            for each in self.each(GroupMember)
            if (each.regime_id, each.group_id) == (regime_id, group_id)
        }
        for edge in self.each(ControlEdge):
            is_meant = not edge.product_ids or not products or products & {*edge.product_ids}
            if is_meant and _holds(edge, day):
                yield frozenset((edge.controller_id, edge.controlled_id))

    def _direct(self, regime_id: str, day: date, *, claims: bool) -> Direct:
        apart = {
            frozenset((claim.first_id, claim.second_id))
            for claim in self.each(DisaggregationClaim)
            if claims and claim.regime_id == regime_id and claim.is_in_force(day)
        }
        direct: Direct = {}
        for edge in self.each(OwnershipEdge):
            if _holds(edge, day) and frozenset((edge.owner_id, edge.owned_id)) not in apart:
                share = Fraction(edge.share_ppm, PPM)
                direct.setdefault(edge.owner_id, []).append((edge.owned_id, share))
        return direct

    def may_decide(self, name: str, owner_id: str, day: date) -> bool:
        """Return whether somebody stands as a representative of an owner on a day."""
        found = self.items.get(Representative, {}).get((name, owner_id))
        return isinstance(found, Representative) and found.may_decide(day)


def _holds(edge: OwnershipEdge | ControlEdge | ConcertEdge, day: date) -> bool:
    return edge.valid_from <= day and (edge.valid_to is None or day <= edge.valid_to)


def _reached(direct: Direct, start: str) -> set[str]:
    """Return whom somebody owns a share of, however little and over however many steps."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for owned, _ in direct.get(waiting.pop(), ()):
            if owned not in found:
                found.add(owned)
                waiting.append(owned)
    return found


def _circle(direct: Direct, name: str) -> Circle:
    """Return who own each other with somebody, and the person itself."""
    return frozenset(
        {name, *(other for other in _reached(direct, name) if name in _reached(direct, other))}
    )


def _between(direct: Direct, circle: dict[str, Circle]) -> Between:
    found: Between = {}
    for owner, shares in direct.items():
        for owned, share in shares:
            if circle[owner] != circle[owned]:
                found.setdefault(circle[owner], []).append((circle[owned], share))
    return found


def _share(between: Between, owner: Circle, owned: Circle) -> Fraction:
    """Return what is held of a circle in all: share by share, path by path."""
    total = Fraction(0)
    for other, share in between.get(owner, ()):
        total += share * (1 if other == owned else _share(between, other, owned))
    return total
