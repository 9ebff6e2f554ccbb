"""Prices as CME's positional files write them: digits, a decimal locator, an alignment code.

==========  ====================================================================================
alignment   meaning of the digits
==========  ====================================================================================
blank       digits ÷ 10^locator; a negative locator multiplies
``C``       CBOT Treasuries, locator 3: points, two digits of 32nds, one digit of a 32nd's eighths
``0``       CBOT grains: cents, one digit of a cent's eighths; the locator is not applied
==========  ====================================================================================

The eighths digit is 0, 1, 2 (¼), 3, 5 (½), 6, 7 (¾) or 8; 4 and 9 mean nothing and are refused,
as is every other alignment code: a price is never guessed.  Example: ``0122060`` with locator 3
and ``C`` is 122 + 6/32 = 122.1875.

A family's value factor is meant for digits ÷ 10^locator.  Under alignment ``0`` our price is in
cents, so the factor is divided by 10^(locator - 1): corn's 5,000 with locator 3 becomes 50.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import NANOS, format_price
from fencang.basics.rounding import divide_exact

__all__ = [
    "PRICE_MAGNITUDE_MAX",
    "PriceFormat",
    "PriceFormatFault",
    "decode_price",
    "decode_prices",
    "encode_price",
    "encode_prices",
    "value_factor_shift",
]

PRICE_MAGNITUDE_MAX = 4 * 10**18
"""Largest magnitude of a decoded price in nanos: four billion quoted units, inside int64."""

LOCATORS = range(-8, 13)
_EIGHTHS = {0: 0, 1: 1, 2: 2, 3: 3, 5: 4, 6: 5, 7: 6, 8: 7}
_LAST_DIGITS = {eighths: digit for digit, eighths in _EIGHTHS.items()}
_EIGHTHS_TABLE = np.array([_EIGHTHS.get(digit, -1) for digit in range(10)], dtype=np.int64)
_LAST_DIGITS_TABLE = np.array([_LAST_DIGITS[eighths] for eighths in range(8)], dtype=np.int64)


class PriceFormat(NamedTuple):
    """Decimal locator and alignment code of one kind of price of a product family."""

    locator: int
    alignment: str = ""

    @property
    def fault(self) -> str:
        """Return what is wrong with the format, empty when it can be read."""
        if self.alignment not in {"", "C", "0"}:
            return f"alignment code {self.alignment!r}; allowed is blank, C or 0"
        if self.alignment == "C" and self.locator != 3:
            return f"alignment code C with locator {self.locator}; allowed is 3"
        if self.alignment == "0" and self.locator not in range(1, 8):
            return f"alignment code 0 with locator {self.locator}; allowed is 1 to 7"
        if self.locator not in LOCATORS:
            return f"locator {self.locator}; allowed is {LOCATORS[0]} to {LOCATORS[-1]}"
        return ""


class PriceFormatFault(ValueError):
    """Digits that mean no price in a format, or a price that a format cannot write."""


def decode_price(digits: int, price_format: PriceFormat) -> int:
    """Return the magnitude of a price in nanos; the sign is stated apart.

    Raises:
        PriceFormatFault: the digits mean nothing in this format, or more than int64 nanos hold.
    """
    if price_format.fault:
        raise PriceFormatFault(price_format.fault)
    if price_format.alignment:
        ticks, last = divmod(digits, 10)
        eighths = _EIGHTHS.get(last)
        if eighths is None:
            raise PriceFormatFault(f"last digit {last}; allowed is 0, 1, 2, 3, 5, 6, 7 or 8")
        if price_format.alignment == "0":
            nanos = ticks * NANOS + eighths * (NANOS >> 3)
        else:
            points, thirty_seconds = divmod(ticks, 100)
            if thirty_seconds > 31:
                raise PriceFormatFault(f"{thirty_seconds} thirty-seconds; allowed is 00 to 31")
            parts = (points * 32 + thirty_seconds) * 8 + eighths
            nanos = divide_exact(parts * NANOS, 256)
    elif price_format.locator <= 9:
        nanos = digits * 10 ** (9 - price_format.locator)
    else:
        nanos, rest = divmod(digits, 10 ** (price_format.locator - 9))
        if rest:
            raise PriceFormatFault("a price finer than a nano; allowed are nine decimals")
    if nanos > PRICE_MAGNITUDE_MAX:
        raise PriceFormatFault(f"a price above {format_price(PRICE_MAGNITUDE_MAX)}")
    return nanos


def decode_prices(
    digits: NDArray[np.int64], price_format: PriceFormat
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return magnitudes in nanos and which digits mean no price (``decode_price`` says why).

    The format must be a valid one; digits are at most 14 long.
    """
    assert not price_format.fault, price_format
    if price_format.alignment:
        ticks, eighths = digits // 10, _EIGHTHS_TABLE[digits % 10]
        bad = eighths < 0
        if price_format.alignment == "0":
            bad |= ticks > PRICE_MAGNITUDE_MAX // NANOS
            nanos = np.where(bad, 0, ticks) * NANOS + np.where(bad, 0, eighths) * (NANOS >> 3)
            return nanos, bad
        points, thirty_seconds = ticks // 100, ticks % 100
        bad |= (thirty_seconds > 31) | (points >= PRICE_MAGNITUDE_MAX // NANOS)
        parts = (points * 32 + thirty_seconds) * 8 + eighths
        # A 256th is 3,906,250 nanos exactly.
        return np.where(bad, 0, parts) * divide_exact(NANOS, 256), bad
    if price_format.locator > 9:
        scale = 10 ** (price_format.locator - 9)
        return digits // scale, digits % scale != 0
    scale = 10 ** (9 - price_format.locator)
    bad = digits > PRICE_MAGNITUDE_MAX // scale
    return np.where(bad, 0, digits) * scale, bad


def encode_price(nanos: int, price_format: PriceFormat) -> int:
    """Return the digits of a price's magnitude; the sign is written apart.

    Raises:
        PriceFormatFault: the format cannot write the price exactly.
    """
    if price_format.fault:
        raise PriceFormatFault(price_format.fault)
    magnitude = abs(nanos)
    if price_format.alignment:
        parts_per_unit = 8 if price_format.alignment == "0" else 256
        parts, rest = divmod(magnitude * parts_per_unit, NANOS)
        ticks, eighths = divmod(parts, 8)
        if price_format.alignment == "C":
            points, thirty_seconds = divmod(ticks, 32)
            ticks = points * 100 + thirty_seconds
        digits = ticks * 10 + _LAST_DIGITS[eighths]
    elif price_format.locator <= 9:
        digits, rest = divmod(magnitude, 10 ** (9 - price_format.locator))
    else:
        digits, rest = magnitude * 10 ** (price_format.locator - 9), 0
    if rest:
        raise PriceFormatFault(f"{format_price(nanos)} is finer than {price_format} can write")
    return digits


def encode_prices(
    nanos: NDArray[np.int64], price_format: PriceFormat
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the digits of magnitudes and which prices the format cannot write."""
    assert not price_format.fault, price_format
    magnitude = np.abs(nanos)
    if price_format.alignment:
        unit = NANOS >> 3 if price_format.alignment == "0" else divide_exact(NANOS, 256)
        parts, rest = np.divmod(magnitude, unit)
        ticks, eighths = np.divmod(parts, 8)
        if price_format.alignment == "C":
            ticks = ticks // 32 * 100 + ticks % 32
        return ticks * 10 + _LAST_DIGITS_TABLE[eighths], rest != 0
    if price_format.locator > 9:
        scale = 10 ** (price_format.locator - 9)
        return magnitude * scale, magnitude > (1 << 62) // scale
    digits, rest = np.divmod(magnitude, 10 ** (9 - price_format.locator))
    return digits, rest != 0


def value_factor_shift(price_format: PriceFormat) -> int:
    """Return the power of ten by which a family's value factor is divided to fit our prices."""
    return price_format.locator - 1 if price_format.alignment == "0" else 0
