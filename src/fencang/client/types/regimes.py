"""Bodies of rules, who counts as one person, and who may decide.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "AggregationPolicy",
    "ClaimStatus",
    "ConcertEdge",
    "ContractGroup",
    "ControlBasis",
    "ControlEdge",
    "CountingRule",
    "DisaggregationClaim",
    "EvasionWatch",
    "Exemption",
    "ExemptionKind",
    "GroupMember",
    "LimitBucket",
    "LimitHardness",
    "LimitStep",
    "Netting",
    "OptionCount",
    "OwnershipEdge",
    "OwnershipKind",
    "Regime",
    "RegimeLimit",
    "RegimeVenue",
    "ReportThreshold",
    "Representative",
    "SettlementKind",
]


class AggregationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Which ties make several persons one.

    ``ownership_ppm``: an owner of so much of another counts as one with it, all paths added up;
    None: ownership does not count.  ``uses_control``: who directs the trading of another does.
    ``uses_concert``: those who agreed to act together do.  ``unknown_is_linked``: a person
    whose owners are not declared counts as tied to everybody else of whom this is not known
    either.
    """

    ownership_ppm: int | None = None
    uses_control: bool = True
    uses_concert: bool = True
    unknown_is_linked: bool = True


Netting = Literal["net", "per_side"]
"""What long and short lots of a group are to each other."""


OptionCount = Literal["contracts", "delta"]
"""How options count."""


class CountingRule(msgspec.Struct, frozen=True, kw_only=True):
    """How positions become the number that is held against a limit.

    ``report_netting`` is the same for the reporting test, which is a test of its own: it never
    knows hedges, and it is met at the level exactly.
    """

    netting: Netting
    report_netting: Netting = "per_side"
    options: OptionCount = "delta"


class Regime(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One body of rules: of a legislator, an authority or a venue.

    Valid from its first to its last day, both included; after that it is unknown, and nothing
    that it governs is opened.  ``authority`` may be a venue.  ``source`` cites the text.
    """

    regime_id: str
    jurisdiction: str
    authority: str
    version: str
    valid_from: date
    valid_to: date | None = None
    source: str
    aggregation: AggregationPolicy
    counting: CountingRule


class RegimeVenue(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A regime governs what is traded at a venue.

    Every contract there must be a member of one of its groups, if only of one without limits:
    what nobody has looked up is not opened.
    """

    regime_id: str
    venue_id: str


class ContractGroup(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Contracts that one regime counts as one, in lots of their parent."""

    regime_id: str
    group_id: str
    name: str
    source: str
    confirmed: bool = False


SettlementKind = Literal["any", "cash", "physical"]
"""How a contract ends; some limits count both kinds apart in the spot month."""


class GroupMember(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A contract or product that counts in a group, and how many of the parent one lot is.

    An E-mini that is a fifth of the parent has ``ratio_ppm`` 200,000.  A contract's own
    membership takes the place of its product's.
    """

    regime_id: str
    group_id: str
    scope_id: str
    ratio_ppm: int = 1000000
    settlement: SettlementKind = "any"


LimitBucket = Literal["all_months", "single_month", "spot"]
"""Which months a limit counts."""


class LimitStep(msgspec.Struct, frozen=True, kw_only=True):
    """From a day on so many lots."""

    from_day: date
    quantity_lots_max: int


LimitHardness = Literal["accountability", "limit"]
"""What passing a number means."""


class RegimeLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A number that a group of persons may not pass in a group of contracts.

    A spot-month limit is a schedule per delivery month: ``month`` names it as ``2020-06``, and
    before its first step the limit does not count the month.  Other buckets have no month, and
    one step or more as the law changes.  A breach is strictly more than the number.
    """

    limit_id: str
    regime_id: str
    group_id: str
    bucket: LimitBucket
    month: str = ""
    steps: tuple[LimitStep, ...]
    settlement: SettlementKind = "any"
    hardness: LimitHardness = "limit"
    source: str
    confirmed: bool = False


class ReportThreshold(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """From so many lots on a position is to be reported: at the level exactly, each month alone.

    ``report_kind`` names the report, ``due_days`` its business days after the day.
    """

    threshold_id: str
    regime_id: str
    group_id: str
    report_kind: str
    from_day: date
    quantity_lots_min: int
    each_month: bool = True
    due_days: int = 1
    source: str
    confirmed: bool = False


ExemptionKind = Literal[
    "bona_fide_hedge", "conditional_spot", "liquidity_provision", "quota", "spread"
]
"""Why more than the limit may be held."""


class Exemption(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What an authority or a venue granted to one person: never self-declared.

    ``quantity_lots_max`` is what may be held on a side in all, the limit included.  Without
    ``evidence`` it is refused, after its last day it is nothing.
    """

    exemption_id: str
    regime_id: str
    person_id: str
    group_id: str
    kind: ExemptionKind
    buckets: tuple[LimitBucket, ...]
    long_lots_max: int
    short_lots_max: int
    valid_from: date
    valid_to: date
    conditions: str
    grantor: str
    evidence: str
    is_revoked: bool = False


OwnershipKind = Literal["beneficial", "equity", "partnership"]
"""What is owned."""


class OwnershipEdge(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A share that one person holds of another, from a day until a day (both included)."""

    owner_id: str
    owned_id: str
    kind: OwnershipKind = "equity"
    share_ppm: int
    valid_from: date
    valid_to: date | None = None
    evidence: str


ControlBasis = Literal["algorithm", "de_facto", "mandate", "power_of_attorney"]
"""By what somebody directs trading."""


class ControlEdge(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One person directs the trading of another, in everything or in named products."""

    controller_id: str
    controlled_id: str
    basis: ControlBasis
    product_ids: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None
    evidence: str


class ConcertEdge(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Two persons act under an agreement, express or implied."""

    first_id: str
    second_id: str
    basis: str
    valid_from: date
    valid_to: date | None = None
    evidence: str


ClaimStatus = Literal["proposed", "revoked", "verified"]
"""How far a claim of independence has come."""


class DisaggregationClaim(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Two persons who are tied claim under a regime that they trade apart.

    It cuts ties of ownership alone, and only while it is verified, in date, and names every
    condition of independence.  A tie of control makes it untrue whatever the papers say.
    """

    claim_id: str
    regime_id: str
    first_id: str
    second_id: str
    conditions: tuple[str, ...]
    notice_day: date
    valid_from: date
    valid_to: date
    status: ClaimStatus
    reviewer: str
    evidence: str


class Representative(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A person or program who may decide for an owner, by the name that commands bear.

    It is who may accept a proposed order for the owner.  ``evidence`` is the power it rests on.
    """

    representative_id: str
    owner_id: str
    valid_from: date
    valid_to: date | None = None
    evidence: str
    is_revoked: bool = False


class EvasionWatch(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """From a day on these numbers raise an alarm; without any the defaults here do.

    ``follow_seconds``: lots that an account of another owner under common control opens so soon
    after a limit refused them.  ``mirror_seconds``, ``mirror_times``: accounts of two owners
    who do not count as one send orders of one contract and size so close to each other, so many
    times a day. ``ownership_margin_ppm``: a share that lies below a threshold by no more than
    this. ``near_limit_ppm``: from this part of a hard limit on, new accounts and changed papers
    are told. ``proposal_age_seconds_max``: a proposed excess that nobody accepts in this time
    has expired.

    ``turn_days``, ``turn_share_ppm``, ``reporting_days``: of what left an account in so many
    calendar days up to the end of a month or a reporting day, this part or more is back in as
    many days after it; 0 days: nobody watches.

    ``step_days``: so many business days before a limit steps down below what a group holds and
    has working, the group is told; 0: it is not.
    """

    valid_from: date
    follow_seconds: Decimal = Decimal(1800)
    mirror_seconds: Decimal = Decimal(60)
    mirror_times: int = 3
    ownership_margin_ppm: int = 10000
    near_limit_ppm: int = 800000
    proposal_age_seconds_max: Decimal = Decimal(3600)
    source: str = ""
    turn_days: int = 5
    turn_share_ppm: int = 500000
    reporting_days: tuple[date, ...] = ()
    step_days: int = 5
