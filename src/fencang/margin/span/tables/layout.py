"""Columns of the tables that the kernels read and write, by name.

Every record array has one row per thing (contract, combined commodity, month, spread, leg).
*Slots* count through the whole set: month slots stand by combined commodity and, inside it, nearest
first, so a range of months of one commodity is a range of slots.  Deltas, ratios and numbers of
spreads are e4, money is micros, ``_hundredths`` are 10,000 micros.  The types are part of every
kernel's signature, so a kernel compiled for another layout is never found in the cache.
"""

import numpy as np

__all__ = [
    "CALENDAR",
    "COMBINATION_LEG",
    "COMMODITY",
    "COMMODITY_STATE",
    "DELIVERY",
    "FORMED",
    "INTER",
    "INTER_LEG",
    "INTRA_LEG",
    "KERNELS_REVISION",
    "LEG_FORMED",
    "MINIMUM_STATE",
    "MONTH_STATE",
    "NO_RANGE",
    "N_MAX",
    "OPTION_UNPRICED",
    "OPTION_VALUED",
    "RANGE",
    "ROW",
    "TIER_STATE",
    "WHOLE",
]

OPTION_VALUED = 1
OPTION_UNPRICED = 2
"""``ROW.option``: a premium-style option with and without price; 0 has no option value (R3)."""
NO_RANGE = -1
"""``range_hundredths`` where the price scan range cannot limit the price risk (S7)."""
N_MAX = 1 << 62
"""More than any number of spreads, months or money."""
WHOLE = -1
"""``RANGE.first`` of a leg that means all months of its commodity."""


KERNELS_REVISION = "a1e81779"
"""First digits of the SHA-256 of the kernels' sources; see ``kernels``."""


def _record(names: str, **other: type) -> np.dtype[np.void]:
    return np.dtype([(name, other.get(name, np.int64)) for name in names.split()], align=True)


# One contract in one cache line and a half; ids are int32.
ROW = _record(
    "commodity tier month minimum row first_leg end_leg minimum_each right option "
    "delta_scaled value_whole value_rest range_hundredths",
    **dict.fromkeys("commodity tier month minimum row first_leg end_leg".split(), np.int32),
    right=np.int8,
    option=np.int8,
)
"""``minimum``: slot of the short option minimum, -1 for what is no option; ``minimum_each``: rate ×
delta scaling of one short lot (risk units e4).  ``delta_scaled``:
composite delta × scaling (e8).  Option value of a lot: ``value_whole`` + ``value_rest`` / 10^10
micros.  ``first_leg``, ``end_leg``: legs over which the delta is spread (D2)."""

COMBINATION_LEG = _record("month whole rest")
"""Delta of one lot in a leg's month: ``whole`` + ``rest`` / 10^12, e4."""

COMMODITY = _record(
    "first_month end_month first_tier end_tier first_minimum end_minimum "
    "first_calendar end_calendar first_delivery end_delivery "
    "whole_range needs_both_sides unit rounding charge_numerator charge_denominator "
    "price_risk_method takes_greater caps_option_value currency"
)
"""``unit``: micros of a risk unit.  Money of a sum of e4 × risk units, in multiples of
``rounding``: × ``charge_numerator`` / ``charge_denominator``.  ``whole_range``: the range of all
its months.  ``needs_both_sides``: no calendar spread forms from deltas of one sign."""

CALENDAR = _record("rate first_leg end_leg first_group end_group is_series priority")
"""A calendar spread; groups are sets of overlapping legs of one side (C3 b)."""
INTRA_LEG = _record("first_range end_range ratio side")
RANGE = _record("first end")
"""Month slots, the last excluded; the ranges of one leg are disjoint, nearest first."""
DELIVERY = _record("month rate_consumed rate_remaining side")
"""``side``: 1 long only, -1 short only, 0 both."""

INTER = _record(
    "method is_super is_flat first_leg end_leg first_step steps target target_ratio "
    "target_required legs_min rate priority"
)
"""``first_step``: where its steps begin in ``Tables.steps`` (one row per step and leg)."""
INTER_LEG = _record("commodity side ratio required rate tier first_join")
"""``rate``: ppm, or micros of a flat spread.  ``tier``: scan tier slot whose risk counts, -1 the
commodity's.  ``first_join``: where the target's slots of the leg's months begin (X8)."""

# What is found for one account.
COMMODITY_STATE = _record(
    "count present merged option_value gross "
    "unit scan active time volatility price weighted net_delta remaining "
    "intra delivery credit credit_rest own_credit credit_counted "
    "minimum risk maintenance initial"
)
"""``merged``: 1 target of a scanning spread, 2 merged away.  ``credit`` + ``credit_rest`` / 10^10
is the credit before rounding."""
MONTH_STATE = _record("original remaining uncharged")
"""``uncharged``: what remained before calendar spreads took of it.  In a gross account: deltas of
the long and of the short lots' positive and negative side."""
TIER_STATE = _record("count delta nearest_month nearest_row range_hundredths weighted")
MINIMUM_STATE = _record(f"calls puts revision_{KERNELS_REVISION}")
"""Short option minimum of calls and of puts, risk units e4."""

FORMED = _record("kind index n first_leg end_leg")
"""``kind``: 0 super, 1 series, 2 tier, 3 inter (the order of ``SpreadKind``)."""
LEG_FORMED = _record("commodity delta volume weighted rate")
"""Credit of the leg: ``volume`` (n × ratio, e8) × ``weighted`` × ``rate``; see ``full``."""
