"""A parameter set cut down to the combined commodities that somebody deals in.

A clearing house's file has hundreds of thousands of contracts, a desk trades some hundred of them:
live accounts are kept over the part that can matter to them.  Law: portfolios inside the part have
the same requirement under it as under the whole set.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractTable,
    InterMethod,
    InterSpread,
    SpanParameters,
)

__all__ = ["for_customers", "needed_commodities", "restricted"]

NOT_FOR_CUSTOMERS = ("N", "H")
"""Eligibility of inter-commodity spreads: not for segregated customers, house accounts only."""


def for_customers(parameters: SpanParameters) -> SpanParameters:
    """Return the set as it holds for customers: without spreads for house accounts alone (X11).

    The contracts are the same values, not copies.
    """
    return SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=parameters.commodities,
        families=parameters.families,
        series=parameters.series,
        contracts=parameters.contracts,
        inter_spreads=tuple(
            spread
            for spread in parameters.inter_spreads
            if spread.eligibility not in NOT_FOR_CUSTOMERS
        ),
        combinations=parameters.combinations,
        currency_rates=parameters.currency_rates,
        sha256=parameters.sha256,
    )


def needed_commodities(parameters: SpanParameters, wanted: Iterable[int]) -> frozenset[int]:
    """Return the commodities (by place) that positions in the wanted ones can reach.

    Those are commodities of the legs of combinations (P2, D2), and targets that may take over a
    leg's risk (X8).
    """
    places = {commodity.code: place for place, commodity in enumerate(parameters.commodities)}
    needed = set(wanted)
    owners = parameters.contracts.commodity
    while True:
        before = len(needed)
        for row, legs in parameters.combinations.items():
            if int(owners[row]) in needed:
                needed.update(int(owners[leg.contract]) for leg in legs)
        for spread in parameters.inter_spreads:
            held = [places[leg.commodity] in needed for leg in spread.legs]
            if spread.target is not None and any(held):
                needed.add(places[spread.target.commodity])
        if len(needed) == before:
            return frozenset(needed)


def restricted(parameters: SpanParameters, wanted: Iterable[int]) -> SpanParameters:
    """Return the set with the needed commodities only; keys name their rows anew."""
    needed = sorted(needed_commodities(parameters, wanted))
    table = parameters.contracts
    rows = np.flatnonzero(np.isin(table.commodity, needed))
    columns = {name: getattr(table, name)[rows] for name in ContractTable.COLUMNS}
    columns["commodity"] = np.searchsorted(needed, columns["commodity"])
    new_row = {int(row): place for place, row in enumerate(rows)}
    codes = {parameters.commodities[place].code for place in needed}
    spreads = [_within(spread, codes) for spread in parameters.inter_spreads]
    return SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=tuple(parameters.commodities[place] for place in needed),
        families=parameters.families,
        series=parameters.series,
        contracts=ContractTable(table.periods, columns),
        inter_spreads=tuple(spread for spread in spreads if spread is not None),
        combinations={
            new_row[row]: tuple(
                CombinationLeg(contract=new_row[leg.contract], ratio_e4=leg.ratio_e4)
                for leg in legs
            )
            for row, legs in parameters.combinations.items()
            if row in new_row
        },
        currency_rates=parameters.currency_rates,
        sha256=parameters.sha256,
    )


def _within(spread: InterSpread, codes: set[str]) -> InterSpread | None:
    """Return what of a spread can be formed with these commodities, None when nothing can.

    Delta-based methods ask for every leg (X3, X6, X7, X9); a scanning spread does without legs
    that are not required.
    """
    inside = tuple(leg for leg in spread.legs if leg.commodity in codes)
    if len(inside) == len(spread.legs):
        return spread
    if spread.method is not InterMethod.SCANNING or not inside:
        return None
    if any(leg.is_required for leg in spread.legs if leg.commodity not in codes):
        return None
    return msgspec.structs.replace(spread, legs=inside)
