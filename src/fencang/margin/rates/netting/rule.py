"""RULE of DCE as parameters of the netting engine.

Contracts are converted to standard lots of their family by four ratios (speculation or hedge, buy
or sell); buys and sells of a family net at an intra coefficient, one for ordinary contracts and one
for contracts near delivery; families net across by priority in stated proportions of standard lots.
CTP's published names stand in brackets.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_exact
from fencang.margin.rates.exact import EXACT
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import HedgeFlag
from fencang.margin.rates.netting.engine import (
    Basis,
    Coefficient,
    Cross,
    Family,
    Meaning,
    NettingSet,
    Risk,
)
from fencang.margin.rates.netting.margin import HeldLots
from fencang.margin.span.frozen import Frozen

__all__ = [
    "RuleClass",
    "RuleContract",
    "RuleConventions",
    "RuleCross",
    "RuleFamily",
    "RuleParameters",
    "rule_netting",
]


class RuleClass(StrEnum):
    """How a contract may be combined [InstrumentClass]."""

    USUAL = "usual"
    NEAR_DELIVERY = "near_delivery"
    NOT_COMBINED = "not_combined"


class RuleContract(Frozen):
    """A contract [RULEInstrParameter]: standard lots and add-on margin of one lot."""

    instrument_id: str
    family_id: str
    buy_speculation_ppm: int
    """[BSpecRatio]"""
    sell_speculation_ppm: int
    """[SSpecRatio]"""
    buy_hedge_ppm: int
    """[BHedgeRatio]"""
    sell_hedge_ppm: int
    """[SHedgeRatio]"""
    buy_add_on_micros: int = 0
    """[BAddOnMargin]"""
    sell_add_on_micros: int = 0
    """[SAddOnMargin]"""
    contract_class: RuleClass = RuleClass.USUAL

    def ratios(self, hedge_flag: HedgeFlag) -> tuple[int, int]:
        """Return the ratios of buy and sell; every flag but hedging counts as speculation."""
        if hedge_flag is HedgeFlag.HEDGE:
            return self.buy_hedge_ppm, self.sell_hedge_ppm
        return self.buy_speculation_ppm, self.sell_speculation_ppm


class RuleFamily(Frozen):
    """A family [RULEIntraParameter]: margin of its standard contract, two intra coefficients."""

    family_id: str
    standard_margin_micros: int
    """[StdInstrMargin]"""
    usual_intra_ppm: int
    """[UsualIntraRate]"""
    near_delivery_intra_ppm: int
    """[DeliveryIntraRate]"""


class RuleCross(Frozen):
    """A pair of families [RULEInterParameter: SpreadId, InterRate, Leg1/2PropFactor]."""

    priority: int
    rate_ppm: int
    first_id: str
    second_id: str
    first_share: int = 1
    second_share: int = 1


class RuleConventions(Frozen):
    """What the field names leave open; all defaults are *our reading*.

    Coefficients are what is still charged, on one side (across families: the dearer one).
    Standard lots keep their fractions.  Ordinary and near-delivery contracts of a family net apart
    from each other, and ``cross_classes`` net across families.
    """

    basis: Basis = Basis.ONE_SIDE
    meaning: Meaning = Meaning.CHARGED
    cross_classes: tuple[RuleClass, ...] = (RuleClass.USUAL,)

    def coefficient(self, ratio_ppm: int) -> Coefficient:
        """Return a published rate with its meaning."""
        return Coefficient(ratio_ppm=ratio_ppm, basis=self.basis, meaning=self.meaning)


class RuleParameters(Frozen):
    """A day's parameters, contracts by instrument and families by name."""

    contracts: Mapping[str, RuleContract]
    families: Mapping[str, RuleFamily]
    crosses: tuple[RuleCross, ...] = ()
    conventions: RuleConventions = RuleConventions()


def rule_netting(parameters: RuleParameters, rows: Sequence[HeldLots]) -> NettingSet:
    """Return lots as millionths of standard lots; families are named ``family/class``.

    Raises:
        RateFault: rows of contracts or families without parameters; all are told.
    """
    faults = [fault for row in rows for fault in _faults(parameters, row)]
    if faults:
        raise RateFault(faults)
    risks = []
    add_on: dict[tuple[str, RuleClass], int] = {}
    uncombined: dict[tuple[str, RuleClass], int] = {}
    for row in rows:
        contract = parameters.contracts[row.instrument_id]
        place = (contract.family_id, contract.contract_class)
        buy_ppm, sell_ppm = contract.ratios(row.hedge_flag)
        long_units, short_units = row.long_lots * buy_ppm, row.short_lots * sell_ppm
        extra = row.long_lots * contract.buy_add_on_micros
        extra += row.short_lots * contract.sell_add_on_micros
        add_on[place] = add_on.get(place, 0) + extra * EXACT
        if contract.contract_class is RuleClass.NOT_COMBINED:
            family = parameters.families[contract.family_id]
            amount = (long_units + short_units) * _unit_exact(family)
            uncombined[place] = uncombined.get(place, 0) + amount
        else:
            risk = Risk(
                contract_id=row.instrument_id,
                family_id=_name(place),
                long_units=long_units,
                short_units=short_units,
            )
            risks.append(risk)
    return NettingSet(
        risks=tuple(risks),
        families=tuple(
            _family(parameters, place, add_on[place], uncombined.get(place, 0)) for place in add_on
        ),
        crosses=_crosses(parameters, add_on),
    )


def _name(place: tuple[str, RuleClass]) -> str:
    return "/".join(place)


def _unit_exact(family: RuleFamily) -> int:
    return divide_exact(family.standard_margin_micros * EXACT, PPM)


def _family(
    parameters: RuleParameters, place: tuple[str, RuleClass], add_on: int, uncombined: int
) -> Family:
    name, contract_class = place
    family = parameters.families[name]
    intra_ppm = family.usual_intra_ppm
    if contract_class is RuleClass.NEAR_DELIVERY:
        intra_ppm = family.near_delivery_intra_ppm
    return Family(
        family_id=_name(place),
        unit_exact=_unit_exact(family),
        intra=parameters.conventions.coefficient(intra_ppm),
        add_on_exact=add_on,
        uncombined_exact=uncombined,
    )


def _crosses(
    parameters: RuleParameters, places: Mapping[tuple[str, RuleClass], int]
) -> tuple[Cross, ...]:
    conventions = parameters.conventions
    return tuple(
        Cross(
            priority=row.priority,
            first_id=_name((row.first_id, contract_class)),
            second_id=_name((row.second_id, contract_class)),
            coefficient=conventions.coefficient(row.rate_ppm),
            first_share=row.first_share,
            second_share=row.second_share,
        )
        for row in parameters.crosses
        for contract_class in conventions.cross_classes
        if (row.first_id, contract_class) in places and (row.second_id, contract_class) in places
    )


def _faults(parameters: RuleParameters, row: HeldLots) -> list[str]:
    contract = parameters.contracts.get(row.instrument_id)
    if contract is None:
        return [f"{row.instrument_id}: RULE states no parameters"]
    faults = []
    if min(row.long_lots, row.short_lots) < 0:
        faults.append(f"{row.instrument_id}: lots are below zero")
    if contract.family_id not in parameters.families:
        faults.append(f"{row.instrument_id}: family {contract.family_id} is unknown")
    return faults
