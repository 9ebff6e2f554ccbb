"""Who counts as one: the persons of a regime's aggregation groups on a day, and why.

A group is a connected component over the ties that the regime counts.  Shares are added up over
all paths: 6 % held directly and half of somebody who holds 10 % are 11 %.  Persons who own each
other in a circle are one.  A claim of independence takes the direct ties of ownership between two
persons away while it is in force, and no other tie.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import PPM, Regime
from fencang.refdata.ties import (
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
)

__all__ = [
    "AggregationGroups",
    "Tie",
    "TieKind",
    "Ties",
    "aggregation_groups",
    "near_shares",
    "share_of",
    "share_text",
]


class TieKind(StrEnum):
    """Why two persons are one."""

    OWNERSHIP = "ownership"
    CIRCLE = "circle"
    CONTROL = "control"
    CONCERT = "concert"
    UNDECLARED = "undeclared"


class Tie(NamedTuple):
    """One reason for which two persons count as one."""

    kind: TieKind
    first_id: str
    second_id: str
    words: str


class Ties(NamedTuple):
    """Everything that is known of ties between persons, of all times."""

    ownership: tuple[OwnershipEdge, ...] = ()
    control: tuple[ControlEdge, ...] = ()
    concert: tuple[ConcertEdge, ...] = ()
    claims: tuple[DisaggregationClaim, ...] = ()


class AggregationGroups:
    """The groups of one regime on one day; a group bears the name of its first member."""

    __slots__ = ("_first", "_members", "ties")

    def __init__(self, persons: Iterable[str], ties: Sequence[Tie]) -> None:
        self.ties = tuple(ties)
        self._first = {person: person for person in sorted(persons)}
        for tie in ties:
            self._join(tie.first_id, tie.second_id)
        members: dict[str, list[str]] = {}
        for person in self._first:
            members.setdefault(self._root(person), []).append(person)
        self._members = {first: tuple(each) for first, each in members.items()}
        self._first = {person: first for first, each in members.items() for person in each}

    def _root(self, person: str) -> str:
        while (first := self._first[person]) != person:
            self._first[person] = self._first[first]
            person = first
        return person

    def _join(self, one: str, other: str) -> None:
        low, high = sorted((self._root(one), self._root(other)))
        self._first[high] = low

    def group_of(self, person_id: str) -> str:
        """Return the name of a person's group; somebody unknown is a group of its own."""
        return self._first.get(person_id, person_id)

    def members(self, group: str) -> tuple[str, ...]:
        """Return the persons of a group, in order."""
        return self._members.get(group, (group,))

    def reasons(self, group: str) -> tuple[Tie, ...]:
        """Return the ties that make a group, in order."""
        return tuple(tie for tie in self.ties if self.group_of(tie.first_id) == group)


def aggregation_groups(
    regime: Regime,
    persons: Mapping[str, LegalPerson],
    ties: Ties,
    day: date,
    product_ids: frozenset[str] = frozenset(),
) -> AggregationGroups:
    """Return who counts as one under a regime on a day, in dealings in the named products.

    Control that is limited to other products does not count; without products all control does.
    """
    policy = regime.aggregation
    found: list[Tie] = []
    if policy.uses_control:
        found += _control_ties(ties.control, persons, day, product_ids)
    if policy.uses_concert:
        found += [
            Tie(TieKind.CONCERT, edge.first_id, edge.second_id, edge.basis)
            for edge in ties.concert
            if _in_force(edge, day) and edge.first_id in persons and edge.second_id in persons
        ]
    if policy.ownership_ppm is not None:
        held = _shares(regime.regime_id, persons, ties, day)
        found += _ownership_ties(held, policy.ownership_ppm)
    if policy.unknown_is_linked:
        found += _undeclared_ties(persons)
    return AggregationGroups(persons, sorted(found))


def _in_force(edge: OwnershipEdge | ControlEdge | ConcertEdge, day: date) -> bool:
    return edge.valid_from <= day and (edge.valid_to is None or day <= edge.valid_to)


def _control_ties(
    edges: Iterable[ControlEdge],
    persons: Mapping[str, LegalPerson],
    day: date,
    product_ids: frozenset[str],
) -> Iterator[Tie]:
    for edge in edges:
        is_meant = not edge.product_ids or not product_ids or product_ids & set(edge.product_ids)
        is_known = edge.controller_id in persons and edge.controlled_id in persons
        if is_meant and is_known and _in_force(edge, day):
            words = f"{edge.controller_id} directs {edge.controlled_id} by {edge.basis}"
            yield Tie(TieKind.CONTROL, edge.controller_id, edge.controlled_id, words)


def _undeclared_ties(persons: Mapping[str, LegalPerson]) -> Iterator[Tie]:
    """Tie a person whose owners are not declared to everybody: whose it is nobody can rule out.

    The first such person is tied to all, and through it so are the others.
    """
    undeclared = [name for name in sorted(persons) if not persons[name].owners_declared]
    for name in undeclared[:1]:
        for other in sorted(persons):
            if other != name:
                unknown = other if other in undeclared else name
                words = f"the owners of {unknown} are not declared"
                yield Tie(TieKind.UNDECLARED, name, other, words)


class _Shares(NamedTuple):
    """Direct shares by owner and owned, with circles of owners taken as one."""

    direct: dict[str, dict[str, Fraction]]
    circles: tuple[tuple[str, ...], ...]


def _shares(regime_id: str, persons: Mapping[str, LegalPerson], ties: Ties, day: date) -> _Shares:
    """Return direct shares on a day; parallel edges add up, which can only join more."""
    apart = {
        frozenset((claim.first_id, claim.second_id))
        for claim in ties.claims
        if claim.regime_id == regime_id and claim.is_in_force(day)
    }
    direct: dict[str, dict[str, Fraction]] = {name: {} for name in sorted(persons)}
    for edge in ties.ownership:
        pair = frozenset((edge.owner_id, edge.owned_id))
        if pair in apart or not pair <= direct.keys() or not _in_force(edge, day):
            continue
        held = direct[edge.owner_id]
        share = held.get(edge.owned_id, Fraction(0)) + Fraction(edge.share_ppm, PPM)
        held[edge.owned_id] = min(Fraction(1), share)
    return _Shares(direct, _circles(direct))


def _reachable(direct: Mapping[str, Mapping[str, Fraction]], start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        for owned in direct[waiting.pop()]:
            if owned not in seen:
                seen.add(owned)
                waiting.append(owned)
    return seen


def _circles(direct: Mapping[str, Mapping[str, Fraction]]) -> tuple[tuple[str, ...], ...]:
    """Return persons who own each other in a circle, each circle once."""
    reach = {name: _reachable(direct, name) for name in direct}
    found, done = [], set[str]()
    for name in direct:
        if name in reach[name] and name not in done:
            circle = tuple(sorted(each for each in reach[name] if name in reach[each]))
            done.update(circle)
            found.append(circle)
    return tuple(found)


def _ownership_ties(shares: _Shares, ownership_ppm: int) -> Iterator[Tie]:
    for circle in shares.circles:
        for name in circle[1:]:
            words = f"{', '.join(circle)} own each other in a circle"
            yield Tie(TieKind.CIRCLE, circle[0], name, words)
    threshold = Fraction(ownership_ppm, PPM)
    for owner in shares.direct:
        for owned, share in _effective(shares, owner).items():
            if share >= threshold and owned != owner:
                words = f"{owner} holds {share_text(share)} of {owned}"
                yield Tie(TieKind.OWNERSHIP, owner, owned, words)


def _effective(shares: _Shares, owner: str) -> dict[str, Fraction]:
    """Return what an owner holds of everybody in all: shares along each path, added up.

    A circle counts as one person: what enters it anywhere is held of all of it, and what its
    members hold of somebody outside is added up.
    """
    home = {name: circle for circle in shares.circles for name in circle}
    total: dict[tuple[str, ...], Fraction] = {}
    start = home.get(owner, (owner,))
    total[start] = Fraction(1)
    for node in _from_owners_down(shares, home, start):
        for name in node:
            for owned, share in shares.direct[name].items():
                target = home.get(owned, (owned,))
                if target != node:
                    held = total.get(target, Fraction(0)) + total[node] * share
                    total[target] = min(Fraction(1), held)
    return {name: share for node, share in total.items() if node != start for name in node}


def _from_owners_down(
    shares: _Shares, home: Mapping[str, tuple[str, ...]], start: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Return what can be reached, every owner before what it owns (circles are one node)."""
    order: list[tuple[str, ...]] = []
    done: set[tuple[str, ...]] = set()
    waiting: list[tuple[tuple[str, ...], bool]] = [(start, False)]
    while waiting:
        node, is_left = waiting.pop()
        if is_left:
            order.append(node)
        elif node not in done:
            done.add(node)
            waiting.append((node, True))
            below = {home.get(owned, (owned,)) for name in node for owned in shares.direct[name]}
            waiting += [(each, False) for each in sorted(below) if each not in done]
    return order[::-1]


def share_of(
    regime: Regime,
    persons: Mapping[str, LegalPerson],
    ties: Ties,
    day: date,
    owner_id: str,
    owned_id: str,
) -> Fraction:
    """Return what one person holds of another on a day, over all paths, as the regime counts it."""
    shares = _shares(regime.regime_id, persons, ties, day)
    return _effective(shares, owner_id).get(owned_id, Fraction(0))


def near_shares(
    persons: Mapping[str, LegalPerson],
    ties: Ties,
    day: date,
    threshold_ppm: int,
    margin_ppm: int,
    touched: Collection[str],
) -> list[tuple[str, str, Fraction]]:
    """Return (owner, owned, share) of shares that lie below a threshold by a margin at most.

    Only shares of the ``touched`` and of what they own are looked at.  Ties are taken as they are
    given, claims of no regime among them.
    """
    shares = _shares("", persons, ties, day)
    owned_now = {
        name
        for start in touched
        if start in shares.direct
        for name in (start, *_reachable(shares.direct, start))
    }
    low, high = Fraction(threshold_ppm - margin_ppm, PPM), Fraction(threshold_ppm, PPM)
    return [
        (owner, owned, share)
        for owner in shares.direct
        for owned, share in sorted(_effective(shares, owner).items())
        if owned in owned_now and owned != owner and low <= share < high
    ]


def share_text(share: Fraction) -> str:
    """Return a share for a person, exact to a millionth: 11 %, 9.9999 %."""
    whole, part = divmod(int(share * PPM), PPM // 100)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".") + " %"
