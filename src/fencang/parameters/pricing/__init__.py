"""Option pricing for risk arrays: which formula a series has, and the formulas over arrays.

Prices, implied volatilities and Greeks are floats and stay on this side of the engine; risk arrays
made of them are rounded to integers (``parameters.arrays``) and enter by command.
"""

from fencang.parameters.pricing.formulas import Greeks, deltas, greeks, implied_volatilities, prices
from fencang.parameters.pricing.model import (
    DELTA_POINTS,
    MODEL_VERSION,
    PRICING_CODES,
    DeltaPoint,
    PricingFormula,
    SeriesModel,
    UnknownPricingCode,
    model_of,
)

__all__ = [
    "DELTA_POINTS",
    "MODEL_VERSION",
    "PRICING_CODES",
    "DeltaPoint",
    "Greeks",
    "PricingFormula",
    "SeriesModel",
    "UnknownPricingCode",
    "deltas",
    "greeks",
    "implied_volatilities",
    "model_of",
    "prices",
]
