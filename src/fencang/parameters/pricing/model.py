"""Which formula prices a series, and everything else about its arrays that is data.

Nothing here looks at a price: an underlying at zero or below takes the same way as any other (see
``kernels.switched``), so no market can make a series raise.
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from fencang.margin.span.frozen import Frozen
from fencang.margin.span.parameters import ProductFamily, Series

__all__ = [
    "DELTA_POINTS",
    "MODEL_VERSION",
    "PRICING_CODES",
    "DeltaPoint",
    "PricingFormula",
    "SeriesModel",
    "UnknownPricingCode",
    "model_of",
]

MODEL_VERSION = 1
"""Raised whenever the same input may give another array; part of every computed row's origin."""


class PricingFormula(IntEnum):
    """An option formula, as the kernels number them.

    The first two take lognormal volatilities (0.35), the others normal ones (12.50 price units).
    ``BACHELIER_AMERICAN`` is the greater of the European price and the intrinsic value.
    """

    BLACK_76 = 0
    BJERKSUND_STENSLAND = 1
    BACHELIER = 2
    BACHELIER_AMERICAN = 3

    @property
    def label(self) -> str:
        """Return the name that stands in a computed row's origin, ``black-76``."""
        return self.name.lower().replace("_", "-")


PRICING_CODES: Mapping[str, PricingFormula] = MappingProxyType(
    {
        "M": PricingFormula.BLACK_76,
        "W": PricingFormula.BJERKSUND_STENSLAND,
        "BS": PricingFormula.BLACK_76,
    }
)
"""Pricing model codes of SPAN files: M European on a future, W American, BS NSE's European."""


class DeltaPoint(Frozen):
    """A price point of the composite delta: move in scan ranges, and its weight."""

    price_numerator: int
    price_denominator: int
    weight_ppm: int


DELTA_POINTS = (
    DeltaPoint(price_numerator=0, price_denominator=1, weight_ppm=270_000),
    DeltaPoint(price_numerator=1, price_denominator=3, weight_ppm=217_000),
    DeltaPoint(price_numerator=-1, price_denominator=3, weight_ppm=217_000),
    DeltaPoint(price_numerator=2, price_denominator=3, weight_ppm=111_000),
    DeltaPoint(price_numerator=-2, price_denominator=3, weight_ppm=111_000),
    DeltaPoint(price_numerator=1, price_denominator=1, weight_ppm=37_000),
    DeltaPoint(price_numerator=-1, price_denominator=1, weight_ppm=37_000),
)
"""The seven points and weights that files state; they sum to one."""


class SeriesModel(Frozen):
    """How the arrays of one series are made.

    ``switch_scan_ranges_e3``: price of underlying or strike below which the normal formula takes
    over, in thousandths of the price scan range.  ``carry_rate_e6``: rate a year at which the
    underlying price runs towards its spot, 0 where arrays of futures are linear (CME).
    ``is_extreme_of_points``: the extreme move and its cover are those of the scan points (XML),
    not of the series (records B).  ``look_ahead_days`` counts where the series states none.
    ``delta_points``: none where the composite delta is the one of today (NSE).
    ``prefers_outside_volatility``: an option in the money takes the volatility of the other right
    at its strike, where that has one.
    """

    formula: PricingFormula
    switch_scan_ranges_e3: int = 1_000
    carry_rate_e6: int = 0
    is_extreme_of_points: bool = False
    look_ahead_days: int = 1
    delta_points: tuple[DeltaPoint, ...] = DELTA_POINTS
    prefers_outside_volatility: bool = False


class UnknownPricingCode(ValueError):
    """A series names a pricing model that no formula is known for."""


def model_of(
    series: Series,
    family: ProductFamily,
    *,
    codes: Mapping[str, PricingFormula] = PRICING_CODES,
    is_extreme_of_points: bool = False,
) -> SeriesModel:
    """Return the model a series' pricing code names; without code, its family's style does.

    NSE's ``BS`` carries the underlying at the series' interest rate and states today's delta (its
    published deltas show both, see docs/guide/risk-arrays.md).

    Raises:
        UnknownPricingCode: names the series, the code and the codes that are known.
    """
    code = series.pricing_model.strip()
    if code and code not in codes:
        raise UnknownPricingCode(
            f"{series.family} {series.period}: pricing model {code!r} is not one of "
            f"{', '.join(sorted(codes))}; give its formula in codes"
        )
    if code:
        formula = codes[code]
    elif family.is_american:
        formula = PricingFormula.BJERKSUND_STENSLAND
    else:
        formula = PricingFormula.BLACK_76
    is_nse = code == "BS"
    return SeriesModel(
        formula=formula,
        carry_rate_e6=series.interest_rate_e6 if is_nse else 0,
        is_extreme_of_points=is_extreme_of_points,
        delta_points=() if is_nse else DELTA_POINTS,
        prefers_outside_volatility=formula is PricingFormula.BJERKSUND_STENSLAND,
    )
