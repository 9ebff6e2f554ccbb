"""What values of a regime may refer to, and where two of them contradict each other."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import (
    PPM,
    ContractGroup,
    Exemption,
    GroupMember,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
)
from fencang.refdata.ties import (
    ClaimStatus,
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
    Representative,
)

__all__ = ["RegimeReferences", "only_revokes"]

Key = tuple[str, ...]


def only_revokes(item: RegimeItem, old: RegimeItem | None) -> bool:
    """Return whether a value only takes away what the one before it granted: one person may."""
    match old:
        case Exemption() | Representative():
            return item == replace(old, is_revoked=True)
        case DisaggregationClaim():
            return item == replace(old, status=ClaimStatus.REVOKED)
        case _:
            return False


class RegimeReferences:
    """Values of regimes, existing and newly brought, by kind and key."""

    def __init__(self, persons: Mapping[str, LegalPerson], day: date) -> None:
        self._persons = persons
        self._day = day
        self._items: dict[type, dict[Key, RegimeItem]] = {}

    def add(self, item: RegimeItem) -> None:
        """Take a value in; a later one of the same key takes its place."""
        self._items.setdefault(type(item), {})[item.key] = item

    def faults(
        self, item: RegimeItem, venue_ids: Mapping[str, object], scopes: Mapping[str, object]
    ) -> Iterator[str]:
        """Yield what is wrong with what a value refers to; ``scopes``: contracts and products."""
        yield from self._unknown_rules(item)
        match item:
            case RegimeVenue(venue_id=venue_id) if venue_id not in venue_ids:
                yield f"no venue {venue_id}"
            case GroupMember(scope_id=scope_id) if scope_id not in scopes:
                yield f"no contract or product {scope_id}"
            case RegimeLimit():
                yield from self._contradictions(item)
            case Exemption(person_id=person_id, valid_to=valid_to):
                yield from self._unknown_persons(person_id)
                if valid_to < self._day:
                    yield f"is past its date: it held until {valid_to}, today is {self._day}"
            case OwnershipEdge(owner_id=first, owned_id=second):
                yield from self._unknown_persons(first, second)
                yield from self._beyond_all(item)
            case ControlEdge(controller_id=first, controlled_id=second):
                yield from self._unknown_persons(first, second)
            case Representative(owner_id=owner):
                yield from self._unknown_persons(owner)
            case ConcertEdge() | DisaggregationClaim():
                yield from self._unknown_persons(item.first_id, item.second_id)
            case _:
                pass

    def _unknown_persons(self, *person_ids: str) -> Iterator[str]:
        for person_id in person_ids:
            if person_id not in self._persons:
                yield f"no person {person_id}"

    def _unknown_rules(self, item: RegimeItem) -> Iterator[str]:
        regimes = self._items.get(Regime, {})
        if (
            isinstance(
                item,
                RegimeVenue
                | ContractGroup
                | GroupMember
                | RegimeLimit
                | ReportThreshold
                | Exemption
                | DisaggregationClaim,
            )
            and (item.regime_id,) not in regimes
        ):
            yield f"no regime {item.regime_id}"
        if isinstance(item, GroupMember | RegimeLimit | ReportThreshold | Exemption):
            key = item.regime_id, item.group_id
            if key not in self._items.get(ContractGroup, {}):
                yield f"{item.regime_id} has no contract group {item.group_id}"

    def _contradictions(self, limit: RegimeLimit) -> Iterator[str]:
        """Yield limits that speak of the same number under another name."""
        for key, other in sorted(self._items.get(RegimeLimit, {}).items()):
            assert isinstance(other, RegimeLimit)
            if key != limit.key and _place(other) == _place(limit):
                yield (
                    f"contradicts {other.limit_id}: both state the {limit.hardness} of "
                    f"{limit.group_id} for {limit.bucket} {limit.month}".rstrip()
                )

    def _beyond_all(self, edge: OwnershipEdge) -> Iterator[str]:
        """Yield that shares of one kind come to more than the whole on the edge's first day."""
        total = 0
        for other in self._items.get(OwnershipEdge, {}).values():
            assert isinstance(other, OwnershipEdge)
            is_same = (other.owned_id, other.kind) == (edge.owned_id, edge.kind)
            last = other.valid_to or date.max
            if is_same and other.valid_from <= edge.valid_from <= last:
                total += other.share_ppm
        if total > PPM:
            whole = f"shares of {edge.owned_id} come to {total} millionths on {edge.valid_from}"
            yield f"{whole}, more than all of it"


def _place(limit: RegimeLimit) -> Key:
    return (
        limit.regime_id,
        limit.group_id,
        limit.bucket,
        limit.month,
        limit.settlement,
        limit.hardness,
    )
