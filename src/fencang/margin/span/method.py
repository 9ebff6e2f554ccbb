"""SPAN behind the seam of margin methods: contracts by key, one parameter set, one account type.

The reference computes it unless another program of the same results is given, such as
``partial(full.requirement, compile_span(parameters))``.  Contracts that the set lacks are refused
by name, or margined at a configured fallback and flagged (rule F1).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from fencang.margin.method import (
    Directions,
    MarginRefused,
    Measure,
    MethodRequirement,
    Positions,
    RequirementPart,
    pooled,
)
from fencang.margin.reference.requirement import requirement as reference_requirement
from fencang.margin.span.directions import span_directions
from fencang.margin.span.keys import row_of
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Fallback, Lots, Portfolio
from fencang.margin.span.result import SpanResult

__all__ = ["SpanMethod", "SpanRequirement"]

SpanRequirement = Callable[[Portfolio], SpanResult]
"""A program of the method, already given its parameters."""


class SpanMethod:
    """SPAN of one clearing organisation's parameter set.

    Args:
        parameters: the set.
        requirement: the program that computes it; it must be of the same set.
        account_type: whose factors apply (R2).
        is_gross: whether long and short lots stand apart (G1).
        fallbacks: amounts for contracts that the set lacks, by contract key or by
            ``EXCHANGE/CODE/TYPE``; the longer key wins.
    """

    def __init__(
        self,
        parameters: SpanParameters,
        *,
        requirement: SpanRequirement | None = None,
        account_type: AccountType = AccountType.SPECULATOR,
        is_gross: bool = False,
        fallbacks: Mapping[str, Fallback] | None = None,
    ) -> None:
        self._parameters = parameters
        self._requirement = requirement or partial(reference_requirement, parameters)
        self._account_type = account_type
        self._is_gross = is_gross
        self._fallbacks = dict(fallbacks or {})
        header = parameters.header
        self.method_id = (
            f"SPAN {header.clearing_organisation} {header.business_date}, {account_type}"
            f"{', gross' if is_gross else ''}"
        )

    def requirement(self, positions: Positions) -> MethodRequirement:
        """Return SPAN's requirement; one part per combined commodity and fallback contract."""
        result = self.result(positions)
        parts = [
            RequirementPart(
                name=held.commodity,
                currency=held.currency,
                amount_micros=held.maintenance_micros,
                delta_e4=held.net_delta_e4,
            )
            for held in result.commodities
        ]
        flags = [
            f"{key}: no price in the file, its option value is unknown" for key in result.unpriced
        ]
        for line in result.fallbacks:
            flags.append(f"{line.contract}: not in the file, margined at a fixed amount per lot")
            parts.append(
                RequirementPart(
                    name=line.contract,
                    currency=line.currency,
                    amount_micros=line.requirement_micros,
                    delta_e4=(line.long_lots - line.short_lots) * 10_000,
                )
            )
        return MethodRequirement(
            method_id=self.method_id,
            totals=result.totals,
            parts=tuple(parts),
            flags=tuple(flags),
        )

    def result(self, positions: Positions) -> SpanResult:
        """Return the whole calculation, explained."""
        return self._requirement(self.portfolio(positions))

    def directions(self, parts: Sequence[Positions], measure: Measure) -> Directions:
        """Return the derivatives along each part; see ``margin/span/directions``."""
        books = [self.portfolio(part) for part in parts]
        return span_directions(self._parameters, self.portfolio(pooled(parts)), books, measure)

    def portfolio(self, positions: Positions) -> Portfolio:
        """Return positions in rows of the set.

        Raises:
            MarginRefused: keys that are none, and contracts without row and fallback, all of them.
        """
        lots: dict[int, Lots] = {}
        missing: dict[str, tuple[Lots, Fallback]] = {}
        faults = []
        for key, held in positions.items():
            try:
                row = row_of(self._parameters, key)
            except ValueError as fault:
                faults.append(str(fault))
                continue
            fallback = self._fallback(key)
            if row is not None:
                had = lots.get(row, Lots(0, 0))
                lots[row] = Lots(had.long + held.long, had.short + held.short)
            elif fallback is not None:
                missing[key] = (held, fallback)
            else:
                faults.append(f"{key}: not in {self.method_id}, and no fallback is configured")
        if faults:
            raise MarginRefused(faults)
        return Portfolio(
            lots=lots, is_gross=self._is_gross, account_type=self._account_type, missing=missing
        )

    def _fallback(self, key: str) -> Fallback | None:
        family = "/".join(key.split("/")[:3])
        return self._fallbacks.get(key) or self._fallbacks.get(family)
