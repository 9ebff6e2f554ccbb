"""Fields of a statement to exact integers: decimal signs, minus in brackets, dates."""

import re
from datetime import date
from typing import NamedTuple

from fencang.basics.decimals import DecimalFault, parse_scaled
from fencang.refdata.definition import LOTS_MAX

__all__ = ["DATE_WORDS", "FieldFault", "NumberStyle", "date_of", "date_pattern", "lots_of"]

DATE_WORDS = ("YYYY", "MM", "DD")
_MAGNITUDE_MAX = 1 << 62


class FieldFault(ValueError):
    """A field is not what its column should hold; the text says what is allowed."""


class NumberStyle(NamedTuple):
    """How a file writes numbers."""

    decimal: str = "."
    thousands: str = ""

    def scaled(self, text: str, places: int) -> int:
        """Return a decimal as an integer count of 10^-places: "(1,250.50)" → -1_250_500_000.

        Raises:
            FieldFault: no number, one too fine, or one too large.
        """
        plain = text.strip()
        if plain.startswith("(") and plain.endswith(")"):
            plain = "-" + plain[1:-1].strip()
        elif plain.endswith("-"):
            plain = "-" + plain[:-1].strip()
        if self.thousands:
            plain = self._without_thousands(plain, text)
        if self.decimal != ".":
            if "." in plain:
                raise FieldFault(f"{text!r} has a point; the map says that decimals follow ','")
            plain = plain.replace(self.decimal, ".")
        try:
            value = parse_scaled(plain, places)
        except DecimalFault as fault:
            raise FieldFault(f"{text!r}: {fault}") from fault
        if abs(value) > _MAGNITUDE_MAX:
            raise FieldFault(f"{text!r} is larger than any amount here")
        return value

    def _without_thousands(self, plain: str, text: str) -> str:
        """Take separators out where they stand in threes; elsewhere they are a wrong decimal."""
        whole, point, rest = plain.partition(self.decimal)
        if self.thousands not in plain:
            return plain
        mark = re.escape(self.thousands)
        if self.thousands in rest or not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{mark}\d{{3}})+", whole):
            raise FieldFault(f"{text!r}: {self.thousands!r} does not part thousands here")
        return whole.replace(self.thousands, "") + point + rest


def lots_of(style: NumberStyle, text: str) -> int:
    """Return a whole number of lots.

    Raises:
        FieldFault: no whole number, or more than anybody holds.
    """
    value = style.scaled(text, 0)
    if abs(value) > LOTS_MAX:
        raise FieldFault(f"{text!r} is more than {LOTS_MAX:,} lots")
    return value


def date_pattern(words: str) -> re.Pattern[str] | None:
    """Return the pattern of a date format such as ``DD.MM.YYYY``; None when it is none."""
    if any(words.count(word) != 1 for word in DATE_WORDS):
        return None
    pattern = re.escape(words)
    for word in DATE_WORDS:
        pattern = pattern.replace(word, rf"(?P<{word}>\d{{{len(word)}}})")
    return re.compile(pattern, re.ASCII)


def date_of(pattern: re.Pattern[str], words: str, text: str) -> date:
    """Return the date a field states.

    Raises:
        FieldFault: another form, or no day of the calendar.
    """
    match = pattern.fullmatch(text.strip())
    if match is None:
        raise FieldFault(f"{text!r} is not a date of the form {words}")
    try:
        return date(*(int(match.group(word)) for word in DATE_WORDS))
    except ValueError as fault:
        raise FieldFault(f"{text!r} is no day of the calendar: {fault}") from fault
