"""One account or many: the order of steps, requirements and totals.

Functions that take a list of commodities work on them alone, so that the incremental book redoes
only what changed; the whole account is the list of all.
"""

from numba import types

from fencang.margin.span.kernels.arithmetic import half_away, share, to_unit
from fencang.margin.span.kernels.calendars import charge_delivery, form_calendars
from fencang.margin.span.kernels.inter import form_deltas
from fencang.margin.span.kernels.positions import add_position, clear_commodity
from fencang.margin.span.kernels.risk import assess_commodity
from fencang.margin.span.kernels.scanning import form_scanning
from fencang.margin.span.kernels.signatures import (
    BOOL,
    INT,
    INTS,
    LOG,
    OUT,
    OUTS,
    TABLES,
    WORK,
    Ints,
    Log,
    Tables,
    Work,
    kernel,
)

__all__ = [
    "add_totals",
    "assess_commodities",
    "charge_commodities",
    "charge_joined",
    "compute_account",
    "compute_accounts",
    "copy_commodities",
    "finish_commodities",
    "form_inters",
    "recompute",
    "refill",
    "require",
    "settle_commodities",
    "settle_joined",
    "take_charges",
]

SCANNING = 4
"""Value of ``InterMethod``."""


@kernel(types.void(TABLES, WORK, INT, INT))
def require(t: Tables, w: Work, c: int, account: int) -> None:
    """Find minimum, risk and requirements of a commodity (X10, M1, R1, R2)."""
    com, state = t.commodities[c], w.commodities[c]
    minimum = 0
    for k in range(com.first_minimum, com.end_minimum):
        short = w.minima[k]
        minimum += max(short.calls, short.puts) if com.takes_greater else short.calls + short.puts
    minimum = half_away(minimum * com.charge_numerator, com.charge_denominator)
    state.minimum = minimum * com.rounding
    charged = state.scan + state.intra + state.delivery
    credit = to_unit(state.credit, state.credit_rest, com.rounding) + state.own_credit
    state.credit_counted = min(credit, charged)
    state.risk = max(charged - state.credit_counted, state.minimum, 0)
    factors = t.factors[c, account]
    state.maintenance = share(state.risk, factors[0], factors[1]) * com.rounding
    state.initial = share(state.risk, factors[2], factors[3]) * com.rounding


@kernel(types.void(TABLES, WORK, INTS, LOG))
def form_inters(t: Tables, w: Work, spreads: Ints, log: Log) -> None:
    """Form inter-commodity spreads in the order of listing (X1)."""
    for x in spreads:
        if t.inters[x].method == SCANNING:
            form_scanning(t, w, x, log)
        else:
            form_deltas(t, w, x, log)


@kernel(types.void(TABLES, WORK, INTS, INT))
def assess_commodities(t: Tables, w: Work, listed: Ints, gross: int) -> None:
    """From positions to scan risk and deltas."""
    for c in listed:
        state = w.commodities[c]
        if gross:
            state.scan = state.gross * t.commodities[c].unit
            for m in range(t.commodities[c].first_month, t.commodities[c].end_month):
                state.net_delta += w.months[m].original + w.months[m].remaining
        else:
            assess_commodity(t, w, c)


@kernel(types.void(TABLES, WORK, INTS, INT, LOG))
def charge_commodities(t: Tables, w: Work, listed: Ints, gross: int, log: Log) -> None:
    """From deltas behind the super spreads to remaining deltas: calendars, delivery."""
    for c in listed:
        if w.commodities[c].present:
            for m in range(t.commodities[c].first_month, t.commodities[c].end_month):
                w.months[m].uncharged = w.months[m].remaining
            if gross == 0:
                form_calendars(t, w, c, log)
            charge_delivery(t, w, c, gross)


@kernel(BOOL(TABLES, WORK, WORK, INT))
def take_charges(t: Tables, source: Work, target: Work, c: int) -> bool:
    """Copy a commodity's charges from another account; False where other deltas are charged."""
    com, theirs, ours = t.commodities[c], source.commodities[c], target.commodities[c]
    if theirs.present == 0 or ours.present == 0:
        return False
    for m in range(com.first_month, com.end_month):
        their_month, month = source.months[m], target.months[m]
        if their_month.uncharged != month.remaining or their_month.original != month.original:
            return False
    for m in range(com.first_month, com.end_month):
        target.months[m] = source.months[m]
    ours.remaining, ours.intra, ours.delivery = theirs.remaining, theirs.intra, theirs.delivery
    return True


@kernel(types.void(TABLES, WORK, WORK, INTS, INT, LOG))
def charge_joined(t: Tables, settled: Work, w: Work, joined: Ints, gross: int, log: Log) -> None:
    """Charge commodities that super spreads connect with a change, mostly as they were charged."""
    for place in range(len(joined)):
        if not take_charges(t, settled, w, joined[place]):
            charge_commodities(t, w, joined[place : place + 1], gross, log)


@kernel(types.void(TABLES, WORK, INTS, INTS, INT, LOG))
def settle_commodities(
    t: Tables, w: Work, listed: Ints, supers: Ints, gross: int, log: Log
) -> None:
    """From positions to remaining deltas: scan risk, super spreads, calendars, delivery."""
    assess_commodities(t, w, listed, gross)
    if gross == 0:
        form_inters(t, w, supers, log)
    charge_commodities(t, w, listed, gross, log)


@kernel(types.void(TABLES, WORK, INTS, INTS, INT, INT, LOG))
def finish_commodities(
    t: Tables, w: Work, listed: Ints, spreads: Ints, gross: int, account: int, log: Log
) -> None:
    """From remaining deltas to requirements: inter-commodity spreads, minimum, factors."""
    if gross == 0:
        form_inters(t, w, spreads, log)
    for c in listed:
        state = w.commodities[c]
        if state.count > 0 or state.merged > 0:
            require(t, w, c, account)


@kernel(types.void(TABLES, WORK, INTS, INT, OUT))
def add_totals(t: Tables, w: Work, listed: Ints, sign: int, out: Ints) -> None:
    """Add (or take off) commodities to the totals of their currencies (R4)."""
    for c in listed:
        com, state = t.commodities[c], w.commodities[c]
        if state.count == 0 and state.merged == 0:
            continue
        value = state.option_value
        total = out[com.currency]
        total[0] += sign * state.maintenance
        total[1] += sign * state.initial
        total[2] += sign * (min(value, state.maintenance) if com.caps_option_value else value)
        total[3] += sign * (min(value, state.initial) if com.caps_option_value else value)
        total[4] += sign * value
        total[5] += sign


@kernel(types.void(TABLES, WORK, WORK, INTS))
def copy_commodities(t: Tables, source: Work, target: Work, listed: Ints) -> None:
    """Copy what was found for the listed commodities from one account to another."""
    for c in listed:
        theirs, ours = source.commodities[c], target.commodities[c]
        if theirs.count == 0 and theirs.merged == 0 and ours.count == 0 and ours.merged == 0:
            continue
        com = t.commodities[c]
        target.commodities[c] = theirs
        for m in range(com.first_month, com.end_month):
            target.months[m] = source.months[m]
        for k in range(com.first_tier, com.end_tier):
            target.tiers[k] = source.tiers[k]
            for s in range(source.vectors.shape[1]):
                target.vectors[k, s] = source.vectors[k, s]
        for k in range(com.first_minimum, com.end_minimum):
            target.minima[k] = source.minima[k]


@kernel(types.void(TABLES, WORK, *(INTS,) * 5, INT))
def refill(
    t: Tables,
    w: Work,
    refilled: Ints,
    slots: Ints,
    offsets: Ints,
    long: Ints,
    short: Ints,
    gross: int,
) -> None:
    """Fill commodities anew with their positions."""
    for k in range(len(refilled)):
        clear_commodity(t, w, refilled[k])
        for place in range(offsets[k], offsets[k + 1]):
            i = slots[place]
            add_position(t, w, i, long[i], short[i], gross)


@kernel(types.void(TABLES, WORK, WORK, WORK, INTS, INTS, INTS, INT, INT, LOG))
def settle_joined(
    t: Tables,
    assessed: Work,
    settled: Work,
    into: Work,
    refilled: Ints,
    joined: Ints,
    supers: Ints,
    gross: int,
    is_lasting: int,
    log: Log,
) -> None:
    """Settle commodities filled anew and what super spreads connect with them (``recompute``)."""
    assess_commodities(t, into, refilled, gross)
    if is_lasting:
        copy_commodities(t, into, assessed, refilled)
    copy_commodities(t, assessed, into, joined)
    if gross == 0:
        form_inters(t, into, supers, log)
    charge_commodities(t, into, refilled, gross, log)
    charge_joined(t, settled, into, joined, gross, log)
    if is_lasting:
        copy_commodities(t, into, settled, refilled)
        copy_commodities(t, into, settled, joined)


@kernel(
    types.void(
        TABLES,
        *(WORK,) * 4,
        *(INTS,) * 6,
        *(INTS,) * 4,
        *(INT,) * 3,
        LOG,
        OUT,
    )
)
def recompute(
    t: Tables,
    assessed: Work,
    settled: Work,
    final: Work,
    into: Work,
    refilled: Ints,
    joined: Ints,
    kept: Ints,
    listed: Ints,
    supers: Ints,
    inters: Ints,
    slots: Ints,
    offsets: Ints,
    long: Ints,
    short: Ints,
    gross: int,
    account: int,
    is_lasting: int,
    log: Log,
    out: Ints,
) -> None:
    """Find commodities anew after some positions changed, and correct the totals ``out``.

    ``listed`` are all that spreads connect with a change: ``refilled`` begin with their positions
    (``slots[offsets[k]:offsets[k + 1]]`` are rows that lie in ``refilled[k]``), ``joined`` (by
    super spreads) with what ``assessed`` holds of them, ``kept`` with what ``settled`` holds.
    ``final`` is what ``out`` still contains.  A lasting change goes into ``assessed``, ``settled``
    and ``final`` (which is then ``into``); any other leaves them alone.
    """
    add_totals(t, final, listed, -1, out)
    refill(t, into, refilled, slots, offsets, long, short, gross)
    settle_joined(t, assessed, settled, into, refilled, joined, supers, gross, is_lasting, log)
    copy_commodities(t, settled, into, kept)
    finish_commodities(t, into, listed, inters, gross, account, log)
    add_totals(t, into, listed, 1, out)


@kernel(types.void(TABLES, WORK, INTS, INTS, INTS, INTS, INTS, INTS, INT, INT, LOG))
def compute_account(
    t: Tables,
    w: Work,
    every: Ints,
    supers: Ints,
    inters: Ints,
    rows: Ints,
    long: Ints,
    short: Ints,
    gross: int,
    account: int,
    log: Log,
) -> None:
    """Find everything of one account whose workspace is clear; ``every`` lists all commodities."""
    for place in range(len(rows)):
        add_position(t, w, rows[place], long[place], short[place], gross)
    settle_commodities(t, w, every, supers, gross, log)
    finish_commodities(t, w, every, inters, gross, account, log)


@kernel(
    types.void(
        TABLES, WORK, INTS, INTS, INTS, INTS, INTS, INTS, INTS, INTS, INTS, INT, INT, LOG, OUTS
    )
)
def compute_accounts(
    t: Tables,
    w: Work,
    every: Ints,
    supers: Ints,
    inters: Ints,
    offsets: Ints,
    rows: Ints,
    long: Ints,
    short: Ints,
    gross: Ints,
    accounts: Ints,
    begin: int,
    end: int,
    log: Log,
    out: Ints,
) -> None:
    """Find the totals of accounts ``begin`` to ``end`` (excluded), one after another.

    Positions of account a stand at ``offsets[a]`` to ``offsets[a + 1]``; ``gross`` and ``accounts``
    (places of factors) have one entry per account.
    """
    for a in range(begin, end):
        for place in range(offsets[a], offsets[a + 1]):
            add_position(t, w, rows[place], long[place], short[place], gross[a])
        settle_commodities(t, w, every, supers, gross[a], log)
        finish_commodities(t, w, every, inters, gross[a], accounts[a], log)
        add_totals(t, w, every, 1, out[a])
        for c in every:
            if w.commodities[c].count > 0 or w.commodities[c].merged > 0:
                clear_commodity(t, w, c)
