"""Money: integer micros (1e-6) of one ISO 4217 currency; amounts of two currencies never add.

Conversion is always an explicit act with a named rate.  A rate is an integer count of 1e-9 base
units per unit of the other currency: EUR at 1.1 USD is 1_100_000_000.
"""

from typing import Final, NewType

from fencang.basics.decimals import format_scaled, parse_scaled
from fencang.basics.rounding import divide_half_away

__all__ = [
    "MICROS",
    "MONEY_MICROS_MAX",
    "PPM",
    "RATE_NANOS",
    "RATE_NANOS_MAX",
    "Currency",
    "MoneyMicros",
    "convert",
    "format_money",
    "parse_money",
    "saturated",
]

Currency = NewType("Currency", str)
MoneyMicros = NewType("MoneyMicros", int)

MICROS: Final = 1_000_000
RATE_NANOS: Final = 1_000_000_000
RATE_NANOS_MAX = 1 << 60
PPM: Final = 1_000_000
"""Scale of ratios: 50_000 parts per million are 5 %."""
MONEY_MICROS_MAX: Final = 1 << 62
"""Largest magnitude an amount may reach in a record; a decision beyond it is refused."""


def parse_money(text: str) -> MoneyMicros:
    """Return decimal text as money micros.  Raises DecimalFault when it is not exact."""
    return MoneyMicros(parse_scaled(text, 6))


def format_money(amount_micros: int, places_min: int = 2) -> str:
    """Return money micros as decimal text with at least ``places_min`` decimal places."""
    return format_scaled(amount_micros, 6, places_min)


def convert(amount_micros: int, rate_nanos: int) -> int:
    """Return the amount valued at ``rate_nanos``, rounded half away from zero to a micro."""
    if rate_nanos == RATE_NANOS:
        return amount_micros
    return divide_half_away(amount_micros * rate_nanos, RATE_NANOS)


def saturated(amount_micros: int) -> int:
    """Return a reported amount, held inside what a record can store."""
    return max(-MONEY_MICROS_MAX, min(MONEY_MICROS_MAX, amount_micros))
