"""Calendar spreads and delivery: charges inside one combined commodity (C1-C5, V1)."""

from numba import types

from fencang.margin.span.kernels.arithmetic import half_away
from fencang.margin.span.kernels.deltas import available, log_leg, log_spread, take
from fencang.margin.span.kernels.signatures import (
    E4,
    INT,
    LOG,
    TABLES,
    WORK,
    Log,
    Tables,
    Work,
    kernel,
)
from fencang.margin.span.tables import layout

__all__ = [
    "calendars_possible",
    "charge_delivery",
    "form_calendars",
    "months_held",
    "take_calendar",
]


@kernel(INT(TABLES, WORK, INT, INT))
def calendars_possible(t: Tables, w: Work, k: int, orientation: int) -> int:
    """Return how often a calendar spread can be formed, e4 (C3)."""
    spread = t.calendars[k]
    n = layout.N_MAX
    for i in range(spread.first_leg, spread.end_leg):
        leg = t.intra_legs[i]
        held = available(t, w, leg.first_range, leg.end_range, leg.side * orientation)
        n = min(n, held * E4 // leg.ratio)
        if n == 0:
            return 0
    for i in range(spread.first_group, spread.end_group):
        leg = t.intra_legs[i]
        held = available(t, w, leg.first_range, leg.end_range, leg.side * orientation)
        n = min(n, held * E4 // leg.ratio)
    return n


@kernel(INT(TABLES, WORK, INT))
def months_held(t: Tables, w: Work, i: int) -> int:
    """Return how many months of the portfolio a leg reaches (C4)."""
    found = 0
    for k in range(t.intra_legs[i].first_range, t.intra_legs[i].end_range):
        for m in range(t.ranges[k].first, t.ranges[k].end):
            if w.months[m].original != 0:
                found += 1
    return found


@kernel(types.void(TABLES, WORK, INT, INT, INT, INT, LOG))
def take_calendar(t: Tables, w: Work, c: int, k: int, orientation: int, n: int, log: Log) -> None:
    """Consume the deltas of a calendar spread, narrower month sets first (C4)."""
    spread = t.calendars[k]
    legs = spread.end_leg - spread.first_leg
    place = log_spread(log, 1 if spread.is_series else 2, k, n, legs)
    done = 0
    for _ in range(legs):
        chosen, fewest = -1, layout.N_MAX
        for i in range(legs):
            if done >> i & 1:
                continue
            if spread.first_group == spread.end_group:
                chosen = i
                break
            held = months_held(t, w, spread.first_leg + i)
            if held < fewest:
                chosen, fewest = i, held
        done |= 1 << chosen
        leg = t.intra_legs[spread.first_leg + chosen]
        sign = leg.side * orientation
        wanted = half_away(n * leg.ratio, E4)
        taken = take(t, w, c, leg.first_range, leg.end_range, sign, wanted)
        if place >= 0:
            log_leg(log, place + chosen, c, taken * sign, 0, 0, 0)


@kernel(types.void(TABLES, WORK, INT, LOG))
def form_calendars(t: Tables, w: Work, c: int, log: Log) -> None:
    """Form the calendar spreads of a commodity and charge them (C1-C5)."""
    com, state = t.commodities[c], w.commodities[c]
    longs = shorts = 0
    for m in range(com.first_month, com.end_month):
        longs += w.months[m].remaining > 0
        shorts += w.months[m].remaining < 0
    if (longs == 0 or shorts == 0) and com.needs_both_sides:
        return
    charge = 0
    for k in range(com.first_calendar, com.end_calendar):
        for orientation in (1, -1):
            n = calendars_possible(t, w, k, orientation)
            if n > 0:
                take_calendar(t, w, c, k, orientation, n, log)
                charge += n * t.calendars[k].rate
    state.intra = half_away(charge * com.charge_numerator, com.charge_denominator) * com.rounding


@kernel(types.void(TABLES, WORK, INT, INT))
def charge_delivery(t: Tables, w: Work, c: int, gross: int) -> None:
    """Charge months in delivery (V1, G1)."""
    com = t.commodities[c]
    charge = 0
    for k in range(com.first_delivery, com.end_delivery):
        entry = t.deliveries[k]
        month = w.months[entry.month]
        if gross:
            longs = month.original if entry.side >= 0 else 0
            shorts = -month.remaining if entry.side <= 0 else 0
            charge += (longs + shorts) * entry.rate_remaining
        elif month.original * entry.side >= 0:
            charge += abs(month.original - month.remaining) * entry.rate_consumed
            charge += abs(month.remaining) * entry.rate_remaining
    charge = half_away(charge * com.charge_numerator, com.charge_denominator)
    w.commodities[c].delivery = charge * com.rounding
