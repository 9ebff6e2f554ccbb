"""Rules M1 and R3: the short option minimum, and the value of premium-style options."""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.basics.rounding import divide_half_away
from fencang.margin.reference.deltas import tier_of_month
from fencang.margin.reference.positions import Position
from fencang.margin.reference.scan import rounded
from fencang.margin.span.parameters import CombinedCommodity, ContractRight, ShortOptionMethod

__all__ = ["OptionValue", "option_value", "short_option_minimum"]


def short_option_minimum(terms: CombinedCommodity, positions: Iterable[Position]) -> int:
    """M1: short calls and puts by tier, added or the greater, in micros; rounded once.

    Short lots are those of the net in a net account, all of them in a gross one (G1).
    """
    groups: dict[int, dict[ContractRight, int]] = {}
    for contract, lots in positions:
        if contract.right is ContractRight.NONE or not lots.short:
            continue
        tier = tier_of_month(terms.som_tiers, contract.month)
        rate = tier.som_rate if tier else terms.som_rate
        group = groups.setdefault(tier.number if tier else 0, {})
        minimum_e4 = lots.short * rate * contract.delta_scaling_e4 * terms.risk_unit_micros
        group[contract.right] = group.get(contract.right, 0) + minimum_e4
    combine = max if terms.som_method is ShortOptionMethod.MAX else sum
    total_e4 = sum(combine(group.values()) for group in groups.values())
    return rounded(total_e4, 10_000, terms.rounding_micros)


class OptionValue(NamedTuple):
    """Value of a commodity's premium-style options, and the rows that have no price."""

    micros: int
    unpriced_rows: tuple[int, ...]


def option_value(terms: CombinedCommodity, positions: Iterable[Position]) -> OptionValue:
    """R3: net lots × price × value factor, each contract rounded to a micro, then added."""
    total_micros, unpriced = 0, []
    for contract, lots in positions:
        is_futures_style = contract.family.is_futures_style or terms.is_futures_style
        if contract.right is ContractRight.NONE or is_futures_style:
            continue
        if contract.price_nanos is None:
            unpriced.append(contract.row)
            continue
        # nanos × e-7 of the currency are 1e-16 of it, hence 1e-10 micros
        product = lots.net * contract.price_nanos * contract.value_factor_e7
        total_micros += divide_half_away(product, 10**10)
    return OptionValue(total_micros, tuple(unpriced))
