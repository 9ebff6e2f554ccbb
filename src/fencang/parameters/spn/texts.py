"""From the texts of an element to numbers, exactly; every text that is none is a fault.

Money, prices, ratios and factors are exact: a digit beyond what is kept is a fault.  Deltas,
volatilities, times and exchange rates are measurements and round half away from zero.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from fencang.basics.decimals import DecimalFault, parse_scaled
from fencang.basics.rounding import divide_half_away
from fencang.parameters.spn.scanner import Element, FaultCall, Position

__all__ = ["PERIOD", "Texts", "period_of", "scaled_array"]

T = TypeVar("T")

PERIOD = re.compile(r"\d{6}(?:[0-9A-Z]{2})?", re.ASCII)
"""``CCYYMM``, with or without a day or week code."""
MEASURE_PLACES = 24
"""Digits of a measurement that are looked at before it is rounded."""
NUMBER_MAX = 10**18
"""Largest magnitude of a scaled number: it fits 64 bits with room for one addition."""
_WHOLE = re.compile(r"-?\d{1,12}(?: -?\d{1,12})*", re.ASCII)
_TENTHS = re.compile(r"-?\d{1,12}\.\d(?: -?\d{1,12}\.\d)*", re.ASCII)
_CENTS = re.compile(r"-?\d{1,12}\.\d\d(?: -?\d{1,12}\.\d\d)*", re.ASCII)


def period_of(text: str) -> str | None:
    """Return a period as the set writes it, "" for none (all zeros), None when it is no period."""
    if not text.strip("0"):
        return ""
    if PERIOD.fullmatch(text) is None:
        return None
    return text[:6] if text.endswith("00") and len(text) == 8 else text


def scaled_array(texts: list[str]) -> tuple[list[int], int]:
    """Return the numbers of a risk array as integers, and the number of their decimals (0-6).

    Raises:
        DecimalFault: one of them is no plain decimal, or finer than six places.
    """
    joined = " ".join(texts)
    if _CENTS.fullmatch(joined):
        return [int(text) for text in joined.replace(".", "").split()], 2
    if _WHOLE.fullmatch(joined):
        return [int(text) for text in texts], 0
    if _TENTHS.fullmatch(joined):
        return [int(text) for text in joined.replace(".", "").split()], 1
    values = [parse_scaled(text, 6) for text in texts]
    if max(map(abs, values)) >= 10**18:
        raise DecimalFault("a number of the risk array has more than 12 digits before the point")
    return values, 6


class Texts:
    """Reads the leaves of elements, reporting each text that is not what it should be."""

    def __init__(self, fault: FaultCall) -> None:
        self.count = 0
        """Faults so far: what was read while it grew is damaged and is left out."""
        self._fault = fault

    def fault(self, position: Position, found: str, allowed: str) -> None:
        """Report one damaged place."""
        self.count += 1
        self._fault(position, found, allowed)

    def missing(self, element: Element, name: str) -> None:
        """Report that a leaf is not there."""
        self.fault(element.position(name), "nothing", f"a {name} in each {element.name}")

    def text(self, element: Element, name: str, default: str | None = None) -> str:
        """Return a leaf's text; without a default it must be there."""
        found = element.fields.get(name, "")
        if found:
            return found
        if default is None:
            self.missing(element, name)
        return default or ""

    def exact(self, element: Element, name: str, places: int, default: int | None = None) -> int:
        """Return a leaf as integer count of 10^-places; without a default it must be there."""
        text = element.fields.get(name, "")
        if not text:
            if default is None:
                self.missing(element, name)
            return default or 0
        try:
            value = parse_scaled(text, places)
        except DecimalFault as fault:
            self.fault(element.position(name), repr(text), str(fault))
            return default or 0
        return self._bounded(element, name, value)

    def _bounded(self, element: Element, name: str, value: int) -> int:
        if abs(value) > NUMBER_MAX:
            found = element.fields[name]
            self.fault(element.position(name), found, "a number that 18 digits can hold")
            return 0
        return value

    def rounded(self, element: Element, name: str, places: int, default: int = 0) -> int:
        """Return a measurement, half away from zero, as integer count of 10^-places."""
        text = element.fields.get(name, "")
        if not text:
            return default
        try:
            finer = parse_scaled(text, MEASURE_PLACES)
        except DecimalFault as fault:
            self.fault(element.position(name), repr(text), str(fault))
            return default
        value = divide_half_away(finer, 10 ** (MEASURE_PLACES - places))
        return self._bounded(element, name, value)

    def flag(self, element: Element, name: str, *, default: bool) -> bool:
        """Return a leaf that is 0 or 1."""
        return self.word(element, name, {"0": False, "1": True}, default)

    def word(self, element: Element, name: str, meanings: Mapping[str, T], default: T) -> T:
        """Return what a leaf's word means; the default when it is not there."""
        text = element.fields.get(name, "")
        if not text:
            return default
        if text not in meanings:
            self.fault(element.position(name), repr(text), " or ".join(meanings))
            return default
        return meanings[text]

    def period(self, element: Element, name: str, default: str | None = None) -> str:
        """Return a leaf that is a period ("" for all zeros); without a default it must be there."""
        text = self.text(element, name, default)
        if not text:
            return ""
        found = period_of(text)
        if found is None:
            allowed = "CCYYMM, with or without two characters of a day or week code"
            self.fault(element.position(name), repr(text), allowed)
        return found or ""
