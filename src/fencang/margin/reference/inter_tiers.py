"""Rules X6 and X7: inter-commodity spreads formed tier by tier (method 2) or month by month (3)."""

from collections.abc import Iterable

from fencang.margin.reference.book import Book, Commodity
from fencang.margin.reference.deltas import months_of_tier
from fencang.margin.reference.inter import (
    Offer,
    form,
    least_floor,
    least_half_away,
    orientation,
    whole_offers,
)
from fencang.margin.span.parameters import InterSpread

__all__ = ["form_crush", "form_tiered"]

_NOVEMBER = "11"
_NOVEMBER_PARTNERS = ("10", "12")
"""X7: the months of meal and oil that the first month of new-crop soybeans is crushed into."""


def form_tiered(book: Book, spread: InterSpread) -> None:
    """X6: n of the whole bounds the sum of the tiers' own numbers."""
    whole = whole_offers(book, spread)
    a_sign = orientation(whole) if whole else 0
    if not whole or not a_sign:
        return
    left_e4 = least_floor(whole)
    for number in _tier_numbers(offer.commodity for offer in whole):
        offers = _fitting([_in_tier(offer, number) for offer in whole], a_sign)
        if offers:
            n_e4 = min(least_half_away(offers), left_e4)
            form(book, spread, offers, a_sign, n_e4)
            left_e4 -= n_e4


def _tier_numbers(commodities: Iterable[Commodity]) -> list[int]:
    """X6: the numbers that occur; a commodity without inter tiers stands in tier 1."""
    numbers: set[int] = set()
    for commodity in commodities:
        numbers.update(tier.number for tier in commodity.terms.inter_tiers)
        if not commodity.terms.inter_tiers:
            numbers.add(1)
    return sorted(numbers)


def _in_tier(offer: Offer, number: int) -> Offer:
    tiers = offer.commodity.terms.inter_tiers
    if tiers:
        return offer._replace(months=months_of_tier(tiers, number, offer.months))
    return offer if number == 1 else offer._replace(months=())


def _fitting(offers: list[Offer], a_sign: int) -> list[Offer]:
    """X6: the legs with fitting delta; none when that leaves no spread.

    A required leg must fit, two legs must remain, and one of each side that the spread has.
    """
    fitting = [offer for offer in offers if offer.fits(a_sign)]
    if any(offer.leg.is_required and not offer.fits(a_sign) for offer in offers):
        return []
    sides = {offer.leg.side for offer in offers}
    if len(fitting) < 2 or {offer.leg.side for offer in fitting} != sides:
        return []
    return fitting


def form_crush(book: Book, spread: InterSpread) -> None:
    """X7: all legs in the same month; soybeans' November with the others' October, December."""
    whole = whole_offers(book, spread)
    a_sign = orientation(whole) if whole else 0
    if not whole or not a_sign:
        return
    left_e4 = least_floor(whole)
    for month in sorted({month for offer in whole for month in offer.months}):
        for others in _partner_months(whole, month):
            offers = [
                offer._replace(
                    months=(month if others == month or _is_soybeans(offer) else others,)
                )
                for offer in whole
            ]
            if all(offer.fits(a_sign) for offer in offers):
                n_e4 = min(least_half_away(offers), left_e4)
                form(book, spread, offers, a_sign, n_e4)
                left_e4 -= n_e4


def _partner_months(offers: list[Offer], month: str) -> tuple[str, ...]:
    """X7: the months of the other legs that go with a month, in order."""
    year, number = month[:4], month[4:]
    if number == _NOVEMBER and any(_is_soybeans(offer) for offer in offers):
        return tuple(year + partner for partner in _NOVEMBER_PARTNERS)
    return (month,)


def _is_soybeans(offer: Offer) -> bool:
    """X7: code S with a family of exchange CBT."""
    terms = offer.commodity.terms
    return terms.code == "S" and any(key.startswith("CBT/") for key in terms.families)
