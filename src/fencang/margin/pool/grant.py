"""Grants: how much of the pool's benefit sub-accounts may use without anybody else being called.

What binds a sub-account is ``stand-alone − grant``, never its attributed share.  Write S_k for the
stand-alone requirements, R for the pool's, g_k for the grants and G for their sum.  If account j
flattens, the others are bound to Σ S_k − Σ g_k over k ≠ j, and the pool needs R without j.  Nobody
else is called exactly when

    G − g_j ≤ B_j,   with B_j = Σ S_k over k ≠ j − R without j,

for every j: ``B_j`` is the benefit that survives the departure of j.  The condition is necessary
and sufficient; it is not enough that G is at most the least B_j's, and not needed either: a
benefactor may itself be granted what only its presence makes.  Two accounts can be granted nothing
at all.  The bound is for one departure; before the next, grants are revoked to the new bound.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.margin.attribution.shares import largest_remainder
from fencang.margin.method import (
    MarginMethod,
    Measure,
    Positions,
    pooled,
    requirements_by,
    without,
)
from fencang.margin.span.frozen import Frozen

__all__ = ["Grant", "GrantBounds", "grant_bounds", "granted", "revoked"]


class Grant(Frozen):
    """What one sub-account needs by itself, what it was granted of that, and what is left."""

    account: str
    currency: str
    stand_alone_micros: int
    granted_micros: int

    @property
    def binding_micros(self) -> int:
        """Return what the sub-account must be able to carry."""
        return self.stand_alone_micros - self.granted_micros


class GrantBounds(Frozen):
    """What grants must keep to, in one currency; sequences in the order of ``accounts``."""

    currency: str
    accounts: tuple[str, ...]
    stand_alone_micros: tuple[int, ...]
    pool_micros: int
    surviving_micros: tuple[int, ...]
    """B_j: the benefit left when account j has gone; below zero where the rest need more together
    than apart."""

    @property
    def benefit_micros(self) -> int:
        """Return Σ stand-alone − pool; below zero where pooling costs."""
        return sum(self.stand_alone_micros) - self.pool_micros

    def is_safe(self, grants_micros: Sequence[int]) -> bool:
        """Return whether grants call nobody, now or when any single account flattens.

        Where pooling costs, even no grants leave ``uncovered_micros``.
        """
        total = sum(grants_micros)
        return (
            total <= max(0, self.benefit_micros)
            and all(
                0 <= grant <= need
                for grant, need in zip(grants_micros, self.stand_alone_micros, strict=True)
            )
            and all(
                total - grant <= max(0, surviving)
                for grant, surviving in zip(grants_micros, self.surviving_micros, strict=True)
            )
        )

    def lines(self, grants_micros: Sequence[int]) -> tuple[Grant, ...]:
        """Return grants, which must be safe, as what binds each account."""
        assert self.is_safe(grants_micros), grants_micros
        return tuple(
            Grant(
                account=account,
                currency=self.currency,
                stand_alone_micros=alone,
                granted_micros=grant,
            )
            for account, alone, grant in zip(
                self.accounts, self.stand_alone_micros, grants_micros, strict=True
            )
        )

    def uncovered_micros(self) -> int:
        """Return what the pool may need beyond all stand-alone requirements: where pooling costs.

        The worst of today and of any single departure; no grant can mend it.
        """
        return max(0, -self.benefit_micros, *(-surviving for surviving in self.surviving_micros))


def grant_bounds(
    method: MarginMethod, books: Mapping[str, Positions], measure: Measure = Measure.MAINTENANCE
) -> dict[str, GrantBounds]:
    """Return a netting set's bounds per currency; every book and every departure is margined."""
    needs = requirements_by(method, measure)
    held = pooled(books.values())
    pool = needs(held)
    alone = {account: needs(positions) for account, positions in books.items()}
    rest = [needs(without(held, positions)) for positions in books.values()]
    bounds = {}
    for currency in sorted({code for amounts in (pool, *alone.values()) for code in amounts}):
        stand_alone = tuple(amounts.get(currency, 0) for amounts in alone.values())
        whole = sum(stand_alone)
        bounds[currency] = GrantBounds(
            currency=currency,
            accounts=tuple(books),
            stand_alone_micros=stand_alone,
            pool_micros=pool.get(currency, 0),
            surviving_micros=tuple(
                whole - own - amounts.get(currency, 0)
                for own, amounts in zip(stand_alone, rest, strict=True)
            ),
        )
    return bounds


def granted(bounds: GrantBounds, grant_ppm: int = PPM) -> tuple[int, ...]:
    """Return the largest safe grants, at most ``grant_ppm`` of the benefit in all.

    Each account receives first what its own departure would destroy (G − B_j), the rest in
    proportion to what still binds it.  Zero for all where pooling may cost (``uncovered_micros``).
    """
    assert 0 <= grant_ppm <= PPM, grant_ppm
    needs = bounds.stand_alone_micros
    if bounds.uncovered_micros():
        return (0,) * len(needs)
    low, high = 0, divide_floor(bounds.benefit_micros * grant_ppm, PPM)
    # What must be set aside grows faster than the total once it exceeds it, so halving finds the
    # largest total that works.
    while low < high:
        middle = divide_floor(low + high + 1, 2)
        if _fits(bounds, middle):
            low = middle
        else:
            high = middle - 1
    own = _own_parts(bounds, low)
    room = [need - part for need, part in zip(needs, own, strict=True)]
    rest = low - sum(own)
    if not rest:
        return tuple(own)
    more = largest_remainder([Fraction(rest * part, sum(room)) for part in room])
    return tuple(part + added for part, added in zip(own, more, strict=True))


def revoked(
    bounds: GrantBounds, grants_micros: Sequence[int], order: Sequence[str]
) -> tuple[int, ...]:
    """Return grants cut back until they are safe again, no more than needed, in the stated order.

    Args:
        bounds: of today.
        grants_micros: of before, in the order of ``bounds.accounts``.
        order: every account, the first to lose its grant first.
    """
    assert sorted(order) == sorted(bounds.accounts), order
    places = {account: place for place, account in enumerate(bounds.accounts)}
    grants = [
        min(grant, need)
        for grant, need in zip(grants_micros, bounds.stand_alone_micros, strict=True)
    ]
    for account in order:
        place, total = places[account], sum(grants)
        over = total - max(0, bounds.benefit_micros)
        for other, surviving in enumerate(bounds.surviving_micros):
            if other != place:
                over = max(over, total - grants[other] - max(0, surviving))
        grants[place] -= min(grants[place], max(0, over))
    return tuple(grants)


def _own_parts(bounds: GrantBounds, total: int) -> list[int]:
    return [max(0, total - surviving) for surviving in bounds.surviving_micros]


def _fits(bounds: GrantBounds, total: int) -> bool:
    own = _own_parts(bounds, total)
    return sum(own) <= total and all(
        part <= need for part, need in zip(own, bounds.stand_alone_micros, strict=True)
    )
