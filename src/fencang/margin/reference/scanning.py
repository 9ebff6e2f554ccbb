"""Rule X8: scanning spreads (method 4) merge the vectors of near-identical commodities.

Gains of each vector count at the spread's rate, losses in full; the legs' commodities are then
empty and the target carries the sum.
"""

from math import gcd

from fencang.basics.rounding import divide_half_away
from fencang.margin.reference.book import Book, Commodity, opened
from fencang.margin.reference.scan import ScanTier
from fencang.margin.span.parameters import InterLeg, InterSpread
from fencang.margin.span.result import LegFormed, SpreadFormed, SpreadKind

__all__ = ["form_scanning"]


def form_scanning(book: Book, spread: InterSpread) -> None:
    """X8: merge the present legs into the target, when the spread's conditions are met."""
    assert spread.target is not None, spread
    target_leg = spread.target
    legs = [leg for leg in spread.legs if leg.commodity != target_leg.commodity]
    present = [
        (leg, commodity) for leg in legs if (commodity := book.present(leg.commodity)) is not None
    ]
    if not present or len(present) < spread.legs_min:
        return
    if any(leg.is_required and not book.present(leg.commodity) for leg in (target_leg, *legs)):
        return
    target = _target(book, target_leg)
    unit_micros = gcd(target.unit_micros, *(commodity.unit_micros for _, commodity in present))
    merged = _merged_vector([target, *(commodity for _, commodity in present)], spread, unit_micros)
    formed = [LegFormed(commodity=target.terms.code, delta_e4=0)]
    for leg, commodity in present:
        net_e4 = sum(commodity.remaining.values())
        formed.append(LegFormed(commodity=commodity.terms.code, delta_e4=net_e4))
        _join_deltas(target, commodity, leg, target_leg)
        _empty(commodity)
    target.tiers = (ScanTier(0, target.positions, merged),)
    target.unit_micros = unit_micros
    target.has_taken_over, target.is_merged_away = True, False
    book.spreads.append(
        SpreadFormed(
            kind=SpreadKind.SUPER if spread.is_super else SpreadKind.INTER,
            priority=spread.priority,
            method=int(spread.method),
            n_e4=10_000,
            legs=tuple(formed),
        )
    )


def _target(book: Book, leg: InterLeg) -> Commodity:
    """Return the target's commodity, opened without positions when it has none."""
    if leg.commodity not in book.commodities:
        terms = next(terms for terms in book.parameters.commodities if terms.code == leg.commodity)
        book.commodities[leg.commodity] = opened(book.parameters, terms, ())
    return book.commodities[leg.commodity]


def _merged_vector(
    commodities: list[Commodity], spread: InterSpread, unit_micros: int
) -> tuple[int, ...]:
    """X8: gains at the rate (half away, in the common unit), losses in full, added."""
    merged = [0] * len(commodities[0].points)
    for commodity in commodities:
        for place in range(len(merged)):
            value = sum(tier.vector_micros[place] for tier in commodity.tiers)
            if value < 0:
                gain = divide_half_away(value * spread.rate_ppm, 1_000_000 * unit_micros)
                value = gain * unit_micros
            merged[place] += value
    return tuple(merged)


def _join_deltas(
    target: Commodity, commodity: Commodity, leg: InterLeg, target_leg: InterLeg
) -> None:
    """X8: the leg's deltas by month, in the target's units, as original and remaining."""
    for month in sorted(commodity.original):
        for theirs, ours in (
            (commodity.original, target.original),
            (commodity.remaining, target.remaining),
        ):
            delta = divide_half_away(theirs[month] * leg.ratio_e4, target_leg.ratio_e4)
            ours[month] = ours.get(month, 0) + delta


def _empty(commodity: Commodity) -> None:
    """X8: no scan risk, no price risk, no delta; option minimum and option value stay."""
    commodity.tiers = ()
    commodity.original, commodity.remaining = {}, {}
    commodity.is_merged_away, commodity.has_taken_over = True, False
