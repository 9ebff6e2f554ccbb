"""Credits across clearing houses, only where an agreement says so, and the view across them.

Without an agreement the requirements of two clearing houses add up.  With one, two named parts
(combined commodities) on opposite sides are credited ``offset_ppm`` of the smaller one's amount, on
both legs, together at most ``cap_micros``.  The parts belong to one person in one carrying account.
"""

from collections.abc import Mapping, Sequence

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.margin.method import MethodRequirement, RequirementPart
from fencang.margin.span.frozen import Frozen

__all__ = [
    "AcrossHouses",
    "CrossMarginAgreement",
    "CrossMarginCredit",
    "CrossMarginLeg",
    "cross_margin_credits",
]


class CrossMarginLeg(Frozen):
    """A part of the requirement at one clearing house, by the name its method gives it."""

    clearing_house: str
    part: str


class CrossMarginAgreement(Frozen):
    """Two clearing houses that credit each other for one carrying account."""

    name: str
    carrying_account: str
    first: CrossMarginLeg
    second: CrossMarginLeg
    offset_ppm: int
    cap_micros: int
    """For both legs together, in the parts' currency."""
    offsets_same_side: bool = False
    """Whether positions of the same sign offset (an inverse quotation) instead of opposite ones."""

    def faults(self) -> list[str]:
        """Return what is wrong with the agreement, in words."""
        faults = []
        if self.first.clearing_house == self.second.clearing_house:
            faults.append(f"{self.name}: both legs are at {self.first.clearing_house}")
        if not 0 <= self.offset_ppm <= PPM:
            faults.append(f"{self.name}: offset {self.offset_ppm} ppm is outside 0 to 1,000,000")
        if self.cap_micros < 0:
            faults.append(f"{self.name}: the cap must be at least 0")
        return faults


class CrossMarginCredit(Frozen):
    """What one leg of an agreement takes off its clearing house's requirement."""

    agreement: str
    clearing_house: str
    part: str
    currency: str
    credit_micros: int


class AcrossHouses(Frozen):
    """One person's positions at all clearing houses in one portfolio: shown, never netted.

    ``apart_micros`` is what is really asked for, ``together`` what one method would ask for all.
    """

    person: str
    apart_micros: Mapping[str, int]
    together: MethodRequirement


def cross_margin_credits(
    agreements: Sequence[CrossMarginAgreement],
    carrying_account: str,
    requirements: Mapping[str, MethodRequirement],
) -> tuple[CrossMarginCredit, ...]:
    """Return the credits of one person in one carrying account, agreements in the order given.

    Args:
        agreements: all there are; those of other carrying accounts do nothing.
        carrying_account: whose requirements these are.
        requirements: by clearing house; a part that one agreement used is smaller for the next.
    """
    left = {
        (house, part.name): (part, part.amount_micros)
        for house, requirement in requirements.items()
        for part in requirement.parts
    }
    formed: list[CrossMarginCredit] = []
    for agreement in agreements:
        keys = tuple((leg.clearing_house, leg.part) for leg in (agreement.first, agreement.second))
        if agreement.carrying_account != carrying_account or not all(key in left for key in keys):
            continue
        (first, first_left), (second, second_left) = (left[key] for key in keys)
        if not _offset(first, second, same_side=agreement.offsets_same_side):
            continue
        matched = min(first_left, second_left)
        credit = divide_floor(matched * agreement.offset_ppm, PPM)
        credit = min(credit, divide_floor(agreement.cap_micros, 2))
        for key in keys:
            part, amount = left[key]
            left[key] = (part, amount - matched)
            formed.append(_credit(agreement, key, part.currency, credit))
    return tuple(credit for credit in formed if credit.credit_micros)


def _credit(
    agreement: CrossMarginAgreement, leg: tuple[str, str], currency: str, credit_micros: int
) -> CrossMarginCredit:
    clearing_house, part = leg
    return CrossMarginCredit(
        agreement=agreement.name,
        clearing_house=clearing_house,
        part=part,
        currency=currency,
        credit_micros=credit_micros,
    )


def _offset(first: RequirementPart, second: RequirementPart, *, same_side: bool) -> bool:
    product = first.delta_e4 * second.delta_e4
    fits = product > 0 if same_side else product < 0
    return fits and first.currency == second.currency
