"""Integer division and products of the kernels; every rounding of the method in one place.

Bounds: every argument lies below 2^62 in size; see each function for more.
"""

from fencang.margin.span.kernels.signatures import CREDIT_MAX, E4, E5, E10, INT, PAIR, PPM, kernel

__all__ = [
    "divisor",
    "half_away",
    "per_risk",
    "per_spread",
    "product",
    "scaled",
    "share",
    "to_unit",
]


@kernel(INT(INT, INT))
def half_away(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half away from zero; the denominator is positive."""
    size = abs(numerator)
    quotient = size // denominator
    if 2 * (size - quotient * denominator) >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


@kernel(INT(INT, INT, INT, INT))
def scaled(lots: int, whole: int, rest: int, denominator: int) -> int:
    """Return lots × (whole + rest / denominator), half away; 0 <= rest < denominator."""
    product = lots * rest
    carry = product // denominator
    twice = 2 * (product - carry * denominator)
    total = lots * whole + carry
    if twice > denominator or (twice == denominator and total >= 0):
        total += 1
    return total


@kernel(INT(INT, INT, INT))
def share(amount: int, numerator: int, denominator: int) -> int:
    """Return amount × numerator / denominator, half away; numerator × denominator < 2^62."""
    size = abs(amount)
    whole = size // denominator
    rest = size - whole * denominator
    found = whole * numerator + half_away(rest * numerator, denominator)
    return found if amount >= 0 else -found


@kernel(PAIR(INT, INT))
def product(left: int, right: int) -> tuple[int, int]:
    """Return left × right as (whole, rest) of 10^10, both at least 0 and below 2^62.

    ``whole`` is ``CREDIT_MAX`` where it would be more.
    """
    left_high, left_low = left // E5, left % E5
    right_high, right_low = right // E5, right % E5
    if right_high > 0 and left_high > CREDIT_MAX // right_high:
        return CREDIT_MAX, 0
    middle = left_high * right_low + left_low * right_high
    low = (middle % E5) * E5 + left_low * right_low
    whole = left_high * right_high + middle // E5 + low // E10
    if whole >= CREDIT_MAX:
        return CREDIT_MAX, 0
    return whole, low % E10


@kernel(INT(INT, INT, INT))
def to_unit(micros: int, rest: int, rounding: int) -> int:
    """Return micros + rest / 10^10 (both at least 0) rounded to a multiple of ``rounding``."""
    whole = micros // rounding
    twice = 2 * (micros - whole * rounding)
    if twice >= rounding or (twice == rounding - 1 and 2 * rest >= E10):
        whole += 1
    return whole * rounding


@kernel(PAIR(INT, INT))
def per_spread(n: int, amount: int) -> tuple[int, int]:
    """Return n (e4) × amount as (micros, rest of 10^10)."""
    whole, rest = product(n, amount)
    if whole >= CREDIT_MAX // PPM:
        return CREDIT_MAX, 0
    return whole * PPM + rest // E4, rest % E4 * PPM


@kernel(PAIR(INT, INT, INT))
def per_risk(volume: int, rate: int, weighted: int) -> tuple[int, int]:
    """Return volume (e8) × rate (ppm) × weighted (hundredths) as (micros, rest of 10^10)."""
    whole, rest = product(volume, rate)
    if weighted > 0 and whole > CREDIT_MAX // weighted:
        return CREDIT_MAX, 0
    carried, rest = product(rest, weighted)
    return min(whole * weighted + carried, CREDIT_MAX), rest


@kernel(INT(INT, INT))
def divisor(left: int, right: int) -> int:
    """Return the greatest common divisor."""
    while right:
        left, right = right, left % right
    return left
