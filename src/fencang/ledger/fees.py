"""What a fill costs, by the product's fee schedule."""

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_half_away
from fencang.refdata.contract import Product

__all__ = ["fee_micros"]


def fee_micros(
    product: Product, price_nanos: int, quantity_lots: int, closes_today_lots: int
) -> int:
    """Return the fee of a fill in the product's currency, never negative.

    Per-lot and clearing fees, plus parts per million of the absolute value (half away from zero).
    Lots that close a position of the same day pay the close-today rate where there is one.

    Example: 3 lots at 2.05 a lot and 0.40 clearing → 7.35.
    """
    fees = product.fees
    fee = (fees.per_lot_micros + fees.clearing_per_lot_micros) * quantity_lots
    if fees.close_today_per_lot_micros is not None:
        fee += (fees.close_today_per_lot_micros - fees.per_lot_micros) * closes_today_lots
    if fees.notional_ppm:
        value = abs(product.value_micros(price_nanos, quantity_lots))
        fee += divide_half_away(value * fees.notional_ppm, PPM)
    return fee
