"""Tables of one made-up combined commodity: tiers, calendar spreads, delivery, minimum, factors."""

from itertools import pairwise

from fencang.margin.span.parameters import (
    CombinedCommodity,
    DeliveryMonth,
    IntraLeg,
    IntraSpread,
    LegSide,
    PriceRiskMethod,
    ShortOptionMethod,
    Tier,
)
from fencang.parameters.synthetic.draw import Draw
from fencang.parameters.synthetic.products import Product

__all__ = ["commodity_code", "make_commodity"]

ONE_E4 = 10_000
A, B = LegSide.A, LegSide.B


def commodity_code(number: int) -> str:
    """Return the code of commodity ``number``."""
    return f"CC{number:04d}"


def make_commodity(draw: Draw, product: Product) -> CombinedCommodity:
    """Return the commodity of a product; every table is there in some commodity of a set."""
    months = sorted({month[:6] for month in product.months})
    intra_tiers = _tiers(draw, months, draw.between(2, 4), is_overlapping=draw.happens(1, 3))
    has_minimum_tiers = draw.happens(1, 3)
    has_scan_tiers = product.number % 3 == 1
    has_inter_tiers = has_scan_tiers or draw.happens(1, 2)
    inter_tiers = _tiers(draw, months, draw.between(1, 3)) if has_inter_tiers else ()
    scan = product.scan_range
    minimum = draw.between(0, scan // 20)
    return CombinedCommodity(
        code=commodity_code(product.number),
        currency=product.currency,
        risk_exponent=product.risk_exponent,
        risk_unit_micros=10 ** (6 + product.risk_exponent),
        rounding_micros=1_000_000,
        is_futures_style=draw.happens(1, 8),
        caps_option_value=draw.happens(1, 4),
        combination_method="S" if product.kind == "combination" else "",
        families=tuple(part.family.key for part in product.parts),
        scan_tiers=_tiers(draw, months[:-1] or months, 3) if has_scan_tiers else (),
        intra_tiers=intra_tiers,
        inter_tiers=inter_tiers,
        som_tiers=_minimum_tiers(draw, months, minimum) if has_minimum_tiers else (),
        price_risk_method=PriceRiskMethod(product.number % 3 + 1),
        series_spreads=_series_spreads(draw, product),
        tier_spreads=_tier_spreads(draw, intra_tiers, scan),
        delivery_months=_delivery_months(draw, months, scan),
        som_rate=minimum,
        som_method=draw.pick((ShortOptionMethod.GROSS, ShortOptionMethod.MAX)),
        adjustment_ppm=draw.pick(
            ((1_000_000, 1_000_000, 1_000_000), (900_000, 1_000_000, 1_100_000))
        ),
        initial_ratio_ppm=draw.pick(
            ((1_000_000, 1_000_000, 1_100_000), (1_000_000, 1_050_000, 1_350_000))
        ),
    )


def _tiers(
    draw: Draw, months: list[str], count: int, *, is_overlapping: bool = False
) -> tuple[Tier, ...]:
    """Return tiers that cover the months in order; overlapping ones share a month."""
    count = min(count, len(months))
    cuts = sorted(draw.some(range(1, len(months)), count - 1))
    starts, ends = [0, *cuts], [*cuts, len(months)]
    return tuple(
        Tier(
            number=number,
            first_period=months[max(start - (1 if is_overlapping else 0), 0)],
            last_period=months[end - 1],
        )
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _minimum_tiers(draw: Draw, months: list[str], rate: int) -> tuple[Tier, ...]:
    tiers = _tiers(draw, months[: max(len(months) - 1, 1)], 2)
    return tuple(
        Tier(
            number=tier.number,
            first_period=tier.first_period,
            last_period=tier.last_period,
            som_rate=rate * tier.number + draw.below(20),
        )
        for tier in tiers
    )


def _series_spreads(draw: Draw, product: Product) -> tuple[IntraSpread, ...]:
    """Return spreads of months: pairs, one of them not one to one, and a butterfly."""
    spreads = []
    months = product.months
    for priority in range(1, draw.between(0, min(6, len(months) - 1)) + 1):
        chosen = sorted(draw.some(months, 3 if draw.happens(1, 3) else 2))
        ratio = draw.pick((ONE_E4, ONE_E4, 15_000))
        legs = [
            IntraLeg(side=A, ratio_e4=ONE_E4, period=chosen[0]),
            IntraLeg(side=B, ratio_e4=ratio, period=chosen[1]),
        ]
        if len(chosen) == 3:
            legs[1] = IntraLeg(side=B, ratio_e4=2 * ONE_E4, period=chosen[1])
            legs.append(IntraLeg(side=A, ratio_e4=ONE_E4, period=chosen[2]))
        rate = draw.between(1, max(product.scan_range // 4, 1))
        spreads.append(IntraSpread(priority=priority, rate=rate, legs=tuple(legs)))
    return tuple(spreads)


def _tier_spreads(draw: Draw, tiers: tuple[Tier, ...], scan: int) -> tuple[IntraSpread, ...]:
    """Return spreads inside each tier, between tiers, and a butterfly over tiers."""
    numbers = [tier.number for tier in tiers]
    shapes: list[tuple[tuple[LegSide, int, int], ...]] = [
        *(((A, 1, number), (B, 1, number)) for number in numbers),
        *(((A, 1, one), (B, draw.pick((1, 1, 2)), after)) for one, after in pairwise(numbers)),
    ]
    if len(numbers) > 2:
        shapes.insert(0, ((A, 1, numbers[0]), (B, 2, numbers[1]), (A, 1, numbers[2])))
    if draw.happens(1, 3):
        # Both A legs in one tier: they share its deltas.
        shapes.append(((A, 1, numbers[0]), (A, 1, numbers[0]), (B, 2, numbers[-1])))
    return tuple(
        IntraSpread(
            priority=min(priority, 99),
            rate=draw.between(1, max(scan // 3, 1)),
            legs=tuple(
                IntraLeg(side=side, ratio_e4=ratio * ONE_E4, tier_number=number)
                for side, ratio, number in shape
            ),
        )
        for priority, shape in enumerate(shapes, 1)
    )


def _delivery_months(draw: Draw, months: list[str], scan: int) -> tuple[DeliveryMonth, ...]:
    return tuple(
        DeliveryMonth(
            period=month,
            rate_consumed=draw.between(0, max(scan // 10, 1)),
            rate_remaining=draw.between(0, max(scan // 5, 1)),
        )
        for month in months[: draw.below(3)]
    )
