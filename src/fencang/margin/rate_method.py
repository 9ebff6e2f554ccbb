"""Rate-based margin behind the seam of methods: an amount per lot, no offset between contracts.

In a net account long and short lots of one contract offset; in a gross account both sides are
asked for.  The amount per lot comes from ``margin/rate.py`` or from a venue's own table.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.margin.exposure import Exposure
from fencang.margin.method import (
    Directions,
    MarginRefused,
    Measure,
    MethodRequirement,
    Positions,
    RequirementPart,
    pooled,
    total_of,
)
from fencang.margin.rate import requirement_per_lot
from fencang.margin.span.frozen import Frozen
from fencang.margin.span.portfolio import Lots
from fencang.refdata.contract import Product

__all__ = ["LotRequirement", "RateMethod", "lot_requirement"]


class LotRequirement(Frozen):
    """What one lot asks for, long or short, in micros of its currency."""

    currency: str
    maintenance_micros: int
    initial_micros: int


def lot_requirement(
    product: Product, mark_nanos: int, initial_ratio_ppm: int = PPM
) -> LotRequirement:
    """Return a product's requirement per lot at its mark; initial is a ratio of it, rounded up."""
    maintenance = requirement_per_lot(product, mark_nanos)
    return LotRequirement(
        currency=product.currency,
        maintenance_micros=maintenance,
        initial_micros=divide_ceiling(maintenance * initial_ratio_ppm, PPM),
    )


class RateMethod:
    """Margin at a fixed amount per lot."""

    def __init__(self, per_lot: Mapping[str, LotRequirement], *, is_gross: bool = False) -> None:
        self._per_lot = dict(per_lot)
        self._is_gross = is_gross
        self.method_id = f"rate-based, {'gross' if is_gross else 'net'}"

    def requirement(self, positions: Positions) -> MethodRequirement:
        """Return Σ margined lots × amount; one part per contract with a requirement."""
        self._refuse_unknown(positions)
        parts = []
        sums: dict[str, tuple[int, int]] = {}
        for contract, lots in positions.items():
            asked, margined = self._per_lot[contract], self._margined(lots)
            if not margined:
                continue
            amount = margined * asked.maintenance_micros
            maintenance, initial = sums.get(asked.currency, (0, 0))
            sums[asked.currency] = (
                maintenance + amount,
                initial + margined * asked.initial_micros,
            )
            parts.append(
                RequirementPart(
                    name=contract,
                    currency=asked.currency,
                    amount_micros=amount,
                    delta_e4=lots.net * 10_000,
                )
            )
        totals = tuple(total_of(currency, *sums[currency]) for currency in sorted(sums))
        return MethodRequirement(method_id=self.method_id, totals=totals, parts=tuple(parts))

    def directions(self, parts: Sequence[Positions], measure: Measure) -> Directions:
        """Return each part's lots counted with the sign of the pool's net position.

        Where the pool nets to nothing, it asks for nothing and nobody shares in anything.
        """
        pool = pooled(parts)
        self._refuse_unknown(pool)
        shares = []
        for part in parts:
            share: dict[str, Fraction] = {}
            for contract, lots in part.items():
                if contract not in pool:
                    continue
                asked = self._per_lot[contract]
                per_lot = (
                    asked.initial_micros if measure is Measure.INITIAL else asked.maintenance_micros
                )
                net = pool[contract].net
                sign = (net > 0) - (net < 0)
                counted = lots.long + lots.short if self._is_gross else sign * lots.net
                share[asked.currency] = share.get(asked.currency, Fraction()) + counted * per_lot
            shares.append(share)
        return Directions(shares=tuple(shares))

    def _margined(self, lots: Lots) -> int:
        exposure = Exposure(is_gross=self._is_gross)
        exposure.long_lots, exposure.short_lots = lots
        return exposure.margined_lots()

    def _refuse_unknown(self, positions: Positions) -> None:
        unknown = sorted(contract for contract in positions if contract not in self._per_lot)
        if unknown:
            raise MarginRefused(f"{contract}: no amount per lot is known" for contract in unknown)
