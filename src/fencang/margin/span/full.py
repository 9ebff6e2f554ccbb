"""The requirement of one portfolio from compiled parameters: explained, or totals alone.

Equals ``margin/reference`` to the micro in every field.  Knows no state: a live account is
``incremental.SpanBook``, many at once are ``batch``.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.rounding import divide_half_away
from fencang.margin.method import MarginRefused
from fencang.margin.span.compiled import ACCOUNT_PLACES, CompiledSpan
from fencang.margin.span.kernels.account import add_totals, compute_account
from fencang.margin.span.kernels.signatures import TOTALS, Ints, Log, Tables, Work
from fencang.margin.span.keys import key_of
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.result import (
    CommodityResult,
    CurrencyTotal,
    FallbackLine,
    LegFormed,
    SpanResult,
    SpreadFormed,
    SpreadKind,
)
from fencang.margin.span.tables import layout
from fencang.margin.span.tables.bounds import check_lots

__all__ = [
    "Positions",
    "commodity_results",
    "explained",
    "fallback_lines",
    "initial_micros_of",
    "new_log",
    "positions_of",
    "replaced_lots",
    "requirement",
    "requirement_totals",
    "spreads_formed",
    "totals_of",
    "unpriced_keys",
]

HUNDREDTH_MICROS = 10_000
_KINDS = (SpreadKind.SUPER, SpreadKind.SERIES, SpreadKind.TIER, SpreadKind.INTER)
_OWN_RISK = 20


class Positions(NamedTuple):
    """Contracts held, each once, in order of rows; int64 arrays of one length."""

    rows: Ints
    long: Ints
    short: Ints


def new_log(spreads: int) -> Log:
    """Return room for so many spreads; without room nothing is noted."""
    return Log(
        np.zeros(spreads, dtype=layout.FORMED),
        np.zeros(4 * spreads, dtype=layout.LEG_FORMED),
        np.zeros(2, dtype=np.int64),
    )


def requirement(compiled: CompiledSpan, portfolio: Portfolio) -> SpanResult:
    """Return the requirement of a portfolio, explained.

    Raises:
        MarginRefused: combinations that do not make whole lots of their legs (P2), lots beyond
            what can be counted; every fault is named.
    """
    return explained(compiled, compiled.tables, positions_of(compiled, portfolio), portfolio)


def explained(
    compiled: CompiledSpan, tables: Tables, positions: Positions, portfolio: Portfolio
) -> SpanResult:
    """Return the requirement of positions that were checked; the portfolio says whose they are.

    ``tables`` are the set's, or those of an account with rows and arrays of its own.
    """
    room = 64
    while True:
        work, log = compiled.new_work(), new_log(room)
        _compute(compiled, tables, work, positions, portfolio, log)
        if log.counts[0] <= len(log.formed) and log.counts[1] <= len(log.legs):
            break
        room = int(max(log.counts))
    totals = np.zeros((len(compiled.currencies), TOTALS), dtype=np.int64)
    add_totals(tables, work, compiled.every, 1, totals)
    fallbacks = fallback_lines(portfolio)
    return SpanResult(
        commodities=commodity_results(compiled, work),
        spreads=spreads_formed(compiled, log),
        totals=totals_of(compiled, totals, fallbacks),
        fallbacks=fallbacks,
        unpriced=unpriced_keys(compiled, tables, positions, is_gross=portfolio.is_gross),
    )


def requirement_totals(compiled: CompiledSpan, portfolio: Portfolio) -> tuple[CurrencyTotal, ...]:
    """Return the totals of a portfolio by currency, without explanation.

    Raises:
        MarginRefused: as ``requirement``.
    """
    work = compiled.new_work()
    positions = positions_of(compiled, portfolio)
    _compute(compiled, compiled.tables, work, positions, portfolio, new_log(0))
    totals = np.zeros((len(compiled.currencies), TOTALS), dtype=np.int64)
    add_totals(compiled.tables, work, compiled.every, 1, totals)
    return totals_of(compiled, totals, fallback_lines(portfolio))


def _compute(
    compiled: CompiledSpan,
    tables: Tables,
    work: Work,
    positions: Positions,
    portfolio: Portfolio,
    log: Log,
) -> None:
    compute_account(
        tables,
        work,
        compiled.every,
        compiled.supers,
        compiled.inters,
        *positions,
        int(portfolio.is_gross),
        ACCOUNT_PLACES[portfolio.account_type],
        log,
    )


def positions_of(compiled: CompiledSpan, portfolio: Portfolio) -> Positions:
    """Return what a portfolio holds once combinations are replaced (P1 to P3).

    Raises:
        MarginRefused: as ``requirement``.
    """
    lots: Mapping[int, Lots] = portfolio.lots
    if compiled.replaced and not compiled.replaced.isdisjoint(lots):
        lots = replaced_lots(compiled, lots, is_gross=portfolio.is_gross)
    ordered = sorted(lots)
    assert not ordered or 0 <= ordered[0] <= ordered[-1] < len(compiled.parameters.contracts)
    try:
        rows = np.array(ordered, dtype=np.int64)
        long = np.array([lots[row].long for row in ordered], dtype=np.int64)
        short = np.array([lots[row].short for row in ordered], dtype=np.int64)
    except OverflowError as beyond:
        bounds = compiled.lots_max[compiled.parameters.contracts.commodity[ordered]].tolist()
        raise MarginRefused(
            f"{key_of(compiled.parameters, row)}: {max(lots[row]):,} lots; 0 to {bound:,} can be "
            "held"
            for row, bound in zip(ordered, bounds, strict=True)
            if max(lots[row]) > bound
        ) from beyond
    ends = np.array([0, len(rows)])
    check_lots(compiled.parameters, compiled.lots_max, ends, rows, long, short)
    return Positions(rows, long, short)


def replaced_lots(
    compiled: CompiledSpan, lots: Mapping[int, Lots], *, is_gross: bool
) -> dict[int, Lots]:
    """Replace combinations that are not positions by their legs (P2).

    Raises:
        MarginRefused: naming every combination whose lots do not make whole lots of a leg.
    """
    whole = dict(lots)
    faults: list[str] = []
    for row in sorted(compiled.replaced.intersection(lots)):
        held = whole.pop(row)
        sides = held if is_gross else Lots(max(held.net, 0), max(-held.net, 0))
        _replace(compiled, (row,), sides, whole, faults)
    if faults:
        raise MarginRefused(faults)
    return whole


def _replace(
    compiled: CompiledSpan,
    path: tuple[int, ...],
    held: Lots,
    whole: dict[int, Lots],
    faults: list[str],
) -> None:
    row, parameters = path[-1], compiled.parameters
    if row not in compiled.replaced:
        had = whole.get(row, Lots(0, 0))
        whole[row] = Lots(had.long + held.long, had.short + held.short)
        return
    for leg in parameters.combinations[row]:
        if leg.contract in path:
            faults.append(f"{key_of(parameters, row)} is, through its legs, made of itself")
            continue
        size = abs(leg.ratio_e4)
        if held.long * size % 10_000 or held.short * size % 10_000:
            faults.append(
                f"{key_of(parameters, row)}: {held.long} long and {held.short} short lots do not "
                f"make whole lots of {key_of(parameters, leg.contract)}, of which each has "
                f"{leg.ratio_e4} / 10,000"
            )
            continue
        long, short = held.long * size // 10_000, held.short * size // 10_000
        sides = Lots(long, short) if leg.ratio_e4 > 0 else Lots(short, long)
        _replace(compiled, (*path, leg.contract), sides, whole, faults)


def unpriced_keys(
    compiled: CompiledSpan, tables: Tables, positions: Positions, *, is_gross: bool
) -> tuple[str, ...]:
    """Return the keys of options in position that the file cannot value (R3)."""
    rows, long, short = positions
    held_rows = tables.rows[rows]
    unpriced = held_rows["option"] == layout.OPTION_UNPRICED
    held = (long > 0) | (short > 0) if is_gross else long != short
    found = held_rows["row"][unpriced & held].tolist()
    return tuple(key_of(compiled.parameters, row) for row in found)


def fallback_lines(portfolio: Portfolio) -> tuple[FallbackLine, ...]:
    """Return what contracts cost that the file lacks, in the order of their keys (F1)."""
    return tuple(
        FallbackLine(
            contract=key,
            currency=fallback.currency,
            long_lots=lots.long,
            short_lots=lots.short,
            requirement_micros=(lots.long + lots.short) * fallback.per_lot_micros,
        )
        for key, (lots, fallback) in sorted(portfolio.missing.items())
        if lots.long or lots.short
    )


def commodity_results(compiled: CompiledSpan, work: Work) -> tuple[CommodityResult, ...]:
    """Return every commodity with a part in the calculation, in the order of the set."""
    states = work.commodities
    held = np.flatnonzero((states["count"] > 0) | (states["merged"] > 0))
    names = states.dtype.names or ()
    results = []
    for place in held.tolist():
        terms = compiled.parameters.commodities[place]
        state = dict(zip(names, states[place].item(), strict=True))
        results.append(
            CommodityResult(
                commodity=terms.code,
                currency=terms.currency,
                scan_risk_micros=state["scan"],
                active_scenario=state["active"],
                time_risk_micros=state["time"],
                volatility_risk_micros=state["volatility"],
                price_risk_micros=state["price"],
                weighted_price_risk_micros=state["weighted"] * HUNDREDTH_MICROS,
                net_delta_e4=state["net_delta"],
                intra_charge_micros=state["intra"],
                delivery_charge_micros=state["delivery"],
                inter_credit_micros=state["credit_counted"],
                short_option_minimum_micros=state["minimum"],
                risk_micros=state["risk"],
                maintenance_micros=state["maintenance"],
                initial_micros=state["initial"],
                option_value_micros=state["option_value"],
                is_merged_away=state["merged"] == 2,
            )
        )
    return tuple(results)


def spreads_formed(compiled: CompiledSpan, log: Log) -> tuple[SpreadFormed, ...]:
    """Return what was noted of spreads, in the order they were formed."""
    codes = [terms.code for terms in compiled.parameters.commodities]
    legs = log.legs[: int(log.counts[1])].tolist()
    found = []
    for kind, index, n, first_leg, end_leg in log.formed[: int(log.counts[0])].tolist():
        if kind in {1, 2}:
            line = compiled.tables.calendars[index]
            terms = compiled.parameters.commodities[legs[first_leg][0]]
            charge = divide_half_away(n * int(line["rate"]) * terms.risk_unit_micros, 10_000)
            credits_micros = [0] * (end_leg - first_leg)
            method = 0
        else:
            line = compiled.tables.inters[index]
            method, charge = int(line["method"]), 0
            credits_micros = [
                _credit_micros(compiled, index, leg) for leg in legs[first_leg:end_leg]
            ]
        found.append(
            SpreadFormed(
                kind=_KINDS[kind],
                priority=int(line["priority"]),
                method=method,
                n_e4=n,
                charge_micros=charge,
                legs=tuple(
                    LegFormed(commodity=codes[leg[0]], delta_e4=leg[1], credit_micros=credit)
                    for leg, credit in zip(legs[first_leg:end_leg], credits_micros, strict=True)
                ),
            )
        )
    return tuple(found)


def _credit_micros(compiled: CompiledSpan, index: int, leg: tuple[int, ...]) -> int:
    """Return a leg's credit, rounded to a micro, or to unit where the rule rounds it (X4, X9)."""
    place, _, volume, weighted, rate = leg
    spread = compiled.tables.inters[index]
    if spread["is_flat"]:
        numerator, denominator = volume * rate, 10_000
    else:
        numerator, denominator = volume * weighted * rate, 10**10
    step = 1
    if spread["method"] == _OWN_RISK:
        step = compiled.parameters.commodities[place].rounding_micros
    return divide_half_away(numerator, denominator * step) * step


def initial_micros_of(compiled: CompiledSpan, totals: NDArray[np.int64]) -> dict[str, int]:
    """Return the initial requirement of ``totals_of`` by currency, where no line falls back."""
    asked = {}
    sums = zip(compiled.currencies, totals.tolist(), strict=True)
    for currency, (_, initial, _, initial_value, _, count) in sums:
        if count:
            asked[currency] = max(0, initial - initial_value)
    return asked


def totals_of(
    compiled: CompiledSpan,
    totals: NDArray[np.int64],
    fallbacks: Iterable[FallbackLine] = (),
) -> tuple[CurrencyTotal, ...]:
    """Return totals by currency from the kernels' sums and the lines of the fallback (R4)."""
    extra: dict[str, int] = {}
    for line in fallbacks:
        extra[line.currency] = extra.get(line.currency, 0) + line.requirement_micros
    sums = dict(zip(compiled.currencies, totals.tolist(), strict=True))
    found = []
    for currency in sorted({*sums, *extra}):
        maintenance, initial, value, initial_value, whole, count = sums.get(currency, [0] * TOTALS)
        if count == 0 and currency not in extra:
            continue
        maintenance += extra.get(currency, 0)
        initial += extra.get(currency, 0)
        found.append(
            CurrencyTotal(
                currency=currency,
                maintenance_micros=maintenance,
                initial_micros=initial,
                option_value_micros=value,
                excess_option_value_micros=whole - value + max(0, value - maintenance),
                maintenance_total_micros=max(0, maintenance - value),
                initial_total_micros=max(0, initial - initial_value),
            )
        )
    return tuple(found)
