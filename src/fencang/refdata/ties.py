"""Ties between persons: who owns, directs or agrees with whom, and claims that a tie counts not."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, Text
from fencang.refdata.evasion import EvasionWatch
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

__all__ = [
    "INDEPENDENCE_CONDITIONS",
    "REGIME_KINDS",
    "ClaimStatus",
    "ConcertEdge",
    "ControlBasis",
    "ControlEdge",
    "DisaggregationClaim",
    "OwnershipEdge",
    "OwnershipKind",
    "RegimeItem",
    "Representative",
]


class OwnershipKind(StrEnum):
    """What is owned."""

    EQUITY = "equity"
    PARTNERSHIP = "partnership"
    BENEFICIAL = "beneficial"


class ControlBasis(StrEnum):
    """By what somebody directs trading."""

    POWER_OF_ATTORNEY = "power_of_attorney"
    MANDATE = "mandate"
    ALGORITHM = "algorithm"
    DE_FACTO = "de_facto"
    """Who sends the orders: added by the desk itself, declared or not."""


class ClaimStatus(StrEnum):
    """How far a claim of independence has come."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    REVOKED = "revoked"


INDEPENDENCE_CONDITIONS = (
    "no_knowledge",
    "own_systems",
    "written_procedures",
    "no_shared_staff",
    "no_shared_screens",
)
"""What the exemption of an owned entity asks for, all of it (17 CFR 150.4(b)(2))."""


class OwnershipEdge(Definition, tag="OwnershipEdge.1", kw_only=True):
    """A share that one person holds of another, from a day until a day (both included)."""

    owner_id: Identifier
    owned_id: Identifier
    kind: OwnershipKind = OwnershipKind.EQUITY
    share_ppm: Annotated[int, msgspec.Meta(ge=1, le=PPM)]
    valid_from: date
    valid_to: date | None = None
    evidence: Text

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.owner_id, self.owned_id, self.kind, self.valid_from.isoformat()


class ControlEdge(Definition, tag="ControlEdge.1", kw_only=True):
    """One person directs the trading of another, in everything or in named products."""

    controller_id: Identifier
    controlled_id: Identifier
    basis: ControlBasis
    product_ids: tuple[Identifier, ...] = ()
    valid_from: date
    valid_to: date | None = None
    evidence: Text

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.controller_id, self.controlled_id, self.basis, self.valid_from.isoformat()


class ConcertEdge(Definition, tag="ConcertEdge.1", kw_only=True):
    """Two persons act under an agreement, express or implied."""

    first_id: Identifier
    second_id: Identifier
    basis: Text
    valid_from: date
    valid_to: date | None = None
    evidence: Text

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.first_id, self.second_id, self.valid_from.isoformat()


class DisaggregationClaim(Definition, tag="DisaggregationClaim.1", kw_only=True):
    """Two persons who are tied claim under a regime that they trade apart.

    It cuts ties of ownership alone, and only while it is verified, in date, and names every
    condition of independence.  A tie of control makes it untrue whatever the papers say.
    """

    claim_id: Identifier
    regime_id: Identifier
    first_id: Identifier
    second_id: Identifier
    conditions: tuple[Text, ...]
    notice_day: date
    valid_from: date
    valid_to: date
    status: ClaimStatus
    reviewer: Text
    evidence: Text

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.claim_id,)

    def is_in_force(self, day: date) -> bool:
        """Return whether it may be relied on, on a day."""
        is_whole = set(INDEPENDENCE_CONDITIONS) <= set(self.conditions)
        in_date = self.notice_day <= day and self.valid_from <= day <= self.valid_to
        return self.status is ClaimStatus.VERIFIED and is_whole and in_date


class Representative(Definition, tag="Representative.1", kw_only=True):
    """A person or program who may decide for an owner, by the name that commands bear.

    It is who may accept a proposed order for the owner.  ``evidence`` is the power it rests on.
    """

    representative_id: Identifier
    owner_id: Identifier
    valid_from: date
    valid_to: date | None = None
    evidence: Text
    is_revoked: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return self.representative_id, self.owner_id

    def may_decide(self, day: date) -> bool:
        """Return whether it may decide for the owner on a day."""
        is_in_date = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return is_in_date and not self.is_revoked


RegimeItem = (
    Regime
    | RegimeVenue
    | ContractGroup
    | GroupMember
    | RegimeLimit
    | ReportThreshold
    | Exemption
    | OwnershipEdge
    | ControlEdge
    | ConcertEdge
    | DisaggregationClaim
    | Representative
    | EvasionWatch
)

REGIME_KINDS: tuple[type[RegimeItem], ...] = RegimeItem.__args__
"""Every kind, those first that others refer to."""
