"""The seam of margin methods: positions go in, requirements per currency come out.

SPAN, rate-based margin and historical-simulation VaR stand behind it alike.  Pools, statements and
attribution know a method only through ``MarginMethod``; what attribution by derivatives needs
besides is ``Directional``.  A method knows no accounts, no orders and no clock.

Law: a method is a function of the positions alone, and refuses what it cannot margin (never zero
for an unknown contract).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, runtime_checkable

from fencang.margin.span.frozen import Frozen
from fencang.margin.span.portfolio import Lots
from fencang.margin.span.result import CurrencyTotal

__all__ = [
    "TIE_MICROS",
    "ActivePiece",
    "Directional",
    "Directions",
    "MarginMethod",
    "MarginRefused",
    "Measure",
    "MethodRequirement",
    "Positions",
    "RequirementPart",
    "Requirements",
    "pooled",
    "requirements_by",
    "total_of",
    "without",
]

Positions = Mapping[str, Lots]
"""Lots by the contract's key, in the naming of the method's parameters."""

Requirements = Callable[[Positions], dict[str, int]]
"""From positions to micros by currency."""

TIE_MICROS = 5_000
"""Losses within half a cent of the largest count as equally large when shares are formed."""


class MarginRefused(ValueError):
    """Positions or terms that cannot be margined; ``faults`` names every one of them."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class Measure(StrEnum):
    """Which requirement is meant: what must be kept, or what must be there to open."""

    MAINTENANCE = "maintenance"
    INITIAL = "initial"


class RequirementPart(Frozen):
    """One named part of a requirement (a combined commodity, a product), before option value.

    ``delta_e4`` is the part's net delta in lots, in ten-thousandths; its sign is the part's side.
    """

    name: str
    currency: str
    amount_micros: int
    """Maintenance."""
    delta_e4: int = 0


class MethodRequirement(Frozen):
    """What a method asks for positions: totals by currency code, parts, and flags in words."""

    method_id: str
    totals: tuple[CurrencyTotal, ...]
    parts: tuple[RequirementPart, ...] = ()
    flags: tuple[str, ...] = ()

    def by_currency(self, measure: Measure) -> dict[str, int]:
        """Return the total per currency in micros, after option value."""
        if measure is Measure.INITIAL:
            return {total.currency: total.initial_total_micros for total in self.totals}
        return {total.currency: total.maintenance_total_micros for total in self.totals}


@runtime_checkable
class MarginMethod(Protocol):
    """A way to margin positions."""

    @property
    def method_id(self) -> str:
        """Return the method and the state of its parameters in words."""

    def requirement(self, positions: Positions) -> MethodRequirement:
        """Return the requirement of one netted portfolio.

        Raises:
            MarginRefused: positions that the parameters cannot margin.
        """


class ActivePiece(Frozen):
    """Which scenarios made a part of the requirement, and how far the next one was.

    ``gap_micros`` is the distance from the largest loss to the largest that is not tied with it;
    None when there is none.  A small gap warns that shares may soon jump.
    """

    name: str
    currency: str
    scenarios: tuple[int, ...]
    gap_micros: int | None = None


class Directions(Frozen):
    """Derivative of the pool's requirement along each part, in micros per currency.

    ``shares[k]`` is exact (a fraction of a micro may be meant).  Their sum is the requirement up to
    the method's own rounding and, where tied pieces are mixed, up to the mix.
    """

    shares: tuple[Mapping[str, Fraction], ...]
    pieces: tuple[ActivePiece, ...] = ()


@runtime_checkable
class Directional(MarginMethod, Protocol):
    """A method that can say how its requirement grows along a sub-portfolio."""

    def directions(self, parts: Sequence[Positions], measure: Measure) -> Directions:
        """Return the derivatives at the sum of ``parts`` along each of them."""


def pooled(parts: Iterable[Positions]) -> dict[str, Lots]:
    """Return the positions of several books in one, long and short lots added apart.

    Whether long and short then offset is the method's business (rule P1).  What nobody holds is
    left out.
    """
    pool: dict[str, Lots] = {}
    for part in parts:
        for contract, lots in part.items():
            if not any(lots):
                continue
            held = pool.get(contract)
            pool[contract] = (
                lots if held is None else Lots(held.long + lots.long, held.short + lots.short)
            )
    return pool


def without(pool: Positions, part: Positions) -> dict[str, Lots]:
    """Return a pool after one of its books has left it; what nobody holds any more is gone."""
    left = dict(pool)
    for contract, lots in part.items():
        held = left.pop(contract, Lots(0, 0))
        rest = Lots(held.long - lots.long, held.short - lots.short)
        assert rest.long >= 0, (contract, held, lots)
        assert rest.short >= 0, (contract, held, lots)
        if rest.long or rest.short:
            left[contract] = rest
    return left


def requirements_by(method: MarginMethod, measure: Measure) -> Requirements:
    """Return a method as what attribution and grants ask of it: one number per currency."""
    return lambda positions: method.requirement(positions).by_currency(measure)


def total_of(
    currency: str, maintenance_micros: int, initial_micros: int, option_value_micros: int = 0
) -> CurrencyTotal:
    """Return a currency's total as rule R4 forms it: requirement less option value, at least 0."""
    return CurrencyTotal(
        currency=currency,
        maintenance_micros=maintenance_micros,
        initial_micros=initial_micros,
        option_value_micros=option_value_micros,
        excess_option_value_micros=max(0, option_value_micros - maintenance_micros),
        maintenance_total_micros=max(0, maintenance_micros - option_value_micros),
        initial_total_micros=max(0, initial_micros - option_value_micros),
    )
