"""A parameter set made ready for the kernels: dense tables, once per file.

Holds the set it was made of; knows no portfolio.  Law: what it was made of is not changed, so any
number of threads may calculate with it at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import gcd
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.kernels.signatures import Ints, Tables, Work
from fencang.margin.span.keys import row_of
from fencang.margin.span.parameters import (
    CombinedCommodity,
    ShortOptionMethod,
    SpanParameters,
)
from fencang.margin.span.tables import layout
from fencang.margin.span.tables.bounds import lots_bounds
from fencang.margin.span.tables.contracts import (
    contract_rows,
    delta_legs,
    leg_months,
    replaced_rows,
)
from fencang.margin.span.tables.months import MonthSlots, Ranges, month_slots
from fencang.margin.span.tables.spreads import (
    CalendarTables,
    InterTables,
    inter_faults,
    merges,
    records,
    spread_order,
)
from fencang.refdata.account import AccountType

__all__ = ["ACCOUNT_PLACES", "CompiledSpan", "Reach", "compile_span"]

ACCOUNT_PLACES = {AccountType.MEMBER: 0, AccountType.HEDGER: 1, AccountType.SPECULATOR: 2}
"""Places of the factors in a file's triples."""
FACTORS_MAX = 1 << 62


class Reach(NamedTuple):
    """What must be redone when positions change; see ``kernels.account.recompute``."""

    refilled: Ints
    joined: Ints
    kept: Ints
    listed: Ints
    supers: Ints
    inters: Ints


class CompiledSpan:
    """One set, ready to calculate with."""

    __slots__ = (
        "_reaches",
        "components",
        "currencies",
        "delta_scaled_max",
        "every",
        "inters",
        "lots_max",
        "parameters",
        "replaced",
        "super_components",
        "supers",
        "tables",
        "tier_count",
    )

    def __init__(
        self,
        parameters: SpanParameters,
        tables: Tables,
        *,
        currencies: tuple[str, ...],
        replaced: frozenset[int],
        lots_max: Ints,
        tier_count: int,
    ) -> None:
        self.parameters = parameters
        self.tables = tables
        self.currencies = currencies
        """By code; a commodity's currency is a place here."""
        self.replaced = replaced
        """Rows of combinations whose legs are held instead (P2)."""
        self.lots_max = lots_max
        """Lots of each commodity that can be counted."""
        self.delta_scaled_max = np.zeros(len(parameters.commodities), dtype=np.int64)
        """Largest composite delta × scaling of each commodity, which ``lots_max`` allows for."""
        np.maximum.at(
            self.delta_scaled_max, tables.rows["commodity"], np.abs(tables.rows["delta_scaled"])
        )
        self.tier_count = tier_count
        self.every = np.arange(len(parameters.commodities))
        self.supers = np.array(spread_order(parameters, is_super=True), dtype=np.int64)
        self.inters = np.array(spread_order(parameters, is_super=False), dtype=np.int64)
        """Spreads in order of forming (X1)."""
        self.super_components = _components(tables, self.supers)
        self.components = _components(tables, np.concatenate((self.supers, self.inters)))
        """Commodities that spreads connect have the same number."""
        self._reaches: dict[int, Reach] = {}

    def row_of(self, key: str) -> int | None:
        """Return the row that a contract's key names; see ``keys.row_of``."""
        return row_of(self.parameters, key)

    def reach(self, commodities: Sequence[int]) -> Reach:
        """Return what must be redone when positions in these commodities change.

        That is: them from their positions on, what super spreads connect with them from those on,
        and from the inter-commodity spreads on all that any spread connects with them.
        """
        if len(commodities) != 1:
            return self._found_reach(commodities)
        place = commodities[0]
        found = self._reaches.get(place)
        if found is None:
            found = self._reaches[place] = self._found_reach(commodities)
        return found

    def _found_reach(self, commodities: Sequence[int]) -> Reach:
        changed = np.array(commodities, dtype=np.int64)
        supers, components = self.super_components, self.components
        joined = np.isin(supers, supers[changed])
        listed = np.isin(components, components[changed])
        return Reach(
            changed,
            np.setdiff1d(np.flatnonzero(joined), changed),
            np.flatnonzero(listed & ~joined),
            np.flatnonzero(listed),
            self.supers[joined[self._owners_of(self.supers)]],
            self.inters[listed[self._owners_of(self.inters)]],
        )

    def _owners_of(self, spreads: Ints) -> Ints:
        """Return one of the commodities that each spread connects."""
        first_legs = self.tables.inters["first_leg"][spreads]
        owners: Ints = self.tables.inter_legs["commodity"][first_legs]
        return owners

    def new_work(self) -> Work:
        """Return an empty account."""
        t = self.tables
        minima = int(t.commodities["end_minimum"].max()) if len(t.commodities) else 0
        commodities = np.zeros(len(t.commodities), dtype=layout.COMMODITY_STATE)
        commodities["unit"] = t.commodities["unit"]  # of targets without position too (X8)
        return Work(
            commodities,
            np.zeros(len(t.month_tiers), dtype=layout.MONTH_STATE),
            np.zeros(self.tier_count, dtype=layout.TIER_STATE),
            np.zeros(minima, dtype=layout.MINIMUM_STATE),
            np.zeros((self.tier_count, t.values.shape[1]), dtype=np.int64),
        )


def compile_span(parameters: SpanParameters) -> CompiledSpan:
    """Return a set ready to calculate with.

    Raises:
        MarginRefused: what is wrong with the file's spreads and factors, every fault of it.
    """
    faults = inter_faults(parameters)
    if faults:
        raise MarginRefused(faults)
    spread_legs = delta_legs(parameters)
    months = month_slots(parameters, leg_months(parameters, spread_legs), merges(parameters))
    making = _Commodities(parameters, months)
    tables = making.tables(spread_legs)
    lots_max = lots_bounds(parameters, tables.rows, tables.combination_legs, making.charges)
    return CompiledSpan(
        parameters,
        tables,
        currencies=making.currencies,
        replaced=replaced_rows(parameters),
        lots_max=lots_max,
        tier_count=making.tier_count,
    )


class _Commodities:
    """Tables of the combined commodities in the making."""

    def __init__(self, parameters: SpanParameters, months: MonthSlots) -> None:
        self.parameters, self.months, self.ranges = parameters, months, Ranges()
        self.currencies = tuple(sorted({terms.currency for terms in parameters.commodities}))
        self.calendars = CalendarTables(months, self.ranges)
        self.deliveries: list[tuple[int, ...]] = []
        self.lines: list[tuple[int, ...]] = []
        self.charges: dict[int, tuple[int, int]] = {}
        self.tier_slots: list[dict[int, int]] = []
        self.tier_of_slot: list[int] = []
        self.minimum_of_slot: list[int] = []
        self.minimum_rate_of_slot: list[int] = []
        self.tier_count = self.minimum_count = 0
        faults = []
        for place, terms in enumerate(parameters.commodities):
            if terms.risk_unit_micros <= 0 or terms.rounding_micros <= 0:
                faults.append(f"{terms.code}: risk unit and rounding must be above 0")
                continue
            self._add(place, terms)
        self.factors, factor_faults = _factors(parameters)
        faults += self.calendars.faults + factor_faults
        if faults:
            raise MarginRefused(faults)

    def _add(self, place: int, terms: CombinedCommodity) -> None:
        first_tier, first_minimum = self.tier_count, self.minimum_count
        first_calendar, first_delivery = len(self.calendars.calendars), len(self.deliveries)
        self._add_tiers(place, terms)
        needs_both = self.calendars.add(place, terms)
        self._add_deliveries(place, terms)
        divisor = 10_000 * terms.rounding_micros
        common = gcd(terms.risk_unit_micros, divisor)
        charge = (terms.risk_unit_micros // common, divisor // common)
        self.charges[place] = charge
        first, end = self.months.firsts[place], self.months.ends[place]
        whole, _ = self.ranges.place([(first, end)])
        capped = self.parameters.header.caps_option_value or terms.caps_option_value
        self.lines.append(
            (
                first,
                end,
                first_tier,
                self.tier_count,
                first_minimum,
                self.minimum_count,
                first_calendar,
                len(self.calendars.calendars),
                first_delivery,
                len(self.deliveries),
                whole,
                int(needs_both),
                terms.risk_unit_micros,
                terms.rounding_micros,
                *charge,
                int(terms.price_risk_method),
                int(terms.som_method is ShortOptionMethod.MAX),
                int(capped),
                self.currencies.index(terms.currency),
            )
        )

    def _add_tiers(self, place: int, terms: CombinedCommodity) -> None:
        """Number 0 stands for what no tier holds (S1, M1)."""
        scan = self.months.tier_numbers(place, terms.scan_tiers)
        slots = _slots(self.tier_count, [tier.number for tier in terms.scan_tiers])
        self.tier_slots.append(slots)
        self.tier_of_slot += [slots[number] for number, _ in scan]
        self.tier_count += len(slots)
        minimum = self.months.tier_numbers(place, terms.som_tiers)
        slots = _slots(self.minimum_count, [tier.number for tier in terms.som_tiers])
        self.minimum_of_slot += [slots[number] for number, _ in minimum]
        self.minimum_rate_of_slot += [
            terms.som_rate if tier < 0 else terms.som_tiers[tier].som_rate for _, tier in minimum
        ]
        self.minimum_count += len(slots)

    def _add_deliveries(self, place: int, terms: CombinedCommodity) -> None:
        sides = {"both": 0, "long": 1, "short": -1}
        for entry in terms.delivery_months:
            assert entry.side in sides, entry.side
            slot = self.months.slot(place, entry.period)
            if slot is not None:
                self.deliveries.append(
                    (slot, entry.rate_consumed, entry.rate_remaining, sides[entry.side])
                )

    def tables(self, spread_legs: Mapping[int, Any]) -> Tables:
        """Return everything as the kernels read it."""
        inter = InterTables(self.parameters, self.months, self.ranges, self.tier_slots)
        rows, legs = contract_rows(
            self.parameters,
            self.months,
            _ints(self.tier_of_slot),
            _ints(self.minimum_of_slot),
            _ints(self.minimum_rate_of_slot),
            dict(spread_legs),
        )
        for table in (rows, legs):
            table.flags.writeable = False
        points = self.parameters.scan_points
        return Tables(
            rows=rows,
            values=self.parameters.contracts.values,
            combination_legs=legs,
            pairs=_ints(point.paired_number - 1 for point in points),
            commodities=records(self.lines, layout.COMMODITY),
            month_tiers=_ints(self.tier_of_slot),
            factors=self.factors,
            ranges=records(self.ranges.spans, layout.RANGE),
            calendars=records(self.calendars.calendars, layout.CALENDAR),
            intra_legs=records(self.calendars.legs, layout.INTRA_LEG),
            deliveries=records(self.deliveries, layout.DELIVERY),
            inters=records(inter.inters, layout.INTER),
            inter_legs=records(inter.legs, layout.INTER_LEG),
            steps=records(inter.steps, layout.RANGE),
            joins=_ints(inter.joins),
        )


def _slots(first: int, numbers: Sequence[int]) -> dict[int, int]:
    return {number: first + place for place, number in enumerate(sorted({0, *numbers}))}


def _ints(numbers: Iterable[int]) -> NDArray[np.int64]:
    column = np.array(list(numbers), dtype=np.int64)
    column.flags.writeable = False
    return column


def _factors(parameters: SpanParameters) -> tuple[NDArray[np.int64], list[str]]:
    """Return numerators and denominators of requirements in multiples of the rounding (R2)."""
    found = np.zeros((len(parameters.commodities), 3, 4), dtype=np.int64)
    faults = []
    for place, terms in enumerate(parameters.commodities):
        divisor = 1_000_000 * terms.rounding_micros
        for account in range(3):
            for column, ppm in (
                (0, terms.adjustment_ppm[account]),
                (2, terms.initial_ratio_ppm[account]),
            ):
                common = gcd(ppm, divisor) if ppm > 0 else 1
                numerator, denominator = ppm // common, divisor // common
                if not 0 <= ppm <= 100_000_000 or numerator * denominator >= FACTORS_MAX:
                    faults.append(
                        f"{terms.code}: a factor of {ppm} ppm at a rounding of "
                        f"{terms.rounding_micros} micros cannot be counted with"
                    )
                    continue
                found[place, account, column : column + 2] = numerator, denominator
    found.flags.writeable = False
    return found, faults


def _components(tables: Tables, spreads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each commodity the lowest one that spreads connect it with."""
    found = list(range(len(tables.commodities)))

    def root(place: int) -> int:
        while found[place] != place:
            found[place] = found[found[place]]
            place = found[place]
        return place

    firsts, ends = tables.inters["first_leg"].tolist(), tables.inters["end_leg"].tolist()
    targets, legs = tables.inters["target"].tolist(), tables.inter_legs["commodity"].tolist()
    for spread in spreads.tolist():
        connected = legs[firsts[spread] : ends[spread]]
        if targets[spread] >= 0:
            connected = [*connected, targets[spread]]
        roots = sorted({root(place) for place in connected})
        for other in roots[1:]:
            found[other] = roots[0]
    return np.array([root(place) for place in range(len(found))], dtype=np.int64)
