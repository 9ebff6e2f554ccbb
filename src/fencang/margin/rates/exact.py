"""Sums that never round: money as whole numbers of 1e-27 micro, rounded once where a rule says so.

A price divides a micro by 1e9, a ratio, a share and a coefficient by 1e6 each; the product of all
four is therefore still a whole number of ``EXACT``-ths of a micro.
"""

from fencang.basics.money import PPM
from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_exact, divide_half_away

__all__ = ["EXACT", "rounded_micros", "share_exact", "value_exact"]

EXACT = 10**27
"""One micro."""


def value_exact(price_nanos: int, point_value_micros: int) -> int:
    """Return the absolute value of one lot: 4,203 at 10 yuan a point → 42,030 yuan."""
    return abs(price_nanos) * point_value_micros * (EXACT // NANOS)


def share_exact(amount_exact: int, ratio_ppm: int) -> int:
    """Return a share of an amount; at most three shares of a value are exact."""
    return divide_exact(amount_exact * ratio_ppm, PPM)


def rounded_micros(amount_exact: int, rounding_micros: int) -> int:
    """Return micros, a multiple of ``rounding_micros``, halves away from zero."""
    return divide_half_away(amount_exact, EXACT * rounding_micros) * rounding_micros
