"""Spreads between made-up combined commodities: every method, flat and weighted, super and not."""

from fencang.margin.span.parameters import (
    CombinedCommodity,
    InterLeg,
    InterMethod,
    InterSpread,
    LegSide,
)
from fencang.parameters.synthetic.draw import Draw

__all__ = ["make_inter_spreads"]

METHODS = (
    InterMethod.REGULAR,
    InterMethod.TIERED,
    InterMethod.SCANNING,
    InterMethod.TIER_LEGS,
    InterMethod.CRUSH,
    InterMethod.TIER_LEGS_OWN_RISK,
)
INTER_SPREADS_MAX = 9_999
"""Priorities have four digits."""
LEGS_MAX = 4
"""A record of positional files holds four."""
SUPER_METHODS = {InterMethod.REGULAR, InterMethod.SCANNING}


def make_inter_spreads(
    draw: Draw, commodities: list[CombinedCommodity], count: int
) -> tuple[InterSpread, ...]:
    """Return so many spreads, super spreads first, priorities rising; none of one commodity."""
    assert 0 <= count <= INTER_SPREADS_MAX, count
    if len(commodities) < 2:
        return ()
    made = []
    for number in range(count):
        method = METHODS[number % len(METHODS)]
        is_super = method in SUPER_METHODS and draw.happens(1, 4)
        if method == InterMethod.SCANNING:
            spread = _scanning(draw, commodities, is_super=is_super)
        else:
            spread = _delta_based(draw, commodities, method, is_super=is_super)
        if spread is not None:
            made.append(spread)
    made.sort(key=lambda one: not one.is_super)
    return tuple(_with_priority(one, place + 1) for place, one in enumerate(made))


def _with_priority(spread: InterSpread, priority: int) -> InterSpread:
    return InterSpread(
        **{name: getattr(spread, name) for name in spread.__struct_fields__ if name != "priority"},
        priority=priority,
    )


def _delta_based(
    draw: Draw, commodities: list[CombinedCommodity], method: InterMethod, *, is_super: bool
) -> InterSpread:
    count = draw.pick((2, 2, 2, 3, LEGS_MAX))
    chosen = draw.some(commodities, count)
    is_flat = draw.happens(1, 4)
    has_own_rates = draw.happens(1, 3)
    legs = []
    for place, commodity in enumerate(chosen):
        rate = draw.between(20, 95) * 10_000 + draw.pick((0, 2_500))
        legs.append(
            InterLeg(
                commodity=commodity.code,
                side=LegSide.A if place % 2 == 0 else LegSide.B,
                ratio_e4=draw.pick((10_000, 10_000, 20_000, 12_500, 3_334)),
                is_required=method != InterMethod.TIERED or draw.happens(3, 4),
                tier_number=_tier(draw, commodity, method),
                rate_ppm=rate if has_own_rates and not is_flat else 0,
                amount_micros=rate * 100 if has_own_rates and is_flat else 0,
            )
        )
    rate = draw.between(20, 95) * 10_000
    return InterSpread(
        priority=0,
        method=method,
        legs=tuple(legs),
        is_super=is_super,
        is_flat=is_flat,
        rate_ppm=0 if is_flat else rate,
        amount_micros=rate * 100 if is_flat else 0,
        has_own_rates=has_own_rates,
        group="ALL",
        eligibility=draw.pick(("", "", "N", "H")),
    )


def _tier(draw: Draw, commodity: CombinedCommodity, method: InterMethod) -> int:
    """Return the tier of a leg: 0 (the whole commodity) where the method knows none."""
    numbers = [tier.number for tier in commodity.inter_tiers]
    if method == InterMethod.TIER_LEGS_OWN_RISK:
        # Deltas are those of the inter tier, the risk is that of the scan tier of that number.
        own = {tier.number for tier in commodity.scan_tiers}
        numbers = [number for number in numbers if number in own]
    elif method != InterMethod.TIER_LEGS:
        return 0
    return draw.pick(numbers) if numbers and draw.happens(3, 4) else 0


def _scanning(
    draw: Draw, commodities: list[CombinedCommodity], *, is_super: bool
) -> InterSpread | None:
    """Return a scanning spread between commodities of one currency, None when there are none."""
    target = draw.pick(commodities)
    others = [
        one for one in commodities if one.currency == target.currency and one.code != target.code
    ]
    if not others:
        return None
    chosen = draw.some(others, draw.between(1, 3))
    return InterSpread(
        priority=0,
        method=InterMethod.SCANNING,
        legs=tuple(
            InterLeg(
                commodity=one.code,
                side=LegSide.A,
                ratio_e4=draw.pick((10_000, 10_000, 20_000, 5_000)),
                is_required=draw.happens(1, 2),
            )
            for one in chosen
        ),
        is_super=is_super,
        rate_ppm=draw.between(80, 100) * 10_000,
        target=InterLeg(commodity=target.code, side=LegSide.A, ratio_e4=10_000),
        legs_min=draw.between(1, len(chosen)),
        group="ALL",
    )
