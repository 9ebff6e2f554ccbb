"""Value at risk by historical simulation, behind the seam of margin methods.

The order statistic, exactly: of n scenarios at confidence c, value at risk is the k-th largest
loss with ``k = floor((n + 1) × (1 − c))``; 500 scenarios at 99 %: the fifth.  A new outcome from
the same law exceeds the k-th largest of n with probability k / (n + 1), which is at most 1 − c; the
sixth, which the share of the sample suggests, would be exceeded in 1.2 %.  With too few scenarios
for any (k = 0) the largest loss stands and a flag says so.

Expected shortfall is the mean of the k largest losses.  It is sub-additive, which value at risk is
not: either may be the requirement.

Currencies stand apart: losses of two currencies never add.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_floor, divide_half_away
from fencang.margin.method import (
    TIE_MICROS,
    ActivePiece,
    Directions,
    MarginRefused,
    Measure,
    MethodRequirement,
    Positions,
    RequirementPart,
    pooled,
    total_of,
)
from fencang.margin.span.frozen import Frozen
from fencang.margin.var.scenarios import ContractScenarios, ScenarioSet

__all__ = ["HistoricalVar", "TailMeasure", "TailRisk", "tail_rank"]


def tail_rank(scenarios: int, confidence_ppm: int) -> int:
    """Return k: the k-th largest of ``scenarios`` losses is value at risk; 0 when there is none."""
    return divide_floor((scenarios + 1) * (PPM - confidence_ppm), PPM)


class TailMeasure(StrEnum):
    """Which number of the tail is the requirement."""

    VALUE_AT_RISK = "value at risk"
    EXPECTED_SHORTFALL = "expected shortfall"


class TailRisk(Frozen):
    """The tail of one currency: losses in micros, negative where even the tail gains."""

    currency: str
    value_at_risk_micros: int
    expected_shortfall_micros: int
    worst_loss_micros: int
    scenario: int
    """The first scenario whose loss is the value at risk, counted from 1."""
    day: int
    """Its last day, ``CCYYMMDD``."""


class HistoricalVar:
    """Margin at a confidence over past moves.

    Args:
        scenarios: what each contract would have made, from ``scenario_set``.
        confidence_ppm: 990_000 is 99 %.
        measure: which number of the tail is asked for.
        initial_ratio_ppm: initial over maintenance; initial is rounded up to a micro.
    """

    def __init__(
        self,
        scenarios: ScenarioSet,
        *,
        confidence_ppm: int = 990_000,
        measure: TailMeasure = TailMeasure.VALUE_AT_RISK,
        initial_ratio_ppm: int = PPM,
    ) -> None:
        count = len(scenarios.days)
        assert count >= 1
        assert 0 < confidence_ppm <= PPM, confidence_ppm
        self._days = scenarios.days
        self._contracts = {held.contract: held for held in scenarios.contracts}
        assert len(self._contracts) == len(scenarios.contracts)
        assert all(len(held.profit_micros) == count for held in scenarios.contracts)
        self._rank = tail_rank(count, confidence_ppm)
        # The worst of all stands in where no rank is far enough out.
        self._counted = max(self._rank, 1)
        self._too_few = f"{count} scenarios are too few for {confidence_ppm} ppm: the worst stands"
        self._measure = measure
        self._initial_ratio_ppm = initial_ratio_ppm
        self.method_id = (
            f"historical {measure}, {count} scenarios of {scenarios.horizon_days} days "
            f"to {scenarios.days[-1]}, {confidence_ppm} ppm"
        )

    def requirement(self, positions: Positions) -> MethodRequirement:
        """Return the tail loss per currency, at least zero, less option value (rule R4)."""
        totals, parts = [], []
        losses, values = self._losses(positions)
        for currency in sorted(losses):
            amount = max(0, self._tail_loss(losses[currency]))
            initial = divide_ceiling(amount * self._initial_ratio_ppm, PPM)
            totals.append(total_of(currency, amount, initial, values[currency]))
            parts.append(
                RequirementPart(name=str(self._measure), currency=currency, amount_micros=amount)
            )
        return MethodRequirement(
            method_id=self.method_id,
            totals=tuple(totals),
            parts=tuple(parts),
            flags=() if self._rank else (self._too_few,),
        )

    def tails(self, positions: Positions) -> tuple[TailRisk, ...]:
        """Return value at risk and expected shortfall per currency, whichever is asked for."""
        losses, _ = self._losses(positions)
        found = []
        for currency in sorted(losses):
            vector = losses[currency]
            value_at_risk = self._value_at_risk(vector)
            scenario = vector.index(value_at_risk)
            found.append(
                TailRisk(
                    currency=currency,
                    value_at_risk_micros=value_at_risk,
                    expected_shortfall_micros=self._expected_shortfall(vector),
                    worst_loss_micros=max(vector),
                    scenario=scenario + 1,
                    day=self._days[scenario],
                )
            )
        return tuple(found)

    def directions(self, parts: Sequence[Positions], measure: Measure) -> Directions:
        """Return each part's own loss in the pool's tail scenarios, less its option value.

        For value at risk: the equal mix of the scenarios within half a cent of it.  For expected
        shortfall: the weighted mean of the tail.  Nobody shares where the pool's total is zero.
        """
        losses, values = self._losses(pooled(parts))
        weights: dict[str, Mapping[int, Fraction]] = {}
        pieces = []
        ratio = Fraction(self._initial_ratio_ppm if measure is Measure.INITIAL else PPM, PPM)
        for currency in sorted(losses):
            vector = losses[currency]
            tail = self._tail_loss(vector)
            if tail <= 0 or tail * ratio <= values[currency]:
                continue
            weights[currency] = self._weights(vector)
            pieces.append(self._piece(currency, vector, weights[currency]))
        shares = []
        for part in parts:
            part_losses, part_values = self._losses(part)
            share = {}
            for currency, vector in part_losses.items():
                if currency in weights:
                    loss = sum(
                        (vector[s] * weight for s, weight in weights[currency].items()),
                        start=Fraction(),
                    )
                    share[currency] = loss * ratio - part_values[currency]
            shares.append(share)
        return Directions(shares=tuple(shares), pieces=tuple(pieces))

    def _losses(self, positions: Positions) -> tuple[dict[str, list[int]], dict[str, int]]:
        unknown = sorted(contract for contract in positions if contract not in self._contracts)
        if unknown:
            raise MarginRefused(f"{contract}: no scenarios are known" for contract in unknown)
        held: dict[str, list[tuple[int, ContractScenarios]]] = {}
        for contract, lots in positions.items():
            if lots.net:
                known = self._contracts[contract]
                held.setdefault(known.currency, []).append((lots.net, known))
        losses, values = {}, {}
        for currency, book in held.items():
            vector = [0] * len(self._days)
            for net, scenarios in book:
                vector = [
                    loss - net * profit
                    for loss, profit in zip(vector, scenarios.profit_micros, strict=True)
                ]
            losses[currency] = vector
            values[currency] = sum(net * scenarios.option_value_micros for net, scenarios in book)
        return losses, values

    def _tail_loss(self, vector: Sequence[int]) -> int:
        if self._measure is TailMeasure.EXPECTED_SHORTFALL:
            return self._expected_shortfall(vector)
        return self._value_at_risk(vector)

    def _value_at_risk(self, vector: Sequence[int]) -> int:
        return sorted(vector, reverse=True)[self._counted - 1]

    def _expected_shortfall(self, vector: Sequence[int]) -> int:
        count = self._counted
        return divide_half_away(sum(sorted(vector, reverse=True)[:count]), count)

    def _weights(self, vector: Sequence[int]) -> dict[int, Fraction]:
        """Weights of scenarios (counted from 0) that make up the tail loss; they sum to one."""
        edge = self._value_at_risk(vector)
        if self._measure is TailMeasure.VALUE_AT_RISK:
            tied = [s for s, loss in enumerate(vector) if abs(loss - edge) <= TIE_MICROS]
            return {s: Fraction(1, len(tied)) for s in tied}
        count = self._counted
        worse = [s for s, loss in enumerate(vector) if loss > edge]
        tied = [s for s, loss in enumerate(vector) if loss == edge]
        weights = {s: Fraction(1, count) for s in worse}
        return weights | {s: Fraction(count - len(worse), count * len(tied)) for s in tied}

    def _piece(
        self, currency: str, vector: Sequence[int], weights: Mapping[int, Fraction]
    ) -> ActivePiece:
        edge = self._value_at_risk(vector)
        gaps = [abs(loss - edge) for s, loss in enumerate(vector) if s not in weights]
        return ActivePiece(
            name=str(self._measure),
            currency=currency,
            scenarios=tuple(s + 1 for s in sorted(weights)),
            gap_micros=min(gaps, default=None),
        )
