"""Values of an attribution, and the rounding that keeps every sum exact.

Law: per currency, shares sum to the pool's requirement to the micro, always.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from fencang.basics.rounding import divide_floor, divide_half_away
from fencang.margin.method import ActivePiece, Measure
from fencang.margin.span.frozen import Frozen

__all__ = [
    "AccountShare",
    "Attribution",
    "AttributionRule",
    "CurrencyAttribution",
    "capped",
    "largest_remainder",
    "proportional",
    "settled",
]


class AttributionRule(StrEnum):
    """How the pool's requirement is divided."""

    EULER = "euler"
    EULER_CAPPED = "capped"
    PROPORTIONAL = "proportional"
    SHAPLEY = "shapley"


class AccountShare(Frozen):
    """One account's part of the pool's requirement; negative where it lowers the pool's."""

    account: str
    stand_alone_micros: int
    share_micros: int
    standard_error_micros: int = 0
    """Of a sampled share, rounded up; 0 when the share is exact."""

    @property
    def exceeds_micros(self) -> int:
        """Return by how much the share is above what the account would need by itself, or 0."""
        return max(0, self.share_micros - self.stand_alone_micros)


class CurrencyAttribution(Frozen):
    """One currency: the pool's requirement, and the shares in the order of the accounts."""

    currency: str
    pool_micros: int
    shares: tuple[AccountShare, ...]
    rounded_micros: int = 0
    """What the rule left over (roundings of the method, mixes of ties) and was spread."""

    @property
    def stand_alone_micros(self) -> int:
        """Return the sum of what the accounts would need by themselves."""
        return sum(share.stand_alone_micros for share in self.shares)

    @property
    def benefit_micros(self) -> int:
        """Return the diversification benefit in money: Σ stand-alone − pool."""
        return self.stand_alone_micros - self.pool_micros


class Attribution(Frozen):
    """The pool's requirement divided: by which rule, of which measure, on which pieces."""

    rule: AttributionRule
    measure: Measure
    method_id: str
    currencies: tuple[CurrencyAttribution, ...]
    pieces: tuple[ActivePiece, ...] = ()
    notes: tuple[str, ...] = ()


def largest_remainder(values: Sequence[Fraction]) -> list[int]:
    """Return whole numbers next to ``values`` with the same sum, which must be whole.

    Each value is floored; what is left goes one each to the largest fractions, to the earlier of
    equals.  No result is further than one from its value.

    >>> largest_remainder([Fraction(7, 2), Fraction(7, 2), Fraction(3)])
    [4, 3, 3]
    """
    total = sum(values, start=Fraction())
    assert total.denominator == 1, total
    parts = [divide_floor(value.numerator, value.denominator) for value in values]
    rest = total.numerator - sum(parts)
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - values[index], index))
    for index in order[:rest]:
        parts[index] += 1
    return parts


def settled(
    values: Sequence[Fraction], total: int, stand_alone: Sequence[int]
) -> tuple[list[int], int]:
    """Return whole micros that sum to ``total``, and the rest that was spread to get there.

    The rest (total − Σ values, rounded half away) goes by the size of the values, by the
    stand-alone requirements where all values are zero, and evenly where those are zero too.
    """
    if all(value.denominator == 1 for value in values):
        whole_parts = [value.numerator for value in values]
        if sum(whole_parts) == total:
            return whole_parts, 0
    rest = total - sum(values, start=Fraction())
    if rest:
        weights = [abs(value) for value in values]
        if not any(weights):
            weights = [Fraction(need) for need in stand_alone]
        if not any(weights):
            weights = [Fraction(1)] * len(values)
        whole = sum(weights, start=Fraction())
        values = [
            value + rest * weight * Fraction(whole.denominator, whole.numerator)
            for value, weight in zip(values, weights, strict=True)
        ]
    spread = divide_half_away(rest.numerator, rest.denominator)
    return largest_remainder(values), spread


def capped(shares: Sequence[int], needs: Sequence[int]) -> list[int]:
    """Return shares held at stand-alone, what was cut spread over those below by their distance.

    Where the pool needs more than all of them by themselves no cap can hold: everybody pays
    stand-alone, and what is missing is spread by it.
    """
    room = sum(needs) - sum(shares)
    if room <= 0:
        return settled([Fraction(need) for need in needs], sum(shares), needs)[0]
    cut = sum(max(0, share - need) for share, need in zip(shares, needs, strict=True))
    below = [max(0, need - share) for share, need in zip(shares, needs, strict=True)]
    added = largest_remainder([Fraction(cut * part, room + cut) for part in below])
    return [min(share, need) + more for share, need, more in zip(shares, needs, added, strict=True)]


def proportional(total: int, needs: Sequence[int]) -> list[Fraction]:
    """Return ``total`` by stand-alone requirements, before rounding; zeros where all are zero."""
    whole = sum(needs)
    return [Fraction(total * need, whole) if whole else Fraction() for need in needs]
