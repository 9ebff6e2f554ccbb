"""Rate-based requirement per lot: a share of the absolute value at the mark, at least a floor."""

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.refdata.contract import Product

__all__ = ["notional_per_lot", "requirement_per_lot"]


def notional_per_lot(product: Product, mark_nanos: int) -> int:
    """Return the absolute value of one lot in micros: CL at -36.98 → USD 36,980."""
    return abs(product.value_micros(mark_nanos, 1))


def requirement_per_lot(product: Product, mark_nanos: int) -> int:
    """Return the requirement of one lot in micros, rounded up, never negative.

    A price near zero would ask for almost nothing, which is why products have a floor.
    """
    share = divide_ceiling(notional_per_lot(product, mark_nanos) * product.margin_ppm, PPM)
    return max(share, product.margin_floor_micros)
