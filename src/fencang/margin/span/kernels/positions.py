"""From contracts and lots to vectors, month deltas, short options and option values."""

import numpy as np
from numba import types

from fencang.margin.span.kernels.arithmetic import half_away, scaled
from fencang.margin.span.kernels.signatures import (
    E4,
    E10,
    E12,
    INT,
    TABLES,
    WORK,
    Tables,
    Work,
    kernel,
)
from fencang.margin.span.tables import layout

__all__ = ["add_deltas", "add_position", "add_vector", "clear_commodity"]


@kernel(types.void(TABLES, WORK, INT))
def clear_commodity(t: Tables, w: Work, c: int) -> None:
    """Forget what was found for a commodity."""
    com = t.commodities[c]
    w.commodities[c : c + 1].view(np.int64)[:] = 0
    w.months[com.first_month : com.end_month].view(np.int64)[:] = 0
    w.tiers[com.first_tier : com.end_tier].view(np.int64)[:] = 0
    w.minima[com.first_minimum : com.end_minimum].view(np.int64)[:] = 0
    w.vectors[com.first_tier : com.end_tier] = 0


@kernel(types.void(TABLES, WORK, INT, INT, INT))
def add_deltas(t: Tables, w: Work, i: int, lots: int, gross: int) -> None:
    """Add the deltas of lots to their months (D1, D2); in a gross account each sign apart."""
    row = t.rows[i]
    if row.first_leg == row.end_leg:
        delta = half_away(lots * row.delta_scaled, E4)
        if gross and delta < 0:
            w.months[row.month].remaining += delta
        else:
            w.months[row.month].original += delta
    for k in range(row.first_leg, row.end_leg):
        leg = t.combination_legs[k]
        delta = scaled(lots, leg.whole, leg.rest, E12)
        if gross and delta < 0:
            w.months[leg.month].remaining += delta
        else:
            w.months[leg.month].original += delta


@kernel(types.void(TABLES, WORK, INT, INT))
def add_vector(t: Tables, w: Work, i: int, lots: int) -> None:
    """Add lots to the vector of their scan tier (S1)."""
    row = t.rows[i]
    tier = w.tiers[row.tier]
    for s in range(t.values.shape[1]):
        w.vectors[row.tier, s] += lots * t.values[i, s]
    if (
        tier.count == 0
        or row.month < tier.nearest_month
        or (row.month == tier.nearest_month and row.row < tier.nearest_row)
    ):
        tier.nearest_month = row.month
        tier.nearest_row = row.row
        tier.range_hundredths = row.range_hundredths
    tier.count += 1


@kernel(types.void(TABLES, WORK, INT, INT, INT, INT))
def add_position(t: Tables, w: Work, i: int, long: int, short: int, gross: int) -> None:
    """Add one contract: vector or gross risk, deltas, short options, option value (P3, S1, G1)."""
    net = long - short
    if net == 0 and (gross == 0 or long == 0):
        return
    row = t.rows[i]
    state = w.commodities[row.commodity]
    state.count += 1
    state.present = 1
    if gross:
        for lots in (long, -short):
            worst = 0
            for s in range(t.values.shape[1]):
                worst = max(worst, lots * t.values[i, s])
            state.gross += worst
            add_deltas(t, w, i, lots, gross)
        sold = short
    else:
        add_vector(t, w, i, net)
        add_deltas(t, w, i, net, gross)
        sold = -net
    if row.minimum >= 0 and sold > 0:
        if row.right == 1:
            w.minima[row.minimum].calls += sold * row.minimum_each
        else:
            w.minima[row.minimum].puts += sold * row.minimum_each
    if row.option == layout.OPTION_VALUED:
        state.option_value += scaled(net, row.value_whole, row.value_rest, E10)
