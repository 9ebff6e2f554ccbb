"""Inter-commodity spreads by deltas: credits between combined commodities (X2-X7, X9)."""

from numba import types

from fencang.margin.span.kernels.arithmetic import (
    half_away,
    per_risk,
    per_spread,
    share,
    to_unit,
)
from fencang.margin.span.kernels.deltas import log_leg, log_spread, net_of, take
from fencang.margin.span.kernels.signatures import (
    CREDIT_MAX,
    E4,
    E10,
    INT,
    LOG,
    PAIR,
    PPM,
    TABLES,
    WORK,
    Log,
    Tables,
    Work,
    kernel,
)
from fencang.margin.span.tables import layout

__all__ = ["add_credit", "credit_leg", "form_deltas", "form_inter", "possible", "possible_in_step"]

TIERED, CRUSH, OWN_RISK = 2, 3, 20
"""Values of ``InterMethod``."""


@kernel(types.void(WORK, INT, INT, INT))
def add_credit(w: Work, c: int, micros: int, rest: int) -> None:
    """Add an exact credit of micros + rest / 10^10."""
    state = w.commodities[c]
    state.credit_rest += rest
    if state.credit_rest >= E10:
        state.credit_rest -= E10
        state.credit += 1
    state.credit = min(state.credit + micros, CREDIT_MAX)


@kernel(PAIR(TABLES, WORK, INT, INT, INT))
def credit_leg(t: Tables, w: Work, x: int, j: int, n: int) -> tuple[int, int]:
    """Credit the commodity of a leg (X4, X9); return risk and rate that it was formed with."""
    spread, leg = t.inters[x], t.inter_legs[j]
    c = leg.commodity
    com, state = t.commodities[c], w.commodities[c]
    weighted = state.weighted
    if spread.is_flat:
        micros, rest = per_spread(n, leg.rate)
        if spread.method != OWN_RISK:
            add_credit(w, c, micros, rest)
            return 0, leg.rate
        weighted = 0
    elif spread.method == OWN_RISK:
        if leg.tier >= 0 and state.merged == 0:
            weighted = w.tiers[leg.tier].weighted
        weighted = share(weighted, leg.rate, PPM)
        micros, rest = per_spread(n * leg.ratio, weighted)
    else:
        micros, rest = per_risk(n * leg.ratio, leg.rate, weighted)
        add_credit(w, c, micros, rest)
        return weighted, leg.rate
    state.own_credit = min(state.own_credit + to_unit(micros, rest, com.rounding), CREDIT_MAX)
    return weighted, leg.rate if spread.is_flat else PPM


@kernel(PAIR(TABLES, WORK, INT))
def possible(t: Tables, w: Work, x: int) -> tuple[int, int]:
    """Return n and orientation of a spread that needs all its legs; n is 0 for none (X2, X3)."""
    spread = t.inters[x]
    n, orientation, step = layout.N_MAX, 0, spread.first_step
    for j in range(spread.first_leg, spread.end_leg):
        leg = t.inter_legs[j]
        net = net_of(t, w, leg.commodity, step)
        if net == 0:
            return 0, 0
        sign = leg.side if net > 0 else -leg.side
        if orientation == 0:
            orientation = sign
        elif sign != orientation:
            return 0, 0
        n = min(n, abs(net) * E4 // leg.ratio)
        step += 1
    return n, orientation


@kernel(PAIR(TABLES, WORK, INT, INT, INT))
def possible_in_step(t: Tables, w: Work, x: int, step: int, orientation: int) -> tuple[int, int]:
    """Return n of one tier or month and, bit by bit, the legs that take part (X6, X7)."""
    spread = t.inters[x]
    n, legs, count, sides, sides_wanted = layout.N_MAX, 0, 0, 0, 0
    for j in range(spread.first_leg, spread.end_leg):
        leg = t.inter_legs[j]
        net = net_of(t, w, leg.commodity, step + j - spread.first_leg)
        sides_wanted |= 1 if leg.side > 0 else 2
        if net == 0 or (net > 0) != (leg.side * orientation > 0):
            if leg.required or spread.method == CRUSH:
                return 0, 0
            continue
        n = min(n, half_away(abs(net) * E4, leg.ratio))
        legs |= 1 << (j - spread.first_leg)
        count += 1
        sides |= 1 if leg.side > 0 else 2
    if sides != sides_wanted or (spread.method == TIERED and count < 2):
        return 0, 0
    return n, legs


@kernel(types.void(TABLES, WORK, INT, INT, INT, INT, INT, LOG))
def form_inter(
    t: Tables, w: Work, x: int, step: int, orientation: int, n: int, legs: int, log: Log
) -> None:
    """Consume and credit the legs named by the bits of ``legs`` (X4, X5)."""
    spread = t.inters[x]
    count = 0
    for j in range(spread.end_leg - spread.first_leg):
        count += legs >> j & 1
    place = log_spread(log, 0 if spread.is_super else 3, x, n, count)
    for j in range(spread.first_leg, spread.end_leg):
        if not legs >> (j - spread.first_leg) & 1:
            continue
        leg = t.inter_legs[j]
        c, sign = leg.commodity, leg.side * orientation
        first, end = t.steps[step + j - spread.first_leg].first, 0
        if first == layout.WHOLE:
            first = t.commodities[c].whole_range
            end = first + 1
        else:
            end = t.steps[step + j - spread.first_leg].end
        taken = take(t, w, c, first, end, sign, half_away(n * leg.ratio, E4))
        weighted, rate = credit_leg(t, w, x, j, n)
        if place >= 0:
            volume = n if spread.is_flat else n * leg.ratio
            log_leg(log, place, c, taken * sign, volume, weighted, rate)
            place += 1


@kernel(types.void(TABLES, WORK, INT, LOG))
def form_deltas(t: Tables, w: Work, x: int, log: Log) -> None:
    """Form a spread by deltas: regular, by tier legs, tiered or crush (X3, X6, X7, X9)."""
    spread = t.inters[x]
    n, orientation = possible(t, w, x)
    if n <= 0:
        return
    width = spread.end_leg - spread.first_leg
    if spread.method not in (TIERED, CRUSH):
        form_inter(t, w, x, spread.first_step, orientation, n, (1 << width) - 1, log)
        return
    left = n
    for place in range(1, spread.steps):
        step = spread.first_step + place * width
        found, legs = possible_in_step(t, w, x, step, orientation)
        found = min(found, left)
        if found > 0:
            form_inter(t, w, x, step, orientation, found, legs, log)
            left -= found
