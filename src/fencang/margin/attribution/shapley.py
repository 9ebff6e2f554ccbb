"""Shapley shares: an account's average cost over all orders in which the accounts could arrive.

Efficient and symmetric, and never above stand-alone when the requirement is sub-additive.  Given
up: a group may still pay more together than it would by itself (the core), and shares change when
an account is split in two.  Exact up to ``ACCOUNTS_EXACT_MAX`` accounts (2^n requirements), sampled
with a standard error beyond.  Chance comes from the caller's seed and from nowhere else.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import factorial, isqrt

from fencang.basics.rounding import divide_ceiling
from fencang.margin.method import Positions, Requirements, pooled, without
from fencang.margin.span.portfolio import Lots

__all__ = [
    "ACCOUNTS_EXACT_MAX",
    "SampledShare",
    "exact_shapley",
    "permutations",
    "sampled_shapley",
]

ACCOUNTS_EXACT_MAX = 12

SampledShare = tuple[Fraction, int]
"""A share and its standard error, rounded up to a micro."""

_MASK = (1 << 64) - 1


def exact_shapley(
    parts: Sequence[Positions], requirement: Requirements
) -> list[dict[str, Fraction]]:
    """Return each part's exact Shapley share per currency; every coalition is margined once."""
    count = len(parts)
    assert count <= ACCOUNTS_EXACT_MAX, count
    values = _coalitions(parts, requirement)
    weights = [factorial(size) * factorial(count - size - 1) for size in range(count)]
    orders = factorial(count)
    shares: list[dict[str, Fraction]] = []
    for part in range(count):
        sums: dict[str, int] = {}
        for coalition, value in enumerate(values):
            if coalition >> part & 1:
                continue
            weight = weights[coalition.bit_count()]
            for currency, amount in values[coalition | 1 << part].items():
                sums[currency] = sums.get(currency, 0) + weight * amount
            for currency, amount in value.items():
                sums[currency] = sums.get(currency, 0) - weight * amount
        shares.append({currency: Fraction(amount, orders) for currency, amount in sums.items()})
    return shares


def sampled_shapley(
    parts: Sequence[Positions],
    requirement: Requirements,
    *,
    seed: int,
    pairs: int,
) -> list[dict[str, SampledShare]]:
    """Return estimated shares with their standard errors.

    Each pair is a random order and its reverse (antithetic: who came early in one comes late in the
    other).  The shares of one order telescope, so estimates sum to the pool's requirement exactly.
    Errors are those of the mean over pairs: sqrt(Σ (x − mean)² / (pairs (pairs − 1))).
    """
    assert pairs >= 2, pairs
    count = len(parts)
    sums: list[dict[str, int]] = [{} for _ in parts]
    squares: list[dict[str, int]] = [{} for _ in parts]
    for order in permutations(count, seed, pairs):
        costs: list[dict[str, int]] = [{} for _ in parts]
        for arrival in (order, order[::-1]):
            _arrive(parts, requirement, arrival, costs)
        for part, cost in enumerate(costs):
            for currency, amount in cost.items():
                sums[part][currency] = sums[part].get(currency, 0) + amount
                squares[part][currency] = squares[part].get(currency, 0) + amount * amount
    return [
        {
            currency: (
                Fraction(amount, 2 * pairs),
                _standard_error(amount, squares[part][currency], pairs),
            )
            for currency, amount in sums[part].items()
        }
        for part in range(count)
    ]


def permutations(count: int, seed: int, number: int) -> Iterator[list[int]]:
    """Yield ``number`` orders of ``count`` places: Fisher and Yates on splitmix64 (Vigna)."""
    state = seed & _MASK
    for _ in range(number):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            state = (state + 0x9E3779B97F4A7C15) & _MASK
            word = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
            word = (word ^ word >> 27) * 0x94D049BB133111EB & _MASK
            chosen = (word ^ word >> 31) * (last + 1) >> 64
            order[last], order[chosen] = order[chosen], order[last]
        yield order


def _coalitions(parts: Sequence[Positions], requirement: Requirements) -> list[dict[str, int]]:
    """Requirements by coalition (bit k: part k is in it).

    Coalitions follow each other in Gray code, so that one part joins or leaves at a time.
    """
    values: list[dict[str, int]] = [{} for _ in range(1 << len(parts))]
    values[0] = requirement({})
    held: dict[str, Lots] = {}
    members = 0
    for step in range(1, len(values)):
        part = (step & -step).bit_length() - 1
        members ^= 1 << part
        joins = members >> part & 1
        held = pooled((held, parts[part])) if joins else without(held, parts[part])
        values[members] = requirement(held)
    return values


def _arrive(
    parts: Sequence[Positions],
    requirement: Requirements,
    order: Sequence[int],
    costs: list[dict[str, int]],
) -> None:
    held: dict[str, Lots] = {}
    before = requirement(held)
    for part in order:
        held = pooled((held, parts[part]))
        after = requirement(held)
        cost = costs[part]
        for currency, amount in after.items():
            cost[currency] = cost.get(currency, 0) + amount
        for currency, amount in before.items():
            cost[currency] = cost.get(currency, 0) - amount
        before = after


def _standard_error(total: int, squares: int, pairs: int) -> int:
    """Rounded up.  Each pair's cost is twice its mean, hence the 4."""
    spread = squares * pairs - total * total
    square = divide_ceiling(spread, 4 * pairs * pairs * (pairs - 1))
    root = isqrt(square)
    return root if root * root == square else root + 1
