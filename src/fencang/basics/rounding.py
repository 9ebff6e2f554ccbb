"""Integer division under a name, so that every rounding in the books is a stated decision.

Python's ``//`` floors and its ``/`` makes floats; neither says what a rule book meant.  Margin
and settlement round half away from zero unless their source says else.
"""

__all__ = ["divide_ceiling", "divide_exact", "divide_floor", "divide_half_away"]


def divide_half_away(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to the nearest integer, halves away from zero.

    7 / 2 → 4, -7 / 2 → -4, 6 / 4 → 2.  The denominator must be positive.
    """
    assert denominator > 0, denominator
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def divide_floor(numerator: int, denominator: int) -> int:
    """Return the greatest integer not above the quotient (limits: never grant a fraction more)."""
    assert denominator > 0, denominator
    return numerator // denominator


def divide_ceiling(numerator: int, denominator: int) -> int:
    """Return the least integer not below the quotient (requirements: never ask a fraction less)."""
    assert denominator > 0, denominator
    return -(-numerator // denominator)


def divide_exact(numerator: int, denominator: int) -> int:
    """Return the quotient of a division that the caller knows to leave no rest."""
    quotient, rest = divmod(numerator, denominator)
    assert rest == 0, (numerator, denominator)
    return quotient
