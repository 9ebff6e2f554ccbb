"""Regimes of position limits: whose law counts what, against which numbers.

A limit hangs on a person and a contract, never on where an account sits.  Everything here is dated
and cites its source, so that a change of law is a change of data.  A row that nobody has compared
with the official text says ``confirmed`` False, and nothing is opened against it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import (
    LOTS_MAX,
    Definition,
    Identifier,
    NonNegativeLots,
    Text,
)

__all__ = [
    "PPM",
    "AggregationPolicy",
    "ContractGroup",
    "CountingRule",
    "Exemption",
    "ExemptionKind",
    "GroupMember",
    "LimitBucket",
    "LimitHardness",
    "LimitStep",
    "Netting",
    "OptionCount",
    "Regime",
    "RegimeLimit",
    "RegimeVenue",
    "ReportThreshold",
    "SettlementKind",
]

PPM = 1_000_000
OwnershipPpm = Annotated[int, msgspec.Meta(ge=1, le=PPM)]
RatioPpm = Annotated[int, msgspec.Meta(ge=1, le=1_000 * PPM)]


class Netting(StrEnum):
    """What long and short lots of a group are to each other."""

    NET = "net"
    """They offset each other."""
    PER_SIDE = "per_side"
    """Each side is counted alone: nothing offsets."""


class OptionCount(StrEnum):
    """How options count."""

    DELTA = "delta"
    """As the futures they stand for."""
    CONTRACTS = "contracts"
    """Lot for lot, with the sign of their delta."""


class LimitBucket(StrEnum):
    """Which months a limit counts."""

    SPOT = "spot"
    """The month that is delivered next, from the first step of its schedule on."""
    SINGLE_MONTH = "single_month"
    """Every month alone."""
    ALL_MONTHS = "all_months"


class LimitHardness(StrEnum):
    """What passing a number means."""

    LIMIT = "limit"
    """It may not be passed without an exemption."""
    ACCOUNTABILITY = "accountability"
    """It may be passed, and the exchange may ask why and say stop."""


class SettlementKind(StrEnum):
    """How a contract ends; some limits count both kinds apart in the spot month."""

    ANY = "any"
    PHYSICAL = "physical"
    CASH = "cash"


class AggregationPolicy(Definition):
    """Which ties make several persons one.

    ``ownership_ppm``: an owner of so much of another counts as one with it, all paths added up;
    None: ownership does not count.  ``uses_control``: who directs the trading of another does.
    ``uses_concert``: those who agreed to act together do.  ``unknown_is_linked``: a person whose
    owners are not declared counts as tied to everybody else of whom this is not known either.
    """

    ownership_ppm: OwnershipPpm | None = None
    uses_control: bool = True
    uses_concert: bool = True
    unknown_is_linked: bool = True


class CountingRule(Definition):
    """How positions become the number that is held against a limit.

    ``report_netting`` is the same for the reporting test, which is a test of its own: it never
    knows hedges, and it is met at the level exactly.
    """

    netting: Netting
    report_netting: Netting = Netting.PER_SIDE
    options: OptionCount = OptionCount.DELTA


class Regime(Definition, tag="Regime.1", kw_only=True):
    """One body of rules: of a legislator, an authority or a venue.

    Valid from its first to its last day, both included; after that it is unknown, and nothing that
    it governs is opened.  ``authority`` may be a venue.  ``source`` cites the text.
    """

    regime_id: Identifier
    jurisdiction: Annotated[str, msgspec.Meta(max_length=2)]
    authority: Text
    version: Text
    valid_from: date
    valid_to: date | None = None
    source: Text
    aggregation: AggregationPolicy
    counting: CountingRule

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.regime_id,)

    def is_valid(self, day: date) -> bool:
        """Return whether the rules are in force and known on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RegimeVenue(Definition, tag="RegimeVenue.1"):
    """A regime governs what is traded at a venue.

    Every contract there must be a member of one of its groups, if only of one without limits:
    what nobody has looked up is not opened.
    """

    regime_id: Identifier
    venue_id: Identifier

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.regime_id, self.venue_id


class ContractGroup(Definition, tag="ContractGroup.1", kw_only=True):
    """Contracts that one regime counts as one, in lots of their parent."""

    regime_id: Identifier
    group_id: Identifier
    name: Text
    source: Text
    confirmed: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.regime_id, self.group_id


class GroupMember(Definition, tag="GroupMember.1"):
    """A contract or product that counts in a group, and how many of the parent one lot is.

    An E-mini that is a fifth of the parent has ``ratio_ppm`` 200,000.  A contract's own membership
    takes the place of its product's.
    """

    regime_id: Identifier
    group_id: Identifier
    scope_id: Identifier
    ratio_ppm: RatioPpm = PPM
    settlement: SettlementKind = SettlementKind.ANY

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.regime_id, self.group_id, self.scope_id


class LimitStep(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """From a day on so many lots."""

    from_day: date
    quantity_lots_max: NonNegativeLots


class RegimeLimit(Definition, tag="RegimeLimit.1", kw_only=True):
    """A number that a group of persons may not pass in a group of contracts.

    A spot-month limit is a schedule per delivery month: ``month`` names it as ``2020-06``, and
    before its first step the limit does not count the month.  Other buckets have no month, and one
    step or more as the law changes.  A breach is strictly more than the number.
    """

    limit_id: Identifier
    regime_id: Identifier
    group_id: Identifier
    bucket: LimitBucket
    month: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?\Z")] = ""
    steps: Annotated[tuple[LimitStep, ...], msgspec.Meta(min_length=1, max_length=100)]
    settlement: SettlementKind = SettlementKind.ANY
    hardness: LimitHardness = LimitHardness.LIMIT
    source: Text
    confirmed: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.limit_id,)

    def lots_max(self, day: date) -> int | None:
        """Return the number in force on a day, or None where the schedule has not begun."""
        found = None
        for step in self.steps:
            if step.from_day <= day:
                found = step.quantity_lots_max
        return found


class ReportThreshold(Definition, tag="ReportThreshold.1", kw_only=True):
    """From so many lots on a position is to be reported: at the level exactly, each month alone.

    ``report_kind`` names the report, ``due_days`` its business days after the day.
    """

    threshold_id: Identifier
    regime_id: Identifier
    group_id: Identifier
    report_kind: Text
    from_day: date
    quantity_lots_min: Annotated[int, msgspec.Meta(ge=1, le=LOTS_MAX)]
    each_month: bool = True
    due_days: Annotated[int, msgspec.Meta(ge=0, le=30)] = 1
    source: Text
    confirmed: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.threshold_id,)


class ExemptionKind(StrEnum):
    """Why more than the limit may be held."""

    BONA_FIDE_HEDGE = "bona_fide_hedge"
    SPREAD = "spread"
    LIQUIDITY_PROVISION = "liquidity_provision"
    CONDITIONAL_SPOT = "conditional_spot"
    QUOTA = "quota"
    """A quantity granted for hedging, arbitrage or market making, as exchanges in China do."""


class Exemption(Definition, tag="Exemption.1", kw_only=True):
    """What an authority or a venue granted to one person: never self-declared.

    ``quantity_lots_max`` is what may be held on a side in all, the limit included.  Without
    ``evidence`` it is refused, after its last day it is nothing.
    """

    exemption_id: Identifier
    regime_id: Identifier
    person_id: Identifier
    group_id: Identifier
    kind: ExemptionKind
    buckets: Annotated[tuple[LimitBucket, ...], msgspec.Meta(min_length=1, max_length=3)]
    long_lots_max: NonNegativeLots
    short_lots_max: NonNegativeLots
    valid_from: date
    valid_to: date
    conditions: Text
    grantor: Text
    evidence: Text
    is_revoked: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.exemption_id,)

    def is_valid(self, day: date) -> bool:
        """Return whether it may be relied on, on a day."""
        return not self.is_revoked and self.valid_from <= day <= self.valid_to
