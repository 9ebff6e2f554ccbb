"""SPMM of SHFE and INE as parameters of the netting engine.

An instrument pays on both sides, on the larger side, or by SPMM.  By SPMM, long and short risk of a
commodity (商品组) net with the intra rate, commodities of a group (商品群) with the inter rate, and
the group pays at least a share of its margin before discounts.  CTP's names stand in brackets.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import combinations

from fencang.margin.rates.exact import EXACT
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.netting.engine import (
    Basis,
    Coefficient,
    Cross,
    Family,
    Group,
    Meaning,
    NettingSet,
    Risk,
)
from fencang.margin.rates.netting.margin import HeldRisk
from fencang.margin.span.frozen import Frozen

__all__ = [
    "SpmmCommodity",
    "SpmmContract",
    "SpmmConventions",
    "SpmmGroup",
    "SpmmParameters",
    "SpmmRule",
    "spmm_netting",
]


class SpmmRule(StrEnum):
    """How an instrument is margined [InstMarginCalID]."""

    BOTH_SIDES = "both_sides"
    LARGER_SIDE = "larger_side"
    SPMM = "spmm"


class SpmmContract(Frozen):
    """An instrument [SPMMInstParam]; larger sides reach over its product."""

    instrument_id: str
    product_id: str
    commodity_id: str
    rule: SpmmRule = SpmmRule.SPMM
    is_option: bool = False


class SpmmCommodity(Frozen):
    """A commodity: its group, [IntraCommodityRate] and [OptionDiscountRate]."""

    commodity_id: str
    group_id: str
    intra_ppm: int
    option_ppm: int = 0


class SpmmGroup(Frozen):
    """A commodity group: [InterCommodityRate] and [MiniMarginRatio]."""

    group_id: str
    inter_ppm: int
    minimum_ppm: int = 0


class SpmmConventions(Frozen):
    """What the field names leave open; all defaults are *our reading*.

    A discount rate is what is given back, on one side of what meets.  Options of a commodity meet
    each other first, at the option rate; what is left joins the futures at the intra rate.
    Positions without discount [MarginNoDiscount] stand outside the group's minimum.
    """

    basis: Basis = Basis.ONE_SIDE
    meaning: Meaning = Meaning.CREDITED

    def coefficient(self, ratio_ppm: int) -> Coefficient:
        """Return a published rate with its meaning."""
        return Coefficient(ratio_ppm=ratio_ppm, basis=self.basis, meaning=self.meaning)


class SpmmParameters(Frozen):
    """A day's parameters, each by its own name."""

    contracts: Mapping[str, SpmmContract]
    commodities: Mapping[str, SpmmCommodity]
    groups: Mapping[str, SpmmGroup]
    conventions: SpmmConventions = SpmmConventions()


def spmm_netting(parameters: SpmmParameters, rows: Sequence[HeldRisk]) -> NettingSet:
    """Return margin by side as risks of commodities, in exact micros.

    Raises:
        RateFault: rows of instruments, commodities or groups without parameters; all are told.
    """
    faults = [fault for row in rows for fault in _faults(parameters, row)]
    if faults:
        raise RateFault(faults)
    conventions = parameters.conventions
    risks = []
    held: dict[str, SpmmCommodity] = {}
    sides: dict[tuple[str, str, SpmmRule], tuple[int, int]] = {}
    for row in rows:
        contract = parameters.contracts[row.instrument_id]
        commodity = parameters.commodities[contract.commodity_id]
        held[commodity.commodity_id] = commodity
        if contract.rule is SpmmRule.SPMM:
            risks.append(_risk(conventions, contract, commodity, row))
        else:
            place = (commodity.commodity_id, contract.product_id, contract.rule)
            long, short = sides.get(place, (0, 0))
            sides[place] = (long + row.long_micros, short + row.short_micros)
    groups = dict.fromkeys(commodity.group_id for commodity in held.values())
    return NettingSet(
        risks=tuple(risks),
        families=tuple(
            Family(
                family_id=name,
                group_id=commodity.group_id,
                intra=conventions.coefficient(commodity.intra_ppm),
                uncombined_exact=_uncombined(name, sides) * EXACT,
            )
            for name, commodity in held.items()
        ),
        crosses=_crosses(parameters, held),
        groups=tuple(
            Group(group_id=name, minimum_ppm=parameters.groups[name].minimum_ppm) for name in groups
        ),
    )


def _risk(
    conventions: SpmmConventions,
    contract: SpmmContract,
    commodity: SpmmCommodity,
    row: HeldRisk,
) -> Risk:
    long_units, short_units = row.long_micros * EXACT, row.short_micros * EXACT
    family_id = commodity.commodity_id
    if not contract.is_option:
        return Risk(
            contract_id=contract.instrument_id,
            family_id=family_id,
            long_units=long_units,
            short_units=short_units,
        )
    # All options of a commodity are one contract to the engine: they lock with each other.
    return Risk(
        contract_id=f"options of {family_id}",
        family_id=family_id,
        long_units=long_units,
        short_units=short_units,
        lock=conventions.coefficient(commodity.option_ppm),
    )


def _uncombined(
    commodity_id: str, sides: Mapping[tuple[str, str, SpmmRule], tuple[int, int]]
) -> int:
    return sum(
        max(amounts) if rule is SpmmRule.LARGER_SIDE else sum(amounts)
        for (name, _, rule), amounts in sides.items()
        if name == commodity_id
    )


def _crosses(parameters: SpmmParameters, held: Mapping[str, SpmmCommodity]) -> tuple[Cross, ...]:
    """Return every pair of commodities of a group: with one rate, what meets is the same in all."""
    return tuple(
        Cross(
            priority=0,
            first_id=first,
            second_id=second,
            coefficient=parameters.conventions.coefficient(
                parameters.groups[held[first].group_id].inter_ppm
            ),
        )
        for first, second in combinations(sorted(held), 2)
        if held[first].group_id == held[second].group_id
    )


def _faults(parameters: SpmmParameters, row: HeldRisk) -> list[str]:
    contract = parameters.contracts.get(row.instrument_id)
    if contract is None:
        return [f"{row.instrument_id}: SPMM states no parameters"]
    faults = []
    if min(row.long_micros, row.short_micros) < 0:
        faults.append(f"{row.instrument_id}: margin is below zero")
    commodity = parameters.commodities.get(contract.commodity_id)
    if commodity is None:
        faults.append(f"{row.instrument_id}: commodity {contract.commodity_id} is unknown")
    elif commodity.group_id not in parameters.groups:
        faults.append(f"{row.instrument_id}: group {commodity.group_id} is unknown")
    return faults
