"""Exact passage between decimal text and scaled integers; floats never take part.

A fault says what was wrong, the text it was in, and what would be allowed.
"""

import re

__all__ = ["DecimalFault", "format_scaled", "parse_scaled"]

_DECIMAL = re.compile(r"([+-]?)(\d{1,30})(?:\.(\d{1,30}))?", re.ASCII)


class DecimalFault(ValueError):
    """A text is not an exact decimal of the wanted scale."""


def parse_scaled(text: str, places: int) -> int:
    """Return the decimal ``text`` as an integer count of 10^-``places``.

    "-36.98" with 9 places → -36_980_000_000.  Zeros beyond the scale are accepted, other digits
    are refused: nothing is rounded on the way in.

    Raises:
        DecimalFault: not a plain decimal ("NaN", "1e3", ""), or finer than the scale.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise DecimalFault(f"{text!r} is not a plain decimal number such as -36.98")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if fraction[places:].strip("0"):
        raise DecimalFault(f"{text!r} has digits beyond the {places} decimal places that are kept")
    scaled = int(whole + fraction[:places].ljust(places, "0"))
    return -scaled if sign == "-" else scaled


def format_scaled(value: int, places: int, places_min: int = 0) -> str:
    """Return an integer count of 10^-``places`` as decimal text without superfluous zeros.

    -36_980_000_000 with 9 places → "-36.98"; at least ``places_min`` digits follow the point.
    """
    digits = str(abs(value)).rjust(places + 1, "0")
    whole, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
    fraction = fraction.rstrip("0").ljust(places_min, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
