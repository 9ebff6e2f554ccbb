"""Tables of calendar and inter-commodity spreads as the kernels read them (C, X).

What is wrong with a table is told in words, every fault of the file at once.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import (
    CombinedCommodity,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraLeg,
    IntraSpread,
    LegSide,
    SpanParameters,
)
from fencang.margin.span.tables import layout
from fencang.margin.span.tables.months import MonthSlots, Ranges, Span, joined

__all__ = ["CalendarTables", "InterTables", "inter_faults", "merges", "records", "spread_order"]

NOVEMBER, NOVEMBER_PARTNERS = "11", ("10", "12")
"""X7: the months that new-crop soybeans are crushed into."""


RATE_PPM_MAX = 2_000_000
AMOUNT_MAX = 10**15
"""Bounds of the kernels: price risk × rate, n × amount."""


def _side(side: LegSide) -> int:
    return 1 if side is LegSide.A else -1


class CalendarTables:
    """Calendar spreads in the making, commodity after commodity."""

    def __init__(self, months: MonthSlots, ranges: Ranges) -> None:
        self._months, self._ranges = months, ranges
        self.calendars: list[tuple[int, ...]] = []
        self.legs: list[tuple[int, ...]] = []
        self.faults: list[str] = []

    def add(self, place: int, commodity: CombinedCommodity) -> bool:
        """Add a commodity's spreads (C1); return whether each of them has legs of both sides."""
        needs_both = True
        for is_series, spreads in (
            (1, commodity.series_spreads),
            (0, commodity.tier_spreads),
        ):
            for number, spread in enumerate(spreads):
                if any(leg.ratio_e4 <= 0 for leg in spread.legs) or spread.rate < 0:
                    self.faults.append(
                        f"{commodity.code}: calendar spread of priority {spread.priority} "
                        f"(number {number + 1}) has a ratio that is not above 0 or a negative rate"
                    )
                    return True
            for index in sorted(range(len(spreads)), key=lambda i: spreads[i].priority):
                if spreads[index].legs:
                    needs_both &= len({leg.side for leg in spreads[index].legs}) == 2
                    self._add_spread(place, commodity, spreads[index], is_series)
        return needs_both

    def _add_spread(
        self, place: int, commodity: CombinedCommodity, spread: IntraSpread, is_series: int
    ) -> None:
        sets = [self._months_of(place, commodity, leg) for leg in spread.legs]
        first_leg = len(self.legs)
        for leg, months in zip(spread.legs, sets, strict=True):
            self.legs.append((*self._ranges.place(months), leg.ratio_e4, _side(leg.side)))
        first_group = len(self.legs)
        for side in LegSide:
            places = [i for i, leg in enumerate(spread.legs) if leg.side is side]
            for group in _overlapping_groups(places, sets):
                union = joined(span for i in group for span in sets[i])
                ratio = sum(spread.legs[i].ratio_e4 for i in group)
                self.legs.append((*self._ranges.place(union), ratio, _side(side)))
        self.calendars.append(
            (
                spread.rate,
                first_leg,
                first_group,
                first_group,
                len(self.legs),
                is_series,
                spread.priority,
            )
        )

    def _months_of(self, place: int, commodity: CombinedCommodity, leg: IntraLeg) -> list[Span]:
        if not leg.period:
            return self._months.held_by_number(place, commodity.intra_tiers, leg.tier_number)
        slot = self._months.slot(place, leg.period)
        return [] if slot is None else [(slot, slot + 1)]


def _overlap(left: Iterable[Span], right: Sequence[Span]) -> bool:
    return any(a < d and c < b for a, b in left for c, d in right)


def _overlapping_groups(
    places: Sequence[int], sets: Sequence[Sequence[Span]]
) -> list[tuple[int, ...]]:
    """Return every set of two or more legs that hang together by common months (C3 b)."""
    pairs = {(i, j) for i, j in combinations(places, 2) if _overlap(sets[i], sets[j])}
    if not pairs:
        return []
    found = []
    for size in range(2, len(places) + 1):
        for group in combinations(places, size):
            reached = {group[0]}
            for _ in group:
                reached |= {
                    other
                    for i in reached
                    for other in group
                    if (min(i, other), max(i, other)) in pairs
                }
            if len(reached) == size:
                found.append(group)
    return found


def inter_faults(parameters: SpanParameters) -> list[str]:
    """Return what is wrong with the inter-commodity spreads of a file (X1, X8)."""
    currencies = {terms.code: terms.currency for terms in parameters.commodities}
    faults = []
    for number, spread in enumerate(parameters.inter_spreads, 1):
        where = f"inter-commodity spread {number} (priority {spread.priority})"
        legs = spread.legs if spread.target is None else (spread.target, *spread.legs)
        faults += [
            f"{where}: the set has no combined commodity {leg.commodity!r}"
            for leg in legs
            if leg.commodity not in currencies
        ]
        faults += [
            f"{where}: the ratio of {leg.commodity} is {leg.ratio_e4}; it must be above 0"
            for leg in legs
            if leg.ratio_e4 <= 0
        ]
        rates = [spread.rate_ppm, *(leg.rate_ppm for leg in legs)]
        amounts = [spread.amount_micros, *(leg.amount_micros for leg in legs)]
        if min(rates + amounts) < 0 or max(rates) > RATE_PPM_MAX or max(amounts) > AMOUNT_MAX:
            faults.append(f"{where}: a rate lies outside 0 to 200 % or an amount outside 0 to 10^9")
        if spread.method is InterMethod.SCANNING:
            if spread.target is None:
                faults.append(f"{where}: a scanning spread needs a target")
            named = [leg.commodity for leg in spread.legs]
            faults += [
                f"{where}: a scanning spread names {code} twice"
                for code in sorted({code for code in named if named.count(code) > 1})
            ]
            if spread.rate_ppm > 1_000_000:
                faults.append(f"{where}: a scanning spread keeps more than 100 % of gains")
            found = sorted(
                {currencies[leg.commodity] for leg in legs if leg.commodity in currencies}
            )
            if len(found) > 1:
                faults.append(
                    f"{where}: a scanning spread has one currency, not {', '.join(found)}"
                )
    return faults


def merges(parameters: SpanParameters) -> list[tuple[int, int]]:
    """Return leg's and target's place of every scanning spread, in order of forming (X8)."""
    places = {terms.code: place for place, terms in enumerate(parameters.commodities)}
    return [
        (places[leg.commodity], places[spread.target.commodity])
        for index in (
            *spread_order(parameters, is_super=True),
            *spread_order(parameters, is_super=False),
        )
        if (spread := parameters.inter_spreads[index]).target is not None
        and spread.method is InterMethod.SCANNING
        for leg in spread.legs
        if leg.commodity != spread.target.commodity
    ]


def spread_order(parameters: SpanParameters, *, is_super: bool) -> list[int]:
    """Return the places of spreads in order of forming: by priority, then file order (X1)."""
    spreads = parameters.inter_spreads
    chosen = [i for i, spread in enumerate(spreads) if spread.is_super is is_super and spread.legs]
    return sorted(chosen, key=lambda i: spreads[i].priority)


class InterTables:
    """Inter-commodity spreads in the making."""

    def __init__(
        self,
        parameters: SpanParameters,
        months: MonthSlots,
        ranges: Ranges,
        tier_slots: Sequence[dict[int, int]],
    ) -> None:
        self._commodities = parameters.commodities
        self._places = {terms.code: place for place, terms in enumerate(parameters.commodities)}
        self._months, self._ranges, self._tier_slots = months, ranges, tier_slots
        self.inters: list[tuple[int, ...]] = []
        self.legs: list[tuple[int, ...]] = []
        self.steps: list[Span] = []
        self.joins: list[int] = []
        for spread in parameters.inter_spreads:
            self._add(spread)

    def _add(self, spread: InterSpread) -> None:
        first_leg, first_step = len(self.legs), len(self.steps)
        target = spread.target
        place = -1 if target is None else self._places[target.commodity]
        for leg in spread.legs:
            self._add_leg(spread, leg, place)
        if spread.method is not InterMethod.SCANNING:
            for step in self._steps_of(spread):
                self.steps += step
        width = max(1, len(spread.legs))
        self.inters.append(
            (
                int(spread.method),
                int(spread.is_super),
                int(spread.is_flat),
                first_leg,
                len(self.legs),
                first_step,
                (len(self.steps) - first_step) // width,
                place,
                0 if target is None else target.ratio_e4,
                0 if target is None else int(target.is_required),
                spread.legs_min,
                spread.rate_ppm,
                spread.priority,
            )
        )

    def _add_leg(self, spread: InterSpread, leg: InterLeg, target: int) -> None:
        place = self._places[leg.commodity]
        if spread.is_flat:
            rate = leg.amount_micros if spread.has_own_rates else spread.amount_micros
        else:
            rate = leg.rate_ppm if spread.has_own_rates else spread.rate_ppm
        tier = -1
        if spread.method is InterMethod.TIER_LEGS_OWN_RISK and leg.tier_number:
            tier = self._tier_slots[place].get(leg.tier_number, -1)
        first_join = len(self.joins)
        if spread.method is InterMethod.SCANNING and place != target:
            for slot in range(self._months.firsts[place], self._months.ends[place]):
                into = self._months.slot(target, self._months.texts[slot])
                assert into is not None
                self.joins.append(into)
        self.legs.append(
            (place, _side(leg.side), leg.ratio_e4, int(leg.is_required), rate, tier, first_join)
        )

    def _steps_of(self, spread: InterSpread) -> list[list[Span]]:
        """Return month sets by step and leg: first the whole, then tiers or months (X6, X7)."""
        whole = [(layout.WHOLE, layout.WHOLE)] * len(spread.legs)
        match spread.method:
            case InterMethod.TIERED:
                return [whole, *self._tier_steps(spread)]
            case InterMethod.CRUSH:
                return [whole, *self._crush_steps(spread)]
            case InterMethod.TIER_LEGS | InterMethod.TIER_LEGS_OWN_RISK:
                return [
                    [
                        self._in_tier(leg, leg.tier_number) if leg.tier_number else whole[0]
                        for leg in spread.legs
                    ]
                ]
            case _:
                return [whole]

    def _in_tier(self, leg: InterLeg, number: int) -> Span:
        place = self._places[leg.commodity]
        tiers = self._commodities[place].inter_tiers
        return self._ranges.place(self._months.held_by_number(place, tiers, number))

    def _tier_steps(self, spread: InterSpread) -> list[list[Span]]:
        tiers_of = {
            leg.commodity: self._commodities[self._places[leg.commodity]].inter_tiers
            for leg in spread.legs
        }
        numbers = {tier.number for tiers in tiers_of.values() for tier in tiers}
        if not all(tiers_of.values()):
            numbers.add(1)
        nothing, whole = self._ranges.place(()), (layout.WHOLE, layout.WHOLE)
        return [
            [
                self._in_tier(leg, number)
                if tiers_of[leg.commodity]
                else (whole if number == 1 else nothing)
                for leg in spread.legs
            ]
            for number in sorted(numbers)
        ]

    def _crush_steps(self, spread: InterSpread) -> list[list[Span]]:
        places = [self._places[leg.commodity] for leg in spread.legs]
        is_soybeans = [_is_soybeans(self._commodities[place]) for place in places]
        months = self._months
        texts = {
            text
            for place in places
            for text in months.texts[months.firsts[place] : months.ends[place]]
        }
        steps = []
        for text in sorted(texts):
            partners: tuple[str, ...] = (text,)
            if text[4:] == NOVEMBER and any(is_soybeans):
                partners = tuple(text[:4] + month for month in NOVEMBER_PARTNERS)
            for partner in partners:
                slots = [
                    months.slot(place, text if is_own else partner)
                    for place, is_own in zip(places, is_soybeans, strict=True)
                ]
                found = [slot for slot in slots if slot is not None]
                if len(found) == len(slots):
                    steps.append([self._ranges.place(((slot, slot + 1),)) for slot in found])
        return steps


def _is_soybeans(commodity: CombinedCommodity) -> bool:
    return commodity.code == "S" and any(key.startswith("CBT/") for key in commodity.families)


def records(lines: Sequence[tuple[int, ...]], dtype: np.dtype[np.void]) -> NDArray[Any]:
    """Return lines as a read-only record array."""
    table = np.array(lines, dtype=dtype)
    table.flags.writeable = False
    return table
