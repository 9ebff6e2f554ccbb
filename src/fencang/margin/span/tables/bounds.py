"""How many lots the kernels can count without leaving int64, per combined commodity and account.

Every bound is linear in lots, so one number per commodity says it: ``lots_max``.  An account may
use each bound to the share it holds of it, all shares together at most one; then sums over
commodities, merged vectors and totals stay within the same bounds.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import CombinedCommodity, InterMethod, SpanParameters
from fencang.margin.span.tables.spreads import spread_order

__all__ = ["WHOLE_WEIGHT", "check_lots", "lots_bounds"]

Ints = NDArray[np.int64]

MONEY_MICROS_MAX = 1 << 59
"""Scan risk, charges, minimum and option value, each; over five hundred billion of a currency."""
DELTA_E4_MAX = 1 << 47
SUM_MAX = 1 << 61
LOTS_MAX = 400_000_000
COMBINATION_LOTS_MAX = 4_000_000
"""Lots × rest of 10^12 must stay below 2^62 (D2); of 10^10 allows ``LOTS_MAX`` (R3)."""
WHOLE_WEIGHT = 1 << 40
"""An account's whole room; a lot takes ``WHOLE_WEIGHT`` / ``lots_max`` of it."""


def lots_bounds(
    parameters: SpanParameters,
    rows: NDArray[Any],
    legs: NDArray[Any],
    factors: dict[int, tuple[int, int]],
) -> Ints:
    """Return ``lots_max`` per commodity.

    Args:
        parameters: the set.
        rows: rows of its contracts.
        legs: legs over which some contracts spread their delta.
        factors: ``charge_numerator`` and ``charge_denominator`` per commodity.
    """
    values = parameters.contracts.values
    extremes = np.maximum(values.max(axis=1), -values.min(axis=1)) if len(values) else values[:, 0]
    columns = (extremes, rows["delta_scaled"], rows["minimum_each"], rows["value_whole"])
    largest = [_largest(rows["commodity"], column, parameters) for column in columns]
    spreading = set(rows["commodity"][rows["end_leg"] > rows["first_leg"]].tolist())
    leg_delta = int(np.abs(legs["whole"]).max()) + 1 if len(legs) else 0
    growth = _delta_growth(parameters)
    found = np.zeros(len(parameters.commodities), dtype=np.int64)
    for place, terms in enumerate(parameters.commodities):
        value, delta, minimum, premium = (column[place] for column in largest)
        numerator = factors[place][0]
        each = delta // 10_000 + 2
        lots_max = LOTS_MAX
        if place in spreading:
            each, lots_max = max(each, leg_delta), COMBINATION_LOTS_MAX
        each *= growth
        rate, passes = _rate_per_delta(terms)
        found[place] = min(
            lots_max,
            MONEY_MICROS_MAX // max(1, value * terms.risk_unit_micros),
            MONEY_MICROS_MAX // (premium + 1),
            SUM_MAX // max(1, minimum * numerator),
            DELTA_E4_MAX // each,
            max(0, SUM_MAX // max(1, rate * numerator) - passes) // each,
        )
    return found


def _largest(owners: Ints, column: Ints, parameters: SpanParameters) -> list[int]:
    """Return the largest size of a column in each commodity."""
    found = np.zeros(len(parameters.commodities), dtype=np.int64)
    np.maximum.at(found, owners, np.abs(column))
    return [int(value) for value in found]


def _rate_per_delta(terms: CombinedCommodity) -> tuple[int, int]:
    """Return the most that an e4 of delta adds to charges (risk units e4), and e4 of rounding."""
    calendars = [
        -(-spread.rate * 10_000 // max(leg.ratio_e4 for leg in spread.legs))
        for spread in (*terms.series_spreads, *terms.tier_spreads)
        if spread.legs
    ]
    delivery = sum(
        2 * (abs(x.rate_consumed) + abs(x.rate_remaining)) for x in terms.delivery_months
    )
    return max(calendars, default=0) + delivery, 16 * len(calendars)


def _delta_growth(parameters: SpanParameters) -> int:
    """Return how many times over scanning spreads can count a delta (ratios above the target's)."""
    growth = dict.fromkeys((terms.code for terms in parameters.commodities), 1)
    for is_super in (True, False):
        for index in spread_order(parameters, is_super=is_super):
            spread = parameters.inter_spreads[index]
            if spread.method is not InterMethod.SCANNING or spread.target is None:
                continue
            ratio = spread.target.ratio_e4
            most = max(growth[leg.commodity] * -(-leg.ratio_e4 // ratio) for leg in spread.legs)
            code = spread.target.commodity
            growth[code] = max(growth[code], most)
    return max(growth.values(), default=1)


def check_lots(
    parameters: SpanParameters,
    lots_max: Ints,
    offsets: Ints,
    rows: Ints,
    long: Ints,
    short: Ints,
) -> None:
    """Refuse lots below zero and beyond the bounds of the kernels.

    Args:
        parameters: the set.
        lots_max: bound per commodity.
        offsets: where each account's positions begin, then the total length.
        rows: contracts, inside the set.
        long: lots, as int64.
        short: lots, as int64.

    Raises:
        MarginRefused: naming every contract whose lots are refused, with the bound.
    """
    if not len(rows):
        return
    bounds = lots_max[parameters.contracts.commodity[rows]]
    held = np.maximum(long, short)
    beyond = np.flatnonzero((long < 0) | (short < 0) | (held > bounds) | (long + short > bounds))
    if len(beyond):
        raise MarginRefused(
            f"{key_of(parameters, int(rows[i]))}: {long[i]:,} long and {short[i]:,} short lots; "
            f"0 to {bounds[i]:,} can be held"
            for i in beyond[:100].tolist()
        )
    weights = (long + short) * (WHOLE_WEIGHT // np.maximum(bounds, 1))
    sums = np.concatenate(([0], np.cumsum(weights)))
    whole = sums[offsets[1:]] - sums[offsets[:-1]]
    for account in np.flatnonzero(whole > WHOLE_WEIGHT).tolist():
        place = int(offsets[account] + np.argmax(weights[offsets[account] : offsets[account + 1]]))
        raise _refused_together(parameters, account, rows[place], long[place], short[place])


def _refused_together(
    parameters: SpanParameters, account: int, row: int, long: int, short: int
) -> MarginRefused:
    held = f"{long:,} long and {short:,} short lots of {key_of(parameters, int(row))}"
    together = "its positions together are more than can be counted"
    return MarginRefused([f"account {account}: {together}, most of it {held}"])
