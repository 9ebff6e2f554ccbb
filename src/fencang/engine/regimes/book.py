"""Regimes as the desk knows them: what is defined, what was told already, and the counters over it.

Definitions, ``lagged_ppm``, ``notices``, ``duties``, ``steps`` and ``watch`` are primary state; the
rest are caches.
"""

from datetime import date
from typing import TYPE_CHECKING, TypeVar, cast

from fencang.engine.regimes.watch import Watch
from fencang.limits.regimes.aggregation import AggregationGroups, Ties
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.regime import (
    Exemption,
    GroupMember,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
)
from fencang.refdata.ties import (
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
)

if TYPE_CHECKING:
    from fencang.engine.regimes.counters import RegimeCounter

__all__ = ["DUTIES_MAX", "DutyKey", "NoticeKey", "RegimeBook", "StepKey"]

DUTIES_MAX = 100_000
"""Standing duties to report, and notices, that are remembered."""

NoticeKey = tuple[str, str, str]
"""(limit, group of persons, side)."""
DutyKey = tuple[str, str, str, str]
"""(threshold, group of persons, month, side)."""

StepKey = tuple[str, str, str, int]
"""(limit, group of persons, side, day of the step as ordinal)."""

Kind = TypeVar("Kind", bound=RegimeItem)
OfGroup = TypeVar("OfGroup", GroupMember, RegimeLimit, ReportThreshold, Exemption)


class RegimeBook:
    """Everything about regimes that one desk knows."""

    __slots__ = (
        "_grouped",
        "_members",
        "_sorted",
        "counters",
        "day",
        "duties",
        "groups",
        "has_exemptions",
        "items",
        "lagged_ppm",
        "notices",
        "open_groups",
        "steps",
        "watch",
        "watch_rules",
        "with_options",
    )

    def __init__(self) -> None:
        self.items: dict[type, dict[tuple[str, ...], RegimeItem]] = {}
        """Kind → key → definition."""
        self.lagged_ppm: dict[str, int] = {}
        """Option → its delta in the parameter file before the one in force."""
        self.notices: dict[NoticeKey, int] = {}
        """Told already → the day, as ordinal."""
        self.duties: dict[DutyKey, int] = {}
        """Standing duty to report → the day that it arose, as ordinal."""
        self.steps: dict[StepKey, int] = {}
        """Step down that was told → the day, as ordinal; those to come alone."""
        self.counters: dict[tuple[str, ...], RegimeCounter] = {}
        self.groups: dict[tuple[str, ...], AggregationGroups] = {}
        """(regime, contract group) → who counts as one in it."""
        self.open_groups: dict[tuple[str, ...], AggregationGroups] = {}
        """The same as if no claim of independence was made and no owner was undeclared."""
        self.has_exemptions = False
        """Whether any exemption was ever defined; a cache."""
        self.watch = Watch()
        self.watch_rules = EvasionWatch(valid_from=date.min)
        """The numbers of alarms that hold on the day."""
        self.with_options: set[tuple[str, ...]] = set()
        """(regime, contract group) that options count in: those have two days of deltas."""
        self.day = 0
        """The day for which the counters stand, as ordinal; 0 before any."""
        # Every order of a new account and every change of rules asks for these, so they are kept
        # by what is asked for until a definition of their kind changes.
        self._sorted: dict[type, list[RegimeItem]] = {}
        self._grouped: dict[type, dict[tuple[str, str], list[RegimeItem]]] = {}
        self._members: dict[tuple[str, str], list[GroupMember]] | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether no regime is defined: then nothing here costs anything."""
        return not self.items.get(Regime)

    def set(self, item: RegimeItem) -> None:
        """Define or replace one value."""
        kind = type(item)
        self.items.setdefault(kind, {})[item.key] = item
        self._sorted.pop(kind, None)
        self._grouped.pop(kind, None)
        self.has_exemptions = self.has_exemptions or kind is Exemption
        if kind is GroupMember:
            self._members = None

    def all(self) -> list[RegimeItem]:
        """Return every definition, by kind and key."""
        return [
            found[key]
            for _, found in sorted(self.items.items(), key=lambda each: each[0].__name__)
            for key in sorted(found)
        ]

    def each(self, kind: type[Kind]) -> list[Kind]:
        """Return the definitions of one kind, by key."""
        known = self._sorted.get(kind)
        if known is None:
            found = self.items.get(kind, {})
            known = self._sorted[kind] = [found[key] for key in sorted(found)]
        return cast("list[Kind]", known)

    def get(self, kind: type[Kind], *key: str) -> Kind | None:
        """Return one definition, or None."""
        return cast("Kind | None", self.items.get(kind, {}).get(key))

    def ties(self, of_fact: tuple[ControlEdge, ...]) -> Ties:
        """Return all ties, with those of control that the desk knows from its own dealing."""
        return Ties(
            ownership=tuple(self.each(OwnershipEdge)),
            control=(*self.each(ControlEdge), *of_fact),
            concert=tuple(self.each(ConcertEdge)),
            claims=tuple(self.each(DisaggregationClaim)),
        )

    def governing(self, venue_id: str) -> list[Regime]:
        """Return the regimes that govern a venue, by name."""
        return [
            regime
            for regime in self.each(Regime)
            if self.get(RegimeVenue, regime.regime_id, venue_id) is not None
        ]

    def membership(self, regime_id: str, *scope_ids: str) -> list[GroupMember]:
        """Return the memberships of the first of the scopes that has any."""
        if self._members is None:
            self._members = {}
            for member in self.each(GroupMember):
                key = member.regime_id, member.scope_id
                self._members.setdefault(key, []).append(member)
        for scope_id in scope_ids:
            found = self._members.get((regime_id, scope_id))
            if found:
                return found
        return []

    def members(self, regime_id: str, group_id: str) -> list[GroupMember]:
        """Return what counts in a group, by name."""
        return self._of_group(GroupMember, regime_id, group_id)

    def limits(self, regime_id: str, group_id: str) -> list[RegimeLimit]:
        """Return the limits of a group, by name."""
        return self._of_group(RegimeLimit, regime_id, group_id)

    def thresholds(self, regime_id: str, group_id: str) -> list[ReportThreshold]:
        """Return the reporting levels of a group, by name."""
        return self._of_group(ReportThreshold, regime_id, group_id)

    def exemptions(self, regime_id: str, group_id: str) -> list[Exemption]:
        """Return the exemptions from a group's limits, by name."""
        return self._of_group(Exemption, regime_id, group_id)

    def _of_group(self, kind: type[OfGroup], regime_id: str, group_id: str) -> list[OfGroup]:
        found = self._grouped.get(kind)
        if found is None:
            found = self._grouped[kind] = {}
            for item in self.each(kind):
                found.setdefault((item.regime_id, item.group_id), []).append(item)
        return cast("list[OfGroup]", found.get((regime_id, group_id), []))
