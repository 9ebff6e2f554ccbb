"""Divide a pool's requirement among the books in it, by a chosen rule.

* **Euler**: the derivative of the requirement along each book.  Sums by Euler's theorem because the
  requirement grows in proportion; for scan risk it is each book's own loss in the pool's active
  scenario, never above stand-alone, for any group of books (Denault 2001).  Given up: shares may
  jump when the active scenario changes, may be negative, and where spreads and minima enter may
  exceed stand-alone, which is reported.
* **Euler, capped**: what exceeds stand-alone is spread over those below it.
* **Proportional**: simple, never negative.  Given up: a hedger subsidises the others.
* **Shapley**: see ``shapley``.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from fencang.margin.attribution.shapley import (
    ACCOUNTS_EXACT_MAX,
    exact_shapley,
    sampled_shapley,
)
from fencang.margin.attribution.shares import (
    AccountShare,
    Attribution,
    AttributionRule,
    CurrencyAttribution,
    capped,
    proportional,
    settled,
)
from fencang.margin.method import (
    ActivePiece,
    Directional,
    MarginMethod,
    MarginRefused,
    Measure,
    Positions,
    Requirements,
    pooled,
    requirements_by,
)

__all__ = ["Sampling", "attribute"]


class Sampling(NamedTuple):
    """How Shapley shares of more than ``ACCOUNTS_EXACT_MAX`` accounts are sampled."""

    seed: int
    pairs: int = 256


class _Found(NamedTuple):
    """Shares before rounding: per account and currency, with errors where sampled."""

    shares: Sequence[Mapping[str, Fraction]]
    errors: Sequence[Mapping[str, int]] = ()
    pieces: tuple[ActivePiece, ...] = ()
    notes: tuple[str, ...] = ()


def attribute(
    method: MarginMethod,
    books: Mapping[str, Positions],
    rule: AttributionRule,
    *,
    measure: Measure = Measure.MAINTENANCE,
    sampling: Sampling | None = None,
) -> Attribution:
    """Return the requirement of all ``books`` together, divided among them.

    Args:
        method: what margins the pool and each book by itself.
        books: positions by account, suspense included; among equals the first gets an odd micro.
        rule: how to divide.
        measure: which requirement.
        sampling: needed for Shapley beyond ``ACCOUNTS_EXACT_MAX`` books.

    Raises:
        MarginRefused: no margin for a position, no derivatives for Euler, no seed for sampling.
    """
    parts = tuple(books.values())
    needs = requirements_by(method, measure)
    pool, stand_alone = needs(pooled(parts)), [needs(part) for part in parts]
    if rule is AttributionRule.PROPORTIONAL:
        found = _proportional(pool, stand_alone)
    elif rule is AttributionRule.SHAPLEY:
        found = _shapley(parts, needs, sampling)
    else:
        found = _euler(method, parts, measure)
    currencies = sorted({code for amounts in (pool, *stand_alone) for code in amounts})
    return Attribution(
        rule=rule,
        measure=measure,
        method_id=method.method_id,
        currencies=tuple(
            _divided(code, tuple(books), pool, stand_alone, found, rule) for code in currencies
        ),
        pieces=found.pieces,
        notes=found.notes,
    )


def _divided(
    currency: str,
    accounts: Sequence[str],
    pool: Mapping[str, int],
    stand_alone: Sequence[Mapping[str, int]],
    found: _Found,
    rule: AttributionRule,
) -> CurrencyAttribution:
    total = pool.get(currency, 0)
    needs = [amounts.get(currency, 0) for amounts in stand_alone]
    values = [amounts.get(currency, Fraction()) for amounts in found.shares]
    shares, spread = settled(values, total, needs)
    if rule is AttributionRule.EULER_CAPPED:
        shares = capped(shares, needs)
    errors = [amounts.get(currency, 0) for amounts in found.errors] or [0] * len(accounts)
    return CurrencyAttribution(
        currency=currency,
        pool_micros=total,
        shares=tuple(
            AccountShare(
                account=account,
                stand_alone_micros=need,
                share_micros=share,
                standard_error_micros=error,
            )
            for account, need, share, error in zip(accounts, needs, shares, errors, strict=True)
        ),
        rounded_micros=spread,
    )


def _euler(method: MarginMethod, parts: Sequence[Positions], measure: Measure) -> _Found:
    if not isinstance(method, Directional):
        raise MarginRefused([f"{method.method_id} has no derivatives: Euler needs them"])
    directions = method.directions(parts, measure)
    return _Found(shares=directions.shares, pieces=directions.pieces)


def _proportional(pool: Mapping[str, int], stand_alone: Sequence[Mapping[str, int]]) -> _Found:
    shares: list[dict[str, Fraction]] = [{} for _ in stand_alone]
    for currency, total in pool.items():
        divided = proportional(total, [needs.get(currency, 0) for needs in stand_alone])
        for share, part in zip(shares, divided, strict=True):
            share[currency] = part
    return _Found(shares=shares)


def _shapley(
    parts: Sequence[Positions],
    needs: Requirements,
    sampling: Sampling | None,
) -> _Found:
    if len(parts) <= ACCOUNTS_EXACT_MAX:
        return _Found(shares=exact_shapley(parts, needs))
    if sampling is None:
        fault = f"Shapley over {len(parts)} accounts is sampled: state a seed and a number of pairs"
        raise MarginRefused([fault])
    sampled = sampled_shapley(parts, needs, seed=sampling.seed, pairs=sampling.pairs)
    return _Found(
        shares=[{currency: pair[0] for currency, pair in share.items()} for share in sampled],
        errors=[{currency: pair[1] for currency, pair in share.items()} for share in sampled],
        notes=(f"sampled: {sampling.pairs} antithetic pairs of orders, seed {sampling.seed}",),
    )
