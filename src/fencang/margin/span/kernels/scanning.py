"""Scanning spreads: vectors and deltas of legs move into a target (X8)."""

from numba import types

from fencang.margin.span.kernels.arithmetic import divisor, share
from fencang.margin.span.kernels.deltas import log_leg, log_spread
from fencang.margin.span.kernels.risk import assess_merged, nearest_range, weigh
from fencang.margin.span.kernels.signatures import (
    E4,
    INT,
    LOG,
    PPM,
    TABLES,
    WORK,
    Log,
    Tables,
    Work,
    kernel,
)

__all__ = ["form_scanning", "join_deltas", "join_vector", "scanning_unit"]


@kernel(types.void(TABLES, WORK, INT, INT, INT, INT))
def join_vector(t: Tables, w: Work, c: int, target: int, unit: int, rate: int) -> None:
    """Move a commodity's vectors into the first of the target's, gains × rate (X8)."""
    com, first = t.commodities[c], t.commodities[target].first_tier
    times = w.commodities[c].unit // unit
    for s in range(w.vectors.shape[1]):
        loss = 0
        for k in range(com.first_tier, com.end_tier):
            loss += w.vectors[k, s] * times
            w.vectors[k, s] = 0
        w.vectors[first, s] += loss if loss >= 0 else share(loss, rate, PPM)


@kernel(INT(TABLES, WORK, INT))
def scanning_unit(t: Tables, w: Work, x: int) -> int:
    """Return the common unit of a scanning spread, 0 where it does not form (X8)."""
    spread = t.inters[x]
    target = spread.target
    if spread.target_required and not w.commodities[target].present:
        return 0
    unit, count = w.commodities[target].unit, 0
    for j in range(spread.first_leg, spread.end_leg):
        leg = t.inter_legs[j]
        if leg.commodity == target:
            continue
        if w.commodities[leg.commodity].present:
            unit = divisor(unit, w.commodities[leg.commodity].unit)
            count += 1
        elif leg.required:
            return 0
    return unit if count > 0 and count >= spread.legs_min else 0


@kernel(types.void(TABLES, WORK, INT, INT, INT))
def join_deltas(t: Tables, w: Work, j: int, target_ratio: int, target: int) -> None:
    """Move the month deltas of a leg into the target's months and leave nothing behind (X8)."""
    leg = t.inter_legs[j]
    com, state, into = t.commodities[leg.commodity], w.commodities[leg.commodity], 0
    for m in range(com.first_month, com.end_month):
        month = w.months[m]
        if month.original != 0 or month.remaining != 0:
            into = t.joins[leg.first_join + m - com.first_month]
            joined = share(month.remaining, leg.ratio, target_ratio)
            w.months[into].original += share(month.original, leg.ratio, target_ratio)
            w.months[into].remaining += joined
            w.commodities[target].remaining += joined
        month.original = 0
        month.remaining = 0
    state.present = 0
    state.merged = 2
    state.scan = state.active = state.time = state.volatility = 0
    state.price = state.net_delta = state.remaining = 0
    state.weighted = weigh(0, 0, com.price_risk_method, nearest_range(t, w, leg.commodity))


@kernel(types.void(TABLES, WORK, INT, LOG))
def form_scanning(t: Tables, w: Work, x: int, log: Log) -> None:
    """Merge the vectors and deltas of present legs into the target (X8)."""
    spread = t.inters[x]
    unit = scanning_unit(t, w, x)
    if unit == 0:
        return
    target = spread.target
    state = w.commodities[target]
    legs = 1
    for j in range(spread.first_leg, spread.end_leg):
        c = t.inter_legs[j].commodity
        legs += c != target and w.commodities[c].present
    place = log_spread(log, 0 if spread.is_super else 3, x, E4, legs)
    if place >= 0:
        log_leg(log, place, target, 0, 0, 0, 0)
    join_vector(t, w, target, target, unit, spread.rate)
    for j in range(spread.first_leg, spread.end_leg):
        leg = t.inter_legs[j]
        c = leg.commodity
        if c == target or not w.commodities[c].present:
            continue
        place += place >= 0
        if place >= 0:
            log_leg(log, place, c, w.commodities[c].remaining, 0, 0, 0)
        join_vector(t, w, c, target, unit, spread.rate)
        join_deltas(t, w, j, spread.target_ratio, target)
    state.present = 1
    state.merged = 1
    state.unit = unit
    assess_merged(t, w, target)
