"""From vectors and original deltas to scan, time, volatility and price risk (S2-S7)."""

from numba import types

from fencang.margin.span.kernels.arithmetic import half_away
from fencang.margin.span.kernels.signatures import (
    INT,
    INTS,
    QUADRUPLE,
    TABLES,
    WORK,
    Ints,
    Tables,
    Work,
    kernel,
)
from fencang.margin.span.tables import layout

__all__ = ["assess", "assess_commodity", "assess_merged", "nearest_range", "weigh"]


@kernel(QUADRUPLE(WORK, INTS, INT, INT, INT))
def assess(w: Work, pairs: Ints, tier: int, unit: int, rounding: int) -> tuple[int, int, int, int]:
    """Return scan risk, active scenario, time risk and volatility risk of a vector (S2-S4)."""
    vector = w.vectors[tier]
    active = 0
    for s in range(1, len(vector)):
        if vector[s] > vector[active]:
            active = s
    first, second = vector[0] * unit, vector[pairs[0]] * unit
    worst, paired = vector[active] * unit, vector[pairs[active]] * unit
    time = half_away(first + second, 2 * rounding) * rounding
    if worst < 0:
        return 0, active + 1, time, half_away(first - second, 2 * rounding) * rounding
    return worst, active + 1, time, half_away(worst - paired, 2 * rounding) * rounding


@kernel(INT(INT, INT, INT, INT))
def weigh(price: int, net_delta: int, method: int, range_hundredths: int) -> int:
    """Return the weighted futures price risk in hundredths per delta (S7)."""
    normal = 0
    if price > 0 and net_delta != 0:
        # × 10,000 for e4 and / 10,000 for hundredths cancel out.
        normal = half_away(price, abs(net_delta))
    if method == 1 or range_hundredths == layout.NO_RANGE:
        return normal
    return min(normal, range_hundredths) if method == 2 else range_hundredths


@kernel(INT(TABLES, WORK, INT))
def nearest_range(t: Tables, w: Work, c: int) -> int:
    """Return the price scan range per delta of the nearest month in position (S7).

    The months of lower slots are nearer; among contracts of one month the lowest row counts.
    """
    com = t.commodities[c]
    found = -1
    for k in range(com.first_tier, com.end_tier):
        tier = w.tiers[k]
        if tier.count == 0:
            continue
        if found >= 0:
            held = w.tiers[found]
            if tier.nearest_month > held.nearest_month:
                continue
            if tier.nearest_month == held.nearest_month and tier.nearest_row > held.nearest_row:
                continue
        found = k
    return w.tiers[found].range_hundredths if found >= 0 else layout.NO_RANGE


@kernel(types.void(TABLES, WORK, INT))
def assess_commodity(t: Tables, w: Work, c: int) -> None:
    """Find scan, time, volatility and price risk from vectors and original deltas (S2-S7)."""
    com, state = t.commodities[c], w.commodities[c]
    state.unit = com.unit
    if state.count == 0:
        return
    for m in range(com.first_month, com.end_month):
        month = w.months[m]
        month.remaining = month.original
        w.tiers[t.month_tiers[m]].delta += month.original
        state.net_delta += month.original
    state.remaining = state.net_delta
    found, active = 0, 0
    for k in range(com.first_tier, com.end_tier):
        tier = w.tiers[k]
        if tier.count == 0:
            continue
        scan, active, time, volatility = assess(w, t.pairs, k, com.unit, com.rounding)
        price = scan - time - volatility
        tier.weighted = weigh(price, tier.delta, com.price_risk_method, tier.range_hundredths)
        state.scan += scan
        state.time += time
        state.volatility += volatility
        found += 1
    state.active = active if found == 1 else 0
    state.price = state.scan - state.time - state.volatility
    limit = nearest_range(t, w, c)
    state.weighted = weigh(state.price, state.net_delta, com.price_risk_method, limit)


@kernel(types.void(TABLES, WORK, INT))
def assess_merged(t: Tables, w: Work, c: int) -> None:
    """Find the risk of a target from its merged vector and original deltas (S2-S7, X8)."""
    com, state = t.commodities[c], w.commodities[c]
    scan, active, time, volatility = assess(w, t.pairs, com.first_tier, state.unit, com.rounding)
    state.scan, state.active, state.time, state.volatility = scan, active, time, volatility
    state.price = scan - time - volatility
    state.net_delta = 0
    for m in range(com.first_month, com.end_month):
        state.net_delta += w.months[m].original
    limit = nearest_range(t, w, c)
    state.weighted = weigh(state.price, state.net_delta, com.price_risk_method, limit)
