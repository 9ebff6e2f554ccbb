"""A calculation in the making: what each combined commodity has so far, and the spreads formed.

The steps of the method change it in their order; ``requirement`` reads it when they are done.
"""

from dataclasses import dataclass, field

from fencang.margin.reference.deltas import original_deltas, tier_of_month
from fencang.margin.reference.positions import Position
from fencang.margin.reference.scan import (
    ScanRisk,
    ScanTier,
    added_risks,
    rounded,
    scan_risk,
    scan_tiers,
    weighted_price_risk,
)
from fencang.margin.span.parameters import CombinedCommodity, ScanPoint, SpanParameters
from fencang.margin.span.result import SpreadFormed

__all__ = ["Book", "Commodity", "opened"]

CREDIT_SCALE = 10**14
"""A credit of n (e4) × ratio (e4) × money per delta × rate (ppm) is in 1e-14 micros."""


@dataclass
class Commodity:
    """A combined commodity with a part in the calculation; money in micros, deltas e4."""

    terms: CombinedCommodity
    positions: tuple[Position, ...]
    points: tuple[ScanPoint, ...]
    tiers: tuple[ScanTier, ...]
    original: dict[str, int]
    remaining: dict[str, int]
    unit_micros: int
    """Unit of the vectors: the commodity's risk unit until X8 merges finer ones."""
    intra_charge_micros: int = 0
    delivery_charge_micros: int = 0
    credit_e14: int = 0
    """Exact credits (X4), rounded once at the end."""
    credit_rounded_micros: int = 0
    """Credits that were rounded one by one (method 20)."""
    is_merged_away: bool = False
    has_taken_over: bool = False

    @property
    def has_position(self) -> bool:
        """X1: a commodity merged away has none, a target that took a leg over has one."""
        return not self.is_merged_away and (bool(self.positions) or self.has_taken_over)

    @property
    def risk(self) -> ScanRisk:
        """S6: scan risk and its parts, the sums over the tiers."""
        return added_risks([self._tier_risk(tier) for tier in self.tiers])

    @property
    def net_delta_e4(self) -> int:
        """D3: the original net delta."""
        return sum(self.original.values())

    @property
    def weighted_price_risk_micros(self) -> int:
        """S7 of the whole commodity."""
        return weighted_price_risk(
            self.terms, self.risk.price_micros, self.net_delta_e4, self.positions
        )

    def weighted_price_risk_of_tier(self, number: int) -> int:
        """X9 (method 20): S7 of a scan tier; of the whole where there is no such tier."""
        numbers = {tier.number for tier in self.terms.scan_tiers}
        if not number or number not in numbers or self.has_taken_over:
            return self.weighted_price_risk_micros
        tier = next((tier for tier in self.tiers if tier.number == number), None)
        if tier is None:
            return 0  # a tier without position has no price risk
        net_delta_e4 = sum(
            delta
            for month, delta in self.original.items()
            if (held := tier_of_month(self.terms.scan_tiers, month)) and held.number == number
        )
        return weighted_price_risk(
            self.terms, self._tier_risk(tier).price_micros, net_delta_e4, tier.positions
        )

    @property
    def credit_micros(self) -> int:
        """X4 and X10: credits, rounded once, at most scan risk and charges."""
        exact = rounded(self.credit_e14, CREDIT_SCALE, self.terms.rounding_micros)
        return min(exact + self.credit_rounded_micros, self.charged_micros)

    @property
    def charged_micros(self) -> int:
        """Scan risk and charges, before credits."""
        return self.risk.scan_micros + self.intra_charge_micros + self.delivery_charge_micros

    def _tier_risk(self, tier: ScanTier) -> ScanRisk:
        return scan_risk(tier.vector_micros, self.points, self.terms.rounding_micros)


@dataclass
class Book:
    """All combined commodities by code, and what was formed in order."""

    parameters: SpanParameters
    commodities: dict[str, Commodity]
    spreads: list[SpreadFormed] = field(default_factory=list)

    def present(self, code: str) -> Commodity | None:
        """X1: a combined commodity with position, None for a missing one."""
        commodity = self.commodities.get(code)
        return commodity if commodity and commodity.has_position else None


def opened(
    parameters: SpanParameters, terms: CombinedCommodity, positions: tuple[Position, ...]
) -> Commodity:
    """Return a combined commodity scanned (S1) and with its original deltas (D1 to D4)."""
    original = original_deltas(parameters, positions)
    return Commodity(
        terms=terms,
        positions=positions,
        points=parameters.scan_points,
        tiers=scan_tiers(terms, positions, len(parameters.scan_points)),
        original=original,
        remaining=dict(original),
        unit_micros=terms.risk_unit_micros,
    )
