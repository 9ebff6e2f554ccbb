"""Rules C1 to C5 and V1: calendar spreads inside a combined commodity, and delivery charges."""

from itertools import combinations
from typing import NamedTuple

from fencang.basics.rounding import divide_floor, divide_half_away
from fencang.margin.reference.book import Book, Commodity
from fencang.margin.reference.deltas import available, consume, months_of_tier
from fencang.margin.reference.scan import rounded
from fencang.margin.span.parameters import DeliveryMonth, IntraLeg, IntraSpread, LegSide
from fencang.margin.span.result import LegFormed, SpreadFormed, SpreadKind

__all__ = ["charge_calendars", "charge_delivery", "meets"]


class _Leg(NamedTuple):
    """A leg as it looks in this portfolio: its months, and the sign it has in this pass."""

    ratio_e4: int
    months: tuple[str, ...]
    sign: int


def charge_calendars(book: Book, commodity: Commodity) -> None:
    """C1 and C5: series spreads, then tier spreads; the exact sum is rounded once."""
    charge_e4 = 0
    for kind, spreads in (
        (SpreadKind.SERIES, commodity.terms.series_spreads),
        (SpreadKind.TIER, commodity.terms.tier_spreads),
    ):
        for spread in sorted(spreads, key=lambda spread: spread.priority):  # stable: file order
            for a_sign in (1, -1):
                charge_e4 += _form_pass(book, commodity, kind, spread, a_sign)
    commodity.intra_charge_micros = rounded(charge_e4, 10_000, commodity.terms.rounding_micros)


def _form_pass(
    book: Book, commodity: Commodity, kind: SpreadKind, spread: IntraSpread, a_sign: int
) -> int:
    """C1: one pass, A legs of the given sign; return the charge in 1e-4 micros."""
    legs = [_leg_in_portfolio(commodity, leg, a_sign) for leg in spread.legs]
    n_e4 = _number(commodity, legs)
    if not n_e4:
        return 0
    taken = _consume_legs(commodity, legs, n_e4)
    charge_e4 = n_e4 * spread.rate * commodity.terms.risk_unit_micros
    book.spreads.append(
        SpreadFormed(
            kind=kind,
            priority=spread.priority,
            method=0,
            n_e4=n_e4,
            charge_micros=divide_half_away(charge_e4, 10_000),
            legs=tuple(
                LegFormed(commodity=commodity.terms.code, delta_e4=leg.sign * amount)
                for leg, amount in zip(legs, taken, strict=True)
            ),
        )
    )
    return charge_e4


def _leg_in_portfolio(commodity: Commodity, leg: IntraLeg, a_sign: int) -> _Leg:
    """C2: the months of a leg, the single one of its period or all inside its tier."""
    if leg.period:
        months = tuple(month for month in commodity.original if month == leg.period)
    else:
        months = months_of_tier(commodity.terms.intra_tiers, leg.tier_number, commodity.original)
    return _Leg(leg.ratio_e4, months, a_sign if leg.side is LegSide.A else -a_sign)


def _number(commodity: Commodity, legs: list[_Leg]) -> int:
    """C3: the floor of the least available × 10,000 / ratio.

    Over every set of legs of one side taken together, single legs included: what two legs share is
    then never promised twice.
    """
    if not legs:
        return 0
    numbers = []
    for sign in (1, -1):
        same_side = [leg for leg in legs if leg.sign == sign]
        for size in range(1, len(same_side) + 1):
            for group in combinations(same_side, size):
                months = {month for leg in group for month in leg.months}
                offered = available(commodity.remaining, months, sign)
                ratio_e4 = sum(leg.ratio_e4 for leg in group)
                numbers.append(divide_floor(offered * 10_000, ratio_e4))
    return min(numbers)


def _consume_legs(commodity: Commodity, legs: list[_Leg], n_e4: int) -> list[int]:
    """C4: narrower sets of months first, then listing; return what each leg took."""

    def width(place: int) -> int:
        return sum(1 for month in legs[place].months if commodity.original[month])

    taken = [0] * len(legs)
    for place in sorted(range(len(legs)), key=width):  # stable: the order of listing
        leg = legs[place]
        wanted = divide_half_away(n_e4 * leg.ratio_e4, 10_000)
        taken[place] = consume(commodity.remaining, leg.months, wanted, leg.sign)
    return taken


def charge_delivery(commodity: Commodity) -> None:
    """V1: per delta consumed and per delta remaining of each listed month, rounded once."""
    charge_e4 = 0
    for listed in commodity.terms.delivery_months:
        original = commodity.original.get(listed.period, 0)
        remaining = commodity.remaining.get(listed.period, 0)
        if original and meets(listed, original):
            per_delta = (
                abs(original - remaining) * listed.rate_consumed
                + abs(remaining) * listed.rate_remaining
            )
            charge_e4 += per_delta * commodity.terms.risk_unit_micros
    commodity.delivery_charge_micros = rounded(charge_e4, 10_000, commodity.terms.rounding_micros)


def meets(listed: DeliveryMonth, delta_e4: int) -> bool:
    """V1: whether a month's side restriction lets it charge a delta of this sign."""
    assert listed.side in {"both", "long", "short"}, listed.side
    return listed.side == "both" or (listed.side == "long") == (delta_e4 > 0)
