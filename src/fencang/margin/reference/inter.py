"""Rules X1 to X5 and X9: inter-commodity spreads on net deltas, in the order of their table.

Methods 1, 10 and 20 are here; methods 2 and 3 walk over tiers and months with the same parts
(``inter_tiers``), method 4 merges vectors instead (``scanning``).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fencang.basics.rounding import divide_floor, divide_half_away
from fencang.margin.reference.book import CREDIT_SCALE, Book, Commodity
from fencang.margin.reference.deltas import consume, months_of_tier
from fencang.margin.reference.scan import HUNDREDTH_MICROS, rounded
from fencang.margin.span.parameters import InterLeg, InterMethod, InterSpread, LegSide
from fencang.margin.span.result import LegFormed, SpreadFormed, SpreadKind

__all__ = [
    "Offer",
    "form",
    "form_regular",
    "least_floor",
    "least_half_away",
    "orientation",
    "whole_offers",
]


class Offer(NamedTuple):
    """What a leg finds in the portfolio: a combined commodity and the months it may use."""

    leg: InterLeg
    commodity: Commodity
    months: tuple[str, ...]

    @property
    def net_e4(self) -> int:
        """Return the net remaining delta of the months."""
        return sum(self.commodity.remaining.get(month, 0) for month in self.months)

    def sign(self, a_sign: int) -> int:
        """Return the sign this leg has when A legs have the given one."""
        return a_sign if self.leg.side is LegSide.A else -a_sign

    def fits(self, a_sign: int) -> bool:
        """X2: whether the net remaining delta is on this leg's side."""
        return self.net_e4 * self.sign(a_sign) > 0


def whole_offers(book: Book, spread: InterSpread) -> list[Offer] | None:
    """X1: every leg with its whole commodity; None when one is missing."""
    offers = []
    for leg in spread.legs:
        commodity = book.present(leg.commodity)
        if commodity is None:
            return None
        offers.append(Offer(leg, commodity, tuple(commodity.original)))
    return offers or None


def orientation(offers: Iterable[Offer]) -> int:
    """X2: 1 when every A leg is long and every B leg short, -1 the other way round, else 0."""
    offers = list(offers)
    return next((sign for sign in (1, -1) if all(offer.fits(sign) for offer in offers)), 0)


def least_floor(offers: Iterable[Offer]) -> int:
    """X3: the floor of the least |net remaining| × 10,000 / ratio."""
    return min(divide_floor(abs(offer.net_e4) * 10_000, offer.leg.ratio_e4) for offer in offers)


def least_half_away(offers: Iterable[Offer]) -> int:
    """X6: the same for a tier or month, rounded half away."""
    return min(divide_half_away(abs(offer.net_e4) * 10_000, offer.leg.ratio_e4) for offer in offers)


def form_regular(book: Book, spread: InterSpread) -> None:
    """X3 and X9 (methods 1, 10, 20): all legs, n cut down at four decimals."""
    offers = whole_offers(book, spread)
    if offers is None:
        return
    if spread.method is not InterMethod.REGULAR:
        offers = [_in_tier(offer) for offer in offers]
    a_sign = orientation(offers)
    if a_sign:
        form(book, spread, offers, a_sign, least_floor(offers))


def _in_tier(offer: Offer) -> Offer:
    """X9: a leg that names an inter tier uses that tier's months only."""
    number, tiers = offer.leg.tier_number, offer.commodity.terms.inter_tiers
    if not number:
        return offer
    return offer._replace(months=months_of_tier(tiers, number, offer.months))


def form(book: Book, spread: InterSpread, offers: Sequence[Offer], a_sign: int, n_e4: int) -> None:
    """X4 and X5: credit every leg's commodity and take the deltas; one line of the result."""
    if not n_e4:
        return
    credits_e14 = [_credit_e14(spread, offer, n_e4) for offer in offers]
    legs = []
    for offer, credit_e14 in zip(offers, credits_e14, strict=True):
        commodity, sign = offer.commodity, offer.sign(a_sign)
        if spread.method is InterMethod.TIER_LEGS_OWN_RISK:
            step_micros = commodity.terms.rounding_micros
            credit_micros = rounded(credit_e14, CREDIT_SCALE, step_micros)
            commodity.credit_rounded_micros += credit_micros
        else:
            credit_micros = divide_half_away(credit_e14, CREDIT_SCALE)
            commodity.credit_e14 += credit_e14
        wanted = divide_half_away(n_e4 * offer.leg.ratio_e4, 10_000)
        taken = consume(commodity.remaining, offer.months, wanted, sign)
        legs.append(
            LegFormed(
                commodity=commodity.terms.code, delta_e4=sign * taken, credit_micros=credit_micros
            )
        )
    book.spreads.append(
        SpreadFormed(
            kind=SpreadKind.SUPER if spread.is_super else SpreadKind.INTER,
            priority=spread.priority,
            method=int(spread.method),
            n_e4=n_e4,
            legs=tuple(legs),
        )
    )


def _credit_e14(spread: InterSpread, offer: Offer, n_e4: int) -> int:
    """X4 and X9: a leg's credit in 1e-14 micros, exact but for method 20's own rounding."""
    leg, commodity = offer.leg, offer.commodity
    if spread.is_flat:
        amount_micros = leg.amount_micros if spread.has_own_rates else spread.amount_micros
        return n_e4 * amount_micros * 10**10
    rate_ppm = leg.rate_ppm if spread.has_own_rates else spread.rate_ppm
    deltas_e8 = n_e4 * leg.ratio_e4
    if spread.method is InterMethod.TIER_LEGS_OWN_RISK:
        risk_micros = commodity.weighted_price_risk_of_tier(leg.tier_number)
        per_delta_micros = rounded(risk_micros * rate_ppm, 1_000_000, HUNDREDTH_MICROS)
        return deltas_e8 * per_delta_micros * 1_000_000
    return deltas_e8 * commodity.weighted_price_risk_micros * rate_ppm
