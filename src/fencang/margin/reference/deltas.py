"""Rules D1 to D4: deltas by month, and how spreads consume them.  All deltas are e4.

A month is the text of an underlying's period; months order as text.  Rule C2's question which
months a tier holds is answered here too, for all four kinds of tiers.
"""

from collections.abc import Iterable, Mapping, MutableMapping

from fencang.basics.rounding import divide_half_away
from fencang.margin.reference.positions import Contract, Position, contract_of
from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractType,
    SpanParameters,
    Tier,
)

__all__ = [
    "available",
    "consume",
    "delta_of",
    "legs_of",
    "months_of_tier",
    "original_deltas",
    "sides_deltas",
    "split_delta",
    "tier_holds",
    "tier_of_month",
]

_MONTH_LENGTH = 6  # CCYYMM; what follows is a day or week code


def delta_of(lots: int, contract: Contract) -> int:
    """D1: lots × composite delta × scaling, rounded to e4."""
    return divide_half_away(lots * contract.delta_e4 * contract.delta_scaling_e4, 10_000)


def split_delta(
    parameters: SpanParameters, lots: int, contract: Contract, legs: Iterable[CombinationLeg]
) -> list[tuple[str, int]]:
    """D2: the delta of a combination that keeps its array, in the months of its legs."""
    parts = []
    for leg in legs:
        held = contract_of(parameters, leg.contract)
        product = lots * leg.ratio_e4 * held.delta_e4 * held.delta_scaling_e4
        if contract.family.kind.is_option:
            delta = divide_half_away(product * contract.delta_e4, 10_000**3)
        else:
            delta = divide_half_away(product, 10_000**2)
        parts.append((held.month, delta))
    return parts


def legs_of(parameters: SpanParameters, contract: Contract) -> tuple[CombinationLeg, ...]:
    """D2: the legs over which a contract's delta is divided; none for an ordinary contract.

    An option on a combination has the legs stated for its row, else those of the combination of
    its combined commodity whose period is the option's underlying period (the lowest row).
    """
    kind = contract.family.kind
    if kind not in {ContractType.COMBINATION, ContractType.OPTION_ON_COMBINATION}:
        return ()
    if parameters.combinations.get(contract.row) or kind is ContractType.COMBINATION:
        return parameters.combinations.get(contract.row, ())
    table = parameters.contracts
    for row in sorted(parameters.combinations):
        is_combination = (
            parameters.families[int(table.family[row])].kind is ContractType.COMBINATION
        )
        held = contract_of(parameters, row)
        period = table.periods[int(table.period[row])]
        if is_combination and (held.commodity, period) == (contract.commodity, contract.month):
            return parameters.combinations[row]
    return ()


def _month_parts(
    parameters: SpanParameters, lots: int, contract: Contract
) -> list[tuple[str, int]]:
    legs = legs_of(parameters, contract)
    if legs:
        return split_delta(parameters, lots, contract, legs)
    return [(contract.month, delta_of(lots, contract))]


def original_deltas(parameters: SpanParameters, positions: Iterable[Position]) -> dict[str, int]:
    """D3: net delta by month, months in order; those of delta zero are left out."""
    deltas: dict[str, int] = {}
    for contract, lots in positions:
        for month, delta in _month_parts(parameters, lots.net, contract):
            deltas[month] = deltas.get(month, 0) + delta
    return {month: deltas[month] for month in sorted(deltas) if deltas[month]}


def sides_deltas(
    parameters: SpanParameters, positions: Iterable[Position]
) -> list[tuple[str, int]]:
    """G1: the deltas of each contract's long and of its short lots, one entry each by month."""
    return [
        part
        for contract, lots in positions
        for side in (lots.long, -lots.short)
        if side
        for part in _month_parts(parameters, side, contract)
    ]


def available(remaining: Mapping[str, int], months: Iterable[str], sign: int) -> int:
    """Return how much long (sign 1) or short (-1) delta a set of months offers, unsigned."""
    return sum(max(0, sign * remaining.get(month, 0)) for month in set(months))


def consume(
    remaining: MutableMapping[str, int], months: Iterable[str], amount: int, sign: int
) -> int:
    """D4: take long (sign 1) or short (-1) delta, nearest month first; return what was there."""
    assert amount >= 0, amount
    left = amount
    for month in sorted(set(months)):
        taken = min(left, max(0, sign * remaining.get(month, 0)))
        if taken:
            remaining[month] -= sign * taken
            left -= taken
    return amount - left


def tier_holds(tier: Tier, month: str) -> bool:
    """C2: both ends included; an end without day code looks at the first six characters."""
    first, last = tier.first_period, tier.last_period
    begun = not first or _comparable(month, first) >= first
    return begun and (not last or _comparable(month, last) <= last)


def _comparable(month: str, end: str) -> str:
    return month[:_MONTH_LENGTH] if len(end) <= _MONTH_LENGTH else month


def months_of_tier(tiers: Iterable[Tier], number: int, months: Iterable[str]) -> tuple[str, ...]:
    """C2: those of the months that a tier holds (all its ranges, when it has several)."""
    ranges = [tier for tier in tiers if tier.number == number]
    return tuple(month for month in months if any(tier_holds(tier, month) for tier in ranges))


def tier_of_month(tiers: Iterable[Tier], month: str) -> Tier | None:
    """S1: the first listed tier that holds a month; None when no tier does."""
    return next((tier for tier in tiers if tier_holds(tier, month)), None)
