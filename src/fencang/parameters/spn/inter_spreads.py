"""Spreads between combined commodities: ``dSpread`` by delta, ``sSpread`` by scanning.

The format names no method number.  A ``dSpread`` whose legs all name tier 0 is method 1, one with
a tier in a leg is method 10 (legs by tier); our ``fencang:method`` tells 2, 3 and 20 apart.
Spreads whose legs name months (``pLeg``, ``rpLeg``) give a credit that nothing here evaluates:
they are left out and counted, so that a requirement is at most too high.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from fencang.margin.span.parameters import (
    CombinedCommodity,
    InterLeg,
    InterMethod,
    InterSpread,
    LegSide,
)
from fencang.parameters.spn.commodities import SIDES
from fencang.parameters.spn.scanner import Element, Position
from fencang.parameters.spn.texts import Texts

__all__ = ["SpreadRead", "checked_spreads", "read_spreads"]

METHODS = {str(int(method)): method for method in InterMethod if method != InterMethod.SCANNING}
TIER_METHODS = {InterMethod.TIER_LEGS, InterMethod.TIER_LEGS_OWN_RISK}
"""Methods whose legs name a tier (X9); in the others the number means nothing."""
LEGS_MIN_DEFAULT = 2
"""Legs that a scanning spread needs where it does not say (a production importer's default)."""


class SpreadRead(NamedTuple):
    """A spread and where each of its legs stands; the target's, if any, is the last."""

    spread: InterSpread
    legs_at: tuple[Position, ...]


def read_spreads(texts: Texts, table: Element, skipped: Callable[[str], None]) -> list[SpreadRead]:
    """Return the spreads of ``interSpreads`` or ``superSpreads``."""
    is_super = table.name == "superSpreads"
    read = []
    faults = texts.count

    def keep(spread: SpreadRead) -> None:
        nonlocal faults
        if texts.count == faults:
            read.append(spread)
        faults = texts.count

    parts = [*table.parts.get("sSpread", ()), *table.parts.get("dSpread", ())]
    for part in sorted(parts, key=lambda part: (part.line, part.column)):
        if part.name == "sSpread":
            keep(_scanning(texts, part, is_super=is_super))
        elif "pLeg" in part.parts or "rpLeg" in part.parts:
            skipped(f"{table.name}/dSpread by months (pLeg, rpLeg)")
        elif part.parts or part.fields:
            # A file without spreads may hold one empty element.
            keep(_delta_based(texts, part, is_super=is_super))
    return read


def _delta_based(texts: Texts, part: Element, *, is_super: bool) -> SpreadRead:
    is_flat = texts.word(part, "chargeMeth", {"F": True, "W": False}, default=False)
    elements = part.parts.get("tLeg", [])
    own_rates = any("rate" in leg.parts for leg in elements)
    rate = part.part("rate")
    if rate is None and not own_rates:
        texts.missing(part, "rate")
    value = texts.exact(rate, "val", 6) if rate else 0
    legs = tuple(
        _delta_leg(texts, leg, value if own_rates else 0, is_flat=is_flat) for leg in elements
    )
    if len(legs) < 2:
        texts.fault(part.position("tLeg"), f"{len(legs)} legs", "at least two")
    by_tier = any(leg.tier_number for leg in legs)
    method = InterMethod.TIER_LEGS if by_tier else InterMethod.REGULAR
    spread = InterSpread(
        priority=texts.exact(part, "spread", 0),
        method=texts.word(part, "fencang:method", METHODS, method),
        legs=legs,
        is_super=is_super,
        is_flat=is_flat,
        rate_ppm=0 if is_flat else value,
        amount_micros=value if is_flat else 0,
        has_own_rates=own_rates,
        legs_min=texts.exact(part, "fencang:legsMin", 0, 0),
        eligibility=part.fields.get("fencang:eligibility", ""),
        group=part.fields.get("fencang:group", ""),
    )
    return SpreadRead(spread, tuple(leg.position("cc") for leg in elements))


def _delta_leg(texts: Texts, leg: Element, common: int, *, is_flat: bool) -> InterLeg:
    """Return a leg; ``common`` is its rate where other legs state their own and it does not."""
    if not leg.fields.get("rs"):
        texts.missing(leg, "rs")
    rate = leg.part("rate")
    value = texts.exact(rate, "val", 6) if rate else common
    return InterLeg(
        commodity=texts.text(leg, "cc"),
        side=texts.word(leg, "rs", SIDES, LegSide.A),
        ratio_e4=_ratio(texts, leg),
        is_required=texts.flag(leg, "fencang:isRequired", default=True),
        tier_number=texts.exact(leg, "tn", 0, 0),
        rate_ppm=0 if is_flat else value,
        amount_micros=value if is_flat else 0,
    )


def _scanning(texts: Texts, part: Element, *, is_super: bool) -> SpreadRead:
    legs: list[InterLeg] = []
    places: list[Position] = []
    targets: list[tuple[InterLeg, Position]] = []
    for element in part.parts.get("sLeg", ()):
        leg = InterLeg(
            commodity=texts.text(element, "cc"),
            side=texts.word(element, "fencang:side", SIDES, LegSide.A),
            ratio_e4=_ratio(texts, element),
            is_required=texts.flag(element, "isRequired", default=True),
            tier_number=texts.exact(element, "fencang:tier", 0, 0),
        )
        if texts.flag(element, "isTarget", default=False):
            targets.append((leg, element.position("cc")))
        else:
            legs.append(leg)
            places.append(element.position("cc"))
    if len(targets) != 1:
        texts.fault(part.position("sLeg"), f"{len(targets)} targets", "one sLeg with isTarget 1")
    if not legs:
        texts.fault(part.position("sLeg"), "no leg but the target", "at least one")
    rate = part.part("rate")
    if rate is None:
        texts.missing(part, "rate")
    spread = InterSpread(
        priority=texts.exact(part, "spread", 0),
        method=InterMethod.SCANNING,
        legs=tuple(legs),
        is_super=is_super,
        rate_ppm=texts.exact(rate, "val", 6) if rate else 0,
        target=targets[0][0] if targets else None,
        legs_min=texts.exact(part, "numLegsReq", 0, LEGS_MIN_DEFAULT),
        eligibility=part.fields.get("fencang:eligibility", ""),
        group=part.fields.get("fencang:group", ""),
    )
    return SpreadRead(spread, (*places, *(place for _, place in targets)))


def _ratio(texts: Texts, leg: Element) -> int:
    ratio = texts.exact(leg, "i", 4, 10_000)
    if ratio <= 0:
        texts.fault(leg.position("i"), leg.fields.get("i", ""), "a ratio above zero")
    return ratio


def checked_spreads(
    texts: Texts,
    found: list[SpreadRead],
    commodities: Mapping[str, CombinedCommodity],
    damaged: AbstractSet[str],
) -> tuple[InterSpread, ...]:
    """Return the spreads all of whose legs are there; each leg that refers to nothing is a fault.

    Rules X1 (unknown commodities) and X8 (one currency of all legs of a scanning spread).  Tier 1
    of a commodity without inter tiers is the whole of it (X6), written here as tier 0.  Legs in
    ``damaged`` commodities take their spread away without another word.
    """
    sound = []
    for spread, places in found:
        whole = spread.legs + ((spread.target,) if spread.target else ())
        if any(leg.commodity in damaged for leg in whole):
            continue
        legs = [
            _checked_leg(texts, spread.method, leg, place, commodities)
            for leg, place in zip(whole, places, strict=True)
        ]
        checked = [leg for leg in legs if leg is not None]
        if len(checked) != len(legs) or len(whole) < 2:
            continue
        currencies = {commodities[leg.commodity].currency for leg in checked}
        if spread.method == InterMethod.SCANNING and len(currencies) > 1:
            listed = ", ".join(sorted(currencies))
            texts.fault(places[0], f"legs in {listed}", "one currency: vectors are added")
            continue
        method, is_changed = spread.method, tuple(checked) != whole
        if is_changed and not any(leg.tier_number for leg in checked):
            method = InterMethod.REGULAR if method == InterMethod.TIER_LEGS else method
        target = checked.pop() if spread.target else None
        sound.append(
            msgspec.structs.replace(spread, method=method, legs=tuple(checked), target=target)
        )
    return tuple(sound)


def _checked_leg(
    texts: Texts,
    method: InterMethod,
    leg: InterLeg,
    place: Position,
    commodities: Mapping[str, CombinedCommodity],
) -> InterLeg | None:
    commodity = commodities.get(leg.commodity)
    if commodity is None:
        allowed = "a combined commodity of the file (cc of a ccDef)"
        texts.fault(place, repr(leg.commodity), allowed)
        return None
    tiers = {tier.number for tier in commodity.inter_tiers}
    if method == InterMethod.TIER_LEGS_OWN_RISK:
        # Its price risk is that of a scan tier (X9).
        tiers |= {tier.number for tier in commodity.scan_tiers}
    if not tiers and leg.tier_number == 1 and method in TIER_METHODS:
        return msgspec.structs.replace(leg, tier_number=0)
    if leg.tier_number and leg.tier_number not in tiers and method in TIER_METHODS:
        listed = ", ".join(map(str, sorted(tiers))) or "none"
        found = f"tier {leg.tier_number} of {leg.commodity}"
        texts.fault(place._replace(leaf="tn"), found, f"0 or one of its tiers: {listed}")
        return None
    return leg
