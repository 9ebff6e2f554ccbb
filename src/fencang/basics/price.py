"""Prices: integer nanos, 1e-9 of the quoted unit (CME's binary protocol calls this PRICE9).

Zero and negative prices are ordinary prices.  WTI settled at -37.63 on 20 April 2020:
``parse_price("-37.63")`` is -37_630_000_000.
"""

from typing import Final, NewType

from fencang.basics.decimals import format_scaled, parse_scaled

__all__ = ["NANOS", "PRICE_NANOS_MAX", "PriceNanos", "format_price", "is_on_tick", "parse_price"]

PriceNanos = NewType("PriceNanos", int)

NANOS: Final = 1_000_000_000
PRICE_NANOS_MAX = 10_000_000 * NANOS
"""Largest magnitude of a price that may enter: ten million quoted units."""


def parse_price(text: str) -> PriceNanos:
    """Return decimal text as price nanos.  Raises DecimalFault when it is not exact."""
    return PriceNanos(parse_scaled(text, 9))


def format_price(price_nanos: int) -> str:
    """Return price nanos as decimal text."""
    return format_scaled(price_nanos, 9)


def is_on_tick(price_nanos: int, tick_nanos: int) -> bool:
    """Return whether the price is a whole number of ticks, on either side of zero."""
    return price_nanos % tick_nanos == 0
