"""Remaining deltas: what a set of months holds, what a spread takes of it, what is noted of it."""

from numba import types

from fencang.margin.span.kernels.signatures import INT, LOG, TABLES, WORK, Log, Tables, Work, kernel
from fencang.margin.span.tables import layout

__all__ = ["available", "log_leg", "log_spread", "net_of", "take"]


@kernel(INT(TABLES, WORK, INT, INT, INT))
def available(t: Tables, w: Work, first_range: int, end_range: int, sign: int) -> int:
    """Return the remaining delta of one sign in a set of months, as a size (C3)."""
    found = 0
    for k in range(first_range, end_range):
        months = t.ranges[k]
        for m in range(months.first, months.end):
            held = w.months[m].remaining * sign
            if held > 0:
                found += held
    return found


@kernel(INT(TABLES, WORK, INT, INT, INT, INT, INT))
def take(
    t: Tables, w: Work, c: int, first_range: int, end_range: int, sign: int, wanted: int
) -> int:
    """Consume delta of one sign, nearest month first; return what was there to take (D4)."""
    left = wanted
    for k in range(first_range, end_range):
        months = t.ranges[k]
        for m in range(months.first, months.end):
            held = w.months[m].remaining * sign
            if held > 0 and left > 0:
                taken = min(held, left)
                w.months[m].remaining -= taken * sign
                left -= taken
    w.commodities[c].remaining -= (wanted - left) * sign
    return wanted - left


@kernel(INT(TABLES, WORK, INT, INT))
def net_of(t: Tables, w: Work, c: int, step: int) -> int:
    """Return the net remaining delta of a leg's months."""
    ranges = t.steps[step]
    if ranges.first == layout.WHOLE:
        return int(w.commodities[c].remaining)
    found: int = 0
    for k in range(ranges.first, ranges.end):
        for m in range(t.ranges[k].first, t.ranges[k].end):
            found += int(w.months[m].remaining)
    return found


@kernel(INT(LOG, INT, INT, INT, INT))
def log_spread(log: Log, kind: int, index: int, n: int, legs: int) -> int:
    """Note a spread; return where its legs go, -1 when nothing is noted or no room is left."""
    place, first = int(log.counts[0]), int(log.counts[1])
    log.counts[0] += 1
    log.counts[1] += legs
    if place >= len(log.formed) or first + legs > len(log.legs):
        return -1
    formed = log.formed[place]
    formed.kind = kind
    formed.index = index
    formed.n = n
    formed.first_leg = first
    formed.end_leg = first + legs
    return first


@kernel(types.void(LOG, INT, INT, INT, INT, INT, INT))
def log_leg(
    log: Log, place: int, c: int, delta: int, volume: int, weighted: int, rate: int
) -> None:
    """Note a leg of a spread."""
    leg = log.legs[place]
    leg.commodity = c
    leg.delta = delta
    leg.volume = volume
    leg.weighted = weighted
    leg.rate = rate
