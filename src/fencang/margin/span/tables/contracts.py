"""Rows of contracts as the kernels read them, and what combinations stand for (P2, D1, D2, R3)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractTable,
    ContractType,
    SpanParameters,
)
from fencang.margin.span.tables import layout
from fencang.margin.span.tables.months import MonthSlots

__all__ = ["contract_rows", "delta_legs", "leg_months", "option_values", "replaced_rows"]

Ints = NDArray[np.int64]

DELTA_SPLIT = "D"
"""Combination method of commodities whose combinations keep their arrays (P2)."""
SAFE = 1 << 62
RANGE_MONEY_MAX = 1 << 60
E5, E10, E12 = 100_000, 10**10, 10**12


def replaced_rows(parameters: SpanParameters) -> frozenset[int]:
    """Return the combinations that positions are not held in: their legs are (P2)."""
    table = parameters.contracts
    found = set()
    for row, legs in parameters.combinations.items():
        family = parameters.families[table.family[row]]
        commodity = parameters.commodities[table.commodity[row]]
        if (
            legs
            and family.kind is ContractType.COMBINATION
            and not family.is_positionable
            and commodity.combination_method != DELTA_SPLIT
        ):
            found.add(row)
    return frozenset(found)


def delta_legs(parameters: SpanParameters) -> dict[int, tuple[CombinationLeg, ...]]:
    """Return the rows whose delta is spread over legs, and those legs (D2)."""
    table, families = parameters.contracts, parameters.families
    found: dict[int, tuple[CombinationLeg, ...]] = {}
    by_period: dict[tuple[int, str], tuple[CombinationLeg, ...]] = {}
    for row in sorted(parameters.combinations):
        if families[table.family[row]].kind is ContractType.COMBINATION:
            legs = parameters.combinations[row]
            period = table.periods[table.period[row]]
            by_period.setdefault((int(table.commodity[row]), period), legs)
            found[row] = legs
    options = np.array(
        [family.kind is ContractType.OPTION_ON_COMBINATION for family in families], dtype=np.bool_
    )
    chosen = np.flatnonzero(options[table.family])
    periods = table.underlying_period[chosen].tolist()
    for row, commodity, period in zip(
        chosen.tolist(), table.commodity[chosen].tolist(), periods, strict=True
    ):
        own = parameters.combinations.get(row, ())
        found[row] = own or by_period.get((commodity, table.periods[period]), ())
    return {row: legs for row, legs in found.items() if legs}


def option_values(prices: Ints, factors: Ints) -> tuple[Ints, Ints]:
    """Return the value of one lot as (micros, rest of 10^10), exact.

    Args:
        prices: nanos, or ``NO_PRICE`` (worth nothing).
        factors: value factors in 1e-7 of the currency.

    Raises:
        ValueError: a value beyond what 63 bits hold.
    """
    prices = np.where(prices == ContractTable.NO_PRICE, 0, prices)
    price_high, price_low = prices // E5, prices % E5
    factor_high, factor_low = factors // E5, factors % E5
    limit = SAFE // np.maximum(np.abs(factor_high), 1)
    beyond = np.flatnonzero(
        (np.abs(price_high) > np.minimum(limit, SAFE // E5)) | (np.abs(factor_high) > SAFE // E5)
    )
    if len(beyond):
        place = int(beyond[0])
        raise ValueError(
            f"an option at {prices[place]} nanos with a value factor of {factors[place]} is worth "
            f"more than 2^62 micros a lot"
        )
    middle = price_high * factor_low + price_low * factor_high
    low = (middle % E5) * E5 + price_low * factor_low
    return price_high * factor_high + middle // E5 + low // E10, low % E10


def _ranges_hundredths(parameters: SpanParameters, units: Ints) -> Ints:
    """Return the price scan range per delta, in hundredths, for commodities that use it (S7)."""
    table = parameters.contracts
    limited = np.array([com.price_risk_method != 1 for com in parameters.commodities], np.bool_)
    used = np.flatnonzero(limited[table.commodity] & (table.delta_scaling_e4 > 0))
    found = np.full(len(table), layout.NO_RANGE, dtype=np.int64)
    ranges, unit = table.price_scan_range[used], units[table.commodity[used]]
    scaling = table.delta_scaling_e4[used].astype(np.int64)
    beyond = used[np.abs(ranges) > RANGE_MONEY_MAX // unit]
    if len(beyond):
        raise MarginRefused(
            f"{key_of(parameters, row)}: a price scan range of {table.price_scan_range[row]:,} "
            "risk units cannot be counted with"
            for row in beyond[:100].tolist()
        )
    size = np.abs(ranges) * unit
    found[used] = np.sign(ranges) * ((2 * size + scaling) // (2 * scaling))
    return found


def _combination_legs(
    parameters: SpanParameters,
    months: MonthSlots,
    legs_of: dict[int, tuple[CombinationLeg, ...]],
    rows: NDArray[Any],
) -> list[tuple[int, int, int]]:
    table = parameters.contracts
    found: list[tuple[int, int, int]] = []
    legs_at: dict[tuple[int, int], tuple[int, int]] = {}
    rows_of = np.fromiter(legs_of, dtype=np.int64, count=len(legs_of))
    kinds = np.array([family.kind.is_option for family in parameters.families], dtype=np.bool_)
    families = table.family[rows_of]
    times_of = np.where(kinds[families], table.delta_e4[rows_of], 10_000).tolist()
    firsts, ends = [], []
    for (_, legs), commodity, times in zip(
        legs_of.items(), table.commodity[rows_of].tolist(), times_of, strict=True
    ):
        firsts.append(len(found))
        for leg in legs:
            key = (commodity, leg.contract)
            if key not in legs_at:
                month = months.slot(commodity, table.periods[table.underlying_period[leg.contract]])
                assert month is not None
                delta = int(table.delta_e4[leg.contract])
                legs_at[key] = month, delta * int(table.delta_scaling_e4[leg.contract])
            month, delta = legs_at[key]
            found.append((month, *divmod(leg.ratio_e4 * delta * times, E12)))
        ends.append(len(found))
    rows["first_leg"][rows_of], rows["end_leg"][rows_of] = firsts, ends
    return found


def leg_months(
    parameters: SpanParameters, legs_of: dict[int, tuple[CombinationLeg, ...]]
) -> set[tuple[int, int]]:
    """Return commodity and period row of every month that takes a share of a delta (D2)."""
    table = parameters.contracts
    rows = np.fromiter(legs_of, dtype=np.int64, count=len(legs_of))
    pairs = zip(table.commodity[rows].tolist(), legs_of.values(), strict=True)
    legs = {(commodity, leg.contract) for commodity, legs in pairs for leg in legs}
    return {(commodity, int(table.underlying_period[row])) for commodity, row in legs}


def contract_rows(
    parameters: SpanParameters,
    months: MonthSlots,
    tier_of_slot: Ints,
    minimum_of_slot: Ints,
    minimum_rate_of_slot: Ints,
    legs_of: dict[int, tuple[CombinationLeg, ...]],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the rows of all contracts and the legs over which some spread their delta."""
    table = parameters.contracts
    rows = np.zeros(len(table), dtype=layout.ROW)
    units = np.array([com.risk_unit_micros for com in parameters.commodities], dtype=np.int64)
    slots = months.slots(table.commodity, table.underlying_period)
    is_option = table.right != 0
    rows["commodity"] = table.commodity
    rows["month"] = slots
    rows["tier"] = tier_of_slot[slots]
    rows["minimum"] = np.where(is_option, minimum_of_slot[slots], -1)
    rows["row"] = np.arange(len(table))
    rows["right"] = table.right
    scaling = table.delta_scaling_e4.astype(np.int64)
    rows["minimum_each"] = np.where(is_option, minimum_rate_of_slot[slots] * scaling, 0)
    rows["delta_scaled"] = table.delta_e4.astype(np.int64) * scaling
    styles = np.array([family.is_futures_style for family in parameters.families], np.bool_)
    others = np.array([com.is_futures_style for com in parameters.commodities], np.bool_)
    valued = is_option & ~styles[table.family] & ~others[table.commodity]
    unpriced = table.price_nanos == ContractTable.NO_PRICE
    rows["option"] = np.where(
        valued, np.where(unpriced, layout.OPTION_UNPRICED, layout.OPTION_VALUED), 0
    )
    prices = np.where(valued, table.price_nanos, 0)
    rows["value_whole"], rows["value_rest"] = option_values(prices, table.value_factor_e7)
    rows["range_hundredths"] = _ranges_hundredths(parameters, units)
    legs = _combination_legs(parameters, months, legs_of, rows)
    return rows, np.array(legs, dtype=layout.COMBINATION_LEG)
