"""RCAMS of CFFEX as parameters of the netting engine.

Risk of one contract on both sides is hedged at the product's rate, contracts of a combined product
at its intra rate, combined products across by priority at a credit rate; short options are adjusted
and pay their premium.  Larger sides, delivery months and strategy pairs stand beside RCAMS and are
computed by ``rate_margin``.  CTP's published names stand in brackets.
"""

from collections.abc import Mapping, Sequence

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
from fencang.margin.rates.netting.margin import HeldRisk
from fencang.margin.span.frozen import Frozen

__all__ = [
    "RcamsCombinedProduct",
    "RcamsConventions",
    "RcamsCross",
    "RcamsParameters",
    "RcamsProduct",
    "rcams_netting",
]


class RcamsProduct(Frozen):
    """A product [RCAMSCombProductInfo, RCAMSInstrParameter HedgeRate]."""

    product_id: str
    combined_product_id: str
    same_contract_ppm: int


class RcamsCombinedProduct(Frozen):
    """A combined product [RCAMSIntraParameter HedgeRate, RCAMSShortOptAdjustParam AdjustValue]."""

    combined_product_id: str
    group_id: str
    intra_ppm: int
    short_option_adjustment_micros: Mapping[HedgeFlag, int] = {}


class RcamsCross(Frozen):
    """Two combined products [RCAMSInterParameter: Priority, CreditRate]."""

    priority: int
    credit_ppm: int
    first_id: str
    second_id: str


class RcamsConventions(Frozen):
    """What the field names leave open; all defaults are *our reading*.

    Hedge rates (对冲比率) are what is still charged, credit rates (折抵率) what is given back, both
    on one side.  The short option adjustment is an amount per short lot and is added; otherwise it
    is the least a combined product pays.
    """

    basis: Basis = Basis.ONE_SIDE
    hedge_meaning: Meaning = Meaning.CHARGED
    credit_meaning: Meaning = Meaning.CREDITED
    adjustment_is_floor: bool = False

    def hedge(self, ratio_ppm: int) -> Coefficient:
        """Return a hedge rate with its meaning."""
        return Coefficient(ratio_ppm=ratio_ppm, basis=self.basis, meaning=self.hedge_meaning)

    def credit(self, ratio_ppm: int) -> Coefficient:
        """Return a credit rate with its meaning."""
        return Coefficient(ratio_ppm=ratio_ppm, basis=self.basis, meaning=self.credit_meaning)


class RcamsParameters(Frozen):
    """A day's parameters; ``product_of`` names the product of an instrument."""

    product_of: Mapping[str, str]
    products: Mapping[str, RcamsProduct]
    combined_products: Mapping[str, RcamsCombinedProduct]
    crosses: tuple[RcamsCross, ...] = ()
    conventions: RcamsConventions = RcamsConventions()


def rcams_netting(parameters: RcamsParameters, rows: Sequence[HeldRisk]) -> NettingSet:
    """Return margin by side as risks of combined products, in exact micros.

    Rows are of one hedge flag: RCAMS is switched on, and nets, for each flag by itself.

    Raises:
        RateFault: rows of several flags, of instruments or products without parameters; all are
            told.
    """
    faults = [fault for row in rows for fault in _faults(parameters, row)]
    if len({row.hedge_flag for row in rows}) > 1:
        faults.append("rows of several hedge flags; RCAMS nets each flag by itself")
    if faults:
        raise RateFault(faults)
    adjustment: dict[str, int] = {}
    royalty: dict[str, int] = {}
    risks = []
    for row in rows:
        product = _product(parameters, row)
        name = product.combined_product_id
        per_lot = parameters.combined_products[name].short_option_adjustment_micros
        extra = row.short_option_lots * per_lot.get(row.hedge_flag, 0)
        adjustment[name] = adjustment.get(name, 0) + extra * EXACT
        royalty[name] = royalty.get(name, 0) + row.royalty_micros * EXACT
        risks.append(_risk(parameters.conventions, product, row))
    return NettingSet(
        risks=tuple(risks),
        families=tuple(
            _family(parameters, name, adjustment[name], royalty[name]) for name in royalty
        ),
        crosses=_crosses(parameters, royalty),
    )


def _crosses(parameters: RcamsParameters, present: Mapping[str, int]) -> tuple[Cross, ...]:
    return tuple(
        Cross(
            priority=row.priority,
            first_id=row.first_id,
            second_id=row.second_id,
            coefficient=parameters.conventions.credit(row.credit_ppm),
        )
        for row in parameters.crosses
        if row.first_id in present and row.second_id in present
    )


def _product(parameters: RcamsParameters, row: HeldRisk) -> RcamsProduct:
    return parameters.products[parameters.product_of[row.instrument_id]]


def _risk(conventions: RcamsConventions, product: RcamsProduct, row: HeldRisk) -> Risk:
    return Risk(
        contract_id=row.instrument_id,
        family_id=product.combined_product_id,
        long_units=row.long_micros * EXACT,
        short_units=row.short_micros * EXACT,
        lock=conventions.hedge(product.same_contract_ppm),
    )


def _family(parameters: RcamsParameters, name: str, adjustment: int, royalty: int) -> Family:
    combined = parameters.combined_products[name]
    is_floor = parameters.conventions.adjustment_is_floor
    return Family(
        family_id=name,
        group_id=combined.group_id,
        intra=parameters.conventions.hedge(combined.intra_ppm),
        add_on_exact=0 if is_floor else adjustment,
        minimum_exact=adjustment if is_floor else 0,
        royalty_exact=royalty,
    )


def _faults(parameters: RcamsParameters, row: HeldRisk) -> list[str]:
    product = parameters.products.get(parameters.product_of.get(row.instrument_id, ""))
    if product is None:
        return [f"{row.instrument_id}: RCAMS states no product"]
    faults = []
    if min(row.long_micros, row.short_micros, row.short_option_lots, row.royalty_micros) < 0:
        faults.append(f"{row.instrument_id}: a number is below zero")
    if product.combined_product_id not in parameters.combined_products:
        faults.append(
            f"{row.instrument_id}: combined product {product.combined_product_id} is unknown"
        )
    return faults
