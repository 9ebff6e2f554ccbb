"""What stands against a requirement: cash and securities after haircuts, within their limits.

A debit balance counts in full, a credit after its haircut, rounded down.  Securities count at most
up to their limits per currency; what is beyond is shown and supports nothing.  Deficits of one
currency may be covered by the excess of another at a stated haircut, where the terms allow it.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_floor
from fencang.margin.span.frozen import Frozen

__all__ = [
    "CollateralItem",
    "CollateralKind",
    "CollateralLine",
    "ConversionTerms",
    "Cover",
    "SecuritiesLimit",
    "collateral_faults",
    "conversion_faults",
    "counted_collateral",
    "covered",
]


class CollateralKind(StrEnum):
    """Cash (and unpaid variation) or securities."""

    CASH = "cash"
    SECURITY = "security"


class CollateralItem(Frozen):
    """One balance or holding at its market value; cash may be a debit."""

    name: str
    kind: CollateralKind
    currency: str
    value_micros: int
    haircut_ppm: int = 0


class SecuritiesLimit(Frozen):
    """How far securities may cover a currency: a share of the requirement, and an amount."""

    currency: str
    share_ppm_max: int = PPM
    amount_micros_max: int | None = None


class CollateralLine(Frozen):
    """An item as it was counted, with the haircut and what a limit left out."""

    item: CollateralItem
    haircut_micros: int
    counted_micros: int

    @property
    def over_limit_micros(self) -> int:
        """Return what a limit left out."""
        return self.item.value_micros - self.haircut_micros - self.counted_micros


class ConversionTerms(Frozen):
    """How excess of one currency is valued in another.

    ``rate_nanos``: base currency per unit, the base itself at 1_000_000_000.  ``haircut_ppm`` is
    taken from what is converted.  Without ``covers_deficits`` it is valuation only.
    """

    base_currency: str
    rate_nanos: Mapping[str, int]
    haircut_ppm: int = 0
    covers_deficits: bool = True


class Cover(Frozen):
    """Excess of one currency that covered a deficit of another."""

    from_currency: str
    to_currency: str
    taken_micros: int
    covered_micros: int


def collateral_faults(
    items: Sequence[CollateralItem], limits: Sequence[SecuritiesLimit]
) -> list[str]:
    """Return what is wrong with collateral and its limits, in words."""
    faults = []
    for item in items:
        if not 0 <= item.haircut_ppm <= PPM:
            faults.append(f"{item.name}: haircut {item.haircut_ppm} ppm is outside 0 to 1,000,000")
        if item.kind is CollateralKind.SECURITY and item.value_micros < 0:
            faults.append(f"{item.name}: a security is not worth less than nothing")
    faults.extend(
        f"securities limit {limit.currency}: share and amount must be at least 0, the share at "
        "most 1,000,000 ppm"
        for limit in limits
        if not 0 <= limit.share_ppm_max <= PPM or (limit.amount_micros_max or 0) < 0
    )
    return faults


def conversion_faults(terms: ConversionTerms) -> list[str]:
    """Return what is wrong with the terms of conversion, in words."""
    faults = []
    if not 0 <= terms.haircut_ppm < PPM:
        faults.append(f"conversion haircut {terms.haircut_ppm} ppm is outside 0 to 999,999")
    faults.extend(
        f"rate of {currency} must be above 0"
        for currency, rate in terms.rate_nanos.items()
        if rate <= 0
    )
    return faults


def counted_collateral(
    items: Sequence[CollateralItem],
    requirement_micros: Mapping[str, int],
    limits: Sequence[SecuritiesLimit] = (),
) -> tuple[CollateralLine, ...]:
    """Return each item as it counts; securities use up their limits in the order given."""
    room: dict[str, int] = {}
    for limit in limits:
        needed = requirement_micros.get(limit.currency, 0)
        share = divide_floor(needed * limit.share_ppm_max, PPM)
        amount = limit.amount_micros_max
        room[limit.currency] = share if amount is None else min(share, amount)
    lines = []
    for item in items:
        haircut = divide_ceiling(max(0, item.value_micros) * item.haircut_ppm, PPM)
        counted = item.value_micros - haircut
        if item.kind is CollateralKind.SECURITY and item.currency in room:
            counted = min(counted, room[item.currency])
            room[item.currency] -= counted
        lines.append(CollateralLine(item=item, haircut_micros=haircut, counted_micros=counted))
    return tuple(lines)


def covered(
    difference_micros: Mapping[str, int], terms: ConversionTerms
) -> tuple[dict[str, int], tuple[Cover, ...]]:
    """Return the differences (collateral − requirement) after cover, and who covered whom.

    Deficits by currency code, each from the base currency's excess first, then by code.  What is
    taken is rounded up, what it covers is never more than it is worth after the haircut.
    A currency without a rate neither covers nor is covered.
    """
    left = dict(difference_micros)
    covers: list[Cover] = []
    if not terms.covers_deficits:
        return left, ()
    givers = sorted(terms.rate_nanos, key=lambda code: (code != terms.base_currency, code))
    for currency in sorted(left):
        for giver in givers:
            if currency in terms.rate_nanos and left[currency] < 0 < left.get(giver, 0):
                cover = _cover(left, giver, currency, terms)
                left[giver] -= cover.taken_micros
                left[currency] += cover.covered_micros
                covers.append(cover)
    return left, tuple(covers)


def _cover(left: Mapping[str, int], giver: str, currency: str, terms: ConversionTerms) -> Cover:
    worth = terms.rate_nanos[giver] * (PPM - terms.haircut_ppm)
    cost = terms.rate_nanos[currency] * PPM
    taken = min(left[giver], divide_ceiling(-left[currency] * cost, worth))
    given = min(-left[currency], divide_floor(taken * worth, cost))
    return Cover(
        from_currency=giver, to_currency=currency, taken_micros=taken, covered_micros=given
    )
