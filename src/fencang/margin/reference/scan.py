"""Rules S1 to S7: scan risk and its parts, from the sixteen (or as many) scenarios.

Vectors and risks are micros of the combined commodity's currency: array values times its risk
unit, exact.  Rounding happens where S3, S4 and S7 say so and nowhere else.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fencang.basics.rounding import divide_half_away
from fencang.margin.reference.deltas import tier_of_month
from fencang.margin.reference.positions import Position
from fencang.margin.span.parameters import CombinedCommodity, PriceRiskMethod, ScanPoint

__all__ = [
    "HUNDREDTH_MICROS",
    "ScanRisk",
    "ScanTier",
    "added_risks",
    "rounded",
    "scan_risk",
    "scan_tiers",
    "vector_of",
    "weighted_price_risk",
]

HUNDREDTH_MICROS = 10_000
"""A hundredth of the currency, to which prices per delta are rounded (S7, X9)."""


class ScanTier(NamedTuple):
    """The positions scanned together; number 0 is the whole, or what no tier holds."""

    number: int
    positions: tuple[Position, ...]
    vector_micros: tuple[int, ...]


class ScanRisk(NamedTuple):
    """What a scan finds, in micros."""

    scan_micros: int
    active_scenario: int
    time_micros: int
    volatility_micros: int

    @property
    def price_micros(self) -> int:
        """S5: futures price risk, from the rounded time and volatility risks."""
        return self.scan_micros - self.time_micros - self.volatility_micros


NO_RISK = ScanRisk(0, 0, 0, 0)


def rounded(numerator: int, denominator: int, step_micros: int) -> int:
    """Return a quotient in micros, rounded half away to a multiple of a step."""
    return divide_half_away(numerator, denominator * step_micros) * step_micros


def vector_of(positions: Iterable[Position], unit_micros: int, scenarios: int) -> tuple[int, ...]:
    """S1: for each scenario the sum of lots times value, in micros, exact."""
    sums = [0] * scenarios
    for contract, lots in positions:
        for place, value in enumerate(contract.values):
            sums[place] += lots.net * value * unit_micros
    return tuple(sums)


def scan_tiers(
    terms: CombinedCommodity, positions: Iterable[Position], scenarios: int
) -> tuple[ScanTier, ...]:
    """S1: the positions by scan tier, those no tier holds together; only tiers with positions."""
    groups: dict[int, list[Position]] = {}
    for position in positions:
        tier = tier_of_month(terms.scan_tiers, position.contract.month)
        groups.setdefault(tier.number if tier else 0, []).append(position)
    return tuple(
        ScanTier(number, tuple(held), vector_of(held, terms.risk_unit_micros, scenarios))
        for number, held in sorted(groups.items())
    )


def scan_risk(
    vector_micros: Sequence[int], points: Sequence[ScanPoint], step_micros: int
) -> ScanRisk:
    """S2 to S4: the worst scenario of a vector, with time and volatility risk."""
    worst = max(vector_micros)
    active = vector_micros.index(worst) + 1

    def loss(number: int) -> int:
        return vector_micros[number - 1]

    def pair(number: int) -> int:
        return points[number - 1].paired_number

    shown = active if worst >= 0 else 1  # S4: nothing can be lost, so the first pair stands
    return ScanRisk(
        scan_micros=max(0, worst),
        active_scenario=active,
        time_micros=rounded(loss(1) + loss(pair(1)), 2, step_micros),
        volatility_micros=rounded(loss(shown) - loss(pair(shown)), 2, step_micros),
    )


def added_risks(risks: Sequence[ScanRisk]) -> ScanRisk:
    """S6: the sums of the tiers' own; no active scenario when there are several."""
    if not risks:
        return NO_RISK
    return ScanRisk(
        scan_micros=sum(risk.scan_micros for risk in risks),
        active_scenario=risks[0].active_scenario if len(risks) == 1 else 0,
        time_micros=sum(risk.time_micros for risk in risks),
        volatility_micros=sum(risk.volatility_micros for risk in risks),
    )


def weighted_price_risk(
    terms: CombinedCommodity,
    price_micros: int,
    net_delta_e4: int,
    positions: Sequence[Position],
) -> int:
    """S7: futures price risk per delta of the original net delta, in whole hundredths."""
    normal = 0
    if price_micros > 0 and net_delta_e4:
        normal = rounded(price_micros * 10_000, abs(net_delta_e4), HUNDREDTH_MICROS)
    stated = _scan_range_per_delta(terms, positions)
    if stated is None:
        return normal
    match terms.price_risk_method:
        case PriceRiskMethod.NORMAL:
            return normal
        case PriceRiskMethod.CAPPED_AT_SCAN_RANGE:
            return min(normal, stated)
        case PriceRiskMethod.SCAN_RANGE:
            return stated


def _scan_range_per_delta(terms: CombinedCommodity, positions: Sequence[Position]) -> int | None:
    """S7: that of the nearest month in position (lowest row); None where there is none."""
    if not positions:
        return None
    nearest = min(
        (position.contract for position in positions),
        key=lambda contract: (contract.month, contract.row),
    )
    if nearest.delta_scaling_e4 <= 0:
        return None
    range_micros = nearest.price_scan_range * terms.risk_unit_micros
    return rounded(range_micros * 10_000, nearest.delta_scaling_e4, HUNDREDTH_MICROS)
