"""Lock, net within the family, net across families by priority, floor: one engine for all.

Risk has one dimension and two sides.  It is counted in *units*; a unit of a family is worth
``unit_exact`` (a money method counts exact micros, RULE millionths of a standard lot).

1. Lock: what a contract holds on both sides pays the contract's coefficient.
2. Net: the rest of all contracts of a family is gathered by side; the smaller side pays, with as
   much of the larger, the family's coefficient; the difference is the family's net risk.
3. Cross: families of opposite net risk are matched by priority (lowest number first, then in the
   order listed) and pay the pair's coefficient.
4. What is left pays in full; add-on and uncombined margin are added; a family pays at least its
   minimum, a group of families at least a share of the margin before all benefits.

Laws: nothing is negative; no step asks for more than both sides in full; the order of risks does
not matter.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.margin.rates.exact import share_exact
from fencang.margin.rates.faults import RateFault
from fencang.margin.span.frozen import Frozen

__all__ = [
    "NO_BENEFIT",
    "Basis",
    "Coefficient",
    "Cross",
    "CrossNet",
    "Family",
    "FamilyNet",
    "Group",
    "Meaning",
    "NettingSet",
    "Risk",
    "net",
]


class Basis(StrEnum):
    """What a coefficient is applied to, when two sides of equal units meet."""

    ONE_SIDE = "one_side"
    """The dearer of the two."""
    BOTH_SIDES = "both_sides"


class Meaning(StrEnum):
    """Whether a coefficient states what is still charged or what is given back."""

    CHARGED = "charged"
    CREDITED = "credited"


class Coefficient(Frozen):
    """What two opposite risks pay together.

    Of 100 against 100, a coefficient of 20 %: charged on one side 20, on both sides 40; credited
    on one side 200 − 20 = 180, on both sides 160.
    """

    ratio_ppm: int
    basis: Basis = Basis.ONE_SIDE
    meaning: Meaning = Meaning.CHARGED

    def charge(self, first_exact: int, second_exact: int) -> int:
        """Return what both pay, between nothing and both in full."""
        both = first_exact + second_exact
        basis = both if self.basis is Basis.BOTH_SIDES else max(first_exact, second_exact)
        amount = share_exact(basis, self.ratio_ppm)
        if self.meaning is Meaning.CREDITED:
            amount = both - amount
        return min(max(amount, 0), both)

    @property
    def gives_benefit(self) -> bool:
        """Return whether two equal risks ever pay less than both in full."""
        if self.meaning is Meaning.CREDITED:
            return self.ratio_ppm > 0
        full = PPM if self.basis is Basis.BOTH_SIDES else 2 * PPM
        return self.ratio_ppm < full


NO_BENEFIT = Coefficient(ratio_ppm=PPM, basis=Basis.BOTH_SIDES)


class Risk(Frozen):
    """Long and short units of one contract; several of one contract and family are added."""

    contract_id: str
    family_id: str
    long_units: int = 0
    short_units: int = 0
    lock: Coefficient = NO_BENEFIT


class Family(Frozen):
    """Contracts that net with each other; all ``_exact`` amounts are at least zero.

    ``minimum_exact`` is a floor under everything but ``uncombined_exact`` (delivery month, what
    takes no part).  ``offset_exact`` (value of long options) is taken off, never below zero, before
    ``royalty_exact`` (premium of short options) is added.
    """

    family_id: str
    group_id: str = ""
    unit_exact: int = 1
    intra: Coefficient = NO_BENEFIT
    add_on_exact: int = 0
    uncombined_exact: int = 0
    minimum_exact: int = 0
    offset_exact: int = 0
    royalty_exact: int = 0


class Cross(Frozen):
    """Two families that net across: ``first_share`` units of one against ``second_share``."""

    priority: int
    first_id: str
    second_id: str
    coefficient: Coefficient
    first_share: int = 1
    second_share: int = 1


class Group(Frozen):
    """Least share of the margin before benefits that the families of a group pay together."""

    group_id: str
    minimum_ppm: int = 0


class NettingSet(Frozen):
    """Risks with everything that applies to them."""

    risks: tuple[Risk, ...]
    families: tuple[Family, ...]
    crosses: tuple[Cross, ...] = ()
    groups: tuple[Group, ...] = ()


class CrossNet(NamedTuple):
    """A pair of families that was formed: units and charge of each."""

    cross: Cross
    first_units: int
    second_units: int
    charge_exact: int


class FamilyNet(NamedTuple):
    """What a family pays, step by step; all but units exact."""

    family_id: str
    group_id: str
    before_exact: int
    """Both sides in full: the margin before benefits, without add-on and uncombined."""
    lock_exact: int
    long_units: int
    short_units: int
    """Gathered by side, after locks."""
    intra_exact: int
    cross_exact: int
    naked_exact: int
    add_on_exact: int
    uncombined_exact: int
    at_minimum_exact: int
    """What the family's minimum adds."""
    offset_exact: int
    """What of the value of long options counted."""
    royalty_exact: int
    top_up_exact: int
    """What the group's minimum adds, on its first family."""

    @property
    def combined_exact(self) -> int:
        """Return the charge of the three steps and the naked rest."""
        return self.lock_exact + self.intra_exact + self.cross_exact + self.naked_exact

    @property
    def margin_exact(self) -> int:
        """Return what the family pays."""
        own = self.combined_exact + self.add_on_exact + self.at_minimum_exact
        return (
            own + self.uncombined_exact - self.offset_exact + self.royalty_exact + self.top_up_exact
        )


class _Gathered(NamedTuple):
    before: int
    lock: int
    long: int
    short: int


def net(netting: NettingSet) -> tuple[tuple[FamilyNet, ...], tuple[CrossNet, ...]]:
    """Return the families' charges, sorted by family, and the pairs in order of forming.

    Raises:
        RateFault: negative numbers, names given twice or unknown; all are told.
    """
    faults = list(_faults(netting))
    if faults:
        raise RateFault(faults)
    families = {family.family_id: family for family in netting.families}
    gathered = _gather(netting.risks, families)
    left = {name: found.long - found.short for name, found in gathered.items()}
    formed, shares = _cross_net(netting.crosses, families, left)
    nets = [
        _family_net(families[name], gathered[name], shares.get(name, 0), abs(left[name]))
        for name in sorted(families)
    ]
    return tuple(_topped_up(nets, netting.groups)), tuple(formed)


def _gather(risks: Iterable[Risk], families: Mapping[str, Family]) -> dict[str, _Gathered]:
    contracts: dict[tuple[str, str], Risk] = {}
    for risk in risks:
        place = (risk.family_id, risk.contract_id)
        found = contracts.get(place)
        if found is not None:
            risk = Risk(  # noqa: PLW2901 - the sum takes the row's place
                contract_id=risk.contract_id,
                family_id=risk.family_id,
                long_units=found.long_units + risk.long_units,
                short_units=found.short_units + risk.short_units,
                lock=risk.lock,
            )
        contracts[place] = risk
    gathered = dict.fromkeys(families, _Gathered(0, 0, 0, 0))
    for risk in contracts.values():
        unit = families[risk.family_id].unit_exact
        before = gathered[risk.family_id]
        # A lock without benefit is no lock: the lots are worth more in the steps that follow.
        locked = min(risk.long_units, risk.short_units) if risk.lock.gives_benefit else 0
        gathered[risk.family_id] = _Gathered(
            before.before + (risk.long_units + risk.short_units) * unit,
            before.lock + risk.lock.charge(locked * unit, locked * unit),
            before.long + risk.long_units - locked,
            before.short + risk.short_units - locked,
        )
    return gathered


def _cross_net(
    crosses: Iterable[Cross], families: Mapping[str, Family], left: dict[str, int]
) -> tuple[list[CrossNet], dict[str, int]]:
    """Consume ``left`` (long positive); return pairs and each family's share of their charge."""
    formed = []
    shares: dict[str, int] = {}
    for cross in sorted(crosses, key=lambda row: row.priority):
        first_left, second_left = left[cross.first_id], left[cross.second_id]
        if first_left * second_left >= 0:
            continue
        times = min(
            divide_floor(abs(first_left), cross.first_share),
            divide_floor(abs(second_left), cross.second_share),
        )
        first_units, second_units = times * cross.first_share, times * cross.second_share
        first = first_units * families[cross.first_id].unit_exact
        second = second_units * families[cross.second_id].unit_exact
        if not times or not first + second:
            continue
        charge = cross.coefficient.charge(first, second)
        share = divide_floor(charge * first, first + second)
        for name, units, part in (
            (cross.first_id, first_units, share),
            (cross.second_id, second_units, charge - share),
        ):
            left[name] -= units if left[name] > 0 else -units
            shares[name] = shares.get(name, 0) + part
        formed.append(CrossNet(cross, first_units, second_units, charge))
    return formed, shares


def _family_net(family: Family, gathered: _Gathered, cross: int, naked_units: int) -> FamilyNet:
    met = min(gathered.long, gathered.short) * family.unit_exact
    intra = family.intra.charge(met, met)
    naked = naked_units * family.unit_exact
    combined = gathered.lock + intra + cross + naked + family.add_on_exact
    floored = max(combined, family.minimum_exact) + family.uncombined_exact
    return FamilyNet(
        family_id=family.family_id,
        group_id=family.group_id,
        before_exact=gathered.before,
        lock_exact=gathered.lock,
        long_units=gathered.long,
        short_units=gathered.short,
        intra_exact=intra,
        cross_exact=cross,
        naked_exact=naked,
        add_on_exact=family.add_on_exact,
        uncombined_exact=family.uncombined_exact,
        at_minimum_exact=max(family.minimum_exact - combined, 0),
        offset_exact=min(family.offset_exact, floored),
        royalty_exact=family.royalty_exact,
        top_up_exact=0,
    )


def _topped_up(nets: list[FamilyNet], groups: Iterable[Group]) -> list[FamilyNet]:
    for group in groups:
        places = [place for place, found in enumerate(nets) if found.group_id == group.group_id]
        if not places:
            continue
        before = sum(nets[place].before_exact for place in places)
        combined = sum(nets[place].combined_exact for place in places)
        missing = max(share_exact(before, group.minimum_ppm) - combined, 0)
        nets[places[0]] = nets[places[0]]._replace(top_up_exact=missing)
    return nets


def _faults(netting: NettingSet) -> Iterable[str]:
    names = [family.family_id for family in netting.families]
    yield from (f"family {name} is given twice" for name in _repeated(names))
    groups = [group.group_id for group in netting.groups]
    yield from (f"group {name} is given twice" for name in _repeated(groups))
    known = frozenset(names)
    locks: dict[tuple[str, str], Coefficient] = {}
    for risk in netting.risks:
        where = f"risk {risk.contract_id}"
        if risk.family_id not in known:
            yield f"{where}: family {risk.family_id} is unknown"
        if min(risk.long_units, risk.short_units) < 0:
            yield f"{where}: units are below zero"
        if locks.setdefault((risk.family_id, risk.contract_id), risk.lock) != risk.lock:
            yield f"{where}: two rows have different lock coefficients"
    for family in netting.families:
        amounts = (
            family.unit_exact,
            family.add_on_exact,
            family.uncombined_exact,
            family.minimum_exact,
            family.offset_exact,
            family.royalty_exact,
        )
        if min(amounts) < 0:
            yield f"family {family.family_id}: an amount is below zero"
    for place, cross in enumerate(netting.crosses, 1):
        where = f"cross {place} ({cross.first_id}, {cross.second_id})"
        if cross.first_id == cross.second_id:
            yield f"{where}: the families of a pair differ"
        if not known.issuperset((cross.first_id, cross.second_id)):
            yield f"{where}: a family is unknown"
        if min(cross.first_share, cross.second_share) < 1:
            yield f"{where}: shares are at least 1"


def _repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
