"""Rules P1 to P3: which contracts a portfolio holds, each read into plain integers.

Everything behind this module works on ``Position`` and never looks at the contract table again,
but for the legs of combinations that keep their array (rule D2).
"""

from collections.abc import Mapping
from typing import NamedTuple

from fencang.margin.method import MarginRefused
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import (
    ContractRight,
    ContractTable,
    ContractType,
    ProductFamily,
    SpanParameters,
)
from fencang.margin.span.portfolio import Lots, Portfolio

__all__ = ["Contract", "Position", "contract_of", "positions_of", "replaced"]

_DELTA_SPLIT = "D"
"""Combination method of a combined commodity whose combinations keep their arrays (P2)."""


class Contract(NamedTuple):
    """One row of the contract table; units as there."""

    row: int
    family: ProductFamily
    commodity: str
    month: str
    """The underlying's period: where its delta counts (D1)."""
    right: ContractRight
    delta_e4: int
    delta_scaling_e4: int
    price_scan_range: int
    price_nanos: int | None
    """None where the file states no price."""
    value_factor_e7: int
    values: tuple[int, ...]
    """Loss of one long lot per scenario, in risk units."""


class Position(NamedTuple):
    """Lots of a contract: of a net account on one side only, of a gross account on both."""

    contract: Contract
    lots: Lots


def contract_of(parameters: SpanParameters, row: int) -> Contract:
    """Return a row of the contract table in plain integers."""
    table = parameters.contracts
    assert 0 <= row < len(table), row
    price_nanos = int(table.price_nanos[row])
    return Contract(
        row=row,
        family=parameters.families[int(table.family[row])],
        commodity=parameters.commodities[int(table.commodity[row])].code,
        month=table.periods[int(table.underlying_period[row])],
        right=ContractRight(int(table.right[row])),
        delta_e4=int(table.delta_e4[row]),
        delta_scaling_e4=int(table.delta_scaling_e4[row]),
        price_scan_range=int(table.price_scan_range[row]),
        price_nanos=None if price_nanos == ContractTable.NO_PRICE else price_nanos,
        value_factor_e7=int(table.value_factor_e7[row]),
        values=tuple(int(value) for value in table.values[row]),
    )


def positions_of(parameters: SpanParameters, portfolio: Portfolio) -> tuple[Position, ...]:
    """Return what takes part in the calculation, by row (P1 to P3).

    Raises:
        MarginRefused: lots of a combination do not make whole lots of its legs (P2).
    """
    sides = {
        row: lots if portfolio.is_gross else _one_side(lots.net)
        for row, lots in portfolio.lots.items()
    }
    whole = replaced(parameters, sides)
    if not portfolio.is_gross:
        whole = {row: _one_side(lots.net) for row, lots in whole.items()}
    return tuple(
        Position(contract_of(parameters, row), lots)
        for row, lots in sorted(whole.items())
        if lots.long or lots.short
    )


def _one_side(net: int) -> Lots:
    """P1: a net account is long or short, never both."""
    return Lots(max(net, 0), max(-net, 0))


def replaced(parameters: SpanParameters, lots: Mapping[int, Lots]) -> dict[int, Lots]:
    """P2: replace combinations that cannot be positions by their legs, before anything else.

    Raises:
        MarginRefused: naming every combination whose lots do not make whole lots of a leg.
    """
    whole: dict[int, Lots] = {}
    faults: list[str] = []
    for row, held in lots.items():
        _replace(parameters, (row,), held, whole, faults)
    if faults:
        raise MarginRefused(faults)
    return whole


def _replace(
    parameters: SpanParameters,
    path: tuple[int, ...],
    held: Lots,
    whole: dict[int, Lots],
    faults: list[str],
) -> None:
    row = path[-1]
    if not _is_replaced(parameters, row):
        had = whole.get(row, Lots(0, 0))
        whole[row] = Lots(had.long + held.long, had.short + held.short)
        return
    for leg in parameters.combinations[row]:
        key, leg_key = key_of(parameters, row), key_of(parameters, leg.contract)
        if leg.contract in path:
            faults.append(f"{key}: its leg {leg_key} contains the combination itself")
            continue
        long_e4, short_e4 = held.long * leg.ratio_e4, held.short * leg.ratio_e4
        if leg.ratio_e4 < 0:  # the leg is sold when the combination is bought
            long_e4, short_e4 = -short_e4, -long_e4
        (long, long_rest), (short, short_rest) = divmod(long_e4, 10_000), divmod(short_e4, 10_000)
        if long_rest or short_rest:
            faults.append(
                f"{key}: {held.long} long and {held.short} short lots are not whole lots of its "
                f"leg {leg_key} at {leg.ratio_e4} ten-thousandths each"
            )
            continue
        _replace(parameters, (*path, leg.contract), Lots(long, short), whole, faults)


def _is_replaced(parameters: SpanParameters, row: int) -> bool:
    table = parameters.contracts
    family = parameters.families[int(table.family[row])]
    commodity = parameters.commodities[int(table.commodity[row])]
    return (
        family.kind is ContractType.COMBINATION
        and bool(parameters.combinations.get(row))
        and not family.is_positionable
        and commodity.combination_method != _DELTA_SPLIT
    )
