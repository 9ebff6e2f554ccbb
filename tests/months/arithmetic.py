"""What a clerk writes beside an amount, worked out exactly: ``3 lots x (4510.25 - 4500) x 50``.

Numbers, ``+ - x /``, brackets and ``%`` (a hundredth) count; ``rounded (...)`` is half away from
zero to the micro, ``down (...)`` to the micro below.  Every other word is for the reader.
"""

import re
from fractions import Fraction

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[-+/()%]|[A-Za-z]+|(\S)")
_SIGNS = {"+": 1, "-": -1}
_MICRO = 1_000_000


class Faulty(ValueError):
    """Arithmetic that nobody can work out."""


def worked_out(text):
    """Return the exact value of a line of arithmetic."""
    tokens = [found.group() for found in _TOKEN.finditer(text) if not _is_word(found)]
    value, rest = _sum(tokens)
    if rest:
        raise Faulty(f"{text!r}: what is {rest[0]!r} doing there?")
    return value


def _is_word(found):
    token = found.group()
    if found.group(1):
        raise Faulty(f"{found.string!r}: {token!r} is no arithmetic")
    return token.isalpha() and token not in ("x", "rounded", "down")


def _sum(tokens):
    value, rest = _product(tokens)
    while rest and rest[0] in _SIGNS:
        sign = _SIGNS[rest[0]]
        term, rest = _product(rest[1:])
        value += sign * term
    return value, rest


def _product(tokens):
    value, rest = _factor(tokens)
    while rest and rest[0] in ("x", "/"):
        factor, after = _factor(rest[1:])
        value = value * factor if rest[0] == "x" else value / factor
        rest = after
    return value, rest


def _factor(tokens):
    if not tokens:
        raise Faulty("a number is missing at the end")
    first, rest = tokens[0], tokens[1:]
    if first in _SIGNS:
        value, rest = _factor(rest)
        value *= _SIGNS[first]
    elif first in ("rounded", "down"):
        value, rest = _factor(rest)
        value = half_away(value) if first == "rounded" else Fraction(value * _MICRO // 1, _MICRO)
    elif first == "(":
        value, rest = _sum(rest)
        if not rest or rest[0] != ")":
            raise Faulty("a bracket is not closed")
        rest = rest[1:]
    elif first[0].isdigit():
        value = Fraction(first)
    else:
        raise Faulty(f"a number is missing before {first!r}")
    while rest and rest[0] == "%":
        value, rest = value / 100, rest[1:]
    return value, rest


def half_away(value):
    """Return a value rounded half away from zero to the micro."""
    micros = (abs(value) * _MICRO + Fraction(1, 2)) // 1
    return Fraction(micros if value >= 0 else -micros, _MICRO)
