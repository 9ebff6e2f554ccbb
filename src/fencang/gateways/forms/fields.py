"""How one field passes between the domain and the API: its name, its type there, both directions.

A fault of a text says what would be allowed; where it was is added by whoever knows.
"""

from collections.abc import Callable
from enum import Enum, IntEnum
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import inspect

from fencang.basics.decimals import format_scaled, parse_scaled
from fencang.basics.time import format_time, parse_time

__all__ = ["TIME_NAMES", "FieldForm", "Pass", "Value", "field_name", "number_form", "word_form"]

TIME_NAMES = frozenset(
    {
        "as_of_ns",
        "deadline_ns",
        "due_ns",
        "end_ns",
        "expires_ns",
        "from_ns",
        "hold_until_ns",
        "start_ns",
        "time_ns",
        "until_ns",
    }
)
"""Fields in nanoseconds that are moments; every other one is a length of time."""

Value = Any
"""What a field holds: its type is only known at run time."""
Pass = Callable[[Value], Value]
_TIME_MAX = "2200-01-01T00:00:00Z"


class FieldForm(NamedTuple):
    """A field's type in the API, and the ways there and back.

    ``to_domain`` raises ValueError where a text means nothing or is out of bounds.
    """

    type: Any
    to_domain: Pass | None
    from_domain: Pass | None


_UNITS = (("_nanos", "", 9), ("_micros", "", 6), ("_ns", "_seconds", 9))


def field_name(name: str) -> tuple[str, int | None, bool]:
    """Return a field's name in the API, its decimal places (None: no scale), and if it is a time.

    ``value_micros_max`` → ("value_max", 6, False); ``until_ns`` → ("until_time", None, True).
    """
    if name in TIME_NAMES:
        return (name.removesuffix("_ns") + "_time").removeprefix("time_"), None, True
    for unit, instead, places in _UNITS:
        head, found, tail = name.partition(unit)
        if found and tail in ("", "_max", "_min"):
            return head + instead + tail, places, False
    return name, None, False


def _bounded(low: int | None, high: int | None, places: int) -> Callable[[int], int]:
    def check(value: int) -> int:
        if (low is not None and value < low) or (high is not None and value > high):
            least = "" if low is None else f" from {format_scaled(low, places)}"
            most = "" if high is None else f" up to {format_scaled(high, places)}"
            raise ValueError(
                f"{format_scaled(value, places)} is out of bounds: allowed is{least}{most}"
            )
        return value

    return check


def number_form(name: str, info: inspect.IntType) -> FieldForm | None:
    """Return the form of a whole number that the API writes as text; None: it stays a number."""
    in_api, places, is_time = field_name(name)
    if is_time:
        text = Annotated[
            str,
            msgspec.Meta(
                max_length=40,
                description="RFC 3339 time with an offset, exact to the nanosecond.",
                examples=["2018-02-05T21:00:00.000000000Z"],
                extra_json_schema={"format": "date-time"},
            ),
        ]
        check = _bounded(info.ge, info.le, 0)
        return FieldForm(text, lambda given: check(parse_time(given)), format_time)
    if places is None:
        return None
    scale = places
    check = _bounded(info.ge, info.le, scale)
    decimal = Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[+-]?[0-9]{{1,30}}(\.[0-9]{{1,{scale}}}0*)?$(?!\n)",
            max_length=64,
            description=_DECIMAL_WORDS[scale if "_seconds" not in in_api else 0],
            examples=["-37.63"] if info.ge is None or info.ge < 0 else ["37.63"],
            extra_json_schema={"format": "decimal"},
        ),
    ]
    return FieldForm(
        decimal,
        lambda given: check(parse_scaled(given, scale)),
        (lambda value: format_scaled(value, 6, 2))
        if scale == 6
        else lambda value: format_scaled(value, 9),
    )


_DECIMAL_WORDS = {
    0: "Seconds as exact decimal text.",
    6: "Money as exact decimal text, at most six places.",
    9: "A price or level as exact decimal text, at most nine places.",
}


def word_form(kind: type[Enum]) -> FieldForm:
    """Return the form of an enumeration: the values of text, the lower-case names of numbers."""
    if not issubclass(kind, IntEnum):
        return FieldForm(kind, None, None)
    words = _lower_case(kind)
    return FieldForm(words, lambda given: kind[given.name], lambda value: words[value.name])


@cache
def _lower_case(kind: type[IntEnum]) -> type[Enum]:
    """Return an enumeration of the lower-case names; the same one every time."""
    names = {member.name: member.name.lower() for member in kind}
    return Enum(kind.__name__, names, type=str)  # type: ignore[return-value]
